"""What can happen, one frozen value each: its fields are the schema, and a value that makes no sense cannot exist."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_WORDS = 200
LONGEST_NAME = 64
MOST_SHOWN = 1_000
HIGHEST = 2**31 - 1
MOST_ON_SHELF = 100
MOST_ENTRIES = 50
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_KEY = re.compile(r"[a-z0-9][a-z0-9:_-]{0,63}")
_SOURCE = re.compile(r"[a-z0-9_-]{1,24}")
SUGGESTION_KINDS = frozenset({"term", "category", "brand", "product", "recent"})


def is_public_id(text: object) -> bool:
    """Say whether this can be the public id of a search or of a shelf that was answered."""
    return isinstance(text, str) and _PUBLIC_ID.fullmatch(text) is not None


def is_shelf(text: object) -> bool:
    """Say whether a shelf can be called this."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Say whether a database can hold this text: half a surrogate pair and NUL are no characters to it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class Event:
    """Base of everything that is recorded."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Event):
    """A page of answers to words was asked for.

    `search` is the public id of just this page of answers, `within` that of the page it was asked from, if any.
    `corrected` is what was searched instead, where the spelling was corrected.
    """

    search: str
    text: str
    language: str
    total: int
    corrected: str = ""
    relaxed: bool = False
    sort: str = ""
    page: int = 1
    filters: tuple[tuple[str, str], ...] = ()
    category_id: int | None = None
    generation: str = ""
    within: str = ""

    def __post_init__(self) -> None:
        _check(is_public_id(self.search), "a search has a public id")
        _check(0 < len(self.text) <= LONGEST_WORDS and is_storable(self.text), "a search has words")
        _check(len(self.corrected) <= LONGEST_WORDS, "a correction is no longer than words may be")
        _check(0 <= self.total <= HIGHEST and self.page >= 1, "totals and pages are not negative")


@dataclass(frozen=True, slots=True)
class ResultsShown(Event):
    """These products were shown as answers, the first of them at `first_rank` (counted from 1)."""

    search: str
    product_ids: tuple[int, ...]
    first_rank: int = 1

    def __post_init__(self) -> None:
        _check(is_public_id(self.search), "results belong to a search")
        _check(self.first_rank >= 1 and len(self.product_ids) <= MOST_SHOWN, "ranks count from 1")


@dataclass(frozen=True, slots=True)
class ResultClicked(Event):
    """A result was opened; its rank is where it had been shown."""

    search: str
    product_id: int

    def __post_init__(self) -> None:
        _check(is_public_id(self.search) and _is_id(self.product_id), "a click is on a product of a search")


@dataclass(frozen=True, slots=True)
class ResultOpened(Event):
    """A product was opened from a page of answers to `text`, told by the browser's referrer alone."""

    text: str
    product_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationsShown(Event):
    """A shelf was answered with these goods, best first, each with the model's source of it; with none it is hidden.

    `request` is the public id of just this answer, `context` what it was about ("product:12"), `is_seen` whether it is
    the page that was asked for itself: elsewhere it counts as seen once it has been in view. `tried` are those of the
    goods that chance put there, each with the probability that it had.
    """

    request: str
    shelf: str
    context: str = ""
    model_version: str = ""
    experiment: str = ""
    variation: str = ""
    items: tuple[tuple[int, str], ...] = ()
    tried: tuple[tuple[int, float], ...] = ()
    is_seen: bool = False

    def __post_init__(self) -> None:
        _check(is_public_id(self.request), "an answered shelf has a public id")
        _check(is_shelf(self.shelf), "a shelf has a name")
        _check(len(self.items) <= MOST_ON_SHELF, "a shelf is not that long")
        _check(
            all(_is_id(product) and _SOURCE.fullmatch(source) for product, source in self.items), "goods have a source"
        )
        _check(dict(self.tried).keys() <= dict(self.items).keys(), "goods that are tried are shown")
        _check(all(0 < chance <= 1 for _, chance in self.tried), "goods that are tried had a probability")
        names = (self.context, self.model_version, self.experiment, self.variation)
        _check(all(len(name) <= LONGEST_NAME and is_storable(name) for name in names), "names can be kept")


