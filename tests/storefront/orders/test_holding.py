"""The goods behind an order: held while it waits for its money, and what becomes of money that comes late."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Customer
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory import jobs as stock_jobs
from storefront.inventory import ledgers as stock
from storefront.inventory import services as inventory
from storefront.inventory.errors import CannotSend, OutOfStock
from storefront.inventory.models import StockLevel, StockReservation, Warehouse
from storefront.inventory.services import Wanted
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.kernel.states import NotAllowed
from storefront.mail import queries as mail
from storefront.orders import jobs, ledgers, queries, services
from storefront.orders.models import Order
from storefront.orders.states import TRANSITIONS, CancelReason, OrderAction, OrderStatus
from tests import factories
from tests.storefront.inventory.shelves import race
from tests.storefront.orders.drafts import draft_of, place

LATER = timedelta(hours=1)


def level() -> tuple[int, int, int]:
    return tuple(db.session.execute(db.select(StockLevel.on_hand, StockLevel.allocated, StockLevel.reserved)).one())


def kinds(order_id: int) -> list[str]:
    return [event.kind for event in queries.get_whole(order_id).events]


def letters(number: str) -> list[str]:
    return [letter.template.rpartition("/")[2] for letter in mail.list_mails_about(number)]


def books_are_in_order() -> bool:
    return not [*ledgers.discrepancies(), *stock.discrepancies()]


def pay(order_id: int, minor: int = 2500) -> Order:
    order = queries.get_whole(order_id)
    amount = Money(minor, "USD")
    return services.record_payment(order=order, amount=amount, provider="sandbox", by="sandbox", at=now())


def cancel_by_the_clock() -> None:
    with time_machine.travel(now() + LATER):
        assert jobs.cancel_unpaid.call_local() == 1


def sell_the_rest(units: int) -> None:
    lamp = db.session.scalars(db.select(StockLevel.variant_id)).one()
    inventory.allocate(wanted=[Wanted(lamp, units, "Lamp")], reference="ELSE-WHERE", by="guest", at=now())


def test_an_order_holds_its_goods_while_it_waits_and_has_them_once_paid(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    with any_app.app_context():
        assert level() == (5, 0, 2)
        until = db.session.scalars(db.select(StockReservation.expires_at)).one()
        assert until == queries.get_whole(order_id).pay_before
        assert books_are_in_order()
        with transaction():
            pay(order_id, 1000)
        assert level() == (5, 0, 2), "a part of the money keeps them on hold"
        with transaction():
            pay(order_id, 1500)
        assert level() == (5, 2, 0)
        assert books_are_in_order()
        placed = queries.get_whole(order_id).events[0]
        assert (placed.facts["why"], placed.facts["warehouses"]) == ("holds_all", ["Main warehouse"])


@pytest.mark.parametrize("options", [{"pays_at_the_door": True}, {"off": 2000, "delivery": 0}])
def test_what_is_paid_at_the_door_or_costs_nothing_is_allocated_at_once(
    any_app: Flask, options: dict[str, object]
) -> None:
    place(any_app, **options)
    with any_app.app_context():
        assert level() == (5, 2, 0)
        assert books_are_in_order()


def test_choosing_another_way_to_pay_holds_the_goods_as_it_needs(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    later = now() + timedelta(hours=5)

    def choose(provider: str, **until: object) -> None:
        with transaction():
            order = queries.get_whole(order_id)
            pay_before = until.get("pay_before")
            services.choose_payment(order=order, provider=provider, pay_before=pay_before, by="guest", at=now())

    with any_app.app_context():
        choose("sandbox", pay_before=later)
        assert db.session.scalars(db.select(StockReservation.expires_at)).one() == later
        choose("cod", pay_before=None)
        assert level() == (5, 2, 0)
        choose("cod", pay_before=None)
        assert level() == (5, 2, 0)
        choose("sandbox", pay_before=later)
        assert level() == (5, 0, 2)
        with time_machine.travel(later - timedelta(hours=1)):
            assert stock_jobs.release_reservations.call_local() == 0, "more time to pay holds the goods longer"
        assert books_are_in_order()


def test_a_reservation_that_ended_is_no_discrepancy_and_payment_takes_the_goods_anew(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    with any_app.app_context():
        with time_machine.travel(now() + LATER):
            assert stock_jobs.release_reservations.call_local() == 1
            assert level() == (5, 0, 0)
            assert books_are_in_order()
        with transaction():
            pay(order_id)
        assert (level(), kinds(order_id)) == ((5, 2, 0), ["placed", "paid"])
        assert books_are_in_order()


@pytest.mark.parametrize("pays_at_the_door", [False, True])
def test_an_order_gets_what_it_holds_though_one_of_its_goods_has_left_the_catalogue(
    any_app: Flask, pays_at_the_door: bool
) -> None:
    with any_app.app_context():
        with transaction():
            lamp = factories.variant_of(factories.make_product("Lamp", price=1000, stock=5)).id
            gone = factories.variant_of(factories.make_product("Desk", price=1000, stock=5)).id
            draft = draft_of({lamp: 1, gone: 1}, pays_at_the_door=pays_at_the_door)
            order_id = services.place_order(draft=draft, at=now()).id
        with transaction():
            db.session.execute(db.delete(Variant).where(Variant.id == gone))
        if not pays_at_the_door:
            with transaction():
                order = queries.get_whole(order_id)
                until = now() + 2 * LATER
                services.choose_payment(order=order, provider="sandbox", pay_before=until, by="guest", at=now())
            with transaction():
                pay(order_id)
        assert queries.get_whole(order_id).status == "open"
        assert level() == (5, 1, 0)
        with transaction():
            fulfilment.deliver_order(order=queries.get_whole(order_id), by="staff:1", at=now())
        assert level() == (4, 0, 0)


def test_goods_that_went_while_nobody_paid_are_said_to_be_gone(any_app: Flask) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        with time_machine.travel(now() + LATER):
            stock_jobs.release_reservations.call_local()
        with transaction():
            sell_the_rest(4)
        with pytest.raises(OutOfStock), transaction():
            order = queries.get_whole(order_id)
            services.choose_payment(order=order, provider="cod", pay_before=None, by="guest", at=now())
        with transaction():
            pay(order_id)
        order = queries.get_whole(order_id)
        assert (order.status, order.paid_minor, order.paid_at) == ("cancelled", 2500, None)
        assert kinds(order_id) == ["placed", "cancelled", "paid_late"]
        assert order.events[1].facts == {"reason": "sold_out"}
        letter = mail.list_mails_about(number)[-1]
        assert "sold to somebody else since" in letter.text
        assert "We will send the money back" in letter.text
        assert "Nothing was charged" not in letter.text


def test_late_money_opens_an_order_again_where_its_goods_are_still_there(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        customer_id = factories.make_customer().id
    order_id, number, _ = place(any_app, customer_id=customer_id)
    with any_app.app_context():
        cancel_by_the_clock()
        assert level() == (5, 0, 0)
        with transaction():
            pay(order_id)
        order = queries.get_whole(order_id)
        assert (order.status, order.payment_status, order.cancelled_at) == ("open", "paid", None)
        assert (order.total_minor, order.paid_at is not None) == (2500, True)
        assert kinds(order_id) == ["placed", "cancelled", "reopened", "paid"]
        assert order.events[2].facts == {"why": "holds_all", "warehouses": ["Main warehouse"]}
        assert letters(number) == ["placed", "cancelled", "reopened"]
        assert db.session.scalars(db.select(Customer.order_count)).one() == 1
        assert level() == (5, 2, 0)
        with transaction():
            pay(order_id)
        assert kinds(order_id)[3:] == ["paid"], "money that comes twice opens nothing twice"
        assert queries.get_whole(order_id).payment_status == "overpaid"
        assert level() == (5, 2, 0)
        with transaction():
            fulfilment.deliver_order(order=queries.get_whole(order_id), by="staff:1", at=now())
        assert level() == (3, 0, 0)
        assert books_are_in_order()


def test_late_money_for_goods_that_are_gone_goes_back(any_app: Flask) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        cancel_by_the_clock()
        with transaction():
            sell_the_rest(4)
        with transaction():
            pay(order_id)
        order = queries.get_whole(order_id)
        assert (order.status, order.payment_status, order.paid_at) == ("cancelled", "paid", None)
        assert kinds(order_id) == ["placed", "cancelled", "paid_late"]
        assert letters(number) == ["placed", "cancelled", "paid_late"]
        assert "sold to somebody else since" in mail.list_mails_about(number)[-1].text
        with transaction():
            inventory.release(reference="ELSE-WHERE", by="guest", at=now())
            pay(order_id)
        assert queries.get_whole(order_id).status == "cancelled", "its refund was promised with the first money"


@pytest.mark.parametrize("reason", [CancelReason.CHANGED_MIND, CancelReason.BY_SHOP])
def test_what_a_person_has_cancelled_stays_cancelled(any_app: Flask, reason: CancelReason) -> None:
    order_id, number, _ = place(any_app)
    with any_app.app_context():
        with transaction():
            services.cancel_order(order=queries.get_whole(order_id), by="guest", at=now(), reason=reason)
        with transaction():
            pay(order_id)
        assert kinds(order_id) == ["placed", "cancelled", "paid_late"]
        assert "back on the shelf" in mail.list_mails_about(number)[-1].text
        assert level() == (5, 0, 0)
        assert books_are_in_order()


def test_too_little_late_money_opens_nothing(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    with any_app.app_context():
        cancel_by_the_clock()
        with transaction():
            pay(order_id, 2499)
        assert kinds(order_id) == ["placed", "cancelled", "paid_late"]


def test_only_a_cancelled_order_can_be_opened_again() -> None:
    assert TRANSITIONS.next(OrderStatus.CANCELLED, OrderAction.REOPEN) is OrderStatus.OPEN
    for status in (OrderStatus.OPEN, OrderStatus.CLOSED):
        with pytest.raises(NotAllowed):
            TRANSITIONS.next(status, OrderAction.REOPEN)


def test_cancelling_and_paying_at_once_leave_the_goods_on_the_shelf(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)

    def cancel() -> None:
        with any_app.app_context(), transaction():
            order = queries.get_whole(order_id)
            services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)

    def pay_now() -> None:
        with any_app.app_context(), transaction():
            pay(order_id)

    assert race([cancel, pay_now]) == ["done"] * 2
    with any_app.app_context():
        assert kinds(order_id) in (["placed", "cancelled", "paid_late"], ["placed", "paid", "cancelled"])
        assert level() == (5, 0, 0)
        assert books_are_in_order()


def test_the_sweep_and_the_money_at_once_sell_nothing_twice(any_app: Flask) -> None:
    order_id, _, _ = place(any_app)
    number = place_number(any_app, order_id)

    def sweep() -> None:
        with any_app.app_context(), transaction():
            inventory.release_expired(reference=number, by="system", at=now() + LATER)

    def pay_now() -> None:
        with any_app.app_context(), transaction():
            pay(order_id)

    assert race([sweep, pay_now, sweep]) == ["done"] * 3
    with any_app.app_context():
        assert (kinds(order_id), level()) == (["placed", "paid"], (5, 2, 0))
        assert books_are_in_order()


def place_number(app: Flask, order_id: int) -> str:
    with app.app_context():
        return queries.get_whole(order_id).number


def test_twelve_shoppers_order_the_last_lamp_and_one_has_it(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        lamp = factories.variant_of(factories.make_product("Lamp", stock=1)).id

    def order(number: int) -> None:
        with any_app.app_context(), transaction():
            services.place_order(draft=draft_of({lamp: 1}, email=f"ada{number}@example.com"), at=now())

    outcomes = race([lambda n=number: order(n) for number in range(12)])  # type: ignore[misc]
    assert sorted(outcomes) == ["OutOfStock"] * 11 + ["done"]
    with any_app.app_context():
        assert level() == (1, 0, 1)
        assert books_are_in_order()


def test_an_address_that_no_warehouse_sends_to_is_refused(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            lamp = factories.variant_of(factories.make_product("Lamp", stock=5)).id
            db.session.execute(db.update(Warehouse).values(zones=["US-CA", "CN"]))
        with pytest.raises(CannotSend, match="cannot be sent to NY, United States"), transaction():
            services.place_order(draft=draft_of({lamp: 1}, named="Lamp"), at=now())
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
        assert level() == (5, 0, 0)
