"""What was sold: a snapshot that no later edit changes.

An order keeps the names, SKUs, prices and every reason for every amount as they were when it was placed. Its total is a
sum that anyone can redo:

    total = sum(line.quantity * line.unit_price) + sum(adjustment.amount)

where discounts are negative adjustments and delivery is a positive one. Three states stand side by side: `status` (does
the order live?), `payment_status` (derived from payments) and `fulfillment_status` (derived from deliveries). Every
transition writes an `OrderEvent`.

An order belongs to whoever can show it: the customer who placed it, or a browser that holds its key (set when it was
placed, or taken from the link in the mail). To everybody else it does not exist. What is not paid in time is cancelled
by the clock; cancelling gives back the goods and the uses of promotions.

While an order waits for its payment its goods are reserved until `pay_before`; paying allocates them. An order that is
paid at the door, or costs nothing, has them at once. Where they come from, and why, stands in the order's events.

Money that comes in after the clock had cancelled an order opens it again, if its goods can still be had: at the price
that was agreed, whatever has become of its promotions since. Else, and where a person had cancelled it, the money is
kept in the books and told: the customer gets a letter, and the back office finds the order under "Paid but cancelled"
until the money has gone back.
"""
