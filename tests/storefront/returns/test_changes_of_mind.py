"""What was decided and did not come about, or meets another decision: nothing is paid, sent or counted twice."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label
from storefront.kernel.clock import now
from storefront.kernel.states import NotAllowed
from storefront.loyalty import queries as loyalty
from storefront.orders import services as order_services
from storefront.orders.states import CancelReason
from storefront.payments.models import Refund
from storefront.payments.services import refunds
from storefront.returns import queries, services
from storefront.returns.errors import ClaimedAlready, MoreThanCanComeBack, TooMuchBack
from storefront.returns.states import ReturnAction, ReturnKind, ReturnReason, ReturnState
from tests import factories
from tests.storefront.returns.goods import (
    STAFF,
    approve,
    ask,
    buy,
    delivered,
    give_back,
    lines_at,
    order_of,
    pay,
    pay_back,
    receive,
    refund,
    refunded,
    wrongs,
)
from tests.storefront.returns.test_life import again, exchange, sizes

MISSING = {"kind": ReturnKind.CLAIM, "reason": ReturnReason.MISSING}


def sent(number: str) -> Parcel:
    """Let all of an order leave in one parcel."""
    with transaction():
        warehouse = factories.main_warehouse().id
        parcel = fulfilment.pack_rest(order=order_of(number), warehouse_id=warehouse, by=STAFF, at=now())
        return fulfilment.ship(parcel=parcel, label=Label(), by=STAFF, at=now())


def lose(parcel: Parcel) -> None:
    with transaction():
        fulfilment.lose(parcel=parcel, by=STAFF, at=now())


def send_again(parcel: Parcel) -> None:
    with transaction():
        fulfilment.send_again(parcel=parcel, by=STAFF, at=now())


def cancel(number: str) -> None:
    with transaction():
        order_services.cancel_order(order=order_of(number), by=STAFF, at=now(), reason=CancelReason.BY_SHOP)


def test_what_was_claimed_is_not_sent_again(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)}, deliver=False)
        (lamp,) = lines_at(number, 1000)
        parcel = sent(number)
        lose(parcel)
        found = refund(approve(ask(number, {lamp: 1}, **MISSING)))
        pay_back()
        assert refunded(number) == 1000
        with pytest.raises(ClaimedAlready, match=found.number):
            send_again(parcel)
        db.session.rollback()
        assert parcel.resent_at is None
        assert wrongs() == []


def test_a_claim_that_was_withdrawn_leaves_the_parcel_to_be_sent_again(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)}, deliver=False)
        (lamp,) = lines_at(number, 1000)
        parcel = sent(number)
        lose(parcel)
        found = ask(number, {lamp: 2}, **MISSING)
        with pytest.raises(ClaimedAlready):
            send_again(parcel)
        with transaction():
            services.withdraw(found=again(found), by="guest", at=now())
        send_again(parcel)
        with pytest.raises(MoreThanCanComeBack):
            ask(number, {lamp: 1}, **MISSING)
        assert wrongs() == []


@pytest.mark.parametrize("is_claimed_first", [True, False])
def test_what_came_back_undelivered_can_be_claimed(any_app: Flask, is_claimed_first: bool) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)}, deliver=False)
        (lamp,) = lines_at(number, 1000)
        parcel = sent(number)
        lose(parcel)
        if is_claimed_first:
            ask(number, {lamp: 2}, **MISSING)
        with transaction():
            fulfilment.come_back(parcel=parcel, restock=True, by=STAFF, at=now())
        found = queries.find_open(order_of(number).id) if is_claimed_first else ask(number, {lamp: 2}, **MISSING)
        assert found is not None
        found = refund(approve(found))
        pay_back()
        assert refunded(number) == order_of(number).paid_minor
        assert again(found).state == ReturnState.REFUNDED
        assert wrongs() == []


def test_what_was_promised_is_not_rejected_any_more(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 1)}, pays_at_the_door=True)
        found = refund(receive(approve(ask(number, {lines_at(number, 1000)[0]: 1}))))
        pay_back(succeeded=False)
        found = again(found)
        assert found.state == ReturnState.RECEIVED
        assert services.actions_of(found) == {ReturnAction.REFUND}
        with pytest.raises(NotAllowed), transaction():
            services.reject(found=found, answer="No.", by=STAFF, at=now())
        refund(again(found))
        pay_back()
        assert (again(found).state, refunded(number), wrongs()) == (ReturnState.REFUNDED, 1000, [])


def test_pieces_that_came_back_later_keep_what_they_were_counted_for(any_app: Flask) -> None:
    """The first request counts anew when goods that were to go out do not; by then another has been paid."""
    with any_app.app_context():
        number, (small, large) = sizes(1000, 1000, units=3, off=100)
        line = order_of(number).lines[0].id
        first = exchange(number, large)
        second = give_back(number, {line: 1})
        cancel(again(first).follow_up_number)
        refund(again(first))
        pay_back()
        third = give_back(number, {line: 1})
        assert [again(each).goods_minor for each in (first, second, third)] == [966, 967, 967]
        assert refunded(number) == 2900
        assert small != large
        assert wrongs() == []


def test_a_difference_that_is_on_its_way_counts_as_paid(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, small) = sizes(1200, 1000, pays_at_the_door=True)
        found = exchange(number, small)
        (under_way,) = db.session.scalars(db.select(Refund.id)).all()
        cancel(again(found).follow_up_number)
        found = again(found)
        assert (found.state, found.refunded_minor, services.refundable(found).minor) == ("received", 0, 1700)
        with pytest.raises(TooMuchBack):
            refund(found, 100, "less than is on its way")
        refund(again(found))
        sums = [each.amount_minor for each in db.session.scalars(db.select(Refund).order_by(Refund.id))]
        assert sums == [200, 1000]
        settle(under_way)
        assert again(found).state == ReturnState.REFUNDING
        pay_back()
        found = again(found)
        assert (found.state, found.actual_minor, found.refunded_minor) == (ReturnState.REFUNDED, 1200, 1200)
        assert wrongs() == []


def settle(refund_id: int) -> None:
    with transaction():
        refunds.settle_by_hand(refund_id=refund_id, succeeded=True, by=STAFF, at=now())


def test_what_the_difference_to_a_dearer_size_earned_goes_with_it(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            customer_id = factories.make_customer().id
        number, (_, large) = sizes(1000, 1700, customer_id=customer_id)
        assert loyalty.points_of_order(number).earned == 10
        follow_up = again(exchange(number, large)).follow_up_number
        with transaction():
            pay(order_of(follow_up))
        assert loyalty.points_of_order(follow_up).earned == 7
        give_back(delivered(follow_up), {order_of(follow_up).lines[0].id: 1})
        for each in (number, follow_up):
            did = loyalty.points_of_order(each)
            assert did.earned == did.reversed
        assert (refunded(number), refunded(follow_up)) == (1000, 700)
        assert wrongs() == []
