"""Taxes: how much of an order is tax, or is added to it as tax, line by line and rate by rate.

*What goods are taxed as.* Every product belongs to a tax class, or to the default one; a variant may belong to another
than its product, and delivery has one, too. A class says nothing about percentages. A rate does: so many percent of
what is in one class, in a country or one of its regions, from one day to another (both included, in the shop's zone).
The rates of a region hold in place of those of its country. A place may have up to three taxes side by side, such as
those of a state and a county: each is reckoned on the net amount, never on another tax. A class without a rate at a
place is free of tax there.

*Inclusive or exclusive.* Either prices contain tax, whatever the place: the shopper pays the price, and the place
decides how much of it is tax. Or tax is added to prices at checkout, once the place is known. The base is what is left
after promotions, coupons and points; so what is given away bears none.

*Rounding.* Amounts that have the same rates are added up first, their tax is taken once from the sum and rounded half
up, and is then shared over rates, lines and units by largest remainder. So nothing is lost to rounding line by line,
and the taxes of lines and of units always add up to that of the order. With one rate this is rule BR-CO-17 of EN 16931
(tax of a category = its sum times its rate, rounded once); with several it is section 324 of the Streamlined Sales and
Use Tax Agreement (the rates together, half a cent up, on the whole invoice).

A value whose net amount and taxes do not make its gross amount cannot exist. Orders keep each tax of each line as it
was (`orders.models.OrderTax`), so that a later edit of a rate changes no receipt, and a refund takes back exactly the
units' own shares. Rates are kept by the process, and an edit is seen within two seconds.
"""
