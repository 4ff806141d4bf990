"""Reads of checkouts under way."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.reading import read

_IS_OPEN = CheckoutSession.cart_id == bindparam("cart"), CheckoutSession.order_number.is_(None)
_OPEN = select(CheckoutSession).where(*_IS_OPEN).order_by(CheckoutSession.id.desc()).limit(1)
_TOKENS = select(CheckoutSession.token).where(*_IS_OPEN)


def find_open(cart_id: int) -> CheckoutSession | None:
    """Return the last checkout of a cart that has not become an order."""
    return db.session.scalar(_OPEN, {"cart": cart_id})


def list_tokens(cart_id: int) -> list[str]:
    """Return the tokens of a cart's checkouts that have not become orders: two tabs may have begun one each."""
    return list(read(_TOKENS, {"cart": cart_id}).scalars())


def find_session(token: str) -> CheckoutSession | None:
    """Return a checkout by its token, as it stands now."""
    query = select(CheckoutSession).where(CheckoutSession.token == token)
    return db.session.scalar(query.execution_options(populate_existing=True))
