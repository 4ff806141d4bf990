"""An order's life: placed, paid, delivered, cancelled; stock, ledgers and letters follow."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory import ledgers as stock
from storefront.inventory import queries as inventory
from storefront.inventory.errors import OutOfStock
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import queries as mail
from storefront.orders import jobs, ledgers, queries, services
from storefront.orders.errors import CannotCancel, CannotSend
from storefront.orders.models import Order, OrderAdjustment
from storefront.orders.receipt import receipt_of
from storefront.orders.states import CancelReason
from storefront.promotions.errors import PromotionRanOut
from storefront.promotions.models import Promotion
from tests import factories
from tests.storefront.orders.drafts import draft_of, place


def letters_about(app: Flask, number: str) -> list[str]:
    with app.app_context():
        return [letter.subject for letter in mail.list_mails_about(number)]


def books_are_in_order(app: Flask) -> bool:
    with app.app_context():
        return not [*ledgers.discrepancies(), *stock.discrepancies()]


def test_a_placed_order_is_a_snapshot_that_adds_up(any_app: Flask) -> None:
    order_id, number, _ = place(any_app, off=333, delivery=700, delivery_off=200)
    with any_app.app_context():
        order = queries.get_whole(order_id)
        assert (order.goods_minor, order.discount_minor, order.shipping_minor, order.total_minor) == (
            2000,
            533,
            700,
            2167,
        )
        receipt = receipt_of(order)
        assert receipt.lines[0].total == Money(1667, "USD")
        assert [(reason.label, reason.amount.minor) for reason in receipt.reasons] == [
            ("Spend more, save", -333),
            ("Delivery on us", -200),
            ("Standard delivery", 700),
        ]
        share = next(row for row in order.adjustments if row.order_line_id)
        assert share.units == [167, 166]
        assert [event.kind for event in order.events] == ["placed"]
        assert order.payment_status == "unpaid"
    assert books_are_in_order(any_app)
    assert letters_about(any_app, number) == [f"Your order {number} at Our shop"]


def test_later_edits_change_no_receipt(app: Flask) -> None:
    order_id, _, _ = place(app)
    with app.app_context(), transaction():
        variant = factories.variant_of(factories.make_product())
        db.session.execute(db.update(type(variant)).values(price_minor=1))
    with app.app_context():
        assert receipt_of(queries.get_whole(order_id)).total == Money(2500, "USD")


def test_too_little_stock_leaves_nothing_behind(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            lamp = factories.variant_of(factories.make_product(stock=1)).id
        with pytest.raises(OutOfStock), transaction():
            services.place_order(draft=draft_of({lamp: 2}), at=now())
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    assert books_are_in_order(any_app)


def test_a_promotion_is_used_and_given_back(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            offer = factories.make_promotion(conditions=[], benefits=[], usage_limit=1)
            lamp = factories.variant_of(factories.make_product(stock=9)).id
        with transaction():
            order = services.place_order(draft=draft_of({lamp: 1}, off=100, promotion_id=offer.id), at=now())
        with pytest.raises(PromotionRanOut), transaction():
            services.place_order(draft=draft_of({lamp: 1}, off=100, promotion_id=offer.id), at=now())
        with transaction():
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        used = db.session.execute(db.select(Promotion.used_count, Promotion.spent_minor)).one()
        assert tuple(used) == (0, 0)
        with transaction():
            services.place_order(draft=draft_of({lamp: 1}, off=100, promotion_id=offer.id), at=now())
        assert inventory.available([lamp]) == {lamp: 8}


def test_a_cancelled_order_gives_back_its_stock(any_app: Flask) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        with transaction():
            order = queries.get_whole(order_id)
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        with pytest.raises(CannotCancel), transaction():
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        assert db.session.scalar(db.select(db.func.sum(StockLevel.allocated))) == 0
        assert [event.kind for event in queries.get_whole(order_id).events] == ["placed", "cancelled"]
    assert books_are_in_order(any_app)
    assert letters_about(any_app, number)[-1] == f"Your order {number} was cancelled"


def test_a_paid_order_can_be_cancelled_until_it_is_sent(any_app: Flask) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        with transaction():
            order = queries.get_whole(order_id)
            services.record_payment(order=order, amount=Money(2500, "USD"), provider="sandbox", by="sandbox", at=now())
        order = queries.get_whole(order_id)
        assert (order.payment_status, order.paid_minor, order.paid_at is not None) == ("paid", 2500, True)
    assert letters_about(any_app, number)[-1] == f"We have received your payment for order {number}"
    with any_app.app_context():
        with transaction():
            order = queries.get_whole(order_id)
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        assert queries.get_whole(order_id).status == "cancelled"
    assert letters_about(any_app, number)[-1] == f"Your order {number} was cancelled"


def test_delivery_takes_the_goods_off_the_shelf(any_app: Flask) -> None:
    order_id, _, _ = place(any_app, pays_at_the_door=True)
    with any_app.app_context():
        with transaction():
            fulfilment.deliver_order(order=queries.get_whole(order_id), by="staff:1", at=now())
        order = queries.get_whole(order_id)
        assert (order.fulfillment_status, order.delivered_at is not None) == ("delivered", True)
        level = db.session.execute(db.select(StockLevel.on_hand, StockLevel.allocated)).one()
        assert tuple(level) == (3, 0)
        for refused, verb in (
            (CannotSend, lambda: fulfilment.deliver_order(order=order, by="", at=now())),
            (
                CannotCancel,
                lambda: services.cancel_order(order=order, by="", at=now(), reason=CancelReason.BY_SHOP),
            ),
        ):
            with pytest.raises(refused), transaction():
                verb()
    assert books_are_in_order(any_app)


def test_an_order_for_nothing_is_paid_at_once(any_app: Flask) -> None:
    order_id, number, _ = place(any_app, off=2000, delivery=0)
    with any_app.app_context():
        order = queries.get_whole(order_id)
        assert (order.total_minor, order.payment_status) == (0, "paid")
    assert len(letters_about(any_app, number)) == 1
    assert books_are_in_order(any_app)


def test_orders_that_nobody_pays_are_cancelled_in_time(any_app: Flask) -> None:
    late, _, _ = place(any_app)
    paid, _, _ = place(any_app)
    door, _, _ = place(any_app, pays_at_the_door=True)
    with any_app.app_context(), transaction():
        services.record_payment(
            order=queries.get_whole(paid), amount=Money(2500, "USD"), provider="sandbox", by="sandbox", at=now()
        )
    with any_app.app_context():
        assert jobs.cancel_unpaid.call_local() == 0
        with time_machine.travel(now() + timedelta(minutes=31)):
            assert jobs.cancel_unpaid.call_local() == 1
            assert jobs.cancel_unpaid.call_local() == 0
        states = dict(db.session.execute(db.select(Order.id, Order.status)).all())
        assert states == {late: "cancelled", paid: "open", door: "open"}
        assert queries.get_whole(late).events[-1].facts == {"reason": "not_paid"}
    assert books_are_in_order(any_app)


def test_money_that_comes_too_late_is_booked_and_told(any_app: Flask) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        with transaction():
            order = queries.get_whole(order_id)
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        with transaction():
            services.record_payment(order=order, amount=Money(2500, "USD"), provider="sandbox", by="sandbox", at=now())
        order = queries.get_whole(order_id)
        assert (order.status, order.payment_status, order.paid_at) == ("cancelled", "paid", None)
        assert order.events[-1].kind == "paid_late"
    assert letters_about(any_app, number)[2:] == [f"Your payment for the cancelled order {number}"]


def test_an_order_that_cannot_be_cancelled_keeps_no_other_waiting(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = place(any_app)[0], place(any_app)[0]
    cancel = services.cancel_if_overdue

    def stumble(*, order_id: int, at: datetime) -> bool:
        if order_id == first:
            raise RuntimeError("its stock is not where the books say")
        return cancel(order_id=order_id, at=at)

    monkeypatch.setattr(services, "cancel_if_overdue", stumble)
    with time_machine.travel(now() + timedelta(hours=1)), any_app.app_context():
        assert jobs.cancel_unpaid.call_local() == 1
        assert queries.get_whole(first).status == "open"
        assert queries.get_whole(second).status == "cancelled"


def test_paying_and_expiring_at_once_ends_one_way(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    later = now() + timedelta(hours=1)
    start = threading.Barrier(2)
    faults: list[BaseException] = []

    def expire() -> None:
        start.wait()
        try:
            with any_app.app_context(), transaction():
                services.cancel_if_overdue(order_id=order_id, at=later)
        except BaseException as error:
            faults.append(error)

    def pay() -> None:
        start.wait()
        try:
            with any_app.app_context(), transaction():
                order = queries.get_whole(order_id)
                services.record_payment(
                    order=order, amount=Money(2500, "USD"), provider="sandbox", by="sandbox", at=later
                )
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=expire), threading.Thread(target=pay)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with any_app.app_context():
        order = queries.get_whole(order_id)
        kinds = [event.kind for event in order.events]
        assert kinds in (["placed", "paid"], ["placed", "cancelled", "reopened", "paid"])
        assert order.paid_minor == 2500
    assert books_are_in_order(any_app)


def test_orders_count_for_the_customer(app: Flask) -> None:
    with app.app_context(), transaction():
        customer_id = factories.make_customer().id
    order_id, _, _ = place(app, customer_id=customer_id)
    with app.app_context():
        assert db.session.get_one(Customer, customer_id).order_count == 1
        with transaction():
            order = queries.get_whole(order_id)
            services.cancel_order(order=order, by="", at=now(), reason=CancelReason.BY_SHOP)
        assert db.session.get_one(Customer, customer_id).order_count == 0


def test_a_damaged_book_is_found(app: Flask) -> None:
    _, number, _ = place(app, off=100)
    with app.app_context():
        with transaction():
            db.session.execute(
                db.update(OrderAdjustment).where(OrderAdjustment.order_line_id.is_not(None)).values(amount_minor=-99)
            )
        assert {found.key.split()[0] for found in ledgers.discrepancies()} == {number}


@pytest.mark.parametrize(("currency", "text"), [("CNY", "CN¥25.00"), ("JPY", "¥2,500")])
def test_other_currencies(app: Flask, currency: str, text: str) -> None:
    order_id, number, _ = place(app, currency=currency)
    with app.app_context():
        assert receipt_of(queries.get_whole(order_id)).total == Money(2500, currency)
        (letter,) = mail.list_mails_about(number)
        assert text in letter.text
        assert text in letter.html
