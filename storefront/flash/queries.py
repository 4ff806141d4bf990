"""Reads of flash sales: the board of sessions that pages are made from, and fresh offers for carts and orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from storefront.accounts.queries import keys_of
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import after_commit, is_open
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.rules import (
    FlashOffer,
    Item,
    Session,
    best_offer,
    coming_sessions,
    live_sessions,
    pieces_left,
)
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.shop.queries import get_settings

AHEAD = timedelta(days=3)
"""How far the board looks: today's and tomorrow's sessions, wherever the shop's day ends."""
NOW = timedelta(minutes=1)
"""An offer for a moment further away than this, as in a preview, is not looked up on the board."""


def board() -> tuple[Session, ...]:
    """Return the sessions that have not ended, up to AHEAD; figures are up to a second old.

    An article that costs no more than that otherwise is not among their items: it is no offer.
    """
    return _board.get()


def is_anything_told() -> bool:
    """Say whether a page that this process has just made may tell of a session: it has looked at the board for that.

    Nothing is read: the answer is made already, and the database may have gone meanwhile.
    """
    return bool(_board.last)


def standing() -> tuple[object, ...]:
    """Return another object as soon as a session begins, ends or is changed, or one of its items sells out."""
    return _standing.get()


def sold_figures() -> Mapping[str, tuple[object, ...]]:
    """Return what is sold and left of the goods of sessions that are on, by slug; "" has those of all."""
    return _sold_figures.get()


def live_items(at: datetime) -> Mapping[int, tuple[Session, Item]]:
    """Return the items that anybody may buy at a moment, by variant id: of several the one with the best offer."""
    found: dict[int, tuple[Session, Item]] = {}
    for session in live_sessions(board(), at):
        for item in session.items:
            known = found.get(item.variant_id)
            if known is None or _rank(item) < _rank(known[1]):
                found[item.variant_id] = (session, item)
    return found


def coming_items(at: datetime) -> Mapping[int, tuple[Session, Item]]:
    """Return the items that will be on offer, by variant id: of several the one that comes next."""
    found: dict[int, tuple[Session, Item]] = {}
    for session in coming_sessions(board(), at):
        for item in session.items:
            found.setdefault(item.variant_id, (session, item))
    return found


def forget_soon() -> None:
    """Read the board anew once what is being written has been committed."""
    if is_open():
        after_commit(forget_board)
    else:
        forget_board()


def forget_board() -> None:
    """Drop what this process keeps of the sessions: one was written to."""
    _board.forget()
    _standing.forget()
    _sold_figures.forget()


def offers_for(
    variant_ids: Collection[int], *, customer_key: str, at: datetime, alone: bool = False
) -> Mapping[int, FlashOffer]:
    """Return the flash offers that hold at this moment, by variant id, with what is left for this customer.

    What is sold is read fresh; while no session of these variants is going on nothing is asked at all. `alone` counts
    what was taken under this key only, and not what the same person took as a customer.
    """
    asked = set(variant_ids)
    sessions = board() if abs(at - now()) < NOW else _read_board(at)
    live = {
        item.id: session
        for session in live_sessions(sessions, at)
        for item in session.items
        if item.variant_id in asked
    }
    if not live:
        return {}
    fresh = {row.id: row for row in read(_FIGURES, {"ids": list(live)})}
    taken = _taken(fresh, customer_key, alone)
    found: dict[int, list[FlashOffer]] = {}
    for item_id, row in fresh.items():
        session = live[item_id]
        left = pieces_left(quota=row.quota, sold=row.sold, per_customer=row.per_customer, taken=taken.get(item_id, 0))
        offer = FlashOffer(item_id, row.price_minor, left, session.ends_at, session.name, row.per_customer)
        found.setdefault(row.variant_id, []).append(offer)
    return {variant_id: best for variant_id, offers in found.items() if (best := best_offer(offers))}


