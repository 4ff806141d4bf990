"""What helps when nothing was found: another spelling, fewer words, fewer filters, a category, what others buy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from search import Suggestion
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.catalog.listing import Found, Rescue, WayOut, lifted_filters
from storefront.catalog.queries import category_tree, list_best_seller_ids
from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted

MOST_WORDS = 4
MOST_SPELLINGS = 4
MOST_CATEGORIES = 6
MOST_LIFTED = 8
BEST_SELLERS = 8
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Index:
    """What a rescue asks of the index: how many products a list has, a mended spelling, completions."""

    count: Callable[[Wanted], int]
    mended: Callable[[str], str | None]
    complete: Callable[[str, int], Sequence[Suggestion]]


def rescue(wanted: Wanted, found: Found, index: Index, locale: str) -> Rescue:
    """Return the ways out of an empty list: each was tried and leads somewhere."""
    lifted = _lifted(wanted, found, index)
    unfiltered = index.count(wanted.without_filters()) if wanted.is_narrowed else 0
    lost = bool(wanted.text) and not unfiltered
    return Rescue(
        spellings=tuple(_spellings(wanted.without_filters(), index)) if lost else (),
        categories=with_parents(_categories(wanted.text, index)) if lost else (),
        lifted=lifted,
        unfiltered=unfiltered,
        cards=tuple(best_sellers(locale)),
    )


def best_sellers(locale: str) -> list[Card]:
    """Return the cards of what sells best and is in stock."""
    return cards_by_ids(list_best_seller_ids(2 * BEST_SELLERS), locale, in_stock_only=True)[:BEST_SELLERS]


def _lifted(wanted: Wanted, found: Found, index: Index) -> tuple[WayOut, ...]:
    filters = list(lifted_filters(wanted, found))[:MOST_LIFTED]
    tried = (
        WayOut(label, other, index.count(other), kind)
        for kind, label, changes in filters
        for other in (replace(wanted, page=1, **changes),)
    )
    return tuple(way for way in tried if way.count)


def _spellings(wanted: Wanted, index: Index) -> Iterator[WayOut]:
    known = {wanted.text.casefold()}
    left = MOST_SPELLINGS
    for text in _other_texts(wanted.text, index):
        if not left:
            return
        if text.casefold() in known:
            continue
        known.add(text.casefold())
        other = replace(wanted, text=text, exact=False)
        if count := index.count(other):
            left -= 1
            yield WayOut(text, other, count)


def _other_texts(text: str, index: Index) -> Iterator[str]:
    """Yield what may have been meant: the spelling mended, each word alone, words that begin like one of them."""
    if mended := index.mended(text):
        yield mended
    words = _words(text)
    if len(words) > 1:
        yield from words
    for word in words:
        for length in range(len(word) - 1, SHORTEST_STEM - 1, -1):
            terms = [one.text for one in index.complete(word[:length], MOST_SPELLINGS) if one.kind == "term"]
            if terms:
                yield from terms[:2]
                break


def with_parents(nodes: Iterable[Node]) -> tuple[tuple[Node, Node | None], ...]:
    """Return categories with the one above each."""
    tree = category_tree()
    return tuple((node, tree.find(node.parent_id)) for node in nodes)


def _categories(text: str, index: Index) -> tuple[Node, ...]:
    """Return categories whose name has a word of the text or begins like it; else the departments."""
    tree = category_tree()
    found: dict[int, Node] = {}
    for word in _words(text):
        for length in range(len(word), min(len(word), SHORTEST_STEM) - 1, -1):
            named = [one.value for one in index.complete(word[:length], MOST_CATEGORIES) if one.kind == "category"]
            found |= {node.id: node for value in named if (node := tree.find(int(value)))}
            if named:
                break
    return tuple(found.values())[:MOST_CATEGORIES] or tree.roots[:MOST_CATEGORIES]


def _words(text: str) -> list[str]:
    """Return the longest words of a text, as they are written; of Chinese, its pairs of characters."""
    words = [word[:40] for word in text.split()]
    if len(words) == 1 and not words[0].isascii() and len(words[0]) > 2:
        words = [words[0][place : place + 2] for place in range(0, len(words[0]) - 1, 2)]
    return sorted(dict.fromkeys(words), key=len, reverse=True)[:MOST_WORDS]
