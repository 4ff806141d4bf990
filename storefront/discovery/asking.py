"""Asking the index as somebody would who is not here: a guest of a given language, for judging and for previews."""

from __future__ import annotations

from search import Filters, Searcher, SearchRequest
from storefront.catalog.tree import Node
from storefront.discovery.rules import Asked, Book
from storefront.discovery.steering import steered


def request_of(asked: Asked, book: Book, *, size: int, node: Node | None = None) -> SearchRequest:
    """Return the request that a page of `size` products makes for whoever asks, under these rules."""
    wish = steered(book.outcome(asked), node, asked.language)
    scope = wish.scope or ({"category": (str(node.id),)} if node else {})
    return SearchRequest(
        text=asked.text,
        filters=Filters(scope=scope, in_stock=wish.in_stock, on_promotion=wish.on_promotion),
        size=size,
        count=(),
        language=asked.language,
        steering=wish.steering,
    )


def facet_names(searcher: Searcher) -> tuple[str, ...]:
    """Return the names of all facets of the index, in order."""
    return tuple(sorted(searcher.search(SearchRequest(size=0)).facets))


def first_ids(searcher: Searcher, asked: Asked, book: Book, size: int) -> tuple[int, ...]:
    """Return the first products of a search."""
    return searcher.search(request_of(asked, book, size=size)).ids
