"""What customers and the shop are written about money."""

from __future__ import annotations

from flask import current_app

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.orders import queries as orders
from storefront.orders import texts
from storefront.payments import queries
from storefront.payments.events import DisputeOpened, PaymentFailed, PaymentShort, RefundFailed, RefundSucceeded
from storefront.payments.states import DisputeState
from storefront.shop.queries import get_settings
from storefront.sms.states import SmsKind


def tell_failed(fact: PaymentFailed) -> None:
    """Say that a payment was declined and that the order waits; once for an order."""
    _write("payments/mail/failed", fact.order_id)


def tell_short(fact: PaymentShort) -> None:
    """Say how much is missing, and until when the order waits for it."""
    order = orders.get_whole(fact.order_id)
    _write("payments/mail/short", fact.order_id, str(order.paid_minor), came=fact.paid)


def tell_refunded(fact: RefundSucceeded) -> None:
    """Say that money is on its way back."""
    order = orders.get_whole(fact.order_id)
    _write("payments/mail/refunded", fact.order_id, str(order.refunded_minor), amount=fact.amount)
    texts.tell(order, SmsKind.REFUNDED, occasion=str(order.refunded_minor), amount=fact.amount)


def tell_staff(fact: RefundFailed) -> None:
    """Tell the shop about money that did not go back."""
    settings = get_settings()
    facts = {"amount": fact.amount, "number": fact.number, "reason": fact.reason, "stuck": fact.stuck}
    address = f"{current_app.config['SHOP'].public_url}/admin/orders/{fact.number}"
    template, occasion = "payments/mail/refund_failed", f"{int(now().timestamp())}-{fact.amount.minor}"
    facts["admin_url"] = address
    letter = Letter(template, settings.email, settings.locale, fact.number, facts, occasion)
    mail.put_in(letter=letter, at=now())


def tell_contested(fact: DisputeOpened) -> None:
    """Tell the shop about a payment that is contested, while there is time to answer."""
    settings, dispute = get_settings(), queries.get_dispute(fact.dispute_id)
    order = orders.get_whole(fact.order_id)
    facts = {
        "number": fact.number,
        "amount": Money(dispute.amount_minor, order.currency),
        "needs_answer": dispute.state == DisputeState.NEEDS_ANSWER,
        "due_at": dispute.due_at,
        "dispute_url": dispute.url,
        "admin_url": f"{current_app.config['SHOP'].public_url}/admin/orders/{fact.number}/money",
    }
    template, occasion = "payments/mail/disputed", str(dispute.id)
    letter = Letter(template, settings.email, settings.locale, fact.number, facts, occasion)
    mail.put_in(letter=letter, at=now())


def _write(template: str, order_id: int, occasion: str = "", **more: object) -> None:
    order = orders.get_whole(order_id)
    due = Money(max(order.total_minor - order.paid_minor + order.refunded_minor + order.lost_minor, 0), order.currency)
    public_url = current_app.config["SHOP"].public_url
    facts = {
        "order": order,
        "due": due,
        "order_url": f"{public_url}/orders/{order.number}?key={order.access_token}",
        **more,
    }
    mail.put_in(letter=Letter(template, order.email, order.locale, order.number, facts, occasion), at=now())
