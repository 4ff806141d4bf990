"""Reads of shipping: which methods carry a load to a place, at what price, and why none does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.places.regions import parts, place, regions_of
from storefront.shipping.errors import REFUSALS, NoDelivery
from storefront.shipping.models import FreightTemplate, ShippingMethod, ShippingZone
from storefront.shipping.offers import Offer as Offer
from storefront.shipping.reading import schedule_of, tariff_of
from storefront.shipping.rules import (
    Charge,
    Destination,
    Load,
    Part,
    Reason,
    Tariff,
    Zone,
    charge,
    depends_on_region,
    zone_for,
)
from storefront.shipping.words import place_words
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Quotation:
    """What delivering a load to a place costs: the offers in the merchant's order, or why there are none."""

    destination: Destination
    load: Load
    offers: tuple[Offer, ...] = ()
    reason: Reason | None = None
    most_grams: int = 0
    """How much the strongest method carries, where the load is too heavy for all."""

    @property
    def cheapest(self) -> Offer | None:
        return min(self.offers, key=lambda offer: offer.price.minor, default=None)

    @property
    def refusal(self) -> NoDelivery | None:
        """Why nothing can be delivered, in words that somebody can act on."""
        if self.reason is None:
            return None
        most, weight = (f"{grams / 1000:g}" for grams in (self.most_grams, self.load.weight_grams))
        return REFUSALS[self.reason](place=place_words(self.destination), weight=weight, most=most)

    def find(self, code: str) -> Offer | None:
        """Return an offer by its code."""
        return next((offer for offer in self.offers if offer.code == code), None)


def quote(destination: Destination, load: Load) -> Quotation:
    """Return what delivering `load` to `destination` costs, method by method."""
    network = _network()
    zone = zone_for(destination, network.zones)
    methods = [row for row in network.rows if row.zone_id == zone and row.method_id is not None]
    classes = _class_templates([row.method_id for row in methods]) if load.parts else {}
    offers, refused = [], []
    for row in methods:
        tariff = tariff_of(row, classes.get(row.method_id, ()), load.goods.currency)
        found = charge(tariff, destination, load)
        if isinstance(found, Charge):
            offers.append(_offer(row, tariff, found))
        else:
            refused.append((found, tariff.most_grams or 0))
    if offers:
        return Quotation(destination, load, tuple(offers))
    most = max((grams for reason, grams in refused if reason is Reason.TOO_HEAVY), default=0)
    return Quotation(destination, load, (), _why_none(destination, network.zones, most), most)


def get_offer(code: str, destination: Destination, load: Load) -> Offer:
    """Return one method for this load, or refuse with NoDelivery in words that say why."""
    quotation = quote(destination, load)
    found = quotation.find(code)
    if found is None:
        raise quotation.refusal or NoDelivery()
    return found


def list_countries(all_countries: frozenset[str]) -> frozenset[str]:
    """Return the countries of `all_countries` that at least one active method reaches, or a part of them."""
    return _network().countries(all_countries)


def cities_matter(country: str) -> bool:
    """Say whether delivery to a country depends on the city."""
    return any(named.city for named in _network().named_within(country))


def get_load(sku: str, quantity: int) -> Load:
    """Return so many of one thing as a load, at its base price; NotFound for what is not sold."""
    row = read(_THING, {"sku": sku}).first()
    if row is None:
        raise NotFound
    grams, goods = row.weight_grams * quantity, Money(row.price_minor * quantity, get_settings().currency)
    parts_ = (Part(row.freight_class, grams, quantity),) if row.freight_class else ()
    return Load(grams, quantity, goods, parts_)


def unserved(countries: Collection[str]) -> list[str]:
    """Return places that nobody delivers to: whole countries, and regions of those that are reached in part."""
    reach, found = _network(), []
    for country in sorted(countries):
        regions = [region.key for region in regions_of(country)] if reach.named_within(country) else []
        missing = [region for region in regions if not reach.is_served(Destination(country, region))]
        if (not regions and not reach.is_served(Destination(country))) or (regions and len(missing) == len(regions)):
            found.append(country)
        else:
            found.extend(place(country, region) for region in missing)
    return found


