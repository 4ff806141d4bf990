"""What is known of a customer: a copy of it for them, and how it is forgotten.

Every room that keeps something about people says so in its `personal.py` (see `kernel.personal`); this room finds those
modules by their name and knows none of them. A test fails when a table with people in it is covered by nobody.

**A copy** is made by a job: one JSON file for each kind of thing, an index that people can read, all in one ZIP. A
letter says when it is ready; it waits a few days (a setting) behind sign-in, then goes. Passwords, keys and other
secrets are never in it.

**Deletion** waits some days (a setting) in which it can be called off. What is under way blocks it and is named. Then
the account is closed, a letter says so, and a little later each room forgets in a transaction of its own; the account's
row is emptied last, since the others find the person by it. Every step may run again, so a crash in between only means
that the next run goes on. What ledgers add up from stays, under a number in place of a name.

**Guests** (`guests`) prove the inbox of their orders by a link that works once; with it the copy is made, or every
room forgets, in one transaction. An account's copy and deletion include guest orders once its e-mail is proven: they
are taken over as the account closes. Issued invoices keep their buyer for some years, see `invoicing`.

Who asked for what and when stands in `privacy_request`, which holds nothing personal, and in the audit.
"""
