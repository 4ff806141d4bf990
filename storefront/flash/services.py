"""Writes of quotas: taking pieces and giving them back, each with a line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, case, exists, func, insert, select, update

from storefront.accounts.queries import keys_of
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.flash.errors import FlashLimit, FlashOver, FlashSoldOut
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.queries import forget_soon


@dataclass(frozen=True, slots=True)
class Take:
    """So many pieces of an item at its flash price; `name` is for the message if they are gone."""

    item_id: int
    pieces: int
    name: str

    def __post_init__(self) -> None:
        if self.pieces < 1:
            raise ValueError("nobody takes less than one piece")


def take(takes: Sequence[Take], *, customer_key: str, order_number: str, at: datetime) -> None:
    """Take an order's pieces, all of them or nothing; refuse with FlashSoldOut.

    Each item is one conditional UPDATE, in the order of ids. It locks the item's row until the transaction ends, so the
    ledger that says how many this customer has cannot grow in between.
    """
    pieces: dict[int, int] = {}
    for each in takes:
        pieces[each.item_id] = pieces.get(each.item_id, 0) + each.pieces
    names = {each.item_id: each.name for each in takes}
    keys = keys_of(customer_key) if pieces else ()
    for item_id, count in sorted(pieces.items()):
        if not _take(item_id, count, _is_going_on(at)):
            raise _refusal(item_id, names[item_id], at)
        _check_limit(item_id, count, keys, names[item_id])
        _write(item_id, customer_key, order_number, count, at)
    if pieces:
        forget_soon()


def give_back(*, order_number: str, at: datetime) -> int:
    """Give back what an order had taken, and return how many pieces that were; a second time it is none."""
    ids = select(FlashTake.flash_item_id).where(FlashTake.order_number == order_number)
    locked = db.session.scalars(
        select(FlashItem.id).where(FlashItem.id.in_(ids)).order_by(FlashItem.id).with_for_update()
    ).all()
    held = db.session.execute(
        select(FlashTake.flash_item_id, FlashTake.customer_key, func.sum(FlashTake.pieces).label("pieces"))
        .where(FlashTake.order_number == order_number, FlashTake.flash_item_id.in_(locked))
        .group_by(FlashTake.flash_item_id, FlashTake.customer_key)
        .having(func.sum(FlashTake.pieces) > 0)
        .order_by(FlashTake.flash_item_id)
    ).all()
    for row in held:
        db.session.execute(
            update(FlashItem)
            .where(FlashItem.id == row.flash_item_id)
            .values(sold=FlashItem.sold - int(row.pieces))
            .execution_options(synchronize_session=False)
        )
        _write(row.flash_item_id, row.customer_key, order_number, -int(row.pieces), at)
    if held:
        forget_soon()
    return sum(int(row.pieces) for row in held)


def keep_only(*, order_number: str, kept: Mapping[int, int], at: datetime) -> None:
    """Give back what an order took beyond `kept` pieces, by variant id; it never takes more."""
    held = db.session.execute(
        select(FlashItem.id, FlashItem.variant_id, FlashTake.customer_key, func.sum(FlashTake.pieces).label("pieces"))
        .join(FlashTake, FlashTake.flash_item_id == FlashItem.id)
        .where(FlashTake.order_number == order_number)
        .group_by(FlashItem.id, FlashItem.variant_id, FlashTake.customer_key)
        .having(func.sum(FlashTake.pieces) > 0)
        .order_by(FlashItem.id)
    ).all()
    for row in held:
        gone = int(row.pieces) - kept.get(row.variant_id, 0)
        if gone > 0:
            db.session.execute(
                update(FlashItem)
                .where(FlashItem.id == row.id)
                .values(sold=FlashItem.sold - gone)
                .execution_options(synchronize_session=False)
            )
            _write(row.id, row.customer_key, order_number, -gone, at)
            forget_soon()


def retake(*, order_number: str, at: datetime) -> int:
    """Take anew the pieces that an order gave back when it was cancelled, and return how many they are.

    Refuses with FlashSoldOut where the quota or the customer's own limit has been used up since. That the session is
    over does not matter: the price was agreed. What the order holds already is not taken again.
    """
    each = (FlashTake.flash_item_id, FlashTake.customer_key)
    last = (
        select(func.max(case((FlashTake.pieces < 0, FlashTake.id))))
        .where(FlashTake.order_number == order_number)
        .group_by(*each)
        .having(func.sum(FlashTake.pieces) == 0)
    )
    given_back = db.session.execute(
        select(*each, FlashTake.pieces, Product.name)
        .join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
        .join(Variant, Variant.id == FlashItem.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(FlashTake.id.in_(last))
        .order_by(FlashTake.flash_item_id)
    ).all()
    for row in given_back:
        if not _take(row.flash_item_id, -row.pieces):
            raise FlashSoldOut(name=row.name)
        _check_limit(row.flash_item_id, -row.pieces, keys_of(row.customer_key), row.name)
        _write(row.flash_item_id, row.customer_key, order_number, -row.pieces, at)
    if given_back:
        forget_soon()
    return -sum(int(row.pieces) for row in given_back)


def _take(item_id: int, pieces: int, *conditions: ColumnElement[bool]) -> bool:
    taken = db.session.execute(
        update(FlashItem)
        .where(FlashItem.id == item_id, FlashItem.sold + pieces <= FlashItem.quota, *conditions)
        .values(sold=FlashItem.sold + pieces)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _is_going_on(at: datetime) -> Exists:
    return exists().where(
        FlashSession.id == FlashItem.flash_session_id,
        FlashSession.starts_at <= at,
        FlashSession.ends_at > at,
        FlashSale.id == FlashSession.flash_sale_id,
        FlashSale.is_active,
    )


def _refusal(item_id: int, name: str, at: datetime) -> FlashSoldOut:
    going_on = db.session.scalar(select(FlashItem.id).where(FlashItem.id == item_id, _is_going_on(at)))
    return FlashOver(name=name) if going_on is None else FlashSoldOut(name=name)


def _check_limit(item_id: int, pieces: int, keys: Sequence[str], name: str) -> None:
    limit = db.session.scalar(select(FlashItem.per_customer).where(FlashItem.id == item_id))
    if limit is None:
        return
    has = db.session.scalar(
        select(func.coalesce(func.sum(FlashTake.pieces), 0)).where(
            FlashTake.flash_item_id == item_id, FlashTake.customer_key.in_(keys)
        )
    )
    if int(has or 0) + pieces > limit:
        raise FlashLimit(name=name, limit=limit)


def _write(item_id: int, customer_key: str, order_number: str, pieces: int, at: datetime) -> None:
    who = {"customer_key": customer_key, "order_number": order_number}
    db.session.execute(insert(FlashTake).values(flash_item_id=item_id, pieces=pieces, at=at, **who))
