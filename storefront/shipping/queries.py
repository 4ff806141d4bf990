"""Reads of shipping: which methods reach a country, and at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from storefront.database.reading import read
from storefront.kernel.money import Money
from storefront.shipping.errors import NoDelivery
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.rules import EVERYWHERE, Destination, FreightTemplate, Load, freight, zone_for


@dataclass(frozen=True, slots=True)
class Offer:
    """A method for one parcel: what it is called and what it costs here and now."""

    code: str
    name: str
    translations: dict[str, Any]
    price: Money
    min_days: int
    max_days: int
    free_from: Money | None


def list_offers(destination: Destination, load: Load) -> list[Offer]:
    """Return the methods that deliver `load` to `destination`, in the merchant's order; none when nothing does."""
    rows = _rows()
    zone = zone_for(destination.country, sorted({row.zone_id: row.countries for row in rows}.items()))
    return [_offer(row, load) for row in rows if row.zone_id == zone]


def get_offer(code: str, destination: Destination, load: Load) -> Offer:
    """Return one method for this load, or refuse with NoDelivery."""
    offers = list_offers(destination, load)
    for offer in offers:
        if offer.code == code:
            return offer
    raise NoDelivery


def list_countries(all_countries: frozenset[str]) -> frozenset[str]:
    """Return the countries of `all_countries` that at least one active method reaches."""
    named = {country for row in _rows() for country in row.countries}
    return all_countries if EVERYWHERE in named else all_countries & named


_METHODS = (
    select(ShippingMethod.__table__, ShippingZone.countries)
    .join(ShippingZone, ShippingZone.id == ShippingMethod.zone_id)
    .where(ShippingMethod.is_active)
    .order_by(ShippingMethod.zone_id, ShippingMethod.position, ShippingMethod.id)
)


def _rows() -> Sequence[Row[Any]]:
    return read(_METHODS).all()


def _offer(row: Row[Any], load: Load) -> Offer:
    currency = load.goods.currency
    template = FreightTemplate(
        price=Money(row.price_minor, currency),
        first_weight_grams=row.first_weight_grams,
        additional_weight_grams=row.additional_weight_grams,
        additional_price=Money(row.additional_price_minor, currency),
        free_from=None if row.free_from_minor is None else Money(row.free_from_minor, currency),
    )
    price = freight(template, weight_grams=load.weight_grams, goods=load.goods)
    return Offer(row.code, row.name, row.translations, price, row.min_days, row.max_days, template.free_from)
