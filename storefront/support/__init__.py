"""Tickets: what customers write to the shop, and what it answers.

A ticket is a talk about one thing. It waits for the shop until somebody answers, then for the customer, and either of
them closes it; whoever writes again opens it. Customers read it in their account. A guest reads it by a link that goes
to the inbox they named and nowhere else: whoever types a stranger's address into the form gets nothing to read.

Notes among colleagues are messages that no customer sees. Who answers says how many messages they had read: when
somebody else wrote meanwhile, they are told before a customer gets two answers. What staff do is in the ledger.
"""
