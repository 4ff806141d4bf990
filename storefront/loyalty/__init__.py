"""Points and tiers: a ledger that always adds up to each balance, and tiers that follow from what was spent.

A paid order earns points for each whole unit that was paid for goods, times the rate of its customer's tier. They wait
until the after-sale window has ended, can then pay for a part of an order, and expire after a time, those that expire
first being spent first. Every movement is a row that is never edited; a balance is the sum of its rows.

What is called off is undone: points that were used come back with the dates they had, points that were earned go, pro
rata and exactly when only a part is refunded. Earned points that were spent already are owed, and what comes in next
pays them first.

Points are money: staff give a customer as many in a day as may be sent back alone, and a second person approves more.

A tier is reached by what was paid over the last `tier_days`, less what was given back; a change says what was spent.
"""
