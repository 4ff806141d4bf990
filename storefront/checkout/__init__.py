"""From cart to order: contact, address, delivery, payment, review, and one placing that cannot happen twice.

A checkout is a row, so nothing typed is lost. Its `token` is the order's idempotency key: a double click, a reload or a
retry after a lost answer all find the order that the first one made. Placing checks that the quote is still the one
the shopper saw, takes stock and promotion uses by conditional UPDATE, writes the order and starts the payment, all in
one transaction.

Whatever placing refuses because the world moved shows the page again, with the new total and everything typed. Gifts
are counted as far as they can be sent to the address, and one that cannot be had after all is left out, since nobody
could take it out of their cart. Delivery becomes free by what the goods cost this shopper before promotions. While the
page is filled in, a guest's e-mail is compared with what guests used under it and with no account, so the total does
not say who has one; placing counts both.

Orders that staff take down on the phone (`phone`) are quoted and placed by the same services.
"""
