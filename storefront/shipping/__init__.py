"""How goods reach the shopper: zones, methods and what they cost.

A zone is a list of country codes ("*" is everywhere else). A method belongs to a zone and costs a base price that
covers `first_weight_grams`, plus a price for each further `additional_weight_grams` begun; it may be free from a
threshold on the goods' value at catalogue prices, so no discount can make delivery cost something. `rules.freight` is
that sentence as code.
"""
