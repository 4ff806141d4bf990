"""Goods that a colleague chose to stand beside a product: what goes with it, and what may be bought instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, select, update

from storefront.audit import services as audit
from storefront.catalog.errors import StaleLinks
from storefront.catalog.models import Product, ProductLink
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.errors import N_, Invalid, NotFound

MOST = 24


class Kind(StrEnum):
    """What another product is to a product."""

    WITH = "with"
    INSTEAD = "instead"


_CHOSEN = (
    select(ProductLink.other_id)
    .where(ProductLink.product_id == bindparam("product_id"), ProductLink.kind == bindparam("kind"))
    .order_by(ProductLink.position, ProductLink.id)
)


def list_chosen(product_id: int, kind: Kind) -> list[int]:
    """Return the products that were chosen for a product, in their order, whether they can be bought or not."""
    return list(read(_CHOSEN, {"product_id": product_id, "kind": kind.value}).scalars())


def choose(*, product_id: int, kind: Kind, other_id: int, by: str, at: datetime) -> None:
    """Let a product stand beside another one, as the last of those chosen; one that does already stays where it is."""
    names = _names([product_id, other_id])
    if product_id not in names or other_id not in names:
        raise NotFound
    if product_id == other_id:
        raise Invalid(N_("A product does not stand beside itself."), field="q")
    chosen = _locked(product_id, kind)
    if other_id in chosen:
        return
    if len(chosen) >= MOST:
        raise Invalid(N_("At most %(count)d fit here."), field="q", count=MOST)
    mine = ProductLink.product_id == product_id, ProductLink.kind == kind
    last = db.session.scalar(select(func.max(ProductLink.position)).where(*mine))
    place = 0 if last is None else last + 1
    db.session.add(ProductLink(product_id=product_id, kind=kind.value, other_id=other_id, position=place))
    db.session.flush()
    _note(product_id, kind, (chosen, [*chosen, other_id]), by, at)


def drop(*, product_id: int, kind: Kind, other_id: int, by: str, at: datetime) -> None:
    """Let a product no longer stand beside another one; one that does not any more stays away."""
    chosen = _locked(product_id, kind)
    if other_id not in chosen:
        return
    mine = ProductLink.product_id == product_id, ProductLink.kind == kind, ProductLink.other_id == other_id
    db.session.execute(delete(ProductLink).where(*mine))
    _note(product_id, kind, (chosen, [number for number in chosen if number != other_id]), by, at)


def put_in_order(*, product_id: int, kind: Kind, other_ids: Sequence[int], by: str, at: datetime) -> None:
    """Put the chosen products into this order; raises StaleLinks when they are not the chosen ones any more."""
    chosen = _locked(product_id, kind)
    if sorted(chosen) != sorted(other_ids):
        raise StaleLinks
    for place, number in enumerate(other_ids):
        mine = ProductLink.product_id == product_id, ProductLink.kind == kind, ProductLink.other_id == number
        db.session.execute(update(ProductLink).where(*mine).values(position=place))
    _note(product_id, kind, (chosen, other_ids), by, at)


def step(*, product_id: int, kind: Kind, other_id: int, places: int, by: str, at: datetime) -> None:
    """Move a chosen product up (-1) or down (+1); at the end it stays."""
    chosen = _locked(product_id, kind)
    if other_id not in chosen:
        raise StaleLinks
    here = chosen.index(other_id)
    chosen.insert(min(max(here + places, 0), len(chosen) - 1), chosen.pop(here))
    put_in_order(product_id=product_id, kind=kind, other_ids=chosen, by=by, at=at)


def _locked(product_id: int, kind: Kind) -> list[int]:
    """Return the chosen ones, with their product held: whoever changes them at the same time, waits."""
    held = select(Product.id).where(Product.id == product_id).with_for_update(of=Product)
    if db.session.scalar(held) is None:
        raise NotFound
    return list_chosen(product_id, kind)


def _names(product_ids: Sequence[int]) -> Mapping[int, str]:
    rows = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(product_ids)))
    return {row.id: row.name for row in rows}


def _note(product_id: int, kind: Kind, change: tuple[Sequence[int], Sequence[int]], by: str, at: datetime) -> None:
    names = _names([number for ids in change for number in ids])
    before, after = ([names[number] for number in ids if number in names] for ids in change)
    changes = {f"goes {kind.value}": (before, after)}
    audit.record(actor=by, action="product.related", about=("product", str(product_id)), changes=changes, at=at)
