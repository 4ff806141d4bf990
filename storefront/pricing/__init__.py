"""What things cost: how a price is put together, and the quote that says so.

A price is built in fixed stages, each of which only ever sees what the earlier ones left:

1. *Catalogue*: every line has a base price, and a price source that says which price the shop asks today.
2. *Item*: promotions on single goods (10 % off shampoo, second item at half price). A unit serves one of them.
3. *Order*: promotions on the whole (spend 199, save 20). They are spread over the goods, unit by unit.
4. *Shipping*: promotions on the delivery cost.
5. *Coupon*: whatever needs a code, on top of all that.
6. *Points*: what the customer pays with points; it may go below a minimum price, but never below nothing.

Gifts are lines of their own, at the end: their value is in the goods and, just as much, in the reductions.

A threshold is tested on the subtotal at the entry of its stage. So no promotion can switch itself off, and asking
twice gives the same answer.

Amounts are whole minor units. A reduction is shared by largest remainder over the discounted prices, first over lines
and then over units; nothing sinks below its minimum price, and what one unit cannot bear the others do. The shares
always add up to the reduction, which is what makes an exact refund of one unit possible.

A `Snapshot` holds every fact that a price depends on, a `Quote` the outcome: lines, a list of reasons (`Adjustment`)
whose amounts add up to the total, and a hash over what the shopper saw. Which promotions win is decided one floor up,
in `promotions`.
"""
