"""Many shoppers at once, for minutes: where the knee is, whether it holds below it, and what faults do meanwhile.

`shoppers` is what each of them does (a Locust file), `shop` the shop with its own PostgreSQL, Redis and workers,
`__main__` finds the knee and holds 80 % of it, `faults` breaks things under load and says who noticed.
"""
