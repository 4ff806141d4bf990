"""What the shop sells: categories, brands, products and their variants.

A category is a tree node; `path` holds the ids from the root ("/3/17/"), so a subtree is one prefix. A product belongs
to one (leaf) category; its variants are what has a price, a SKU and stock. The variant at position 0 stands for the
product in lists. Collections are put together by hand, for promotions to be about. Nothing here knows promotions, stock
or orders: those rooms lie above, and bind what cards show of them.
"""
