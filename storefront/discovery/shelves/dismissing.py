"""What a shopper does not want to be recommended: kept with the customer, or in a guest's cookie of product ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.database.reading import read
from storefront.discovery.models import ShelfDismissal
from storefront.kernel.errors import NotFound

COOKIE = "unwanted"
COOKIE_SECONDS = 180 * 24 * 3600
MOST_OF_GUEST = 60
MOST_OF_CUSTOMER = 500
_LIST = re.compile(r"\d{1,9}(\.\d{1,9})*", re.ASCII)

_OF_CUSTOMER = (
    select(ShelfDismissal.product_id)
    .where(ShelfDismissal.customer_id == bindparam("customer_id"))
    .order_by(ShelfDismissal.at.desc())
    .limit(MOST_OF_CUSTOMER)
)


def list_dismissed(customer_id: int) -> tuple[int, ...]:
    """Return the products that a customer does not want to see, the latest first."""
    return tuple(read(_OF_CUSTOMER, {"customer_id": customer_id}).scalars())


def dismiss(*, customer_id: int, product_id: int, at: datetime) -> None:
    """Keep a product off a customer's shelves; a second time changes nothing. Of too many the oldest is forgotten."""
    check_product(product_id)
    connection = db.session.connection()
    new = insert_into(ShelfDismissal, connection).values(customer_id=customer_id, product_id=product_id, at=at)
    if not connection.execute(new.on_conflict_do_nothing()).rowcount:
        return
    count = db.session.scalar(select(func.count()).where(ShelfDismissal.customer_id == customer_id)) or 0
    if count > MOST_OF_CUSTOMER:
        kept = list_dismissed(customer_id)
        oldest = delete(ShelfDismissal).where(ShelfDismissal.customer_id == customer_id)
        db.session.execute(oldest.where(ShelfDismissal.product_id.not_in(kept)))


def allow(*, customer_id: int, product_id: int) -> None:
    """Let a product be recommended again."""
    found = delete(ShelfDismissal).where(ShelfDismissal.customer_id == customer_id)
    db.session.execute(found.where(ShelfDismissal.product_id == product_id))


def check_product(product_id: int) -> None:
    """Raise NotFound for what is no product."""
    if db.session.scalar(select(Product.id).where(Product.id == product_id)) is None:
        raise NotFound


def read_ids(text: str, most: int = MOST_OF_GUEST) -> tuple[int, ...]:
    """Return the product ids of a text such as "7.12.3", each once; of anything else none."""
    if len(text) > most * 10 or not _LIST.fullmatch(text):
        return ()
    return tuple(dict.fromkeys(int(part) for part in text.split(".")))[:most]


def write_ids(ids: Iterable[int], most: int = MOST_OF_GUEST) -> str:
    """Return ids as `read_ids` reads them."""
    return ".".join(str(number) for number in list(dict.fromkeys(ids))[:most])


def with_one(ids: Sequence[int], product_id: int) -> tuple[int, ...]:
    """Return the ids with one more in front."""
    return (product_id, *(number for number in ids if number != product_id))
