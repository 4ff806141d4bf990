"""What was sold: a snapshot that no later edit of the catalogue changes.

An order keeps the names, SKUs, prices and every reason for every amount as they were when it was placed. Its total is a
sum that anyone can redo:

    total = sum(line.quantity * line.unit_price) + sum(adjustment.amount)

where discounts are negative adjustments and delivery is a positive one. Three states stand side by side: `status` (does
the order live?), `payment_status` (derived from payments) and `fulfillment_status` (derived from deliveries). Every
transition writes an `OrderEvent`.

Staff may change what was agreed while nothing has left (the room `amending`). Then a new snapshot takes the place of
the old one, which stays whole in `OrderChange`; `history` reads it, so that papers issued before go on saying what they
said. `balance_since` marks a paid order that costs more since: its goods stay allocated, it has no `pay_before`, the
clock leaves it alone, and nothing of it leaves before the rest is there or is the courier's to collect.

An order belongs to whoever can show it: the customer who placed it, or a browser that holds its key (set when it was
placed, or taken from the link in the mail). To everybody else it does not exist. What is not paid in time is cancelled
by the clock; cancelling gives back the goods and the uses of promotions.

While an order waits for its payment its goods are reserved until `pay_before`; paying allocates them. An order that is
paid at the door, or costs nothing, has them at once. Where they come from, and why, stands in the order's events.

Money that comes in after the clock had cancelled an order opens it again, at the price that was agreed, if all that it
had given back can still be had: its goods, the uses of its promotions and codes, its pieces of flash sales, its points.
That a promotion or a session is over by then does not matter; that somebody else has used it up does. Else, and where a
person had cancelled it, the money is kept in the books and told: the customer gets a letter, and the back office finds
the order under "Paid but cancelled" until the money has gone back.

Once everything has arrived, the money is at rest and the time in which goods can come back is over, the clock completes
an order (`closing`; `returns` knows what is on its way back). It can still be paid back, and a bank can still take its
money: that moves the payment status alone.

Whether a line can be returned is of the day on which it was bought. Orders that go out in place of what came back
(`following_up`) are orders like others, except to whoever asks what people choose to buy.

What each customer has bought is counted from these rows (`worth`) and kept beside the account, so that staff can sort
by it; from it follows the segment (`segments`).

Whatever writes orders locks rows in one order, so that two of them never wait for each other:

    the order -> warehouses and stock -> promotions, each with its codes -> flash items -> points account -> customer

each in the order of ids. Placing, paying, cancelling and opening again all keep to it, and so do the reactions that run
inside them: earning points comes before counting the order for its customer and before their tier.
"""
