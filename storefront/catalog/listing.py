"""What was found for a list of products, and the page made of it: the values behind category and search pages.

`Found` is an answer, whoever gave it: the search index, or the database alone while there is no index. `ListPage` joins
it with what was `Wanted` and knows every address on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.utils import cached_property  # that of functools makes all threads wait for one

from storefront.catalog.cards import Card
from storefront.catalog.details import Details
from storefront.catalog.tree import Node
from storefront.catalog.wanted import FACETS as FACETS
from storefront.catalog.wanted import SORTS as SORTS
from storefront.catalog.wanted import Wanted as Wanted
from storefront.catalog.wanted import amount_text, place_in_address
from storefront.catalog.wanted import read_wanted as read_wanted
from storefront.kernel.paging import Page


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet; `count` is how many products it would show beside the other filters."""

    value: str
    label: str
    count: int
    is_chosen: bool = False
    is_rare: bool = False
    """Shown on demand alone."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet by its key in the address, with its choices: the most frequent first, or the smallest measure first.

    `name` is what a merchant calls the attribute; empty for the shop's own facets.
    """

    key: str
    options: tuple[Option, ...] = ()
    name: str = ""

    @property
    def is_choice(self) -> bool:
        """Whether there is something to choose or to take back."""
        return len(self.options) > 1 or any(option.is_chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Place:
    """A category and how many of what was found it holds; None where nobody counted."""

    node: Node
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where in the category tree a list is: the path to it, and what lies below."""

    trail: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A choice of price in minor units, inclusive; None for an open end."""

    low: int | None
    high: int | None
    count: int


@dataclass(frozen=True, slots=True)
class WayOut:
    """A search that does find something: `text` in place of what was typed, or one filter less."""

    text: str
    wanted: Wanted
    count: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What helps a reader whose search found nothing."""

    spellings: tuple[WayOut, ...] = ()
    categories: tuple[tuple[Node, Node | None], ...] = ()
    """Each with the one above it: many shops have two of one name."""
    lifted: tuple[WayOut, ...] = ()
    """Filters to take away, each with how many products come back without it."""
    unfiltered: int = 0
    """How many products there are without any filter."""
    cards: tuple[Card, ...] = ()
    """Best sellers."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: product ids of one page out of `total`. `price` is the range without a price filter."""

    ids: tuple[int, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    price: tuple[int, int] | None = None
    in_stock: int = 0
    on_promotion: int = 0
    corrected: str | None = None
    relaxed: bool = False
    generation: str = ""
    """Which state of the index answered."""
    is_complete: bool = True
    """False while the index is missing: then there are few facets and counts, and sorting is by sales alone."""
    page: int = 1
    """The page shown: the last one when a page beyond it was asked for."""
    since: int = 0
    """The page that `ids` begin with, where they are those of several pages up to `page`; else 0."""
    places: Places = Places()
    buckets: tuple[Bucket, ...] = ()
    ratings: tuple[tuple[int, int], ...] = ()
    """(stars, how many products have at least as many)."""
    words: tuple[str, ...] = ()
    """What was searched, as `discovery.highlighting` reads it."""
    is_whole: bool = False
    """Whether, of a relaxed answer, the best products have every word all the same."""
    rescue: Rescue | None = None
    drawn: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)
    """Parts of pages that were drawn of this answer."""

    @property
    def first_page(self) -> int:
        """The first of the pages shown."""
        return self.since or self.page

    @property
    def is_rated(self) -> bool:
        """Whether something found has stars, or nobody counted."""
        return not self.is_complete or any(count for _stars, count in self.ratings)

    def label_of(self, key: str, value: str) -> str:
        """Return the words of a choice; one that is no longer offered stands for itself."""
        options = next((facet.options for facet in self.facets if facet.key == key), ())
        return next((option.label for option in options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, and the list without it."""

    kind: str
    label: str
    url: str


@dataclass(frozen=True)
class ListPage:
    """One page of a list, or several that follow each other, with everything that `components/_listing.html` shows.

    `path` is the list's own address and `node` the category that it is a page of; `details` are there for the view as a
    list alone.
    """

    wanted: Wanted
    found: Found
    cards: tuple[Card, ...]
    path: str
    currency: str
    size: int
    node: Node | None = None
    view: str = "grid"
    details: Mapping[int, Details] = field(default_factory=dict)

    @property
    def page(self) -> Page[int]:
        """The products of the page shown, the last one where there are several."""
        before = (self.found.page - self.found.first_page) * self.size
        return Page(self.found.ids[before:], self.found.total, self.found.page, self.size)

    @property
    def more_url(self) -> str:
        """The address of this list with one more page below those shown."""
        more = replace(self.wanted, since=self.wanted.first_page, page=self.found.page + 1)
        return self.url(**{"from": str(more.first_page), "page": str(more.page)})

    def page_url(self, number: int) -> str:
        """Return the address of another page of this list."""
        return self.url(page=str(number) if number > 1 else "")

    def price_url(self, low: int | None, high: int | None) -> str:
        """Return the address of this list with other limits of price."""
        low_text, high_text = ("" if end is None else amount_text(end, self.currency) for end in (low, high))
        return self.url(price_from=low_text, price_to=high_text)

    def place_url(self, node: Node | None) -> str:
        """Return the address of the same list in another category: on a category page that is another page."""
        if self.node is not None and node is not None:
            return self._written(node.url, {"category": ""})
        return self.url(category=node.slug if node else "")

    def url(self, **changes: str) -> str:
        """Return the address of this list with other values of some names, "" for none; without a page named, its
        first page.
        """
        return self._written(self.path, changes)

    def _written(self, path: str, changes: Mapping[str, str]) -> str:
        """Write an address from parts that are encoded once: a page has dozens of them."""
        parts = self._parts | {name: value and urlencode({name: value}) for name, value in changes.items()}
        query = "&".join([parts[name] for name in sorted(parts, key=place_in_address) if parts[name]])
        return f"{path}?{query}" if query else path

    @cached_property
    def _parts(self) -> dict[str, str]:
        parts: dict[str, list[tuple[str, str]]] = {}
        for name, value in self.wanted.pairs(self.currency):
            if name not in {"page", "from"}:
                parts.setdefault(name, []).append((name, value))
        return {name: urlencode(pairs) for name, pairs in parts.items()}

    def everywhere_url(self) -> str:
        """Return the address of the same search in the whole shop."""
        return Wanted(text=self.wanted.text, exact=self.wanted.exact).address("/search", self.currency)

    @property
    def clear_url(self) -> str:
        """The address of this list without filters."""
        return self.wanted.without_filters().address(self.path, self.currency)

    @cached_property
    def chips(self) -> tuple[Chip, ...]:
        """A chip for every active filter; those whose label is empty get their words from the page. On a category page
        what is searched in it is one of them.
        """
        searched = [("text", self.wanted.text, {"text": "", "exact": False})] if self.node and self.wanted.text else []
        return tuple(
            Chip(kind, label, self.wanted.address(self.path, self.currency, **changes))
            for kind, label, changes in (*searched, *lifted_filters(self.wanted, self.found))
        )

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """What a form of filters must send along that is not a field of it."""
        shown = {"page", "from", "sort", "price_from", "price_to", "on_promotion", "in_stock"}
        boxes = {facet.key for facet in self.found.facets if facet.is_choice}
        searchable = {"q"} if self.node else set()
        return (pair for pair in self.wanted.pairs(self.currency) if pair[0] not in shown | boxes | searchable)


def lifted_filters(wanted: Wanted, found: Found) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every active filter: its kind, its words where it has some of its own, what takes it away."""
    for key, values in sorted(wanted.facets.items(), key=lambda item: _rank(item[0])):
        for value in values:
            yield key, _label(found, key, value), {"facets": wanted.without_choice(key, value)}
    if wanted.is_priced:
        yield "price", "", {"price_from": None, "price_to": None}
    if wanted.rating is not None:
        yield "rating", "", {"rating": None}
    if wanted.on_promotion:
        yield "on_promotion", "", {"on_promotion": False}
    if wanted.in_stock:
        yield "in_stock", "", {"in_stock": False}


def _rank(key: str) -> tuple[int, str]:
    return (FACETS.index(key) if key in FACETS else len(FACETS)), key


def _label(found: Found, key: str, value: str) -> str:
    if key == "category":
        return "" if found.places.trail and found.places.trail[-1].node.slug == value else value
    return found.label_of(key, value)


def trimmed(options: Sequence[Option], most: int) -> tuple[Option, ...]:
    """Return options of which all but the `most` frequent ones, and those that are chosen, are rare."""
    if len(options) <= most + 1:
        return tuple(options)
    common = sorted(options, key=lambda option: (not option.is_chosen, -option.count))[:most]
    kept = {option.value for option in common} | {option.value for option in options if option.is_chosen}
    return tuple(
        Option(one.value, one.label, one.count, one.is_chosen, is_rare=one.value not in kept) for one in options
    )
