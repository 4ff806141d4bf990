"""Reads of checkouts under way."""

from __future__ import annotations

from sqlalchemy import select

from storefront.checkout.models import CheckoutSession
from storefront.database.base import db


def find_open(cart_id: int) -> CheckoutSession | None:
    """Return the last checkout of a cart that has not become an order."""
    return db.session.scalar(
        select(CheckoutSession)
        .where(CheckoutSession.cart_id == cart_id, CheckoutSession.order_number.is_(None))
        .order_by(CheckoutSession.id.desc())
        .limit(1)
    )


def list_tokens(cart_id: int) -> list[str]:
    """Return the tokens of a cart's checkouts that have not become orders: two tabs may have begun one each."""
    return list(
        db.session.scalars(
            select(CheckoutSession.token).where(
                CheckoutSession.cart_id == cart_id, CheckoutSession.order_number.is_(None)
            )
        )
    )


def find_session(token: str) -> CheckoutSession | None:
    """Return a checkout by its token, as it stands now."""
    query = select(CheckoutSession).where(CheckoutSession.token == token)
    return db.session.scalar(query.execution_options(populate_existing=True))
