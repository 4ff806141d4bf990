"""A request's life: asked, decided, received, paid back; and what is refused on the way."""

from __future__ import annotations

from flask import Flask

from storefront.returns import queries
from storefront.returns.states import ReturnState
from tests.storefront.returns.goods import buy, give_back, line_of, order_of, refunded, wrongs


def test_goods_come_back_and_money_goes_back(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 3)}, off=500)
        lamp = order_of(number).lines[0].id
        first = give_back(number, {lamp: 1})
        assert (first.number, first.goods_minor, refunded(number)) == (f"{number}-R1", 833, 833)
        second = give_back(number, {lamp: 2})
        assert (second.number, refunded(number)) == (f"{number}-R2", 2500)
        assert order_of(number).payment_status == "partially_refunded"
        assert [event.state for event in queries.list_events(second.id)] == [
            *(ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.RECEIVED),
            *(ReturnState.REFUNDING, ReturnState.REFUNDED),
        ]
        assert wrongs() == []
