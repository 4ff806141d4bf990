"""What a reader asks of a list of products: the address of a list as a value.

`Wanted` is read from the query string and written back into every link, chip and hidden field, so that a list works as
plain links.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlencode

from storefront.catalog.attributes import is_attribute_facet
from storefront.kernel.money import MAX_MINOR, Money
from storefront.kernel.paging import page_number
from storefront.kernel.text import squeeze

FACETS = ("category", "brand")
"""Facets with a name of their own; those of attributes and options are called "a.<key>"."""
SORTS = ("", "sales", "price", "price-desc", "new", "rating")
"""Orders by their name in the address; "" is the best match, or the best seller where nothing was searched."""
VIEWS = ("grid", "list")
STARS = (4, 3, 2, 1)
MOST_CHOICES = 20
MOST_ATTRIBUTES = 10
LONGEST_TEXT = 200
LONGEST_AMOUNT = 40
MOST_PAGES = 10
"""How many pages one list shows below each other."""


class Arguments(Protocol):
    """A query string with repeated names, as Flask's `request.args`."""

    def __iter__(self) -> Iterator[str]: ...
    def get(self, key: str, /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for. Prices are in minor units, inclusive; `rating` is the fewest stars; `exact` forbids to mend
    the spelling; `view` is empty for whoever did not choose.
    """

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_from: int | None = None
    price_to: int | None = None
    rating: int | None = None
    in_stock: bool = False
    on_promotion: bool = False
    sort: str = ""
    page: int = 1
    exact: bool = False
    view: str = ""
    since: int = 0
    """The page that a list begins with, for whoever let more pages follow below it; 0 shows `page` alone."""

    unread: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What was typed as a price and is none, by its name in the address: it limits nothing, but its field keeps it."""

    @property
    def first_page(self) -> int:
        """The first of the pages shown: `page`, or one of those just before it."""
        return max(min(self.since or self.page, self.page), self.page - MOST_PAGES + 1)

    @property
    def is_priced(self) -> bool:
        """Whether prices are limited."""
        return self.price_from is not None or self.price_to is not None

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is on."""
        switched = self.rating is not None or self.in_stock or self.on_promotion
        return self.is_priced or switched or any(self.facets.values())

    @property
    def category(self) -> str:
        """The slug of the category that a search is narrowed to, or ""."""
        return next(iter(self.facets.get("category", ())), "")

    @property
    def wish(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The options that a variant should have to stand for its product."""
        return tuple(sorted((key, values) for key, values in self.facets.items() if values and key not in FACETS))

    def pairs(self, currency: str) -> Iterator[tuple[str, str]]:
        """Write this as name-value pairs, in one fixed order, without what is not asked."""
        if self.text:
            yield "q", self.text
        if self.exact:
            yield "exact", "1"
        for key in sorted(self.facets):
            yield from ((key, value) for value in self.facets[key])
        for name, minor in (("price_from", self.price_from), ("price_to", self.price_to)):
            if minor is not None:
                yield name, amount_text(minor, currency)
        if self.rating is not None:
            yield "rating", str(self.rating)
        for name, on in (("on_promotion", self.on_promotion), ("in_stock", self.in_stock)):
            if on:
                yield name, "1"
        for name, chosen in (("sort", self.sort), ("view", self.view)):
            if chosen:
                yield name, chosen
        if self.first_page < self.page:
            yield "from", str(self.first_page)
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
        """Return the same list with nothing but its text, order and view."""
        return Wanted(text=self.text, exact=self.exact, sort=self.sort, view=self.view)


_ORDER = (
    "q",
    "exact",
    "a.",
    "price_from",
    "price_to",
    "rating",
    "on_promotion",
    "in_stock",
    "sort",
    "view",
    "from",
    "page",
)
_PLACES = {name: place for place, name in enumerate(_ORDER)}


def place_in_address(name: str) -> tuple[int, str]:
    """Return where a name stands in an address, as `Wanted.pairs` writes it; facets stand where "a." does."""
    return _PLACES.get(name, _PLACES["a."]), name


def read_wanted(arguments: Arguments, currency: str) -> Wanted:
    """Read a query string; what cannot be understood is as if it had not been said."""
    typed = {name: (arguments.get(name) or "").strip() for name in ("price_from", "price_to")}
    low, high = (read_amount(text, currency) for text in typed.values())
    unread = {
        name: text for (name, text), minor in zip(typed.items(), (low, high), strict=True) if text and minor is None
    }
    if low is not None and high is not None and low > high:
        low, high = high, low
    text, sort, view = (arguments.get(name) or "" for name in ("q", "sort", "view"))
    text = squeeze(text[: 4 * LONGEST_TEXT])[:LONGEST_TEXT]
    return Wanted(
        text=text,
        facets=_read_facets(arguments),
        price_from=low,
        price_to=high,
        rating=_STARS_BY_NAME.get(arguments.get("rating") or ""),
        in_stock=bool(arguments.get("in_stock")),
        on_promotion=bool(arguments.get("on_promotion")),
        sort=sort if sort in SORTS else "",
        page=page_number(arguments.get("page")),
        exact=bool(arguments.get("exact")),
        view=view if view in VIEWS else "",
        since=page_number(arguments.get("from")) if "from" in arguments else 0,
        unread={name: squeeze(text[:LONGEST_AMOUNT]) for name, text in unread.items()},
    )


_STARS_BY_NAME = {str(stars): stars for stars in STARS}


def _read_facets(arguments: Arguments) -> dict[str, tuple[str, ...]]:
    attributes = [key for key in arguments if is_attribute_facet(key)][:MOST_ATTRIBUTES]
    found = {key: values for key in (*FACETS, *attributes) if (values := _choices(arguments.getlist(key)))}
    if "category" in found:
        found["category"] = found["category"][:1]
    if "size" in arguments and (sizes := _choices(arguments.getlist("size"))):  # how sizes were asked for once
        found.setdefault("a.size", sizes)
    return found


def _choices(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(squeeze(value[:LONGEST_TEXT]) for value in values if squeeze(value)))[:MOST_CHOICES]


def read_amount(text: str | None, currency: str) -> int | None:
    """Read an amount in major units as minor units; None for nothing, nonsense or less than nothing.

    Shoppers write as they do at home: "$12.50", "12,50", "1.234,50 €". A comma before three digits groups them.
    """
    try:
        minor = Money.parse(_with_point(text, currency), currency).minor if text else None
    except ValueError:
        return None
    return minor if minor is not None and 0 <= minor <= MAX_MINOR else None


_COMMA = re.compile(r"(?P<whole>\d+|\d{1,3}(?:[. ]\d{3})+),(?P<part>\d{1,2})", re.ASCII)


def _with_point(text: str, currency: str) -> str:
    """Return a typed amount without the sign of a currency, and with a decimal point where it has a comma."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST_AMOUNT])
    signs = {character for character in plain if unicodedata.category(character) == "Sc"}
    for sign in (currency, "元", *signs):
        plain = plain.strip().removeprefix(sign).removesuffix(sign)
    found = _COMMA.fullmatch(plain.strip())
    return f"{re.sub('[. ]', '', found['whole'])}.{found['part']}" if found else plain


@lru_cache(maxsize=8_000)
def amount_text(minor: int, currency: str) -> str:
    """Write minor units as a reader types them into a field: "12.5", "3"."""
    text = f"{Money(minor, currency).decimal:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
