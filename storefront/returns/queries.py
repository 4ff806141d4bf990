"""Reads of returns, and of what of an order can come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.fulfilment import queries as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.states import ASTRAY, ParcelState
from storefront.kernel.errors import NotFound
from storefront.orders.closing import may_close
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import Payment
from storefront.returns.models import Return, ReturnEvent, ReturnLine, ReturnPhoto
from storefront.returns.rules import Claimable, read_return_number
from storefront.returns.states import COUNTS_NOT, OPEN, ReturnState

DONE = (ReturnState.RECEIVED, ReturnState.REFUNDING, ReturnState.REFUNDED, ReturnState.REPLACED, ReturnState.CLOSED)
"""Its goods are back; money or other goods stand against them, or will."""
UNITS = case((ReturnLine.accepted.is_(None), ReturnLine.quantity), else_=ReturnLine.accepted)
"""How many of a line count as returned: what was accepted, and before that what was asked."""


def find_return(number: str) -> Return | None:
    """Return the request with this number, however it was typed."""
    return db.session.scalar(select(Return).where(Return.number == read_return_number(number)))


def get_return(number: str) -> Return:
    """Return the request with this number, or NotFound."""
    found = find_return(number)
    if found is None:
        raise NotFound
    return found


def get_of_order(order_id: int, number: str) -> Return:
    """Return one of an order's requests, or NotFound."""
    found = find_return(number)
    if found is None or found.order_id != order_id:
        raise NotFound
    return found


def get_by_id(return_id: int) -> Return:
    """Return a request by its id, as it stands in the database."""
    found = db.session.get(Return, return_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def find_open(order_id: int) -> Return | None:
    """Return the request of an order that is under way."""
    return db.session.scalar(select(Return).where(Return.order_id == order_id, Return.state.in_(OPEN)))


def find_origin(order_number: str) -> Return | None:
    """Return the request whose goods went out as this order."""
    return db.session.scalar(select(Return).where(Return.follow_up_number == order_number))


def find_by_follow_up(order: Order) -> Return | None:
    """Return the request that an order once followed from, whether it still does or not; its events are loaded."""
    references = [str(event.facts["replaces"]) for event in order.events if "replaces" in event.facts]
    return find_return(references[0].rpartition("-")[0]) if references else None


def count_tries(return_id: int) -> int:
    """Return how often goods were to go out for a request."""
    mine = (ReturnEvent.return_id == return_id, ReturnEvent.state == ReturnState.REPLACED)
    return int(db.session.scalar(select(func.count()).select_from(ReturnEvent).where(*mine)) or 0)


def list_returns(order_id: int) -> Sequence[Return]:
    """Return an order's requests, the first one first."""
    return db.session.scalars(select(Return).where(Return.order_id == order_id).order_by(Return.id)).all()


def count_returns(order_id: int) -> int:
    """Return how many requests an order has had."""
    mine = select(func.count()).select_from(Return).where(Return.order_id == order_id)
    return int(db.session.scalar(mine) or 0)


def has_return() -> ColumnElement[bool]:
    """What makes an order stand in the list of those that something was sent back of, or asked for."""
    return exists().where(Return.order_id == Order.id)


def count_open_of(customer_id: int) -> int:
    """Return how many requests of a customer are under way."""
    under_way = Return.state.in_((*OPEN, ReturnState.REFUNDING))
    statement = select(func.count()).select_from(Return).join(Order, Order.id == Return.order_id)
    return int(db.session.scalar(statement.where(Order.customer_id == customer_id, under_way)) or 0)


def list_lines(return_ids: Iterable[int]) -> Mapping[int, list[Any]]:
    """Return the lines of requests: rows of each with what the order says of it."""
    found: dict[int, list[Any]] = {id_: [] for id_ in return_ids}
    if not found:
        return found
    rows = db.session.execute(
        select(
            ReturnLine.id,
            ReturnLine.return_id,
            ReturnLine.order_line_id,
            ReturnLine.quantity,
            ReturnLine.reason,
            ReturnLine.wanted_variant_id,
            ReturnLine.condition,
            ReturnLine.accepted,
            ReturnLine.restocked,
            ReturnLine.amount_minor,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.picture,
            OrderLine.variant_id,
            OrderLine.product_id,
            OrderLine.is_gift,
            Variant.name.label("wanted_name"),
            Variant.sku.label("wanted_sku"),
        )
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .outerjoin(Variant, Variant.id == ReturnLine.wanted_variant_id)
        .where(ReturnLine.return_id.in_(found))
        .order_by(ReturnLine.return_id, OrderLine.position, OrderLine.id)
    )
    for row in rows:
        found[row.return_id].append(row)
    return found


def lines_of(return_id: int) -> list[Any]:
    """Return the lines of one request."""
    return list_lines([return_id])[return_id]


def line_rows(return_id: int) -> Mapping[int, ReturnLine]:
    """Return a request's rows, by the order's line, to be written."""
    rows = db.session.scalars(select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.id))
    return {row.order_line_id: row for row in rows}


def list_photos(return_id: int) -> Sequence[str]:
    """Return what the shopper photographed."""
    mine = select(ReturnPhoto.picture).where(ReturnPhoto.return_id == return_id)
    return db.session.scalars(mine.order_by(ReturnPhoto.position)).all()


