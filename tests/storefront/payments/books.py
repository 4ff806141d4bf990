"""What the tests of payments read: one order, its ledgers, and whether everything adds up."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import ledgers as order_books
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import ledgers, services
from storefront.payments.models import Dispute, Payment, PaymentMessage, Refund, Transaction
from storefront.payments.providers import Outcome
from storefront.payments.states import TransactionKind, TransactionResult


def the_order(app: Flask) -> Order:
    with app.app_context():
        return orders.get_whole(db.session.scalars(db.select(Order.id)).one())


def kinds(app: Flask) -> list[str]:
    """What the order's timeline tells."""
    return [event.kind for event in the_order(app).events]


def ledger(app: Flask) -> list[tuple[str, str, int]]:
    """What providers were asked and said."""
    with app.app_context():
        columns = Transaction.kind, Transaction.result, Transaction.amount_minor
        return [tuple(row) for row in db.session.execute(db.select(*columns).order_by(Transaction.id))]


def payments(app: Flask) -> list[Payment]:
    with app.app_context():
        return list(db.session.scalars(db.select(Payment).order_by(Payment.id)))


def refunds(app: Flask) -> list[Refund]:
    with app.app_context():
        return list(db.session.scalars(db.select(Refund).order_by(Refund.id)))


def disputes(app: Flask) -> list[Dispute]:
    with app.app_context():
        return list(db.session.scalars(db.select(Dispute).order_by(Dispute.id)))


def stored(app: Flask) -> list[PaymentMessage]:
    """What arrived at webhooks."""
    with app.app_context():
        return list(db.session.scalars(db.select(PaymentMessage).order_by(PaymentMessage.id)))


def books_agree(app: Flask) -> bool:
    with app.app_context():
        return [*ledgers.discrepancies(), *order_books.discrepancies()] == []


def ask_back(app: Flask, minor: int, reference: str = "return-1", *, by: str = "staff:1") -> list[Refund]:
    """Ask for a part of the order's money."""
    with app.app_context(), transaction():
        order = orders.get_whole(the_order(app).id)
        amount = Money(minor, order.currency)
        return list(services.ask_refund(order=order, amount=amount, reference=reference, by=by, at=now()))


def say(app: Flask, reference: str, minor: int, result: str = "success", key: str = "psp-1") -> None:
    """Book what a provider says of a payment."""
    outcome = Outcome(reference, TransactionKind.CAPTURE, TransactionResult(result), Money(minor, "USD"), key, key, {})
    with app.app_context(), transaction():
        services.book_outcome(outcome=outcome, by="sandbox", at=now())
