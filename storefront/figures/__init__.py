"""The shop's figures: what was sold, to whom, what came back and what it was worth, by day of the shop's zone.

`rules.py` says once what each figure is: its formula, what is in and what is out. A page, a file and a test read it
there, and `docs/figures.md` is written from it.

Days that are over are summed up: `figures_day` holds one row a day, `figures_product_day` what was sold of each
variant, `figures_offer_day` what promotions and coupons cost. `counting` is the one place where rows become sums, and
whoever reads a day that is not summed up, today above all, gets it counted from the rows by the same statements. So
nobody sees an old figure, and no page reads a year of orders to say what today was.

An order counts on the day on which it was placed, a refund on the day on which the money went back. What changes a day
that is summed up (`following`: a cancellation, an order that lives again, a refund that a provider tells of late) marks
it as stale in the same transaction; it is counted from the rows until a job has summed it up again. The job locks a day
before it counts, so a change is either in the sums or marks them afterwards; and it makes a day's row in one run and
sums it up in a later one, so that no transaction which began before the row was there escapes. A day in another zone or
another currency than the shop's is stale too. `flask shop verify` counts every day anew and compares; `flask figures
rebuild` forgets all sums.

Months in which customers first ordered (`cohorts`) are counted as a whole every night.
"""