class _Network:
    """All zones with their methods, and who is delivered to by any of them at all."""

    def __init__(self, rows: Sequence[Row[Any]]) -> None:
        self.rows = rows
        firsts = {row.zone_id: row for row in rows}.values()
        self.zones = [Zone(row.zone_id, frozenset(row.places), frozenset(row.zone_excluded)) for row in firsts]
        self._countries: dict[frozenset[str], frozenset[str]] = {}
        self._methods: dict[int, list[frozenset[str]]] = {}
        names = {name for zone in self.zones for name in zone.places | zone.excluded}
        for row in rows:
            if row.method_id is not None:
                self._methods.setdefault(row.zone_id, []).append(frozenset(row.excluded))
                names.update(row.excluded)
        self._named: dict[str, list[Destination]] = {}
        for name in names:
            country, region, city = parts(name)
            if region:
                self._named.setdefault(country, []).append(Destination(country, region, city))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Network) and self.rows == other.rows

    def countries(self, all_countries: frozenset[str]) -> frozenset[str]:
        """Return those of `all_countries` that are reached, or a part of them; worked out once."""
        found = self._countries.get(all_countries)
        if found is None:
            found = self._countries[all_countries] = frozenset(
                country
                for country in all_countries
                if self.is_served(Destination(country)) or any(map(self.is_served, self.named_within(country)))
            )
        return found

    def named_within(self, country: str) -> Sequence[Destination]:
        """Return what zones and methods say of parts of a country, for or against."""
        return self._named.get(country, ())

    def is_served(self, destination: Destination) -> bool:
        """Say whether a method reaches a place."""
        zone = zone_for(destination, self.zones)
        return any(not destination.is_in(left_out) for left_out in self._methods.get(zone or 0, ()))


_THING = (
    select(Variant.price_minor, Variant.weight_grams, Product.freight_class)
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.sku == bindparam("sku"), Variant.is_active, Product.is_published)
)
_METHODS = (
    select(
        ShippingZone.id.label("zone_id"),
        ShippingZone.places,
        ShippingZone.excluded.label("zone_excluded"),
        ShippingMethod.id.label("method_id"),
        *(column for column in ShippingMethod.__table__.c if column.name not in {"id", "zone_id"}),
    )
    .outerjoin(ShippingMethod, (ShippingMethod.zone_id == ShippingZone.id) & ShippingMethod.is_active)
    .where(ShippingZone.is_active)
    .order_by(ShippingZone.id, ShippingMethod.position, ShippingMethod.id)
)


def _read() -> _Network:
    return _Network(read(_METHODS).all())


_kept = Kept(_read, seconds=2.0)
_network = _kept.get
forget = _kept.forget


def _class_templates(method_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    """Return the templates of freight classes by method; only a load with such goods asks for them."""
    found: dict[int, list[Any]] = {}
    for row in read(select(FreightTemplate.__table__).where(FreightTemplate.method_id.in_(method_ids))):
        found.setdefault(row.method_id, []).append(row)
    return found


def _why_none(destination: Destination, zones: Sequence[Zone], most_grams: int) -> Reason:
    if most_grams:
        return Reason.TOO_HEAVY
    if not destination.region and depends_on_region(destination.country, zones):
        return Reason.REGION_NEEDED
    return Reason.NOWHERE


def _offer(row: Row[Any], tariff: Tariff, costs: Charge) -> Offer:
    return Offer(
        code=row.code,
        name=row.name,
        translations=row.translations,
        charge=costs,
        free_from=tariff.free_from,
        free_from_pieces=tariff.free_from_pieces,
        schedule=schedule_of(row),
    )
