"""What an order says it was given, beside what promotions and flash sales say that it took.

An order that lives, or has ended well, holds what lowered its price; one that is cancelled holds nothing, and one that
came back as a whole has given back its promotions. Orders that were loaded in bulk have no quote, and took nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, union_all

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.flash.models import FlashItem, FlashTake
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order, OrderAdjustment, OrderEvent, OrderLine
from storefront.orders.states import EventKind, OrderStatus
from storefront.pricing.snapshot import PriceSource
from storefront.promotions.models import Promotion, PromotionUse

OFFERS, FLASH = "order promotions", "order flash pieces"
_was_quoted = Order.quote_hash != ""
_holds = Order.status != OrderStatus.CANCELLED
_came_back = (
    select(OrderEvent.id).where(OrderEvent.order_id == Order.id, OrderEvent.kind == EventKind.OFFERS_BACK).exists()
)


def _offers() -> Iterator[Discrepancy]:
    """Compare what each promotion gave to each order with its uses, by times and by amount."""
    off = func.sum(-OrderAdjustment.amount_minor)
    times = func.count(OrderAdjustment.code.distinct())
    key = OrderAdjustment.promotion_key.label("what")
    given = (
        select(
            Order.number.label("number"), key, _if_held(times, "uses"), _if_held(off, "off"), *_nothing("does", "took")
        )
        .join(Order, Order.id == OrderAdjustment.order_id)
        .where(_was_quoted, OrderAdjustment.promotion_key != "", ~_came_back)
        .group_by(Order.number, Order.status, OrderAdjustment.promotion_key)
    )
    used = (
        select(Order.number, Promotion.key, *_nothing("uses", "off"), PromotionUse.uses, PromotionUse.amount_minor)
        .join(Promotion, Promotion.id == PromotionUse.promotion_id)
        .join(Order, Order.number == PromotionUse.order_number)
        .where(_was_quoted)
    )
    both = union_all(given, used).subquery()
    for row in _wrong(both, ("uses", "does"), ("off", "took")):
        if row.uses != row.does:
            yield Discrepancy(OFFERS, f"{row.number} {row.what} uses", int(row.uses), int(row.does))
        if row.off != row.took:
            yield Discrepancy(OFFERS, f"{row.number} {row.what} amount", int(row.off), int(row.took))


def _flash() -> Iterator[Discrepancy]:
    """Compare the pieces that each order bought at flash prices with what it took of the quotas."""
    bought = (
        select(
            Order.number.label("number"),
            OrderLine.variant_id.label("what"),
            _if_held(func.sum(OrderLine.quantity), "pieces"),
            *_nothing("took"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(_was_quoted, OrderLine.price_source == PriceSource.FLASH)
        .group_by(Order.number, Order.status, OrderLine.variant_id)
    )
    taken = (
        select(Order.number, FlashItem.variant_id, *_nothing("pieces"), FlashTake.pieces)
        .join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
        .join(Order, Order.number == FlashTake.order_number)
        .where(_was_quoted)
    )
    both = union_all(bought, taken).subquery()
    rows = _wrong(both, ("pieces", "took"))
    skus: dict[int, str] = {}
    if rows:
        named = select(Variant.id, Variant.sku).where(Variant.id.in_({row.what for row in rows}))
        skus = {row.id: row.sku for row in db.session.execute(named)}
    for row in rows:
        yield Discrepancy(FLASH, f"{row.number} {skus.get(row.what, '')}", int(row.pieces), int(row.took))


def _if_held(value: ColumnElement[Any], label: str) -> Any:
    return case((_holds, value), else_=0).label(label)


def _nothing(*labels: str) -> list[Any]:
    return [literal(0).label(label) for label in labels]


def _wrong(both: Any, *pairs: tuple[str, str]) -> list[Any]:
    """Return the sums, by order and what it is about, of which a pair differs."""
    sums = {name: func.sum(both.c[name]) for pair in pairs for name in pair}
    statement = (
        select(both.c.number, both.c.what, *(column.label(name) for name, column in sums.items()))
        .group_by(both.c.number, both.c.what)
        .having(or_(*(sums[should] != sums[does] for should, does in pairs)))
        .order_by(both.c.number, both.c.what)
    )
    return list(db.session.execute(statement))


def _count_offers() -> int:
    statement = select(func.count()).select_from(OrderAdjustment).join(Order, Order.id == OrderAdjustment.order_id)
    return int(db.session.scalar(statement.where(_was_quoted, OrderAdjustment.promotion_key != "")) or 0)


def _count_flash() -> int:
    statement = select(func.count()).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
    return int(db.session.scalar(statement.where(_was_quoted, OrderLine.price_source == PriceSource.FLASH)) or 0)


LEDGERS = (Ledger(OFFERS, _count_offers, _offers), Ledger(FLASH, _count_flash, _flash))
