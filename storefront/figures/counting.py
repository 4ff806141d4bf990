"""Where rows become sums: statements over ranges of indexed moments, for as many spans at once as are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.columns import UtcDateTime
from storefront.database.unindexed import unindexed
from storefront.figures.days import Span
from storefront.figures.rules import Sums
from storefront.orders.following_up import WAS_CHOSEN
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.orders.states import AdjustmentKind, OrderStatus
from storefront.payments.models import Payment, Refund
from storefront.payments.providers import Sandbox
from storefront.payments.states import RefundState
from storefront.shop.queries import get_settings

AT_ONCE = 400
"""So many spans are one statement: they are a table in it, so it has the same few parts for one day and for a year."""
FACTS: Mapping[str, tuple[str, ...]] = {
    "orders": ("orders", "gmv", "discounts", "delivery", "tax"),
    "goods": ("goods", "units", "known", "cost"),
    "refunds": ("refunds", "refunded", "refunded_goods"),
    "buyers": ("buyers", "newcomers", "repeaters"),
}
"""What each part of the statement counts."""
_WIDTH = 5
OFFERS = (
    *(AdjustmentKind.PROMOTION, AdjustmentKind.COUPON, AdjustmentKind.POINTS),
    AdjustmentKind.SHIPPING_DISCOUNT,
)


def basis() -> str:
    """Return what sums depend on beside the rows: zone, currency, and whether test payments count."""
    settings = get_settings()
    return f"{settings.timezone} {settings.currency} {'real' if _is_real() else 'trial'}"


def counted() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the orders that count."""
    return Order.status != OrderStatus.CANCELLED, *_ours()