def list_events(return_id: int) -> Sequence[ReturnEvent]:
    """Return what happened to a request, the first thing first."""
    return db.session.scalars(
        select(ReturnEvent).where(ReturnEvent.return_id == return_id).order_by(ReturnEvent.id)
    ).all()


def list_claimable(order_id: int) -> tuple[Claimable, ...]:
    """Return every line of an order with how much of it may come back."""
    inside = fulfilment.contents().subquery()
    arrived = Parcel.state == ParcelState.DELIVERED
    lost = Parcel.state.in_(ASTRAY) & Parcel.resent_at.is_(None)
    came = (
        select(
            inside.c.order_line_id,
            func.sum(case((arrived, inside.c.quantity), else_=0)).label("arrived"),
            func.sum(case((lost, inside.c.quantity), else_=0)).label("lost"),
            func.max(case((arrived, Parcel.delivered_at))).label("arrived_at"),
        )
        .join(Parcel, Parcel.id == inside.c.parcel_id)
        .where(inside.c.order_id == order_id)
        .group_by(inside.c.order_line_id)
        .subquery()
    )
    taken = (
        select(ReturnLine.order_line_id, func.sum(UNITS).label("units"))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(Return.order_id == order_id, Return.state.not_in(COUNTS_NOT))
        .group_by(ReturnLine.order_line_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            OrderLine,
            func.coalesce(came.c.arrived, 0).label("arrived"),
            func.coalesce(came.c.lost, 0).label("lost"),
            came.c.arrived_at,
            func.coalesce(taken.c.units, 0).label("taken"),
        )
        .outerjoin(came, came.c.order_line_id == OrderLine.id)
        .outerjoin(taken, taken.c.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.is_gift, OrderLine.position, OrderLine.id)
    )
    kept = _kept_gifts(order_id)
    return tuple(_claimable(row, kept) for row in rows)


def siblings_of(variant_ids: Iterable[int]) -> Mapping[int, Sequence[Any]]:
    """Return what each variant can be exchanged for: rows of the other variants of its product that are sold."""
    mine = select(Variant.id, Variant.product_id).where(Variant.id.in_(set(variant_ids)))
    product_of = {row.id: row.product_id for row in db.session.execute(mine)}
    rows = db.session.execute(
        select(Variant.id, Variant.product_id, Variant.name, Variant.sku, Variant.price_minor)
        .where(Variant.product_id.in_(set(product_of.values())), Variant.is_active)
        .order_by(Variant.product_id, Variant.position)
    ).all()
    return {
        id_: [row for row in rows if row.product_id == product and row.id != id_] for id_, product in product_of.items()
    }


def prices_of(variant_ids: Iterable[int]) -> Mapping[int, Any]:
    """Return what variants cost and are called today."""
    rows = db.session.execute(
        select(Variant.id, Variant.price_minor, Variant.name, Variant.sku, Variant.picture, Variant.product_id).where(
            Variant.id.in_(set(variant_ids))
        )
    )
    return {row.id: row for row in rows}


def list_family(root_order_id: int) -> Sequence[Order]:
    """Return a sale's orders in the order of ids: where its money came in, and what went out in place of its goods."""
    followed = select(Return.follow_up_number).where(
        Return.root_order_id == root_order_id, Return.follow_up_number != ""
    )
    mine = (Order.id == root_order_id) | Order.number.in_(followed)
    return db.session.scalars(select(Order).where(mine).order_by(Order.id)).all()


def list_done(order_id: int, *, but: int = 0) -> Sequence[Return]:
    """Return an order's requests whose goods are back, without one of them."""
    return db.session.scalars(
        select(Return).where(Return.order_id == order_id, Return.state.in_(DONE), Return.id != but).order_by(Return.id)
    ).all()


def list_to_close(before: datetime, *, most: int) -> Sequence[Return]:
    """Return requests that ended well before a moment, the oldest first."""
    ended = (ReturnState.REFUNDED, ReturnState.REPLACED)
    return db.session.scalars(
        select(Return).where(Return.state.in_(ended), Return.ended_at < before).order_by(Return.ended_at).limit(most)
    ).all()


def list_over(arrived_by: datetime, *, most: int) -> Sequence[int]:
    """Return ids of orders that arrived by a moment and have neither request nor money under way, the oldest first."""
    asked = exists().where(Return.order_id == Order.id, Return.state.in_((*OPEN, ReturnState.REFUNDING)))
    moves = exists().where(Payment.order_id == Order.id, Payment.refunding_minor > 0)
    return db.session.scalars(
        select(Order.id).where(*may_close(arrived_by), ~asked, ~moves).order_by(Order.delivered_at).limit(most)
    ).all()


def _kept_gifts(order_id: int) -> dict[int, int]:
    kept: dict[int, int] = {}
    for each in list_done(order_id):
        for line_id, units in (each.kept_gifts or {}).items():
            kept[int(line_id)] = kept.get(int(line_id), 0) + int(units)
    return kept


def _claimable(row: Any, kept: Mapping[int, int]) -> Claimable:
    line: OrderLine = row[0]
    return Claimable(
        line_id=line.id,
        name=line.name,
        quantity=line.quantity,
        arrived=int(row.arrived),
        lost=int(row.lost),
        taken=int(row.taken) + kept.get(line.id, 0),
        arrived_at=row.arrived_at,
        is_returnable=line.is_returnable,
        is_gift=line.is_gift,
        variant_id=line.variant_id,
        product_id=line.product_id,
        variant_name=line.variant_name,
        picture=line.picture,
    )
