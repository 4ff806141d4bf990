"""The tax of amounts: pure, in whole minor units, with one rounding for each set of rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from storefront.kernel.money import Money, split_minor, total
from storefront.pricing.allocation import spread

WHOLE = 1_000_000
"""Millionths of the net amount: 8.875 % is 88,750."""
DEFAULT_CLASS = ""
"""The class of what says nothing about its own."""


class TaxMode(StrEnum):
    """Whether prices contain tax or it is added to them."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods go: an ISO 3166 country, and its region as `regions.normal_region` writes it."""

    country: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax as a receipt names it: `millionths` of the net amount, by the law of a country or region."""

    country: str
    region: str
    name: str
    millionths: int
    names: tuple[tuple[str, str], ...] = ()
    """Its name in other languages, as (locale, name)."""

    def __post_init__(self) -> None:
        if not 0 <= self.millionths <= WHOLE:
            raise ValueError("a rate is between nothing and the whole")

    @property
    def percent(self) -> Decimal:
        """The rate in percent, exactly."""
        return Decimal(self.millionths).scaleb(-4).normalize()

    def title(self, locale: str) -> str:
        """Return the name in a language, else as it was written."""
        return dict(self.names).get(locale) or self.name


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate that holds for one class from a day to another, both included; None is without an end.

    `part` tells taxes apart that hold side by side at one place.
    """

    rate: Rate
    tax_class: str
    part: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return not (self.valid_from and day < self.valid_from) and not (self.valid_to and day > self.valid_to)

    def overlaps(self, other: DatedRate) -> bool:
        """Say whether there is a day on which both hold."""
        starts_late = self.valid_from and other.valid_to and self.valid_from > other.valid_to
        ends_early = self.valid_to and other.valid_from and self.valid_to < other.valid_from
        return not starts_late and not ends_early


@dataclass(frozen=True, slots=True)
class Taxing:
    """How an order is taxed: the rates of every class at its place on its day."""

    mode: TaxMode
    rates: Mapping[str, tuple[Rate, ...]]
    delivery_class: str = DEFAULT_CLASS

    def rates_of(self, tax_class: str) -> tuple[Rate, ...]:
        """Return the rates of a class; one that does not exist any more is the default class."""
        return self.rates.get(tax_class, self.rates.get(DEFAULT_CLASS, ()))


@dataclass(frozen=True, slots=True)
class Taxable:
    """An amount to be taxed, under the id of its line, with the rates that hold for it."""

    line_id: str
    amount: Money
    rates: tuple[Rate, ...]

    def __post_init__(self) -> None:
        if self.amount.minor < 0:
            raise ValueError("a negative amount has no tax")


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one rate asks of one amount."""

    rate: Rate
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor < 0:
            raise ValueError("a tax is not negative")


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line (or the delivery) with its tax: `net` and the shares of all rates are `gross`, or it does not exist."""

    line_id: str
    net: Money
    shares: tuple[TaxShare, ...]
    gross: Money

    def __post_init__(self) -> None:
        if self.net.minor < 0:
            raise ValueError("a net amount is not negative")
        if self.net + self.tax != self.gross:
            raise ValueError("net and tax do not add up to the gross amount")

    @property
    def tax(self) -> Money:
        return total((share.amount for share in self.shares), self.net.currency)


@dataclass(frozen=True, slots=True)
class RateSum:
    """What one rate asks of an order, and the net amount that it is reckoned on."""

    rate: Rate
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class TaxBill:
    """The tax of an order, line by line."""

    mode: TaxMode
    currency: str
    lines: tuple[Taxed, ...] = ()

    @property
    def tax(self) -> Money:
        return total((line.tax for line in self.lines), self.currency)

    @property
    def net(self) -> Money:
        return total((line.net for line in self.lines), self.currency)

    @property
    def added(self) -> Money:
        """What is paid beyond the prices: everything, or nothing where prices contain tax."""
        return self.tax if self.mode is TaxMode.EXCLUSIVE else Money.zero(self.currency)

    @property
    def sums(self) -> tuple[RateSum, ...]:
        """The taxes by rate, in the order of the lines; rates of nothing (0 %, or on gifts alone) are among them."""
        found: dict[Rate, tuple[int, int]] = {}
        for line in self.lines:
            for share in line.shares:
                net, tax = found.get(share.rate, (0, 0))
                found[share.rate] = net + line.net.minor, tax + share.amount.minor
        return tuple(
            RateSum(rate, Money(net, self.currency), Money(tax, self.currency)) for rate, (net, tax) in found.items()
        )

    def of(self, line_id: str) -> Taxed | None:
        """Return what is said of a line."""
        return next((line for line in self.lines if line.line_id == line_id), None)


