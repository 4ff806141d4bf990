"""Full-text search over plain documents: Whoosh keeps them, numpy weighs, filters, counts and sorts.

    index = WhooshIndex(directory)
    index.rebuild(documents)                    # all of them, or
    index.apply(changed, deleted_ids)           # a few changes
    holder = SearchHolder(index)                # once per process
    page = holder.searcher().search(SearchRequest(text="olive oil 500ml"))
    holder.refresh(LiveColumns.of(rows))        # new prices, stock, ...: no index commit

How an answer is made. The text is normalised and cut into groups of tokens (`analysis`, `parsing`), one for each thing
that the shopper wants; words that mean the same may stand for a group (`synonyms`). Latin letters that name nothing
here are read as Chinese by its sound (`pinyin`); other unknown words are cut in two or corrected, where that gains
something. A word's postings are read from mapped lists that lie beside Whoosh's own (`index.lists`), and weighed once
(`index.terms`). Documents are looked for along the shortest lists (`index.walking`), or by adding up whole columns
where a word is everywhere (`index.matching`). All groups must match; while fewer than ten documents bear all of them in
their names, sizes and numbers may be missing, then one word after another. The order is `(BM25 over fields + 12 for a
named category + 6 for a named brand) * coverage * popularity * rating * availability * the merchant's boosts`: coverage
is the square of the share of groups matched, the other factors are bounded (`ranking`). Under every other order, what
bears all words in its name stands first. Pins stand above that order and buries below it (`index.steering`). Filters
are masks (`facets`); all facets are counted in one go over the hits (`tallying`), and so are stock, promotion, rating
and price (`standing`).

What a product is counts for more than what is said about it: names weigh most and their last word a little more, the
names of its departments weigh little, and "for ..." or "with ..." is a field of its own ("charger for phones" is no
phone).

Generations: every write makes a new directory, checks it, and swaps a pointer file (`index.layout`), so readers see
the old index or the new one and nothing between. The text index changes by commits; price, stock, promotion,
popularity, rating and publication are columns that are replaced whole, many times a minute if need be.

`search.postgres` keeps terms and generations in PostgreSQL instead, for shops of several machines: the same interface,
the same columns and the same documents found (`tests/search/conformance`). It is imported by those who ask for it.

Knows no shop: no Flask, no SQLAlchemy. An index directory holds pickles written by Whoosh: open only your own.
"""

from search.documents import (
    LARGEST_PAGE,
    Boost,
    Document,
    Filters,
    IndexBroken,
    IndexMissing,
    IndexProblem,
    Label,
    LiveColumns,
    LiveRow,
    SearchRequest,
    Sort,
    Steering,
)
from search.index.generation import Generation, Index
from search.index.holder import SearchHolder
from search.index.searcher import Searcher
from search.index.writing import MOST_SEGMENTS, WhooshIndex
from search.results import (
    Explanation,
    FacetCount,
    Health,
    PriceBucket,
    PriceRange,
    SearchPage,
    Suggestion,
)
from search.synonyms import Synonym, Synonyms

__all__ = [
    "LARGEST_PAGE",
    "MOST_SEGMENTS",
    "Boost",
    "Document",
    "Explanation",
    "FacetCount",
    "Filters",
    "Generation",
    "Health",
    "Index",
    "IndexBroken",
    "IndexMissing",
    "IndexProblem",
    "Label",
    "LiveColumns",
    "LiveRow",
    "PriceBucket",
    "PriceRange",
    "SearchHolder",
    "SearchPage",
    "SearchRequest",
    "Searcher",
    "Sort",
    "Steering",
    "Suggestion",
    "Synonym",
    "Synonyms",
    "WhooshIndex",
]
