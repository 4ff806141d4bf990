"""What delivery costs and when it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from storefront.kernel.money import Money

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where goods go, as far as delivery depends on it: an ISO 3166 country, a province or state, a city."""

    country: str
    region: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What is delivered together: its weight, how many pieces, and what they cost before promotions."""

    weight_grams: int
    pieces: int
    goods: Money

    def __post_init__(self) -> None:
        if self.weight_grams < 0 or self.pieces < 0:
            raise ValueError("a weight and a number of pieces are not negative")


@dataclass(frozen=True, slots=True)
class FreightTemplate:
    """A price that covers the first weight, a price for each further weight begun, a value of goods that makes it free.

    Weights are grams; an additional weight of 0 means that weight does not matter.
    """

    price: Money
    first_weight_grams: int = 0
    additional_weight_grams: int = 0
    additional_price: Money | None = None
    free_from: Money | None = None

    def __post_init__(self) -> None:
        if min(self.first_weight_grams, self.additional_weight_grams, self.price.minor) < 0:
            raise ValueError("weights and prices are not negative")
        if self.additional_price is not None and self.additional_price.minor < 0:
            raise ValueError("prices are not negative")


def freight(template: FreightTemplate, *, weight_grams: int, goods: Money) -> Money:
    """Return what a parcel of `weight_grams` costs when the goods in it are worth `goods`."""
    if weight_grams < 0:
        raise ValueError("a weight is not negative")
    if template.free_from is not None and goods >= template.free_from:
        return Money.zero(template.price.currency)
    beyond = weight_grams - template.first_weight_grams
    if beyond <= 0 or not template.additional_weight_grams or template.additional_price is None:
        return template.price
    steps = -(-beyond // template.additional_weight_grams)
    return template.price + template.additional_price * steps


@dataclass(frozen=True, slots=True)
class DeliveryDays:
    """The first and the last day on which a parcel may arrive."""

    earliest: date
    latest: date


def delivery_days(today: date, *, min_days: int, max_days: int) -> DeliveryDays:
    """Return when a parcel handed in today arrives, counting days on which parcels travel (Monday to Saturday)."""
    if not 0 <= min_days <= max_days:
        raise ValueError("a delivery takes between min_days and max_days")
    return DeliveryDays(_after(today, min_days), _after(today, max_days))


def zone_for(country: str, zones: Iterable[tuple[int, list[str]]]) -> int | None:
    """Return the id of the zone that names `country`, else of the one for everywhere else, else None."""
    rest: int | None = None
    for zone_id, countries in zones:
        if country in countries:
            return zone_id
        if EVERYWHERE in countries and rest is None:
            rest = zone_id
    return rest


def _after(day: date, travelling_days: int) -> date:
    while travelling_days > 0:
        day += timedelta(days=1)
        travelling_days -= day.weekday() < 6
    return day
