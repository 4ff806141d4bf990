"""Parcels: packed, sent, arrived; and an order that stands where its parcels say."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import queries, services
from storefront.fulfilment.errors import BadTrackingNumber, EmptyParcel, MoreThanLeft, NothingToPack, PackedAlready
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Box, Label
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now
from storefront.kernel.states import NotAllowed
from storefront.orders import services as orders
from storefront.orders.errors import CalledOff, CannotSend, Unpaid
from storefront.orders.states import CancelReason
from tests.storefront.fulfilment.parcels import (
    STAFF,
    arrived_of,
    books_are_in_order,
    buy,
    kinds_of,
    lines_of,
    main_id,
    order_of,
    pack_all,
    send,
    states_of,
    status_of,
)
from tests.storefront.inventory.shelves import race


def arrive(parcel: Parcel) -> None:
    with transaction():
        services.arrive(parcel=parcel, by=STAFF, at=now())


def on_hand() -> int:
    return int(db.session.scalar(db.select(db.func.sum(StockLevel.on_hand))) or 0)


def test_an_order_is_packed_sent_and_delivered(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = pack_all(number)
        assert (parcel.number, status_of(number), on_hand()) == (f"{number}-1", "unfulfilled", 10)
        with transaction():
            services.ship(parcel=parcel, label=Label("", " sf 1234 5678 "), by=STAFF, at=now())
        assert (parcel.tracking_number, status_of(number), on_hand()) == ("SF12345678", "fulfilled", 7)
        assert arrived_of(number) == {}
        arrive(parcel)
        order = order_of(number)
        assert (order.fulfillment_status, order.delivered_at is not None) == ("delivered", True)
        assert arrived_of(number) == {order.lines[0].id: 3}
        assert kinds_of(number) == ["placed", "packed", "sent", "delivered"]
        assert order.events[2].facts == {"parcel": f"{number}-1", "tracking": "SF12345678"}
        assert books_are_in_order()


def test_each_warehouse_sends_its_own_parcel(any_app: Flask) -> None:
    number = buy(any_app, units=5, here=3, elsewhere=4)
    with any_app.app_context():
        north = db.session.scalars(db.select(Warehouse.id).where(Warehouse.code == "NORTH")).one()
        left = queries.left_of(order_of(number).id, number)
        assert sorted(left.held.values()) == [2, 3]
        first = send(number)
        assert (status_of(number), books_are_in_order()) == ("partial", True)
        with pytest.raises(NothingToPack):
            pack_all(number)
        second = pack_all(number, north)
        with transaction():
            services.ship(parcel=second, label=Label(), by=STAFF, at=now())
        assert (status_of(number), first.warehouse_id, second.warehouse_id) == ("fulfilled", main_id(), north)
        arrive(second)
        assert (status_of(number), kinds_of(number)[-1]) == ("fulfilled", "arrived")
        arrive(first)
        assert (status_of(number), kinds_of(number)[-1]) == ("delivered", "delivered")
        assert books_are_in_order()


def test_an_order_can_be_split_into_parcels(any_app: Flask) -> None:
    number = buy(any_app, cups=2)
    with any_app.app_context():
        lamp, cup = lines_of(number)
        with transaction():
            parcel = services.pack(order=order_of(number), box=Box(main_id(), {lamp: 1, cup: 2}), by=STAFF, at=now())
            services.ship(parcel=parcel, label=Label(), by=STAFF, at=now())
        assert (status_of(number), books_are_in_order()) == ("partial", True)
        arrive(parcel)
        assert (status_of(number), arrived_of(number)) == ("partial", {lamp: 1, cup: 2})
        for units, refusal in (({lamp: 3}, MoreThanLeft), ({cup: 1}, MoreThanLeft), ({lamp: 0}, EmptyParcel)):
            with pytest.raises(refusal), transaction():
                services.pack(order=order_of(number), box=Box(main_id(), units), by=STAFF, at=now())
        assert queries.left_of(order_of(number).id, number).units == 2
        assert send(number).number == f"{number}-2"
        assert books_are_in_order()


def test_what_lies_packed_cannot_be_packed_again_until_it_is_unpacked(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = pack_all(number)
        with pytest.raises(PackedAlready, match=f"{number}-1"):
            pack_all(number)
        with transaction():
            services.unpack(parcel=parcel, by=STAFF, at=now())
        assert (states_of(number), kinds_of(number)[-1]) == ([], "unpacked")
        assert pack_all(number).number == f"{number}-2"
        assert books_are_in_order()


def test_nothing_leaves_that_is_unpaid_called_off_or_gone(any_app: Flask) -> None:
    number = buy(any_app, paid=False)
    with any_app.app_context():
        with pytest.raises(Unpaid):
            pack_all(number)
        with transaction():
            orders.cancel_order(order=order_of(number), by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        with pytest.raises(CalledOff):
            pack_all(number)
    number = buy(any_app)
    with any_app.app_context():
        send(number)
        with pytest.raises(CannotSend):
            pack_all(number)


def test_cancelling_takes_a_packed_parcel_apart(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = pack_all(number)
        with transaction():
            orders.cancel_order(order=order_of(number), by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        assert states_of(number) == []
        with pytest.raises(NotAllowed), transaction():
            services.ship(parcel=parcel, label=Label(), by=STAFF, at=now())
        assert books_are_in_order()


@pytest.mark.parametrize("typed", ["A B", "X" * 500, "<script>", "--------", "12345\u4e2d\u6587"])
def test_a_tracking_number_must_be_one(app: Flask, typed: str) -> None:
    number = buy(app)
    with app.app_context():
        parcel = pack_all(number)
        with pytest.raises(BadTrackingNumber), transaction():
            services.ship(parcel=parcel, label=Label("", typed), by=STAFF, at=now())
        assert states_of(number) == ["packed"]


def test_two_people_who_pack_the_same_order_make_one_parcel(any_app: Flask) -> None:
    number = buy(any_app)

    def work() -> None:
        with any_app.app_context():
            parcel = pack_all(number)
            with transaction():
                services.ship(parcel=parcel, label=Label(), by=STAFF, at=now())

    outcomes = race([work] * 4)
    assert sorted(set(outcomes) - {"done"}) in (["PackedAlready"], ["CannotSend"], ["CannotSend", "PackedAlready"])
    assert outcomes.count("done") == 1
    with any_app.app_context():
        assert (states_of(number), on_hand()) == (["shipped"], 7)
        assert books_are_in_order()


def test_two_people_who_send_the_same_parcel_send_it_once(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel_id = pack_all(number).id

    def work() -> None:
        with any_app.app_context(), transaction():
            services.ship(parcel=queries.get_parcel(parcel_id), label=Label(), by=STAFF, at=now())

    outcomes = race([work] * 4)
    assert (outcomes.count("done"), outcomes.count("NotAllowed")) == (1, 3)
    with any_app.app_context():
        assert (on_hand(), books_are_in_order()) == (7, True)
