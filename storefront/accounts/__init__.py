"""Who buys and who works here: customers, staff, sign-in, addresses.

A session remembers who signed in as "customer:<id>:<session version>" or "staff:<id>:<session version>"; a changed
password raises the version, and with it every other session ends. What a member of staff may do follows from their role
alone (`permissions`), and their session ends with the working day, however long the cookie lasts.
Passwords are kept as argon2id hashes and hashed anew at sign-in when the parameters have grown.

Staff put customers into groups (`groups`), which may have prices and promotions of their own; a group keeps its key
when it gets another name.

A stranger learns nothing about who has an account: an unknown e-mail costs the same work and gets the same words as a
wrong password. Failed tries are counted by e-mail and by network address, and after too many of them everybody waits.
The same count (`tries`) slows down whoever guesses at coupon codes.
"""
