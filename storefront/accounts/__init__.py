"""Who buys and who works here: customers, staff, sign-in, addresses.

A session is a row (`signed_in`), for customers and staff alike, and its cookie remembers who signed in as
"customer:<id>:<session version>:<row>" or "staff:...". Rows are listed and ended one by one; a changed password raises
the version, and with it every other session ends. A customer's browser keeps a number by which it is known again at
sign-in (`presence`); one that is not known is told to the account's inbox. A session of staff ends with the working
day, however long the cookie lasts.

What a member of staff may do follows from their role alone: a set of permissions (`permissions` has the default ones,
`roles` what the merchant made of them). A role that nobody touched has no row and grows with the shop; the super admin
may always do everything. Nobody gives what they do not have, changes their own role, or reaches for somebody who may
do more than they do; the last super admin stays. Staff are invited by a link that works once (`staffing`), and may
have, or need, a second factor (`factors`). Who fails too often at their door waits, is told, and can be unlocked.

Staff may see the shop as a customer does (`stand_ins`): for a reason that the customer can read, for a while, with a
banner over every page. They stay who they are, so what is the customer's alone (ordering, paying, signing in, personal
data) is refused, and everything else that is done is in the ledger under their name. Customer service closes and opens
accounts and has letters sent (`helping`); nobody but the owner changes how they sign in.

Passwords are kept as argon2id hashes and hashed anew at sign-in when the parameters have grown.

A customer gets in by e-mail and password, by a code to a phone that they have proven, or with an account elsewhere
(`oauth`); not everybody has an e-mail. `ways` knows which there are and lets nobody take the last one away. What an
inbox or a phone has to prove goes through `links` and `codes`: they work once, for a while, and only digests of them
are kept. A letter tells the owner whatever changes here, and every other session ends.

Staff put customers into groups (`groups`), which may have prices and promotions of their own; a group keeps its key
when it gets another name.

A stranger learns nothing about who has an account: an unknown e-mail costs the same work and gets the same words as a
wrong password, and whoever asks for a letter is answered alike; only the inbox knows more. (While developing without a
mail server, an account is opened at once, and then a taken e-mail cannot be hidden.) Failed tries are counted by
e-mail and by network address, and after too many of them everybody waits. The same count (`tries`) slows down whoever
guesses at coupon codes.
"""