_FIGURES = (
    select(
        FlashItem.id,
        FlashItem.variant_id,
        FlashItem.price_minor,
        FlashItem.quota,
        FlashItem.sold,
        FlashItem.per_customer,
    )
    .where(FlashItem.id.in_(bindparam("ids", expanding=True)))
    .order_by(FlashItem.id)
)
_ROWS = (
    select(
        FlashSession.id.label("session_id"),
        FlashSession.starts_at,
        FlashSession.ends_at,
        FlashSale.id.label("sale_id"),
        FlashSale.name,
        FlashSale.translations,
        FlashItem.id,
        FlashItem.variant_id,
        FlashItem.price_minor,
        FlashItem.quota,
        FlashItem.sold,
        FlashItem.per_customer,
        Product.slug,
    )
    .join(FlashSale, FlashSale.id == FlashSession.flash_sale_id)
    .join(FlashItem, FlashItem.flash_session_id == FlashSession.id)
    .join(Variant, Variant.id == FlashItem.variant_id)
    .join(Product, Product.id == Variant.product_id)
    .where(FlashSale.is_active, FlashSession.ends_at > bindparam("at"), FlashSession.starts_at < bindparam("until"))
    .where(FlashItem.price_minor < Variant.price_minor)
    .order_by(FlashSession.starts_at, FlashSession.id, FlashItem.position, FlashItem.id)
)


def _taken(fresh: Mapping[int, Any], customer_key: str, alone: bool) -> dict[int, int]:
    limited = [item_id for item_id, row in fresh.items() if row.per_customer is not None]
    if not limited or not customer_key:
        return {}
    keys = (customer_key,) if alone else keys_of(customer_key)
    rows = db.session.execute(
        select(FlashTake.flash_item_id, func.sum(FlashTake.pieces))
        .where(FlashTake.flash_item_id.in_(limited), FlashTake.customer_key.in_(keys))
        .group_by(FlashTake.flash_item_id)
    )
    return {item_id: int(pieces) for item_id, pieces in rows}


def _read_board(at: datetime) -> tuple[Session, ...]:
    rows = read(_ROWS, {"at": at, "until": at + AHEAD}).all()
    return tuple(_session(tuple(group)) for _, group in groupby(rows, key=lambda row: row.session_id))


def _session(rows: tuple[Any, ...]) -> Session:
    first = rows[0]
    items = (
        Item(row.id, row.variant_id, row.price_minor, row.quota, row.sold, row.per_customer, row.slug) for row in rows
    )
    words = (first.translations or {}).items()
    return Session(
        id=first.session_id,
        sale_id=first.sale_id,
        name=first.name,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        items=tuple(items),
        translations=tuple((locale, str(texts.get("name") or "")) for locale, texts in words),
    )


def _rank(item: Item) -> tuple[bool, int, int]:
    return (item.is_sold_out, item.price_minor, item.id)


def _stand() -> tuple[object, ...]:
    sessions = board()
    if not sessions:
        return ()
    at = now()
    day = at.astimezone(ZoneInfo(get_settings().timezone)).date()
    return (day, *((session.phase(at), replace(session, items=()), _offered(session)) for session in sessions))


def _offered(session: Session) -> tuple[object, ...]:
    return tuple((item.id, item.variant_id, item.price_minor, item.is_sold_out) for item in session.items)


def _read_sold_figures() -> Mapping[str, tuple[object, ...]]:
    found: dict[str, list[object]] = defaultdict(list)
    for session in live_sessions(board(), now()):
        for item in session.items:
            figures = (item.id, item.percent_sold, item.left)
            found[""].append(figures)
            found[item.slug].append(figures)
    return {slug: tuple(sold) for slug, sold in found.items()}


_board = Kept(lambda: _read_board(now()), seconds=1.0)
_standing = Kept(_stand, seconds=0.9)
_sold_figures = Kept(_read_sold_figures, seconds=0.9)
