"""Answers for category pages, the search page and the search box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import bindparam, select

from search import Filters, Searcher, SearchPage, SearchRequest, Sort
from search import Suggestion as IndexSuggestion
from storefront.catalog.listing import FACETS, Facet, Found, Option, Wanted
from storefront.catalog.models import Product
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.database.reading import read
from storefront.discovery import fallback
from storefront.discovery.searching import find_searcher, or_else

MOST_CHOICES = 60
SUGGESTIONS = 10
LONGEST_CODE = 64

_SORTS = {
    "": Sort.RELEVANCE,
    "price": Sort.PRICE_ASC,
    "price-desc": Sort.PRICE_DESC,
    "new": Sort.NEWEST,
    "rating": Sort.RATING,
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line under the search box; `kind` is category, brand, term or product."""

    kind: str
    text: str
    url: str


def browse(node: Node, wanted: Wanted, size: int) -> Found:
    """Return one page of a category and all below it, with counts for every filter."""
    return _find(node, wanted, size)


def search(wanted: Wanted, size: int) -> Found:
    """Return one page of what matches `wanted.text`, of everything when it is empty."""
    return _find(None, wanted, size)


def find_by_code(text: str) -> str | None:
    """Return the address of the product whose SKU or barcode was typed, or None."""
    code = text.strip()
    if not code or len(code) > LONGEST_CODE or not any(character.isdigit() for character in code):
        return None
    number = _find_code(code)
    return _product_urls([number]).get(number) if number is not None else None


def _none(typed: str, locale: str) -> list[Suggestion]:
    return []


@or_else(_none)
def suggest(typed: str, locale: str) -> list[Suggestion]:
    """Complete what is being typed with categories, brands, words and products; nothing while there is no index."""
    searcher = find_searcher()
    found = searcher.suggest(typed, SUGGESTIONS) if searcher else ()
    urls = _product_urls(int(one.value) for one in found if one.kind == "product")
    made = (_suggestion(one, urls, locale) for one in found)
    return [one for one in made if one is not None]


@or_else(fallback.find_code)
def _find_code(code: str) -> int | None:
    searcher = find_searcher()
    return searcher.find_code(code) if searcher else fallback.find_code(code)


@or_else(fallback.find)
def _find(node: Node | None, wanted: Wanted, size: int) -> Found:
    searcher = find_searcher()
    if searcher is None:
        return fallback.find(node, wanted, size)
    answer = searcher.search(_request(node, wanted, size))
    return Found(
        ids=answer.ids,
        total=answer.total,
        facets=tuple(_facet(searcher, answer, key) for key in FACETS),
        price=(answer.price.lowest, answer.price.highest) if answer.price else None,
        in_stock=answer.in_stock,
        on_promotion=answer.on_promotion,
        corrected=answer.corrected_query,
        relaxed=answer.relaxed,
    )


def _request(node: Node | None, wanted: Wanted, size: int) -> SearchRequest:
    filters = Filters(
        scope={"category": (str(node.id),)} if node else {},
        facets=wanted.facets,
        price_from=wanted.price_from,
        price_to=wanted.price_to,
        in_stock=wanted.in_stock,
        on_promotion=wanted.on_promotion,
    )
    return SearchRequest(
        text=wanted.text,
        filters=filters,
        sort=_SORTS.get(wanted.sort, Sort.RELEVANCE),
        page=wanted.page,
        size=size,
        count=FACETS,
        facet_limit=MOST_CHOICES,
    )


def _facet(searcher: Searcher, answer: SearchPage, key: str) -> Facet:
    labels = searcher.labels(key)
    return Facet(
        key,
        tuple(
            Option(choice.value, labels.get(choice.value, (choice.value,))[0], choice.count, choice.selected)
            for choice in answer.facets.get(key, ())
        ),
    )


def _suggestion(one: IndexSuggestion, urls: dict[int, str], locale: str) -> Suggestion | None:
    if one.kind == "product":
        url = urls.get(int(one.value))
        return Suggestion(one.kind, one.text, url) if url else None
    if one.kind == "category":
        node = category_tree().find(int(one.value))
        return Suggestion(one.kind, node.title(locale), node.url) if node else None
    asked = {"brand": one.value} if one.kind == "brand" else {"q": one.text}
    return Suggestion(one.kind, one.text, f"/search?{urlencode(asked)}")


def _product_urls(product_ids: Iterable[int]) -> dict[int, str]:
    ids = list(product_ids)
    if not ids:
        return {}
    return {row.id: f"/products/{row.slug}" for row in read(_SLUGS, {"ids": ids})}


_SLUGS = select(Product.id, Product.slug).where(Product.id.in_(bindparam("ids", expanding=True)), Product.is_published)
