"""Reads for the screens of delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from storefront.accounts.rules import COUNTRIES
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.shipping.linting import Finding, lint
from storefront.shipping.models import FreightTemplate, ShippingMethod, ShippingZone
from storefront.shipping.queries import unserved
from storefront.shipping.reading import schedule_of, tariff_of
from storefront.shipping.rules import Tariff, Zone
from storefront.shipping.schedule import Schedule

MOST_UNSERVED = 60


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method in the list."""

    id: int
    code: str
    name: str
    translations: dict[str, Any]
    is_active: bool
    tariff: Tariff
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone in the list, with its methods."""

    id: int
    name: str
    places: tuple[str, ...]
    excluded: tuple[str, ...]
    is_active: bool
    methods: list[MethodRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page."""

    zones: Sequence[ZoneRow]
    findings: Sequence[Finding]
    unserved: Sequence[str]
    """Places that nobody delivers to, as many as are worth reading."""
    unserved_more: int


def overview(currency: str) -> Overview:
    """Return zones with their methods, what is odd about them, and where nobody delivers."""
    zones = {
        row.id: ZoneRow(row.id, row.name, tuple(row.places), tuple(row.excluded), row.is_active)
        for row in db.session.execute(select(ShippingZone.__table__).order_by(ShippingZone.id))
    }
    classes: dict[int, list[Any]] = {}
    for row in db.session.execute(select(FreightTemplate.__table__).order_by(FreightTemplate.freight_class)):
        classes.setdefault(row.method_id, []).append(row)
    statement = select(ShippingMethod.__table__).order_by(ShippingMethod.position, ShippingMethod.id)
    for row in db.session.execute(statement):
        tariff = tariff_of(row, classes.get(row.id, ()), currency)
        method = MethodRow(row.id, row.code, row.name, row.translations, row.is_active, tariff, schedule_of(row))
        zones[row.zone_id].methods.append(method)
    missing = unserved(COUNTRIES)
    shown = missing if len(missing) <= MOST_UNSERVED else missing[:MOST_UNSERVED]
    return Overview(list(zones.values()), _findings(zones.values()), shown, len(missing) - len(shown))


def list_class_templates(method_id: int) -> Sequence[Any]:
    """Return a method's templates of freight classes."""
    statement = select(FreightTemplate.__table__).where(FreightTemplate.method_id == method_id)
    return db.session.execute(statement.order_by(FreightTemplate.freight_class)).all()


def list_classes() -> Sequence[Any]:
    """Return every freight class with how many products and methods have it."""
    products = (
        select(Product.freight_class.label("name"), func.count().label("products"))
        .where(Product.freight_class != "")
        .group_by(Product.freight_class)
    )
    methods = select(FreightTemplate.freight_class.label("name"), func.count().label("methods")).group_by(
        FreightTemplate.freight_class
    )
    counts: dict[str, list[int]] = {}
    for name, count in db.session.execute(products):
        counts.setdefault(name, [0, 0])[0] = count
    for name, count in db.session.execute(methods):
        counts.setdefault(name, [0, 0])[1] = count
    return [(name, *counts[name]) for name in sorted(counts)]


def _findings(zones: Any) -> Sequence[Finding]:
    active = [zone for zone in zones if zone.is_active]
    weightless = db.session.scalar(
        select(func.count())
        .select_from(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.is_active, Product.is_published, Variant.weight_grams == 0)
    )
    return lint(
        [(zone.name, Zone(zone.id, frozenset(zone.places), frozenset(zone.excluded))) for zone in active],
        [(each.name, zone.id, each.tariff) for zone in active for each in zone.methods if each.is_active],
        weightless=weightless or 0,
    )
