"""What somebody typed on the way to an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from storefront.cart.models import Cart
from storefront.checkout.models import CheckoutSession
from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person

_TABLE = table_of(CheckoutSession)


def _is_theirs(person: Person) -> ColumnElement[bool]:
    carts = select(Cart.id).where(Cart.customer_id == person.id)
    return _TABLE.c.cart_id.in_(carts) | _TABLE.c.order_number.in_(person.numbers)


def _sessions(person: Person) -> Sequence[Data]:
    return rows_of(_TABLE, _is_theirs(person), but={"token", "cart_id"})


def _forget(person: Person, _at: datetime) -> None:
    delete_rows(_TABLE, _is_theirs(person))


PERSONAL = (Keeper("checkouts", N_("Checkouts"), ("checkout_session",), _sessions, _forget),)
