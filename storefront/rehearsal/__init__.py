"""The dress rehearsal: made-up shoppers who prove that an experiment says what is true.

Formulas are proven by simulation; that the shop hands them the right figures is proven here. A throwaway shop (`stage`)
has a small catalogue, stock, and a past from which the real recommender learns. Shoppers whose preferences are known
(`rules`) walk through it with browsers and cookie jars of their own (`browsing`, `walking`): they arrive, look at a
product and at the shelf below it, open what they like, put it into the cart and check out. The clock is told what time
it is, so that two weeks take a minute. Each of them keeps a diary of what they saw, did and paid.

Meanwhile the shop runs two experiments on that shelf through the same services as the back office (`proving`): one
whose arms are the same, and one whose second arm is filled with what these shoppers are known to prefer. At the end the
diaries are held against what the shop read out: who was counted in which arm, what they bought to the cent, what they
saw and opened. The true effect is known, for each shopper can be asked what they would have done before the other arm's
shelf: it has to lie where the verdict says. Among the shoppers are robots, and browsers that want no trace: they must
count for nothing.

What shoppers are like follows from a seed. Which arm they fall into is for the shop to say, by a number that it draws
itself, so no two rehearsals are quite alike.
"""
