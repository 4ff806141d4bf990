"""What somebody means to buy, quoted fresh on every view.

A guest's cart is found by a random token in a cookie, which is set when there is something to remember and not before;
a customer's by the customer. At sign-in the guest's goods and codes come along: quantities are added up as far as stock
and the shop's largest quantity allow, and whatever changed is said.

Nothing in a cart is promised: prices, promotions and stock are those of the moment. What has been withdrawn or sold out
stays visible, says so, and is not priced; where fewer are left than wanted, those that are left are priced.
"""
