"""What must add up in flash sales: quotas, what each customer has, and what each order took and gave back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.flash.models import FlashItem, FlashTake
from storefront.kernel.ledgers import Discrepancy, Ledger

QUOTAS = "flash quotas"
CUSTOMERS = "flash limits"
ORDERS = "flash orders"


def discrepancies() -> Iterator[Discrepancy]:
    """Yield each item, customer and order whose pieces do not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _quotas() -> Iterator[Discrepancy]:
    taken = (
        select(FlashTake.flash_item_id, func.sum(FlashTake.pieces).label("pieces"))
        .group_by(FlashTake.flash_item_id)
        .subquery()
    )
    actual = func.coalesce(taken.c.pieces, 0)
    rows = db.session.execute(
        select(FlashItem.id, FlashItem.flash_session_id, Variant.sku, FlashItem.sold, actual.label("taken"))
        .join(Variant, Variant.id == FlashItem.variant_id)
        .outerjoin(taken, taken.c.flash_item_id == FlashItem.id)
        .where(actual != FlashItem.sold)
        .order_by(FlashItem.id)
    )
    for row in rows:
        yield Discrepancy(QUOTAS, _key(row), expected=int(row.taken), actual=row.sold)


def _customers() -> Iterator[Discrepancy]:
    has = func.sum(FlashTake.pieces)
    rows = db.session.execute(
        select(
            FlashItem.id,
            FlashItem.flash_session_id,
            Variant.sku,
            FlashTake.customer_key,
            FlashItem.per_customer,
            has.label("has"),
        )
        .join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
        .join(Variant, Variant.id == FlashItem.variant_id)
        .where(FlashItem.per_customer.is_not(None))
        .group_by(FlashItem.id, Variant.sku, FlashTake.customer_key)
        .having(has > FlashItem.per_customer)
        .order_by(FlashItem.id, FlashTake.customer_key)
    )
    for row in rows:
        key = f"{_key(row)} {row.customer_key}"
        yield Discrepancy(CUSTOMERS, key, expected=f"<= {row.per_customer}", actual=int(row.has))


def _orders() -> Iterator[Discrepancy]:
    held = func.sum(FlashTake.pieces)
    rows = db.session.execute(
        select(FlashItem.id, FlashItem.flash_session_id, Variant.sku, FlashTake.order_number, held.label("held"))
        .join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
        .join(Variant, Variant.id == FlashItem.variant_id)
        .group_by(FlashItem.id, Variant.sku, FlashTake.order_number)
        .having(held < 0)
        .order_by(FlashItem.id, FlashTake.order_number)
    )
    for row in rows:
        yield Discrepancy(ORDERS, f"{_key(row)} {row.order_number}", expected=">= 0", actual=int(row.held))


def _key(row: Any) -> str:
    return f"session {row.flash_session_id} {row.sku}"


def _count_items() -> int:
    return db.session.scalar(select(func.count()).select_from(FlashItem)) or 0


def _count_takes() -> int:
    return db.session.scalar(select(func.count()).select_from(FlashTake)) or 0


LEDGERS = (
    Ledger(QUOTAS, _count_items, _quotas),
    Ledger(CUSTOMERS, _count_takes, _customers),
    Ledger(ORDERS, _count_takes, _orders),
)
