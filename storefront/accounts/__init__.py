"""Who buys and who works here: customers, staff, sign-in, addresses.

A session remembers who signed in as "customer:<id>:<session version>" or "staff:<id>:<session version>"; a changed
password raises the version, and with it every other session ends. What a member of staff may do follows from their role
alone (`permissions`), and their session ends with the working day, however long the cookie lasts.
A customer's session has a row besides (`presence`), which is asked for in the query that loads the customer: it shows
where they are signed in, and without it the cookie opens nothing. A browser keeps a number by which it is known again
at sign-in; one that is not known is told to the account's inbox. Sessions from before rows were kept go on.
Passwords are kept as argon2id hashes and hashed anew at sign-in when the parameters have grown.

A customer gets in by e-mail and password, by a code to a phone that they have proven, or with an account elsewhere
(`oauth`); not everybody has an e-mail. `ways` knows which there are and lets nobody take the last one away. What
an inbox or a phone has to prove goes through `links` and `codes`: they work once, for a while, and only digests of them
are kept. A letter tells the owner whatever changes here, and every other session ends.

Staff put customers into groups (`groups`), which may have prices and promotions of their own; a group keeps its key
when it gets another name.

A stranger learns nothing about who has an account: an unknown e-mail costs the same work and gets the same words as a
wrong password, and whoever asks for a letter is answered alike; only the inbox knows more. (While developing without a
mail server, an account is opened at once, and then a taken e-mail cannot be hidden.) Failed tries are counted by e-mail
and by network address, and after too many of them everybody waits.
The same count (`tries`) slows down whoever guesses at coupon codes.
"""
