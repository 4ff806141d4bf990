"""Customer service changes orders: what a test says, and what the shop then has in its books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Flask

from storefront.accounts.rules import PostalAddress
from storefront.amending.previewing import Proposal, propose
from storefront.amending.rules import Wish
from storefront.amending.services import Changed, Confirmed, change_order
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.orders import queries
from storefront.orders.models import Order
from storefront.payments import talking
from storefront.shop import verifying
from tests.browser import Page, Shopper

BY = "staff:1"


def the_order(app: Flask) -> Order:
    """The only order there is, whole."""
    with app.app_context():
        return queries.get_whole(db.session.scalars(db.select(Order.id)).one())


def wish_of(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    added: Mapping[str, int] | None = None,
    address: Mapping[str, str] | None = None,
    method: str = "",
    at_todays_prices: bool = False,
) -> Wish:
    """What is wanted of an order: `units` by SKU for its own lines, `added` beside them, parts of the address."""
    fields = PostalAddress.from_fields(order.shipping_address)
    quantities = {line.id: (units or {}).get(line.sku, line.quantity) for line in order.lines if not line.is_gift}
    return Wish(
        replace(fields, **(address or {})),
        method or order.shipping_method_code,
        quantities,
        added or {},
        at_todays_prices,
    )


def show(app: Flask, units: Mapping[str, int] | None = None, **wanted: object) -> Proposal:
    """Look at a change and leave it at that."""
    with app.app_context():
        order = queries.get_whole(the_order(app).id)
        return propose(order, wish_of(order, units, **wanted), at=now())  # type: ignore[arg-type]


def change(
    app: Flask, units: Mapping[str, int] | None = None, *, reason: str = "The customer called", **wanted: object
) -> Changed:
    """Look at a change and confirm it."""
    with app.app_context():
        order = queries.get_whole(the_order(app).id)
        wish = wish_of(order, units, **wanted)  # type: ignore[arg-type]
        seen = propose(order, wish, at=now()).seen
        with transaction():
            found = change_order(order_id=order.id, confirmed=Confirmed(wish, seen, reason), by=BY, at=now())
        if found.payment:
            talking.open_payment(found.payment)
        return found


def adds_up(app: Flask) -> bool:
    """Whether every ledger of the shop is right; what is not is shown by the assertion."""
    with app.app_context():
        wrong = [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]
        assert wrong == []
        return True


def shelf(app: Flask, sku: str = "LAMP") -> tuple[int, int, int]:
    """What lies there, what of it is allocated, and what reserved."""
    with app.app_context():
        row = db.session.execute(
            db.select(StockLevel.on_hand, StockLevel.allocated, StockLevel.reserved)
            .join(Variant, Variant.id == StockLevel.variant_id)
            .where(Variant.sku == sku)
        ).one()
        return tuple(row)  # type: ignore[return-value]


def letters(app: Flask) -> list[str]:
    """Which letters were written, the first one first."""
    with app.app_context():
        return list(db.session.scalars(db.select(OutboxMail.template).order_by(OutboxMail.id)))


def approve(shopper: Shopper, url: str, minor: int) -> Page:
    """Pay at the sandbox's page."""
    return shopper.post(url, {"amount": str(minor), "currency": "USD", "decision": "approve"})
