"""Catalogue prices: which of the prices in the merchant's lists one shopper is asked for one variant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from storefront.kernel.money import Money
from storefront.pricing.snapshot import PriceSource, Shopper

WHOLE = 10_000
"""Basis points of the full price."""


@dataclass(frozen=True, slots=True)
class PriceOption:
    """A price that a list has for a variant, for those in `tiers` or `groups` (both empty: for everybody), from
    `min_quantity` pieces on. It is an amount, or `basis_points` (of 10,000) of the base price.
    """

    source: PriceSource
    price_minor: int | None
    min_quantity: int = 1
    tiers: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    key: str = ""
    name: str = ""
    basis_points: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    """The list's name in other languages, as (locale, name)."""

    def __post_init__(self) -> None:
        if (self.price_minor is None) == (self.basis_points is None):
            raise ValueError("a price is an amount or a share of the base price")
        if self.price_minor is not None and self.price_minor < 0:
            raise ValueError("a price is not negative")
        if self.basis_points is not None and not 0 < self.basis_points <= WHOLE:
            raise ValueError("a share is more than nothing and at most the whole")
        if self.min_quantity < 1:
            raise ValueError("a price holds from one piece on, or from more")

    @property
    def is_public(self) -> bool:
        """Whether everybody gets this price, whoever they are."""
        return not self.tiers and not self.groups

    def is_for(self, shopper: Shopper) -> bool:
        """Whether this shopper is one of those that it is meant for."""
        return self.is_public or shopper.tier in self.tiers or not self.groups.isdisjoint(shopper.groups)

    def price_of(self, base: Money) -> Money:
        """Return the price where the base price is `base`; a share is rounded half to even."""
        if self.basis_points is not None:
            return base.portion(self.basis_points, WHOLE)
        return Money(self.price_minor or 0, base.currency)

    def title(self, locale: str) -> str:
        """Return the list's name in a language, else as it was written."""
        return dict(self.names).get(locale) or self.name


@dataclass(frozen=True, slots=True)
class Priced:
    """What a piece costs, and by which list (`key` is empty for the base price)."""

    unit_price: Money
    source: PriceSource = PriceSource.BASE
    key: str = ""
    option: PriceOption | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """From `quantity` pieces on, each costs `unit_price`."""

    quantity: int
    unit_price: Money


def catalogue_price(base: Money, options: Iterable[PriceOption], *, shopper: Shopper, quantity: int) -> Priced:
    """Return the lowest price that this shopper may have for each of `quantity` pieces.

    The base price wins where nothing is lower; between lists of one price the one for fewer pieces, then the key
    decides, so that the answer does not depend on the order of `options`.
    """
    best = Priced(base)
    rank: tuple[int, int, str, str] | None = None
    for option in options:
        if option.min_quantity > quantity or not option.is_for(shopper):
            continue
        price = option.price_of(base)
        mine = (price.minor, option.min_quantity, option.key, option.source.value)
        if price < base and (rank is None or mine < rank):
            best, rank = Priced(price, option.source, option.key, option), mine
    return best


def quantity_breaks(
    base: Money, options: Iterable[PriceOption], *, shopper: Shopper, single: Money | None = None
) -> tuple[Break, ...]:
    """Return at which quantities this shopper's price falls, the price of a single piece first; () if it never does.

    `single` is what one piece costs where that is less than in any list, as in a flash sale.
    """
    mine = tuple(option for option in options if option.is_for(shopper))
    first = catalogue_price(base, mine, shopper=shopper, quantity=1).unit_price
    found = [Break(1, min(first, single) if single is not None else first)]
    for quantity in sorted({option.min_quantity for option in mine if option.min_quantity > 1}):
        price = catalogue_price(base, mine, shopper=shopper, quantity=quantity).unit_price
        if price < found[-1].unit_price:
            found.append(Break(quantity, price))
    return tuple(found) if len(found) > 1 else ()


@dataclass(frozen=True, slots=True)
class Personal:
    """What one shopper is asked where that is less than `usual`, the price for everybody: for a piece, and for many."""

    priced: Priced
    breaks: tuple[Break, ...]

    def lowered_by(self, lower: Callable[[Money], Money]) -> Personal:
        """Return this at the prices that `lower` leaves of these."""
        priced = replace(self.priced, unit_price=lower(self.priced.unit_price))
        return Personal(priced, tuple(replace(each, unit_price=lower(each.unit_price)) for each in self.breaks))


def personal_price(base: Money, options: Iterable[PriceOption], *, shopper: Shopper, usual: Money) -> Personal | None:
    """Return this shopper's own price and quantities; None where they are asked what everybody is."""
    options = tuple(options)
    everybody = tuple(option for option in options if option.is_public)
    priced = catalogue_price(base, options, shopper=shopper, quantity=1)
    price = min(priced.unit_price, usual)
    breaks = quantity_breaks(base, options, shopper=shopper, single=price)
    if priced.unit_price >= usual and breaks == quantity_breaks(base, everybody, shopper=shopper, single=price):
        return None
    return Personal(Priced(price) if priced.unit_price >= usual else priced, breaks)
