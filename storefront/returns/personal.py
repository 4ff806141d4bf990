"""What returns know of a customer: what they sent back and why, in their words and photographs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Select, select, update

from storefront.catalog.models import Product, ProductMedia, Variant
from storefront.database.base import db
from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Obstacle, Person
from storefront.media import services as media
from storefront.orders.models import Order
from storefront.returns.models import Return, ReturnEvent, ReturnLine, ReturnPhoto
from storefront.returns.states import OPEN, ReturnState

_PARTS: Mapping[str, type[ReturnLine | ReturnPhoto | ReturnEvent]] = {
    "line": ReturnLine,
    "photo": ReturnPhoto,
    "event": ReturnEvent,
}
_HIDDEN = frozenset({"attempts"})


def _return_ids(person: Person) -> Select[int]:
    return select(Return.id).where(Return.order_id.in_(person.orders))


def _returns(person: Person) -> Sequence[Data]:
    ids = _return_ids(person)
    found: list[Data] = [
        {"kind": "return", **row} for row in rows_of(table_of(Return), Return.id.in_(ids), but=_HIDDEN)
    ]
    for kind, model in _PARTS.items():
        found += [{"kind": kind, **row} for row in rows_of(table_of(model), model.return_id.in_(ids))]
    return found


def _forget(person: Person, _at: datetime) -> None:
    """Their words and photographs go; what came back and what was paid for it stays."""
    ids = _return_ids(person)
    pictures = set(db.session.scalars(select(ReturnPhoto.picture).where(ReturnPhoto.return_id.in_(ids))))
    delete_rows(table_of(ReturnPhoto), ReturnPhoto.return_id.in_(ids))
    words = update(Return).where(Return.id.in_(ids)).values(note="")
    db.session.execute(words.execution_options(synchronize_session=False))
    for picture in sorted(pictures - _still_used(pictures)):
        after_commit(partial(media.forget_picture, picture=picture))


def _still_used(pictures: set[str]) -> set[str]:
    """Return those that another return or the catalogue shows: the same photograph is stored once."""
    columns = (ReturnPhoto.picture, Product.picture, ProductMedia.picture, Variant.picture)
    return {row for column in columns for row in db.session.scalars(select(column).where(column.in_(pictures)))}


def _under_way(person: Person) -> Sequence[Obstacle]:
    under_way = Return.state.in_((*OPEN, ReturnState.REFUNDING))
    found = db.session.execute(
        select(Return.number, Order.number)
        .join(Order, Order.id == Return.order_id)
        .where(Return.order_id.in_(person.orders), under_way)
        .order_by(Return.id)
    )
    text = N_("Return %(number)s is still under way. Wait until it has ended, or withdraw it.")
    return [Obstacle(text, {"number": number}, f"/orders/{order}") for number, order in found]


PERSONAL = (
    Keeper(
        "returns",
        N_("Returns"),
        ("return_request", "return_line", "return_photo", "return_event"),
        _returns,
        _forget,
        goes=N_("What you wrote and photographed for returns."),
        find_obstacles=_under_way,
    ),
)
