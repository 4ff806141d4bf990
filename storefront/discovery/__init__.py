"""Finding: search and browsing, and the shelves that recommend. The only room that imports `search` and `recommend`.

Search. `documents` turns published products into the index's documents, in both languages; `indexing` builds the index
whole (`flask search reindex`) or takes in the products that `ProductChange` rows name. `live` reads what changes often
(price, stock, reductions, popularity, ratings, publication) and lays it under the index every two seconds, so a price
or stock change needs no index commit, and a withdrawn product is gone at once. Everything is read again now and then,
and when offers change: beside the requests, so that only a process's very first waits for the whole catalogue.
`searching` holds the index of the process, which Whoosh or PostgreSQL keeps (SEARCH_BACKEND). `queries` answers
category pages, searches and suggestions as `catalog.listing.Found`; while there is no usable index, or it fails while
it is asked, `fallback` answers from the database alone, and /healthz says so.

What a page shows of an answer. `choices` picks the facets worth showing and puts them into words, with the `wording`
that products' translations teach; `highlighting` marks what was searched in names; `codes` leads from a SKU or barcode
to its variant; `rescuing` finds ways out of an empty list. `answers` keeps an answer for as long as the index, the live
columns and the category tree it was made from are the same.

Steering. `rules` decides, purely, which of the merchant's rules hold and what they come to; `merchandising` writes
them; `steering` keeps them in the process, notices a change within two seconds, and says what they ask of a page: pins,
buries and factors for the index, a filter, a redirect, a banner. All but the redirect follow a mended spelling.
`synonyms` are the merchant's over those of everyday goods, taught to the index by `searching`. `previewing` shows what
a rule would change before it is stored, and why each result stands where it does. `judging` keeps what people think of
results and measures the ranking by it, every night and on demand.

Recommendations. `training` reads orders as interactions and trains, and `trainings` keeps a record of each; the gate
decides what is published. `recommending` holds the tables that are served, `publishing` the versions to go back to.
`shelves` decides what stands on a shelf and why: never what is sold out, in the cart or unwanted, and always something
that can be said; `shelf_words` says it. A shelf answers at its own URL, after the page (`shelf_views`).

What experiments may change here: the order of results (`varying`), and how each shelf is filled (`shelf_varying`).
"""
