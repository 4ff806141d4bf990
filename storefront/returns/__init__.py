"""From the doorstep back to the shelf: returns (退货退款), exchanges (换货) and claims (仅退款, 补寄).

Somebody asks, the shop approves or rejects, goods that are to come back arrive and are looked at, and then money goes
back or goods go out. One request of an order is under way at a time: so what its shopper was shown holds until it ends,
and what is asked for never meets itself. The table in `states.py` says what may follow what.

Units are counted by order line. What may come back is what has arrived, less what came back before; a claim may also be
for what a carrier has lost. The shop's fault (damaged, wrong, missing) knows neither "cannot be returned" nor a
restocking fee, and postage is the shop's; the window from the arrival is the same for all.

**How much goes back** is one pure function, `preview.preview`, for the shopper before asking, for staff, and for the
refund itself. `refund_policy` decides about the goods:

    share     what each unit had really cost, by the shares of every reduction that the order stores; of units that cost
              differently the cheapest go back first, so that what is kept costs what it costs alone
    re-price  what was paid, less what the kept goods would have cost alone with the promotions of that day
    keep      reductions stay with what is kept: the full price of what comes back, and never more than was paid

Whichever it is, any number of returns adds up to what was paid for the goods once all of them are back. Where a
promotion of that day has been changed since, so that it no longer explains what was paid, nobody can price anew, and
the shares count; the preview says so.

Delivery goes back once, with the last of the goods: always where all of it was the shop's fault, else where
`refund_freight` says so. A gift whose promotion the kept goods no longer earn comes back too, or its value is deducted.
What went back before without a return (goodwill) is taken off where less is left than the goods had cost, and said.
Points go back pro rata, and coupons when the whole order is back; both when the money has gone.

What was promised, money or goods, is not rejected afterwards: where it did not come about it is tried again, and money
that is on its way counts as paid. What went astray can be claimed or sent again, never both. Staff ask for a customer
with the same form.

**Exchanges and reshipped goods go out as an order of their own that costs nothing**, or the difference: so they are
packed, tracked, cancelled and kept in the books like everything that leaves the house, and the parcels of the first
order stay what was ordered there. The follow-up is worth what its goods had cost, so that it can be returned in turn;
the money then goes back along the payments of the first order. A dearer variant is paid for before it leaves, the
difference to a cheaper one goes back at once; the difference is that of today's prices, so that whoever bought at a
reduced price pays nothing for another size.
"""
