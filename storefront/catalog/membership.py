"""What makes a product a member of a collection by rules, checked as a whole. Pure.

Each condition that is asked narrows (match "all") or widens (match "any") what is in it. A list of values is met by any
of them; a category stands for its whole subtree. Amounts are minor units of the shop's currency and count the lowest
own price of a product; pieces are what can still be sold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from storefront.kernel.errors import N_, Invalid

MOST_VALUES = 100
MOST_DAYS = 3650
MOST_PIECES = 1_000_000


class Match(StrEnum):
    """How many of the conditions a product meets."""

    ALL = "all"
    ANY = "any"


class Sort(StrEnum):
    """In which order a collection's goods stand."""

    BEST = "best-selling"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "price-desc"


@dataclass(frozen=True, slots=True)
class Membership:
    """The conditions of a collection; raises Invalid, naming the field, for what makes no sense."""

    match: Match = Match.ALL
    category_ids: tuple[int, ...] = ()
    brand_ids: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    """"name=value"; of several with one name any will do, of different names each is asked for."""
    price_from: int | None = None
    price_to: int | None = None
    is_reduced: bool = False
    """Some article of it stands below the price that it is compared with."""
    new_days: int | None = None
    """It was published within so many days."""
    stock_from: int | None = None
    stock_to: int | None = None
    sold_from: int | None = None
    """So many pieces were sold in the last 90 days."""

    def __post_init__(self) -> None:
        for name in ("category_ids", "brand_ids", "types", "attributes"):
            if len(getattr(self, name)) > MOST_VALUES:
                raise Invalid(N_("At most %(count)d fit here."), field=name, count=MOST_VALUES)
        for attribute in self.attributes:
            name, _, value = attribute.partition("=")
            if not name.strip() or not value.strip():
                raise Invalid(N_("Write an attribute as name=value, such as Size=11 oz."), field="attributes")
        for low, high in (("price_from", "price_to"), ("stock_from", "stock_to")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise Invalid(N_("“At least” is more than “at most”."), field=high)
        if self.new_days is not None and not 1 <= self.new_days <= MOST_DAYS:
            raise Invalid(N_("Enter a number of days from 1 to %(most)d."), field="new_days", most=MOST_DAYS)
        for name in ("price_from", "price_to", "stock_from", "stock_to", "sold_from"):
            if (getattr(self, name) or 0) < 0:
                raise Invalid(N_("Enter a whole number that is not negative."), field=name)
        for name in ("stock_from", "stock_to", "sold_from"):
            if (getattr(self, name) or 0) > MOST_PIECES:
                raise Invalid(N_("That number is too large."), field=name)

    @property
    def asks(self) -> bool:
        """Whether there is any condition; without one nothing is a member."""
        return any(value not in (None, (), False) for name, value in self._values() if name != "match")

    def to_data(self) -> dict[str, Any]:
        """Return the conditions as JSON, empty ones left out."""
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in self._values()}
        return {name: value for name, value in found.items() if value not in (None, [], False)} | {
            "match": self.match.value
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Membership:
        """Return conditions from JSON; what an older shop stored and nobody understands any more is left out."""
        known = {each.name for each in fields(cls)}
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        kept: dict[str, Any] = {name: value for name, value in values.items() if name in known and name != "match"}
        return cls(match=Match(data.get("match", Match.ALL)), **kept)

    def _values(self) -> list[tuple[str, Any]]:
        return [(each.name, getattr(self, each.name)) for each in fields(self)]
