"""What a reader asks of a list of products, and what was found: the values behind category and search pages.

`Wanted` is the address of a list as a value: it is read from the query string and written back into every link, chip
and hidden field, so that a list works as plain links. `Found` is an answer, whoever gave it: the search index, or the
database alone while there is no index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from storefront.catalog.cards import Card
from storefront.kernel.money import MAX_MINOR, Money
from storefront.kernel.paging import Page, page_number
from storefront.kernel.text import squeeze

FACETS = ("brand", "size")
"""Facets with choices, in the order of the page."""
SORTS = ("", "price", "price-desc", "new", "rating")
"""Orders by their name in the address; "" is the best match, or the best seller where nothing was searched."""
MOST_CHOICES = 20
LONGEST_TEXT = 200


class Arguments(Protocol):
    """A query string with repeated names, as Flask's `request.args`."""

    def get(self, key: str, /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for. Prices are in minor units, inclusive."""

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    on_promotion: bool = False
    sort: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is on."""
        priced = self.price_from is not None or self.price_to is not None
        return priced or self.in_stock or self.on_promotion or any(self.facets.values())

    def pairs(self, currency: str) -> Iterator[tuple[str, str]]:
        """Write this as name-value pairs, in one fixed order, without what is not asked."""
        if self.text:
            yield "q", self.text
        for key in FACETS:
            yield from ((key, value) for value in self.facets.get(key, ()))
        for name, minor in (("price_from", self.price_from), ("price_to", self.price_to)):
            if minor is not None:
                yield name, amount_text(minor, currency)
        for name, on in (("on_promotion", self.on_promotion), ("in_stock", self.in_stock)):
            if on:
                yield name, "1"
        if self.sort:
            yield "sort", self.sort
        if self.page > 1:
            yield "page", str(self.page)

    def address(self, path: str, currency: str, **changes: Any) -> str:
        """Return the address of this list with changes; without a page named, its first page."""
        query = urlencode(list(replace(self, **{"page": 1, **changes}).pairs(currency)))
        return f"{path}?{query}" if query else path

    def without_choice(self, key: str, value: str) -> Mapping[str, tuple[str, ...]]:
        """Return the facets with one choice taken back."""
        return {**self.facets, key: tuple(chosen for chosen in self.facets.get(key, ()) if chosen != value)}

    def without_filters(self) -> Wanted:
        """Return the same list with nothing but its text and order."""
        return Wanted(text=self.text, sort=self.sort)


def read_wanted(arguments: Arguments, currency: str) -> Wanted:
    """Read a query string; what cannot be understood is as if it had not been said."""
    low, high = (read_amount(arguments.get(name), currency) for name in ("price_from", "price_to"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    sort = arguments.get("sort") or ""
    return Wanted(
        text=squeeze(arguments.get("q") or "")[:LONGEST_TEXT],
        facets={key: values for key in FACETS if (values := _choices(arguments.getlist(key)))},
        price_from=low,
        price_to=high,
        in_stock=bool(arguments.get("in_stock")),
        on_promotion=bool(arguments.get("on_promotion")),
        sort=sort if sort in SORTS else "",
        page=page_number(arguments.get("page")),
    )


def read_amount(text: str | None, currency: str) -> int | None:
    """Read an amount in major units as minor units; None for nothing, nonsense or less than nothing."""
    try:
        minor = Money.parse(text, currency).minor if text else None
    except ValueError:
        return None
    return minor if minor is not None and 0 <= minor <= MAX_MINOR else None


def amount_text(minor: int, currency: str) -> str:
    """Write minor units as a reader types them into a field: "12.5", "3"."""
    text = f"{Money(minor, currency).decimal:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _choices(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:LONGEST_TEXT] for value in values if value))[:MOST_CHOICES]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet; `count` is how many products it would show beside the other filters."""

    value: str
    label: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet by its name in the address, with its choices, the most frequent first."""

    key: str
    options: tuple[Option, ...] = ()


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
    """False while the index is missing: then there are no facets, and sorting is by sales alone."""

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


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list with everything that `components/_listing.html` shows; `path` is the list's own."""

    wanted: Wanted
    found: Found
    cards: tuple[Card, ...]
    path: str
    currency: str
    size: int

    @property
    def page(self) -> Page[Card]:
        return Page(self.cards, self.found.total, self.wanted.page, self.size)

    def page_url(self, number: int) -> str:
        """Return the address of another page of this list."""
        return self._url(page=number)

    @property
    def clear_url(self) -> str:
        """The address of this list without filters."""
        return self.wanted.without_filters().address(self.path, self.currency)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """A chip for every active filter; those of kind price, on_promotion and in_stock get words from the page."""
        made = [
            Chip(key, self.found.label_of(key, value), self._url(facets=self.wanted.without_choice(key, value)))
            for key in FACETS
            for value in self.wanted.facets.get(key, ())
        ]
        if self.wanted.price_from is not None or self.wanted.price_to is not None:
            made.append(Chip("price", "", self._url(price_from=None, price_to=None)))
        if self.wanted.on_promotion:
            made.append(Chip("on_promotion", "", self._url(on_promotion=False)))
        if self.wanted.in_stock:
            made.append(Chip("in_stock", "", self._url(in_stock=False)))
        return tuple(made)

    def _url(self, **changes: Any) -> str:
        return self.wanted.address(self.path, self.currency, **changes)