@dataclass(frozen=True, slots=True)
class RecommendationsViewed(Event):
    """A shelf was in view for long enough to be seen."""

    request: str

    def __post_init__(self) -> None:
        _check(is_public_id(self.request), "an answered shelf has a public id")


@dataclass(frozen=True, slots=True)
class RecommendationClicked(Event):
    """A product on a shelf was opened; its rank is where it had been shown."""

    request: str
    product_id: int

    def __post_init__(self) -> None:
        _check(is_public_id(self.request) and _is_id(self.product_id), "a click is on a product of a shelf")


@dataclass(frozen=True, slots=True)
class RecommendationOpened(Event):
    """A product was opened from the page of a shelf, told by the browser's referrer alone."""

    shelf: str
    product_id: int


@dataclass(frozen=True, slots=True)
class AddedToCart(Event):
    """So many of a product were put into the cart, and from where, if from anywhere that is recorded.

    `search` is the search whose list it was, `request` the answered shelf, as our script says; `text` is the words of
    the page of answers, `shelf` the shelf's page, as the browser's referrer says.
    """

    product_id: int
    quantity: int
    search: str = ""
    text: str = ""
    request: str = ""
    shelf: str = ""

    def __post_init__(self) -> None:
        _check(_is_id(self.product_id) and self.quantity > 0, "an addition has a product and a quantity")


@dataclass(frozen=True, slots=True)
class Sold:
    """What an order holds of one product, and what it came to after discounts, in minor units."""

    product_id: int
    quantity: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class GoodsBought(Event):
    """An order was placed. `cost_minor` is what its goods and gifts cost the merchant, None where that is not known."""

    order_number: str
    sold: tuple[Sold, ...]
    cost_minor: int | None = None

    @property
    def revenue_minor(self) -> int:
        return sum(one.revenue_minor for one in self.sold)

    @property
    def quantity(self) -> int:
        return sum(one.quantity for one in self.sold)


@dataclass(frozen=True, slots=True)
class PurchaseUndone(Event):
    """An order was cancelled."""

    order_number: str


@dataclass(frozen=True, slots=True)
class PurchaseRestored(Event):
    """A cancelled order was opened again."""

    order_number: str


@dataclass(frozen=True, slots=True)
class PurchaseShrunk(Event):
    """Goods of an order came back and were paid back: what is left of each product that the order held."""

    order_number: str
    left: tuple[Sold, ...]


@dataclass(frozen=True, slots=True)
class SuggestionChosen(Event):
    """A line under the search box was chosen: which kind, in which place (counted from 1), after what was typed."""

    kind: str
    position: int
    typed: str

    def __post_init__(self) -> None:
        _check(self.kind in SUGGESTION_KINDS, "there is no such kind of suggestion")
        _check(
            _is_id(self.position) and self.position <= 100,
            "a suggestion has a place in a list",
        )
        _check(len(self.typed) <= LONGEST_WORDS and is_storable(self.typed), "something was typed that can be kept")


@dataclass(frozen=True, slots=True)
class EntriesViewed(Event):
    """These entries of a curated page were in view for long enough to be seen."""

    entry_ids: tuple[int, ...]

    def __post_init__(self) -> None:
        _check(0 < len(self.entry_ids) <= MOST_ENTRIES, "a page has some entries, and not that many")
        _check(all(_is_id(number) for number in self.entry_ids), "an entry has a number")


@dataclass(frozen=True, slots=True)
class EntryOpened(Event):
    """A link within an entry of a curated page was followed."""

    entry_id: int

    def __post_init__(self) -> None:
        _check(_is_id(self.entry_id), "an entry has a number")


@dataclass(frozen=True, slots=True)
class ShopOpened(Event):
    """A browser opened a page, or ordered. `sign` tells it from others while it is here (`arrivals.sign_of`)."""

    sign: str
    source: str
    device: str
    has_ordered: bool = False

    def __post_init__(self) -> None:
        _check(len(self.sign) == LONGEST_NAME and len(self.source) <= 16 and len(self.device) <= 16, "a visit is told")


def _is_id(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number <= HIGHEST


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
