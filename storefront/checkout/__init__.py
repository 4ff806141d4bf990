"""From cart to order: contact, address, delivery, payment, review, and one placing that cannot happen twice.

A checkout is a row, so nothing typed is lost. Its `token` is the order's idempotency key: a double click, a reload or a
retry after a lost answer all find the order that the first one made. Placing checks that the quote is still the one
the shopper saw, takes stock and promotion uses by conditional UPDATE, writes the order and starts the payment, all in
one transaction.
"""
