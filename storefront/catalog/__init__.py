"""What the shop sells: categories, brands, products and their variants.

A category is a tree node; `path` holds the ids from the root ("/3/17/"), so a subtree is one prefix. A product belongs
to one (leaf) category; its variants are what has a price, a SKU and stock. The first variant in stock stands for the
product in lists, among those with the options that the list is narrowed to. A list is an address (`wanted`), an answer
(`listing`) and a page of cards (`showing`), or several that were let to follow each other; `attributes` says what
attributes and options are called in the address and how their values are ordered. Collections are put together by hand,
for promotions to be about.

A product is made as a draft (`creating`). Its options (`matrix`) say which variants there may be, and `variants` makes
those that exist; `gallery` keeps its pictures, `addressing` its slug and what search engines show, former slugs leading
to it still. `publishing` alone decides whether shoppers see it, by what staff want and by the clock. A type
(`product_types`) says which facts its products tell, and `types` how each is typed and written; what a product's row
keeps of them is words for readers, so that lists and filters need not know of types.

Nothing here knows promotions, stock or orders: those rooms lie above, and bind what cards
show of them.
"""
