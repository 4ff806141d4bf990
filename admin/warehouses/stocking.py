"""Goods coming in and moving, by SKU: inventory's own writes, written down and told to the search index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from admin.warehouses.queries import Thing, get_thing, get_warehouse
from storefront.audit import services as audit
from storefront.catalog.events import ProductChanged
from storefront.inventory import shelving
from storefront.inventory.models import Warehouse
from storefront.inventory.rules import Pick
from storefront.inventory.shelving import Move
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed about goods: codes of warehouses, `source` empty where they come from outside."""

    sku: str
    units: int
    reason: str
    target: str
    source: str = ""


def store_receipt(*, typed: Typed, by: str, at: datetime) -> tuple[Thing, int]:
    """Put goods on their shelf; return what they are and how many stand there now."""
    thing, target = get_thing(typed.sku), _warehouse(typed.target, "target")
    goods = Pick(thing.variant_id, target.id, typed.units)
    after = shelving.receive(goods=goods, reason=typed.reason, by=by, at=at)
    changes: dict[str, tuple[object, object]] = {f"{thing.sku} {target.code}": (after - typed.units, after)}
    _tell("stock.receive", thing, {**changes, "reason": (None, typed.reason)}, by, at)
    return thing, after


def store_transfer(*, typed: Typed, by: str, at: datetime) -> Thing:
    """Move goods between two warehouses; return what they are."""
    thing = get_thing(typed.sku)
    source, target = _warehouse(typed.source, "source"), _warehouse(typed.target, "target")
    move = Move(thing.variant_id, typed.units, source.id, target.id)
    shelving.transfer(move=move, reason=typed.reason, by=by, at=at)
    moved: dict[str, tuple[object, object]] = {
        f"{thing.sku} {source.code} → {target.code}": (None, typed.units),
        "reason": (None, typed.reason),
    }
    _tell("stock.transfer", thing, moved, by, at)
    return thing


def _warehouse(code: str, field: str) -> Warehouse:
    try:
        return get_warehouse(code)
    except NotFound:
        raise Invalid(N_("Please choose a warehouse."), field=field) from None


def _tell(action: str, thing: Thing, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    about = ("product", str(thing.product_id))
    audit.record(actor=by, action=action, about=about, changes=changes, at=at)
    publish(ProductChanged(thing.product_id, at))
