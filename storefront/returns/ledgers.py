"""Returns that add up: money, pieces and shelves are what requests say."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, func, literal, or_, select, union_all

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.fulfilment import queries as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.states import ASTRAY, ParcelState
from storefront.inventory.models import StockMovement
from storefront.inventory.states import MovementKind
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import Refund
from storefront.payments.states import RefundState
from storefront.returns.models import Return, ReturnLine
from storefront.returns.queries import DONE, UNITS
from storefront.returns.states import COUNTS_NOT, Policy, Remedy

MONEY, PIECES, SHELVES = "returns", "returned pieces", "returned stock"
_NAMED = "return-"


def discrepancies() -> Iterator[Discrepancy]:
    """Return everything about returns that does not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _money() -> Iterator[Discrepancy]:
    """Compare what went back with the refunds made under each request's name, and its sums with its lines."""
    yield from _refunds()
    yield from _sums()
    yield from _lines_given_back()


def _refunds() -> Iterator[Discrepancy]:
    """A refund's reference is "return-<number>-<attempt>": the number is cut out once, not looked for in every one."""
    attempt = func.substr(Refund.reference, len(_NAMED) + 1)
    number = func.rtrim(func.rtrim(attempt, "0123456789"), "-")
    went = case((Refund.state == RefundState.SUCCEEDED, Refund.amount_minor), else_=0)
    back = (
        select(number.label("number"), func.sum(went).label("went"))
        .where(Refund.reference.like(f"{_NAMED}%"))
        .group_by(number)
        .subquery()
    )
    sums = func.coalesce(back.c.went, 0)
    rows = db.session.execute(
        select(Return.number, Return.refunded_minor, sums)
        .outerjoin(back, back.c.number == Return.number)
        .where(sums != Return.refunded_minor)
        .order_by(Return.id)
    )
    for name, says, is_back in rows:
        yield Discrepancy(MONEY, f"{name} refunded", int(is_back), int(says))


def _sums() -> Iterator[Discrepancy]:
    """A suggestion is goods and freight, less fee, gifts and what went back before; its goods are its lines'."""
    lines = (
        select(ReturnLine.return_id, func.sum(ReturnLine.amount_minor).label("goods"))
        .group_by(ReturnLine.return_id)
        .subquery()
    )
    net = Return.goods_minor + Return.freight_minor - Return.fee_minor - Return.gift_minor - Return.before_minor
    should = case((net > 0, net), else_=0)
    is_refund = Return.remedy == Remedy.REFUND
    rows = db.session.execute(
        select(Return.number, lines.c.goods, Return.goods_minor, should, Return.suggested_minor, Return.remedy)
        .join(lines, lines.c.return_id == Return.id)
        .where(or_(lines.c.goods != Return.goods_minor, is_refund & (should != Return.suggested_minor)))
        .order_by(Return.id)
    )
    for number, goods, says, expected, suggested, remedy in rows:
        if goods != says:
            yield Discrepancy(MONEY, f"{number} goods", int(goods), int(says))
        if remedy == Remedy.REFUND and expected != suggested:
            yield Discrepancy(MONEY, f"{number} suggested", int(expected), int(suggested))


def _lines_given_back() -> Iterator[Discrepancy]:
    """A line that came back piece by piece, counted by shares, came back for exactly what it had cost."""
    back, amount = func.sum(ReturnLine.accepted), func.sum(ReturnLine.amount_minor)
    tax = case((Order.tax_added_minor > 0, OrderLine.tax_minor), else_=0)
    whole = OrderLine.quantity * OrderLine.unit_price_minor + tax
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, whole - OrderLine.discount_minor, amount)
        .select_from(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Return.state.in_(DONE), ~OrderLine.is_gift, Return.root_order_id == Return.order_id)
        .group_by(
            *(Order.number, OrderLine.id, OrderLine.sku, OrderLine.quantity),
            *(OrderLine.unit_price_minor, OrderLine.discount_minor, OrderLine.tax_minor, Order.tax_added_minor),
        )
        .having(
            func.min(Return.policy) == Policy.SHARE,
            func.max(Return.policy) == Policy.SHARE,
            back == OrderLine.quantity,
            amount != whole - OrderLine.discount_minor,
        )
        .order_by(OrderLine.id)
    )
    for number, sku, cost, given in rows:
        yield Discrepancy(MONEY, f"{number} {sku} given back", int(cost), int(given))


def _pieces() -> Iterator[Discrepancy]:
    """No more comes back of a line than has arrived, or went astray and was not sent again."""
    inside = fulfilment.contents().subquery()
    came = (
        select(inside.c.order_line_id, func.sum(inside.c.quantity).label("units"))
        .join(Parcel, Parcel.id == inside.c.parcel_id)
        .where((Parcel.state == ParcelState.DELIVERED) | (Parcel.state.in_(ASTRAY) & Parcel.resent_at.is_(None)))
        .group_by(inside.c.order_line_id)
        .subquery()
    )
    most = func.coalesce(came.c.units, 0)
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, most, func.sum(UNITS))
        .select_from(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(came, came.c.order_line_id == OrderLine.id)
        .where(Return.state.not_in(COUNTS_NOT))
        .group_by(Order.number, OrderLine.id, OrderLine.sku, came.c.units)
        .having(func.sum(UNITS) > most)
        .order_by(OrderLine.id)
    )
    for number, sku, arrived, units in rows:
        yield Discrepancy(PIECES, f"{number} {sku}", f"at most {arrived}", int(units))


def _shelves() -> Iterator[Discrepancy]:
    """Compare what requests say went back on a shelf with the movements under their numbers."""
    nothing = literal(0)
    says = (
        select(
            Return.number.label("number"),
            OrderLine.variant_id.label("variant_id"),
            ReturnLine.restocked.label("should"),
            nothing.label("does"),
        )
        .join(ReturnLine, ReturnLine.return_id == Return.id)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.restocked > 0, OrderLine.variant_id.is_not(None))
    )
    moved = (
        select(StockMovement.reference, StockMovement.variant_id, nothing, StockMovement.on_hand_delta)
        .join(Return, Return.number == StockMovement.reference)
        .where(StockMovement.kind == MovementKind.RETURNED)
    )
    both = union_all(says, moved).subquery()
    should, does = func.sum(both.c.should), func.sum(both.c.does)
    found = (
        select(both.c.number, both.c.variant_id, should.label("should"), does.label("does"))
        .group_by(both.c.number, both.c.variant_id)
        .having(should != does)
        .subquery()
    )
    rows = db.session.execute(
        select(found.c.number, Variant.sku, found.c.should, found.c.does)
        .outerjoin(Variant, Variant.id == found.c.variant_id)
        .order_by(found.c.number, found.c.variant_id)
    )
    for number, sku, expected, units in rows:
        yield Discrepancy(SHELVES, f"{number} {sku}", int(expected), int(units))


def _count(table: type[Return] | type[ReturnLine]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def _count_restocked() -> int:
    mine = select(func.count()).select_from(ReturnLine).where(ReturnLine.restocked > 0)
    return int(db.session.scalar(mine) or 0)


LEDGERS = (
    Ledger(MONEY, lambda: _count(Return), _money),
    Ledger(PIECES, lambda: _count(ReturnLine), _pieces),
    Ledger(SHELVES, _count_restocked, _shelves),
)
