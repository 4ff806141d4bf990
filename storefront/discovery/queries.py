"""Answers for category pages, the search page and the search box."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from search import Filters, Searcher, SearchPage, SearchRequest, Sort
from search import Suggestion as IndexSuggestion
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.catalog.listing import Found, Rescue
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.discovery import answers, codes, fallback, rescuing
from storefront.discovery.choices import MOST_CHOICES, buckets_of, facets_of, places_of
from storefront.discovery.searching import find_searcher, or_else
from storefront.discovery.steering import audience_here, place_of, rules_in_force, steer
from storefront.discovery.varying import varied
from storefront.discovery.wording import wording
from storefront.web.locale import current_locale

SUGGESTIONS = 10
NOWHERE = "nowhere"

_SORTS = {
    "": Sort.RELEVANCE,
    "sales": Sort.SALES,
    "price": Sort.PRICE_ASC,
    "price-desc": Sort.PRICE_DESC,
    "new": Sort.NEWEST,
    "rating": Sort.RATING,
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line under the search box; `kind` is term, category, brand or product, and a product has its card."""

    kind: str
    text: str
    url: str
    card: Card | None = None
    note: str = ""
    """Where a category lies: many shops have two of one name."""


def browse(node: Node, wanted: Wanted, size: int) -> Found:
    """Return one page of a category and all below it, with counts for every filter."""
    return _find(node, wanted, size)


def search(wanted: Wanted, size: int) -> Found:
    """Return one page of what matches `wanted.text`, of everything when it is empty."""
    return _find(None, wanted, size)


def find_by_code(text: str) -> codes.Scanned | None:
    """Return what the SKU or barcode that was typed leads to, or None."""
    return codes.find(text)


def _none(typed: str, locale: str) -> list[Suggestion]:
    return []


@or_else(_none)
def suggest(typed: str, locale: str) -> list[Suggestion]:
    """Complete what is being typed with categories, brands, words and products; nothing while there is no index."""
    searcher = find_searcher()
    found = searcher.suggest(typed, SUGGESTIONS) if searcher else ()
    numbers = [int(one.value) for one in found if one.kind == "product"]
    cards = {card.product_id: card for card in cards_by_ids(numbers, locale)}
    made = (_suggestion(one, cards, locale) for one in found)
    told: dict[tuple[str, str, str], Suggestion] = {}
    for one in filter(None, made):
        told.setdefault((one.kind, one.text, one.note or one.url), one)
    return list(told.values())


@or_else(fallback.find)
def _find(node: Node | None, wanted: Wanted, size: int) -> Found:
    searcher = find_searcher()
    if searcher is None:
        return fallback.find(node, wanted, size)
    request = _request(node, wanted, size)
    question = (repr(request), wanted.first_page, current_locale(), audience_here())
    sources = (searcher, category_tree(), wording(), rules_in_force())
    return answers.answer(question, sources, lambda: _answer(searcher, request, node, wanted))


def _answer(searcher: Searcher, request: SearchRequest, node: Node | None, wanted: Wanted) -> Found:
    answer = searcher.search(request)
    if answer.corrected_query:
        meant = _request(node, replace(wanted, text=answer.corrected_query), size=request.size)
        if (meant.steering, meant.filters) != (request.steering, request.filters):
            request = replace(request, steering=meant.steering, filters=meant.filters)
            answer = searcher.search(request)
    if not answer.ids and answer.total:  # a page beyond the end
        request = replace(request, page=-(-answer.total // request.size))
        answer = searcher.search(request)
    first = min(wanted.first_page, answer.page)
    earlier = [searcher.search(replace(request, page=number, count=())) for number in range(first, answer.page)]
    pages = [*earlier, answer]
    found = _found(searcher, answer, wanted, place_of(node, wanted))
    if earlier:
        found = replace(found, ids=tuple(number for page in pages for number in page.ids), since=first)
    if answer.relaxed and answer.ids:
        return replace(found, is_whole=pages[0].is_whole or request.sort is not Sort.RELEVANCE or first > 1)
    return found if answer.total else replace(found, rescue=_rescue(searcher, node, wanted, found))


def _found(searcher: Searcher, answer: SearchPage, wanted: Wanted, place: Node | None) -> Found:
    return Found(
        ids=answer.ids,
        total=answer.total,
        facets=facets_of(searcher, answer, wanted),
        price=(answer.price.lowest, answer.price.highest) if answer.price else None,
        in_stock=answer.in_stock,
        on_promotion=answer.on_promotion,
        corrected=answer.corrected_query,
        relaxed=answer.relaxed,
        generation=answer.generation,
        page=answer.page,
        places=places_of(answer, place),
        buckets=buckets_of(answer),
        ratings=answer.ratings,
        words=answer.words,
    )


def _request(node: Node | None, wanted: Wanted, size: int) -> SearchRequest:
    place, steered = place_of(node, wanted), steer(wanted, node)
    here = {"category": (str(place.id),)} if place else {}
    filters = Filters(
        scope={"category": (NOWHERE,)} if wanted.category and place is None else steered.scope or here,
        facets={key: values for key, values in wanted.facets.items() if key != "category"},
        price_from=wanted.price_from,
        price_to=wanted.price_to,
        in_stock=wanted.in_stock or steered.in_stock,
        on_promotion=wanted.on_promotion or steered.on_promotion,
        rating_from=wanted.rating,
    )
    return SearchRequest(
        text=wanted.text,
        filters=filters,
        sort=_SORTS.get(wanted.sort, Sort.RELEVANCE),
        page=wanted.page,
        size=size,
        facet_limit=MOST_CHOICES,
        correct=not wanted.exact,
        language=current_locale(),
        steering=varied(steered.steering, wanted),
    )


def _rescue(searcher: Searcher, node: Node | None, wanted: Wanted, found: Found) -> Rescue:
    def count(other: Wanted) -> int:
        return searcher.search(replace(_request(node, other, 0), count=())).total

    def mended(text: str) -> str | None:
        return searcher.search(SearchRequest(text=text, size=0, count=())).corrected_query

    return rescuing.rescue(wanted, found, rescuing.Index(count, mended, searcher.suggest), current_locale())


def _suggestion(one: IndexSuggestion, cards: dict[int, Card], locale: str) -> Suggestion | None:
    if one.kind == "product":
        card = cards.get(int(one.value))
        return Suggestion(one.kind, card.name, card.url, card) if card else None
    if one.kind == "category":
        return _category_suggestion(int(one.value), locale)
    asked = {"brand": one.value} if one.kind == "brand" else {"q": one.text}
    return Suggestion(one.kind, one.text, f"/search?{urlencode(asked)}")


def _category_suggestion(number: int, locale: str) -> Suggestion | None:
    tree = category_tree()
    node = tree.find(number)
    if node is None:
        return None
    above = [one.title(locale) for one in tree.trail(node)]
    name = node.title(locale)
    return Suggestion("category", name, node.url, note=next((one for one in reversed(above) if one != name), ""))
