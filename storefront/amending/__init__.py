"""An order is changed after it was placed: where it goes, how, and what is in it. Only staff do, and say why.

It is priced again by the engine that priced it, with what was agreed that day:

* Pieces that were ordered keep their price of that day; pieces that come on top cost what they cost today. Where the
  merchant says so (`Wish.at_todays_prices`) every piece costs what it costs today.
* The promotions and coupons that the order has stay, whatever has become of their dates since, as long as what is left
  fulfils them. Where goods change, those that ran on the day of the order and still run count too; one that began later
  does not. A promotion that can no longer be read keeps the order's amounts from being changed.
* Points pay at most what they paid; what they no longer pay comes back. Pieces of a flash sale are never more than
  were bought, and those that go are for others again.
* Delivery is reckoned anew by today's tariff wherever goods, the place or the way of delivery change; taxes are those
  of the place by the law of the day of the order. A correction within a street changes no amount at all.

What is lacking afterwards is due: a paid order then waits for its balance (`Order.balance_since`), and nothing leaves
until it is there, or is the courier's to collect; the clock never cancels such an order. One that waits for its payment
waits for the new sum, and has its time anew. What is too much goes back by the services of refunds, with their limits:
beyond what one person sends back alone the order is changed at once and the money waits for a second person.

Whoever changes sees before and after line by line first, and confirms exactly that: `Proposal.seen` is a digest of
what was shown, and what moved meanwhile (a payment, a cancellation, a parcel, somebody else's change, stock or prices)
is refused with a sentence, and nothing is lost or done. The order's row is locked before anything else, as everywhere.

Each change is kept whole (`orders.history`), is an event of the order, and is told to the customer.
"""
