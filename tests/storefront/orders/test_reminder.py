"""Whoever forgets to pay is reminded once, before the order is cancelled."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.orders import jobs
from storefront.shop.services import change_settings
from tests.storefront.orders.drafts import place


def reminded_after(app: Flask, minutes: int) -> int:
    """Let the clock's job run so long from now; return how many reminders there are."""
    with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
        jobs.remind_unpaid.call_local()
    with app.app_context():
        wanted = OutboxMail.template == "orders/mail/reminder"
        return int(db.session.scalar(db.select(db.func.count()).select_from(OutboxMail).where(wanted)) or 0)


def test_a_reminder_comes_once_before_the_time_is_over(app: Flask) -> None:
    place(app)
    assert reminded_after(app, 2) == 0
    assert reminded_after(app, 21) == 1
    assert reminded_after(app, 25) == 1
    assert reminded_after(app, 40) == 1


def test_what_is_paid_at_the_door_needs_none(app: Flask) -> None:
    place(app, pays_at_the_door=True)
    assert reminded_after(app, 25) == 0


def test_the_merchant_can_do_without(app: Flask) -> None:
    with app.app_context(), transaction():
        change_settings(values={"remind_payment_minutes": 0}, at=now())
    place(app)
    assert reminded_after(app, 25) == 0
