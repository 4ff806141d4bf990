"""What the promotions of an order would have made of fewer goods: read today, believed only where they explain what
was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from storefront.catalog.collections import marks_of
from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import AdjustmentKind
from storefront.pricing.snapshot import Delivery, GiftStock, PriceSource, Snapshot, SnapshotLine
from storefront.promotions.agreed import find_agreed
from storefront.promotions.rules import Promotion, Result, evaluate
from storefront.promotions.words import name_of
from storefront.returns.preview import Repriced

_OFFERS = (AdjustmentKind.PROMOTION, AdjustmentKind.COUPON)


def reprice(order: Order, gone: Mapping[int, int]) -> Repriced | None:
    """Return what the goods that are kept would have cost alone, with the promotions that the order had.

    `gone` says how many of each line are back by then. None where the order's promotions no longer make of its goods
    what was paid that day: somebody has changed or deleted one, or an exchange is part of it. The order is whole.
    """
    promotions = _promotions_of(order)
    if promotions is None:
        return None
    lines = _lines_of(order)
    bought = _evaluate(order, lines, promotions)
    paid = sum(-row.amount_minor for row in order.adjustments if row.kind in _OFFERS and not _is_gifts(order, row))
    if _off_goods(bought, lines) != paid:
        return None
    kept = [
        replace(line, quantity=line.quantity - gone.get(int(line.line_id), 0))
        for line in lines
        if line.quantity > gone.get(int(line.line_id), 0)
    ]
    after = _evaluate(order, kept, promotions)
    had, has = _by_promotion(bought, lines), _by_promotion(after, kept)
    lost = [(name, amount - has.get(key, ("", 0))[1]) for key, (name, amount) in had.items()]
    given = {each.promotion.key for each in after.applied if each.promotion.is_gift}
    return Repriced(
        kept=sum(line.unit_price.minor * line.quantity for line in kept) - _off_goods(after, kept),
        lost=tuple((name, amount) for name, amount in lost if amount > 0),
        gifts_lost=frozenset(each.promotion.key for each in bought.applied if each.promotion.is_gift) - given,
    )


def _promotions_of(order: Order) -> tuple[Promotion, ...] | None:
    """Return an order's promotions as they can be read today, without dates, limits and audience: they applied then."""
    if any(row.kind == AdjustmentKind.EXCHANGE for row in order.adjustments):
        return None
    offers = [row for row in order.adjustments if row.kind in _OFFERS or row.kind == AdjustmentKind.SHIPPING_DISCOUNT]
    return find_agreed({row.promotion_key: row.code for row in offers}, order.currency)


def _lines_of(order: Order) -> list[SnapshotLine]:
    """Return what was bought, at the prices of that day; what promotions may ask of it is what it is today."""
    sold = [line for line in order.lines if not line.is_gift]
    rows = db.session.execute(
        select(Variant.id, Variant.minimum_price_minor, Product.id.label("product_id"), Product.brand_id, Category.path)
        .join(Product, Product.id == Variant.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(Variant.id.in_({line.variant_id for line in sold if line.variant_id}))
    )
    facts = {row.id: row for row in rows}
    marks = marks_of({row.product_id for row in facts.values()})
    return [_line(line, order.currency, facts, marks) for line in sold]


def _line(line: OrderLine, currency: str, facts: Mapping[int, object], marks: Mapping[int, object]) -> SnapshotLine:
    own = facts.get(line.variant_id or 0)
    found = SnapshotLine(
        line_id=str(line.id),
        sku=line.sku,
        quantity=line.quantity,
        unit_price=Money(line.unit_price_minor, currency),
        price_source=PriceSource(line.price_source),
    )
    if own is None:
        return found
    mark = marks[own.product_id]  # type: ignore[attr-defined]
    lowest = own.minimum_price_minor  # type: ignore[attr-defined]
    return replace(
        found,
        minimum_price=None if lowest is None else Money(lowest, currency),
        product_id=own.product_id,  # type: ignore[attr-defined]
        brand_id=own.brand_id,  # type: ignore[attr-defined]
        category_ids=frozenset(int(part) for part in own.path.strip("/").split("/")),  # type: ignore[attr-defined]
        collection_ids=mark.collection_ids,  # type: ignore[attr-defined]
        attributes=mark.attributes,  # type: ignore[attr-defined]
    )


def _evaluate(order: Order, lines: Sequence[SnapshotLine], promotions: Sequence[Promotion]) -> Result:
    gifts = {line.sku: line for line in order.lines if line.is_gift}
    snapshot = Snapshot(
        now=order.placed_at,
        currency=order.currency,
        lines=tuple(lines),
        delivery=Delivery(order.shipping_method_code, Money(order.shipping_minor, order.currency)),
        codes=tuple(sorted({code for promotion in promotions for code in promotion.codes})),
        gifts=tuple(
            GiftStock(sku, line.quantity, Money(line.unit_price_minor, order.currency), line.product_id or 0)
            for sku, line in gifts.items()
        ),
    )
    return evaluate(snapshot, promotions)


def _off_goods(result: Result, lines: Sequence[SnapshotLine]) -> int:
    return sum(amount for _, amount in _by_promotion(result, lines).values())


def _by_promotion(result: Result, lines: Sequence[SnapshotLine]) -> dict[str, tuple[str, int]]:
    """Return what each promotion takes off the goods, with its name; delivery and gifts are not goods."""
    ids = {line.line_id for line in lines}
    return {
        each.promotion.key: (
            name_of(each.label),
            sum(share.total.minor for share in each.allocations if share.line_id in ids),
        )
        for each in result.applied
        if not each.promotion.is_gift
    }


def _is_gifts(order: Order, row: object) -> bool:
    gifts = {line.id for line in order.lines if line.is_gift}
    return row.order_line_id in gifts  # type: ignore[attr-defined]
