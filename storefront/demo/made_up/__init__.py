"""A made-up shop of any size, with the skew of a real one: what the demo loads for a size given by numbers, and `huge`.

Real baskets (`demo.baskets`) end at 156,000; how the shop does with a million orders of a hundred thousand goods can
only be seen with goods and orders that never were. `words` are what names are put together from, `goods` makes the
catalogue over the departments of the demo's dictionary, `demand` says who bought what and when, and `rows`, `orders`,
`returns` and `stock` write that down as the shop's own services would have: every ledger adds up.

What sells follows Zipf's law over a random order of goods; a few customers buy often and most once or twice, mostly
within two departments and partly the same things again; hours, weekdays, seasons and two years of growth have their
rhythm. Everything is drawn from one seed, so the same numbers are the same shop. The sales are held as a few columns of
whole numbers (some 60 MB for a million orders) and become rows in slices, so memory stays flat.
"""