def refund_counts() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the refunds that count, given their orders."""
    return unindexed(Refund.state) == RefundState.SUCCEEDED, *_ours()


def sums_of(spans: Sequence[Span], *, parts: Sequence[str] = tuple(FACTS)) -> list[Sums]:
    """Return what was sold and paid back in each span, without visitors; with `parts`, only those of it."""
    found: list[dict[str, int]] = [{} for _ in spans]
    for start in range(0, len(spans), AT_ONCE):
        some = spans[start : start + AT_ONCE]
        facts = [make(_as_table(some, start, name)) for name, make in _MAKERS.items() if name in parts]
        for row in db.session.execute(union_all(*facts)):
            found[row[0]] |= {name: int(value or 0) for name, value in zip(FACTS[row[1]], row[2:], strict=False)}
    return [Sums(**values) for values in found]


def goods_of(span: Span) -> Select[*tuple[Any, ...]]:
    """Return a statement for what was sold by variant: variant_id, product_id, units, goods, known, cost."""
    variant, product = func.coalesce(OrderLine.variant_id, 0), func.coalesce(OrderLine.product_id, 0)
    return (
        select(
            variant.label("variant_id"),
            product.label("product_id"),
            *(func.coalesce(func.sum(value), 0).label(name) for name, value in _line_values().items()),
        )
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Variant, Variant.id == OrderLine.variant_id)
        .where(*_placed(span.starts, span.ends), *counted())
        .group_by(variant, product)
    )


def offers_of(span: Span) -> Select[*tuple[Any, ...]]:
    """Return a statement for what offers took off: kind, promotion_key, label, orders, amount."""
    return (
        select(
            OrderAdjustment.kind,
            OrderAdjustment.promotion_key,
            func.max(OrderAdjustment.label).label("label"),
            func.count(OrderAdjustment.order_id.distinct()).label("orders"),
            func.sum(-OrderAdjustment.amount_minor).label("amount"),
        )
        .select_from(Order)
        .join(OrderAdjustment, OrderAdjustment.order_id == Order.id)
        .where(*_placed(span.starts, span.ends), *counted(), OrderAdjustment.kind.in_(OFFERS))
        .group_by(OrderAdjustment.kind, OrderAdjustment.promotion_key)
    )


def _is_real() -> bool:
    return bool(current_app.config["SHOP"].production)


def _ours() -> tuple[ColumnElement[bool], ...]:
    trial = (Order.payment_provider != Sandbox.code,) if _is_real() else ()
    return unindexed(Order.currency) == get_settings().currency, WAS_CHOSEN, *trial


def _as_table(spans: Sequence[Span], first: int, part: str) -> CTE:
    """Return spans as rows of a table: place, starts, ends; places count on from `first`.

    Every part has a table of its own: of one that is read twice SQLite forgets how short it is.
    """
    columns = column("place", Integer), column("starts", UtcDateTime), column("ends", UtcDateTime)
    rows = [(first + number, span.starts, span.ends) for number, span in enumerate(spans)]
    name = f"span_of_{part}"
    return values(*columns, name=name).data(rows).cte(name)


def _placed(starts: Any, ends: Any) -> tuple[ColumnElement[bool], ...]:
    return Order.placed_at >= starts, Order.placed_at < ends


def _row(spans: CTE | Subquery, name: str, *figures: Any) -> list[Any]:
    """The columns of one part of the union: which span, which part, and its figures, filled up to the same width."""
    filled = (*figures, *(literal(0) for _ in range(_WIDTH - len(figures))))
    return [
        spans.c.place,
        literal(name).label("part"),
        *(func.coalesce(value, 0).label(f"v{number}") for number, value in enumerate(filled)),
    ]


def _in_spans(spans: CTE, name: str, *figures: Any) -> Select[*tuple[Any, ...]]:
    """Select from the orders of each span."""
    placed = and_(*_placed(spans.c.starts, spans.c.ends))
    found = select(*_row(spans, name, *figures)).select_from(spans).join(Order, placed)
    return found.where(*counted()).group_by(spans.c.place)


def _orders(spans: CTE) -> Select[*tuple[Any, ...]]:
    columns = (Order.total_minor, Order.discount_minor, Order.shipping_minor, Order.tax_minor)
    return _in_spans(spans, "orders", func.count(), *(func.sum(each) for each in columns))


def _goods(spans: CTE) -> Select[*tuple[Any, ...]]:
    figures = _line_values()
    return (
        _in_spans(spans, "goods", *(func.sum(figures[name]) for name in FACTS["goods"]))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Variant, Variant.id == OrderLine.variant_id)
    )


def _net() -> ColumnElement[int]:
    """A line after discounts without tax: tax that prices contain is taken out, tax that is added was never in."""
    contained = case((Order.tax_added_minor == 0, OrderLine.tax_minor), else_=0)
    return OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor - contained


def _line_values() -> dict[str, ColumnElement[int]]:
    net, is_known = _net(), Variant.cost_minor.is_not(None)
    return {
        "units": case((OrderLine.is_gift, 0), else_=OrderLine.quantity),
        "goods": net,
        "known": case((is_known, net), else_=0),
        "cost": case((is_known, OrderLine.quantity * Variant.cost_minor), else_=0),
    }


def _refunds(spans: CTE) -> Select[*tuple[Any, ...]]:
    """Of a refund that knows what of it is for delivery the rest is goods; of another their share of the order."""
    net, gross = _of_lines(_net()), _of_lines(_net() + OrderLine.tax_minor)
    back = Refund.amount_minor - Refund.overpaid_minor
    share = case(
        (Order.status == OrderStatus.CANCELLED, 0),
        (
            and_(Refund.freight_minor.is_not(None), gross > 0),
            (back - Refund.freight_minor) * net // func.nullif(gross, 0),
        ),
        (Order.total_minor > 0, back * net // func.nullif(Order.total_minor, 0)),
        else_=0,
    )
    ended = and_(Refund.ended_at >= spans.c.starts, Refund.ended_at < spans.c.ends)
    return (
        select(*_row(spans, "refunds", func.count(), func.sum(Refund.amount_minor), func.sum(share)))
        .select_from(spans)
        .join(Refund, ended)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .where(*refund_counts())
        .group_by(spans.c.place)
    )


def _of_lines(value: ColumnElement[int]) -> ScalarSelect[Any]:
    """Return the sum of a figure over an order's lines."""
    summed = select(cast(func.coalesce(func.sum(value), 0), BigInteger)).where(OrderLine.order_id == Order.id)
    return summed.correlate(Order).scalar_subquery()


def _buyers(spans: CTE) -> Select[*tuple[Any, ...]]:
    """Customers by account, guests by e-mail, under which they may have ordered signed in before; whoever has neither
    any more was forgotten and is nobody.
    """
    email = case((Order.customer_id.is_(None), Order.email), else_="")
    placed = and_(*_placed(spans.c.starts, spans.c.ends))
    each = (
        select(spans.c.place, spans.c.starts, Order.customer_id, email.label("email"), func.count().label("orders"))
        .select_from(spans)
        .join(Order, placed)
        .where(*counted(), or_(Order.customer_id.is_not(None), Order.email != ""))
        .group_by(spans.c.place, spans.c.starts, Order.customer_id, email)
        .subquery()
    )
    before = aliased(Order)
    earlier = (before.placed_at < each.c.starts, before.status != OrderStatus.CANCELLED)
    by_account = exists().where(before.customer_id == each.c.customer_id, *earlier)
    by_email = exists().where(before.email == each.c.email, *earlier)
    had = case((each.c.customer_id.is_(None), by_email), else_=by_account)
    newcomers = func.sum(case((had, 0), else_=1))
    repeaters = func.sum(case((had, 1), (each.c.orders > 1, 1), else_=0))
    return select(*_row(each, "buyers", func.count(), newcomers, repeaters)).group_by(each.c.place)


_MAKERS = {"orders": _orders, "goods": _goods, "refunds": _refunds, "buyers": _buyers}
