"""Orders: the list and one order with everything that happened to it, and what staff do about it.

`changing` draws the form in which an order is changed (what that means is in `storefront.amending`), `taking` the one
in which it is taken down on the phone (`storefront.checkout.phone`). Both keep nothing: what was typed stands in the
form, a first button shows what it comes to, a second does exactly that or shows what moved meanwhile.
"""
