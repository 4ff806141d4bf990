"""What things cost: how a price is put together, and the quote that says so.

A price is built in fixed stages, each of which only ever sees what the earlier ones left:

1. *Catalogue*: every line has a base price, and a price source that says which price the shop asks today.
2. *Item*: promotions on single goods (10 % off shampoo, second item at half price). A unit serves one of them.
3. *Order*: promotions on the whole (spend 199, save 20). They are spread over the goods, unit by unit.
4. *Shipping*: promotions on the delivery cost.
5. *Coupon*: whatever needs a code, on top of all that.
6. *Points*: what the customer pays with points; it may go below a minimum price, but never below nothing.

Tax comes last, on what all of that leaves, and changes no price: it is contained, or added to the total (`taxes`).

Gifts are lines of their own, at the end: their value is in the goods and, just as much, in the reductions.

A threshold is tested on the subtotal at the entry of its stage. So no promotion can switch itself off, and asking
twice gives the same answer.

The catalogue price of a line is the lowest that this shopper may have for so many pieces at this moment: the base
price, or that of a price list. A list is for everybody, for tiers of members or for groups of customers (one tick is
enough), always or in [starts_at, ends_at), and holds prices of variants from so many pieces on; what has no price of
its own in it costs its share of the base price, rounded half to even. A list never makes anything dearer, and where it
asks as much as the base price, the base price it is. Lists are kept by the process, an edit is seen within two seconds,
and begin and end by the clock. Cards, product pages and search show what everybody is asked; a shopper's own price
comes by its own address, so that pages can be kept. With the index away, lists are sorted by base prices.

Every change of the catalogue price for everybody is in the history (`price_change`), with who made it and from when on
it holds. A base price of which nothing is written never changed. Offers that every single piece gets lower what pages
show once more; their terms have a history of their own (`promotions.past_offers`), which is laid over that of the
catalogue price where the lowest price is read: after 30 % off from 1 to 10 May, 20 % off from 15 May stands beside 70 %
of the price. Beside a price struck through, the page of a product (not cards,
which have no room to explain it) says the lowest price of the days before the reduction, if the merchant wants it to.

Amounts are whole minor units. A reduction is shared by largest remainder over the discounted prices, first over lines
and then over units; nothing sinks below its minimum price, and what one unit cannot bear the others do. The shares
always add up to the reduction, which is what makes an exact refund of one unit possible.

A `Snapshot` holds every fact that a price depends on, a `Quote` the outcome: lines, a list of reasons (`Adjustment`)
whose amounts add up to the total, and a hash over what the shopper saw. Which promotions win is decided one floor up,
in `promotions`.
"""
