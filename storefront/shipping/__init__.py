"""How goods reach the shopper: zones, methods, what they cost and how long they take.

A zone names places, "CN", "CN-广东省", "CN-广东省-深圳市", "US-NY" or "*", and what it leaves out; the closest word
decides (`rules.zone_for`). A method belongs to a zone and has a freight template, by weight or by piece: a first price,
and a price for each further step begun. Goods of a freight class may have a template of their own. Delivery may be free
from a value or a number of pieces, counted at catalogue prices, so no discount can make it cost something; a surcharge
for remote places is due all the same. `rules.charge` is that sentence as code, `schedule` says when a parcel arrives.

The cart, the product page and checkout ask the same `queries.quote`: what was shown is what is charged.
"""
