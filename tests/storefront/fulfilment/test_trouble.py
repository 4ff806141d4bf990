"""Parcels that are lost, come back, are sent again, and those that nobody speaks of."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import jobs, ledgers, queries, services
from storefront.fulfilment.errors import NotStocked
from storefront.fulfilment.models import Parcel, ParcelLine
from storefront.fulfilment.rules import Box, Label
from storefront.inventory.models import StockLevel, StockMovement
from storefront.inventory.states import MovementKind
from storefront.kernel.clock import now
from storefront.kernel.states import NotAllowed
from storefront.orders.errors import CannotSend
from tests import factories
from tests.admin.orders_made import make_order
from tests.storefront.fulfilment.parcels import (
    STAFF,
    arrived_of,
    books_are_in_order,
    buy,
    kinds_of,
    order_of,
    pack_all,
    send,
    states_of,
    status_of,
)


def on_hand() -> tuple[int, int]:
    return tuple(db.session.execute(db.select(StockLevel.on_hand, StockLevel.allocated)).one())


def test_a_lost_parcel_is_sent_again_with_other_goods(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = send(number)
        with transaction():
            services.lose(parcel=parcel, by=STAFF, at=now())
        assert (status_of(number), on_hand(), books_are_in_order()) == ("fulfilled", (7, 0), True)
        with transaction():
            services.send_again(parcel=parcel, by=STAFF, at=now())
        assert (status_of(number), on_hand(), books_are_in_order()) == ("unfulfilled", (7, 3), True)
        with pytest.raises(NotAllowed), transaction():
            services.send_again(parcel=parcel, by=STAFF, at=now())
        second = send(number)
        with transaction():
            services.arrive(parcel=second, by=STAFF, at=now())
        assert (status_of(number), states_of(number)) == ("delivered", ["lost", "delivered"])
        assert kinds_of(number)[-5:] == ["lost", "sent_again", "packed", "sent", "delivered"]
        assert queries.progress_of(order_of(number).id).delivered == 3
        assert books_are_in_order()


def test_an_order_with_a_parcel_astray_is_not_handed_over(any_app: Flask) -> None:
    number = buy(any_app, elsewhere=2, units=12)
    with any_app.app_context():
        parcel = send(number)
        with transaction():
            services.lose(parcel=parcel, by=STAFF, at=now())
        with pytest.raises(CannotSend), transaction():
            services.deliver_order(order=order_of(number), by=STAFF, at=now())
        assert (status_of(number), states_of(number), books_are_in_order()) == ("partial", ["lost"], True)
        with transaction():
            services.come_back(parcel=parcel, restock=True, by=STAFF, at=now())
        with transaction():
            services.send_again(parcel=parcel, by=STAFF, at=now())
        with transaction():
            services.deliver_order(order=order_of(number), by=STAFF, at=now())
        assert status_of(number) == "delivered"
        assert states_of(number) == ["returned", "delivered", "delivered"]
        assert books_are_in_order()


def test_a_lost_parcel_that_turns_up_has_arrived(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = send(number)
        with transaction():
            services.lose(parcel=parcel, by=STAFF, at=now())
        with transaction():
            services.arrive(parcel=parcel, by=STAFF, at=now())
        assert (status_of(number), books_are_in_order()) == ("delivered", True)


@pytest.mark.parametrize(("restock", "left"), [(True, 10), (False, 7)])
def test_what_came_back_stands_on_the_shelf_again_if_it_can_be_sold(any_app: Flask, restock: bool, left: int) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = send(number)
        with transaction():
            services.come_back(parcel=parcel, restock=restock, by=STAFF, at=now())
        assert (states_of(number), on_hand(), books_are_in_order()) == (["returned"], (left, 0), True)


def test_nothing_is_sent_again_that_is_not_there(any_app: Flask) -> None:
    number = buy(any_app, here=3)
    with any_app.app_context():
        parcel = send(number)
        with transaction():
            services.lose(parcel=parcel, by=STAFF, at=now())
        with pytest.raises(NotStocked), transaction():
            services.send_again(parcel=parcel, by=STAFF, at=now())
        assert (status_of(number), books_are_in_order()) == ("fulfilled", True)


def test_one_of_two_parcels_is_sent_again_while_the_other_arrives(any_app: Flask) -> None:
    number = buy(any_app, cups=2)
    with any_app.app_context():
        lamp, cup = (line.id for line in order_of(number).lines)
        made = []
        for units in ({lamp: 3}, {cup: 2}):
            with transaction():
                box = Box(factories.main_warehouse().id, units)
                parcel = services.pack(order=order_of(number), box=box, by=STAFF, at=now())
                made.append(services.ship(parcel=parcel, label=Label(), by=STAFF, at=now()))
        with transaction():
            services.arrive(parcel=made[0], by=STAFF, at=now())
            services.lose(parcel=made[1], by=STAFF, at=now())
        with transaction():
            services.send_again(parcel=made[1], by=STAFF, at=now())
        assert (status_of(number), books_are_in_order()) == ("partial", True)
        send(number)
        assert (status_of(number), books_are_in_order()) == ("fulfilled", True)


def test_after_some_days_of_silence_a_parcel_has_arrived(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        send(number)
        with time_machine.travel(now() + timedelta(days=9)):
            assert jobs.confirm_receipts.call_local() == 0
        with time_machine.travel(now() + timedelta(days=11)):
            assert jobs.confirm_receipts.call_local() == 1
            assert jobs.confirm_receipts.call_local() == 0
        assert (status_of(number), order_of(number).events[-1].actor) == ("delivered", "system")


def wrong(app: Flask) -> list[str]:
    with app.app_context():
        return [f"{each.key}: {each.expected} / {each.actual}" for each in ledgers.discrepancies()]


def test_books_of_parcels_that_disagree_are_found(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel_id = send(number).id
    assert wrong(any_app) == []
    with any_app.app_context(), transaction():
        db.session.execute(db.update(ParcelLine).values(quantity=4))
    sku = wrong(any_app)[0].split()[1]
    assert wrong(any_app) == [
        f"{number} {sku} in parcels: at most 3 / 4",
        f"{number} status: 4 sent, 0 delivered of 3 / fulfilled",
        f"{number} {sku} shipped: 4 / 3",
    ] or wrong(any_app)[0].endswith("at most 3 / 4")
    with any_app.app_context(), transaction():
        db.session.execute(db.update(ParcelLine).values(quantity=3))
        db.session.execute(db.update(Parcel).where(Parcel.id == parcel_id).values(state="packed"))
    assert wrong(any_app) == [f"{number} status: unfulfilled / fulfilled", f"{number} {sku} shipped: 0 / 3"]
    with any_app.app_context(), transaction():
        db.session.execute(db.delete(Parcel))
    assert wrong(any_app) == [f"{number} status: unfulfilled / fulfilled", f"{number} {sku} shipped: 0 / 3"]


def test_what_a_partly_sent_order_holds_is_proven(any_app: Flask) -> None:
    number = buy(any_app, units=5, here=3, elsewhere=4)
    with any_app.app_context():
        send(number)
    assert wrong(any_app) == []
    with any_app.app_context(), transaction():
        held = db.session.scalars(
            db.select(StockMovement).where(StockMovement.kind == MovementKind.ALLOCATED).order_by(StockMovement.id)
        ).all()
        held[-1].allocated_delta += 1
    assert len(wrong(any_app)) == 1
    assert wrong(any_app)[0].endswith("held: 2 / 3")


def test_an_order_from_before_parcels_has_one_that_holds_everything(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        order = make_order(1000, fulfillment_status="delivered", delivered_at=now())
        moments = dict.fromkeys(("packed_at", "shipped_at", "delivered_at"), now())
        db.session.add(
            Parcel(order_id=order.id, number=f"{order.number}-1", state="delivered", holds_all=True, **moments)
        )
        number, line_id = order.number, order.lines[0].id
    assert wrong(any_app) == []
    with any_app.app_context():
        order_id = order_of(number).id
        assert arrived_of(number) == {line_id: 1}
        assert queries.left_of(order_id, number).units == 0
        assert queries.list_lines(queries.list_parcels(order_id))


def test_a_packed_parcel_cannot_arrive(app: Flask) -> None:
    number = buy(app)
    with app.app_context():
        parcel = pack_all(number)
        for verb in (services.arrive, services.lose, services.send_again):
            with pytest.raises(NotAllowed), transaction():
                verb(parcel=parcel, by=STAFF, at=now())
