"""What makes a cart cheaper: promotions as conditions x benefits, and the search for the best deal.

A promotion has conditions (spend so much, buy so many), a benefit (a percentage, an amount, a ladder, every nth item,
delivery), a scope of goods, an audience, a time window and perhaps codes. `rules.evaluate` takes a frozen snapshot of a
cart and the promotions, and says what applied, what did not and why, what is nearly reached, and how every price came
about. The same function serves badge, cart, checkout and simulation.

How the deal is chosen:

* Each promotion belongs to one stage: item, order or shipping by what its benefit falls on, coupon if it needs a code.
  Stages run in that order; within one, higher priority goes first, then benefits that need particular units, then id.
* Two promotions combine when neither is exclusive and each allows the other's stage (`combines_with`). Unless the
  merchant says otherwise, one order promotion, one shipping promotion and one coupon go together with any number of
  item promotions.
* Within a stage a unit serves one item promotion only.
* A gift (满赠) is a line of its own at what it is worth, with a reduction of just as much: it costs nothing, counts
  towards no threshold, and no other promotion touches it. What it is worth counts as saved. It takes nothing off the
  goods, so "one order promotion" does not mean gifts: they stand beside reductions of their own stage and beside each
  other, unless one is exclusive, combines with nothing at all, needs a code (codes still go one at a time), or the
  gift's own `combines_with` leaves that stage out. Gifts of one SKU share its stock in the order of their promotions.
* Of all sets whose members combine and all give something, the one that saves most wins; ties go to higher
  priorities, then fewer promotions, then lower ids. Up to 12 eligible promotions this is exact (branch and bound);
  beyond that the search is greedy with repairs, and the result says so.
* A promotion that loses says why, with the amount that it would have saved alone.
* Points pay last, for what the goods then cost: as few points as the amount takes. Minimum prices do not hold here.
* The trace says how each line came to its price, and where other goods decide it (`rules.tracing`).
* `rules.linting` says what is odd about a promotion, and tries it on the shop's goods.

What can run out (uses, uses per customer, a budget) is taken by a conditional UPDATE when the order is placed, with a
row in the ledger of uses, and given back when it is cancelled. "Per customer" means an account or an e-mail, and an
account's uses and those under its e-mail are one count. A guest's e-mail is taken as typed and nobody confirms it:
such a limit keeps honest people to their share, but not somebody with many addresses.

A coupon is a code that belongs to one customer and can be used once; what it gives is its promotion. A template says
how coupons come to people: claimed in the shop, given to new customers, or made in batches of codes. Claiming counts
by one conditional UPDATE of the template, under whose lock the customer's own coupons are counted. A cart is priced
with all usable coupons of its customer and the codes that were typed, and the search takes the best, unless another or
none was chosen. While its shopper goes on in checkout, a code that can be used only once more is locked for that
checkout, for as long as the merchant says; a lock that has run out holds nothing.
"""
