"""What the shop sells: categories, brands, products and their variants.

A category is a tree node; `path` holds the ids from the root ("/3/17/"), so a subtree is one prefix. `arranging` says,
purely, what changes when one moves; `categories` writes it, with the whole tree held. One that is not published hides
all that is below it. A slug that a category had before leads on to it, and that of a deleted one to where its goods
went: `Tree.get` knows both, pages answer with the address of now.

A product belongs to one (leaf) category; its variants are what has a price, a SKU and stock. The first variant in stock
stands for the product in lists, among those with the options that the list is narrowed to. A list is an address
(`wanted`), an answer (`listing`) and a page of cards (`showing`), or several that were let to follow each other;
`attributes` says what attributes and options are called in the address and how their values are ordered.

A product is made as a draft (`creating`). Its options (`matrix`) say which variants there may be, and `variants` makes
those that exist; `gallery` keeps its pictures, `addressing` its slug and what search engines show, former slugs leading
to it still. `publishing` alone decides whether shoppers see it, by what staff want and by the clock. A type
(`product_types`) says which facts its products tell, and `types` how each is typed and written; what a product's row
keeps of them is words for readers, so that lists and filters need not know of types.

Collections are put together by hand in an order of their own, or by rules (`membership`): `collecting` asks the
database for all members at once and writes what differs, when rules are saved, after each change of a product, and
every ten minutes for what tells nobody (`jobs`). Members of both are the same rows, so promotions, slots and the index
need not ask which is which. `sitemaps` tells search engines what there is. `related` holds what a colleague chose to go
with a product, or instead of it.

`product_facts` is what the page of a product shows, in one language; all addresses of one product are made from it.

Nothing here knows promotions, stock or orders: those rooms lie above, and bind what cards show of them.
"""