def tax_bill(amounts: Sequence[Taxable], *, mode: TaxMode, currency: str) -> TaxBill:
    """Return the tax of amounts of one currency, in their order.

    Amounts with the same rates are taxed as one: their sum times all rates together, rounded half up once, is shared
    over the rates and over the amounts by largest remainder. Source: EN 16931 BR-CO-17; SSUTA section 324.
    """
    groups: dict[tuple[Rate, ...], list[int]] = {}
    for place, taxable in enumerate(amounts):
        groups.setdefault(taxable.rates, []).append(place)
    taxed: dict[int, Taxed] = {}
    for rates, places in groups.items():
        minors = [amounts[place].amount.minor for place in places]
        rows = share_taxes(_taxes(sum(minors), rates, mode), minors)
        for column, place in enumerate(places):
            shares = tuple(TaxShare(rate, Money(row[column], currency)) for rate, row in zip(rates, rows, strict=True))
            taxed[place] = _taxed(amounts[place], shares, mode)
    return TaxBill(mode, currency, tuple(taxed[place] for place in range(len(amounts))))


def share_taxes(taxes: Sequence[int], weights: Sequence[int]) -> list[list[int]]:
    """Share each of `taxes` (minor units, a row each) over `weights` (a column each); no negative numbers.

    Every row adds up to its tax, and every column to the largest-remainder share of all taxes together, so a column
    never bears more than the ceiling of its exact share, however many taxes there are. A weight of zero bears nothing.
    """
    if not taxes:
        return []
    left = split_minor(sum(taxes), weights)
    rows = []
    for tax in reversed(taxes[1:]):
        below = spread(sum(left) - tax, weights, left)
        rows.append([mine - rest for mine, rest in zip(left, below, strict=True)])
        left = below
    return [left, *reversed(rows)]


def contained_tax(gross: int, millionths: int) -> int:
    """Return the tax within `gross` minor units, rounded half up."""
    return _half_up(gross * millionths, WHOLE + millionths)


def added_tax(net: int, millionths: int) -> int:
    """Return the tax on top of `net` minor units, rounded half up."""
    return _half_up(net * millionths, WHOLE)


def rates_at(dated: Sequence[DatedRate], *, tax_class: str, place: Place, day: date) -> tuple[Rate, ...]:
    """Return the rates of a class at a place on a day, in the order of their parts; a region's in place of a country's.

    A region counts as soon as it has any rate for the class on that day, one of 0 % included.
    """
    mine = [each for each in dated if each.tax_class == tax_class and each.holds_on(day)]
    for region in dict.fromkeys((place.region, "")):
        found = [each for each in mine if (each.rate.country, each.rate.region) == (place.country, region)]
        if found:
            return tuple(each.rate for each in sorted(found, key=lambda each: (each.part, each.rate.name)))
    return ()


def _taxes(amount: int, rates: Sequence[Rate], mode: TaxMode) -> list[int]:
    """Return what each rate asks of an amount."""
    if not rates:
        return []
    together = sum(rate.millionths for rate in rates)
    tax = contained_tax(amount, together) if mode is TaxMode.INCLUSIVE else added_tax(amount, together)
    return split_minor(tax, [rate.millionths for rate in rates])


def _taxed(taxable: Taxable, shares: tuple[TaxShare, ...], mode: TaxMode) -> Taxed:
    tax = total((share.amount for share in shares), taxable.amount.currency)
    if mode is TaxMode.INCLUSIVE:
        return Taxed(taxable.line_id, taxable.amount - tax, shares, taxable.amount)
    return Taxed(taxable.line_id, taxable.amount, shares, taxable.amount + tax)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
