"""How a customer paid. Cards and accounts are known to the providers alone; here is what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Obstacle, Person
from storefront.orders.models import Order
from storefront.payments.models import Dispute, Payment, PaymentMessage, Refund, Transaction
from storefront.payments.states import REFUNDS_UNDER_WAY

_HIDDEN = frozenset(
    {
        *("id", "order_id", "payment_id", "handle", "continue_url", "qr", "issue", "psp_reference", "key", "by"),
        *("idempotency_key", "facts", "error", "told_at", "url", "attempts", "next_try_at", "asked_at", "next_ask_at"),
    }
)


def _payments(person: Person) -> Sequence[Data]:
    mine = select(Payment.id).where(Payment.order_id.in_(person.orders))
    payments = rows_of(table_of(Payment), Payment.id.in_(mine), but=_HIDDEN)
    steps = rows_of(table_of(Transaction), Transaction.payment_id.in_(mine), but=_HIDDEN)
    refunds = rows_of(table_of(Refund), Refund.payment_id.in_(mine), but=_HIDDEN)
    disputes = rows_of(table_of(Dispute), Dispute.payment_id.in_(mine), but=_HIDDEN)
    return [
        *({"kind": "payment", **row} for row in payments),
        *({"kind": "step", **row} for row in steps),
        *({"kind": "refund", **row} for row in refunds),
        *({"kind": "dispute", **row} for row in disputes),
    ]


def _forget(person: Person, _at: datetime) -> None:
    """What providers sent may name the payer: the words go, what was booked from them stays."""
    quiet = {"synchronize_session": False}
    read = (PaymentMessage.about.in_(person.numbers), PaymentMessage.ended_at.is_not(None))
    messages = update(PaymentMessage).where(*read)
    db.session.execute(messages.values(headers={}, query="", body=b"").execution_options(**quiet))
    links = update(Payment).where(Payment.order_id.in_(person.orders))
    db.session.execute(links.values(continue_url="", qr="").execution_options(**quiet))


def _refunds_under_way(person: Person) -> Sequence[Obstacle]:
    numbers = db.session.scalars(
        select(Order.number)
        .join(Payment, Payment.order_id == Order.id)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(Order.id.in_(person.orders), Refund.state.in_(REFUNDS_UNDER_WAY))
        .distinct()
        .order_by(Order.number)
    )
    text = N_("Money for order %(number)s is on its way back to you. Wait until it has arrived.")
    return [Obstacle(text, {"number": number}, f"/orders/{number}") for number in numbers]


PERSONAL = (
    Keeper(
        "payments",
        N_("Payments"),
        ("payment", "payment_transaction", "payment_refund", "payment_dispute", "payment_message"),
        _payments,
        _forget,
        find_obstacles=_refunds_under_way,
    ),
)
