"""Orders that can no longer come back are completed by the clock, and only those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.closing import close_orders
from storefront.orders.models import Order, OrderEvent
from storefront.orders.states import EventKind, OrderStatus
from storefront.payments import services as payments
from storefront.payments.models import Payment
from storefront.returns import jobs, queries
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.storefront.returns.goods import STAFF, ask, buy, decide, delivered, give_back, lines_at, order_of, wrongs


@contextmanager
def later(days: float) -> Iterator[None]:
    with time_machine.travel(now() + timedelta(days=days)):
        yield


def status_of(number: str) -> str:
    db.session.expire_all()
    return order_of(number).status


def test_an_order_is_completed_once_nothing_can_come_back(any_app: Flask) -> None:
    with any_app.app_context():
        decide(after_sale_days=14)
        number, under_way = buy({"Lamp": (1000, 1)}), buy({"Cup": (300, 1)}, deliver=False)
        with later(13.9):
            assert jobs.complete_orders.call_local() == 0
        with later(14.1):
            assert jobs.complete_orders.call_local() == 1
            assert jobs.complete_orders.call_local() == 0
        assert (status_of(number), status_of(under_way)) == (OrderStatus.CLOSED, OrderStatus.OPEN)
        last = db.session.scalars(db.select(OrderEvent).order_by(OrderEvent.id.desc()).limit(1)).one()
        assert (last.kind, last.actor, last.order_id) == (EventKind.CLOSED, "system", order_of(number).id)
        assert wrongs() == []


def test_a_request_or_money_under_way_keeps_an_order_open(any_app: Flask) -> None:
    with any_app.app_context():
        asked, paying, back = (buy({name: (1000, 2)}) for name in ("Lamp", "Cup", "Bowl"))
        ask(asked, {lines_at(asked, 1000)[0]: 1})
        give_back(back, {lines_at(back, 1000)[0]: 2})
        with transaction():
            payment = db.session.scalars(db.select(Payment).where(Payment.order_id == order_of(paying).id)).one()
            payment.refunding_minor = 500
        with later(31):
            assert jobs.complete_orders.call_local() == 1
        assert [status_of(each) for each in (asked, paying, back)] == ["open", "open", "closed"]


def test_whoever_owes_somebody_something_keeps_an_order_open(any_app: Flask) -> None:
    with any_app.app_context():
        at_the_door = buy({"Lamp": (1000, 1)}, pays_at_the_door=True, deliver=False)
        overpaid, charged_back = buy({"Cup": (300, 1)}), buy({"Bowl": (400, 1)})
        delivered(at_the_door)
        with transaction():
            for number, standing in ((overpaid, "overpaid"), (charged_back, "charged_back")):
                db.session.execute(db.update(Order).where(Order.number == number).values(payment_status=standing))
        with later(31):
            assert jobs.complete_orders.call_local() == 1
        assert [status_of(each) for each in (at_the_door, overpaid, charged_back)] == ["closed", "open", "open"]


def test_many_are_completed_in_several_steps(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 2)
    with any_app.app_context():
        numbers = [buy({f"Lamp {each}": (1000, 1)}) for each in range(5)]
        with later(31):
            assert jobs.complete_orders.call_local() == 5
        assert {status_of(each) for each in numbers} == {OrderStatus.CLOSED}


def test_what_changed_meanwhile_is_left_alone(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 1)})
        with later(31):
            arrived_by = now() - timedelta(days=30)
            found = queries.list_over(arrived_by, most=10)
            with transaction():
                db.session.execute(db.update(Order).values(payment_status="overpaid"))
            with transaction():
                assert close_orders(order_ids=found, arrived_by=arrived_by, at=now()) == 0
        assert status_of(number) == OrderStatus.OPEN


def test_money_goes_back_for_a_completed_order_all_the_same(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        with later(31):
            jobs.complete_orders.call_local()
            with transaction():
                amount = Money(500, "USD")
                payments.ask_refund(order=order_of(number), amount=amount, reference="kind", by=STAFF, at=now())
            db.session.expire_all()
            order = order_of(number)
            assert (order.status, order.payment_status) == ("closed", "partially_refunded")
        assert wrongs() == []


def test_shoppers_and_staff_read_that_it_is_completed(app: Flask) -> None:
    with app.app_context():
        order = order_of(buy({"Lamp": (1000, 1)}))
        number, link = order.number, f"/orders/{order.number}?key={order.access_token}"
        with later(31):
            jobs.complete_orders.call_local()
    assert "Order completed" in Shopper(app).get(link, follow=True).said
    assert "订单已完成" in Shopper(app, language="zh").get(link, follow=True).said
    staff = at_work(app)
    assert "Completed" in staff.get(f"/admin/orders/{number}").said
    assert number in staff.get("/admin/orders?status=closed").said
    assert number not in staff.get("/admin/orders?status=open").said


def test_the_search_for_what_is_over_looks_at_nothing_else(any_app: Flask) -> None:
    with any_app.app_context():
        buy({"Lamp": (1000, 1)})
        asked: list[tuple[str, object]] = []

        @db.event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
            asked.append((statement, values))

        queries.list_over(now(), most=10)
        db.event.remove(db.engine, "before_cursor_execute", note)
        connection = db.session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = connection.exec_driver_sql(explain + asked[-1][0], asked[-1][1]).all()  # type: ignore[call-overload]
        assert "ix_order_to_close" in str(plan)
