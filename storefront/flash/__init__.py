"""Flash sales (限时秒杀): a few goods, cheaply, for hours, so many altogether and so many each.

An activity runs in sessions; a session goes on from `starts_at` up to but not including `ends_at`. Its items say what a
variant costs, how many pieces there are altogether (the quota) and how many one customer may have. An order takes its
pieces by one conditional UPDATE of the item, within a session that is going on, and counts what the customer already
has from the ledger under that row's lock; a cancellation gives them back, once. What somebody had as a guest counts for
their account and the other way round.

Pages learn of sessions from a board that a process reads every second; carts and orders ask for fresh figures.
"""
