"""The road to a provider and back, as the tests of each of them go it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import time_machine
from flask import Flask

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders import services
from storefront.orders.access import COOKIE
from storefront.orders.rules import write_keys
from storefront.payments import jobs
from storefront.payments.models import Payment
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import open_shop
from tests.storefront.orders.drafts import draft_of
from tests.storefront.payments.benches import Bench, Message
from tests.storefront.payments.books import payments, the_order
from tests.storefront.payments.conftest import with_keys

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"

INSIDE = f"{PHONE} MicroMessenger/8.0.60"


@contextmanager
def shop_with(app: Flask, bench: Bench, **keys: str) -> Iterator[Flask]:
    """A shop that offers a provider, and sells in its currency."""
    with with_keys(app, **{**bench.keys, **keys}):
        open_shop(app, currency=bench.currency)
        yield app


def leave(app: Flask, bench: Bench, *, agent: str = "") -> tuple[Shopper, Payment]:
    """A shopper who has ordered, and is with the provider."""
    with app.app_context(), transaction():
        lamp = db.session.scalars(db.select(Variant.id)).one()
        order = services.place_order(draft=draft_of({lamp: 2}, currency=bench.currency), at=now())
        number, key = order.number, order.access_token
    shopper = Shopper(app)
    shopper.client.set_cookie(COOKIE, write_keys({}, number, key))
    shopper.client.environ_base["HTTP_USER_AGENT"] = agent
    chosen = shopper.post(f"/orders/{number}/payments", {"payment_provider": bench.code})
    assert chosen.location == f"/payments/{payments(app)[-1].reference}", chosen.said
    return shopper, payments(app)[-1]


def tell(app: Flask, bench: Bench, message: Message) -> Page:
    """Send what a provider sends."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **message.headers}
    return Shopper(app).post(f"/payments/webhooks/{bench.code}", message.body, headers=headers)


def paid(app: Flask, bench: Bench) -> Payment:
    """A payment that went through, and was told of."""
    _, payment = leave(app, bench)
    bench.pay(payment)
    assert tell(app, bench, bench.told_paid(payment)).status == 200
    assert the_order(app).payment_status == "paid"
    return payment


def later(app: Flask, minutes: int, sweep: str) -> None:
    """Let the clock do one of its jobs later."""
    with time_machine.travel(now() + timedelta(minutes=minutes)), app.app_context():
        getattr(jobs, sweep).call_local()
