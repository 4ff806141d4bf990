"""What customers are told about their orders on the phone, beside or in place of letters: the steps that matter."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from storefront.accounts.texting import phone_for
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.sms import services as sms
from storefront.sms.services import Note
from storefront.sms.states import SmsKind
from storefront.web.filters import money_text
from storefront.web.locale import speaking

OF_USE = timedelta(days=1)
"""Older news would only puzzle: the order's page knows better by then."""


def tell(order: Order, kind: SmsKind, *, occasion: str = "", **facts: str | Money) -> None:
    """Put a message about an order into the outbox, if its customer is told by phone; once for each occasion."""
    served = current_app.config["SHOP"].sms.countries
    phone = phone_for(customer_id=order.customer_id, email=order.email, phone=order.phone, served=served)
    if not phone:
        return
    with speaking(order.locale):
        told = {name: money_text(fact) if isinstance(fact, Money) else fact for name, fact in facts.items()}
    reference = f"{order.number}.{kind}.{occasion}".rstrip(".")[:64]
    note = Note(kind, phone, order.locale, reference, {"number": order.number, **told})
    sms.put_in(note=note, expires_at=now() + OF_USE, at=now())
