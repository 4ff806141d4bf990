"""Holding stock for who has not paid yet: it is reserved, confirmed, extended, or given back by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import jobs, queries, services
from storefront.inventory.errors import OutOfStock
from storefront.inventory.models import StockMovement
from storefront.inventory.rules import Reason
from storefront.kernel.clock import now
from tests.storefront.inventory.shelves import (
    HOUR,
    books_are_in_order,
    lamps,
    level,
    race,
    reservations,
    reserve,
    stock_one,
)


def confirm(variant_id: int, units: int = 1, reference: str = "R-1") -> object:
    return services.confirm(wanted=lambda: lamps(variant_id, units), reference=reference, by="sandbox", at=now())


def hold(variant_id: int, units: int = 1, reference: str = "R-1") -> object:
    return services.hold(
        wanted=lambda: lamps(variant_id, units),
        reference=reference,
        expires_at=now() + 3 * HOUR,
        by="guest",
        at=now(),
    )


def test_what_is_reserved_is_not_for_sale_and_paying_makes_it_sold(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            choice = reserve(lamp, 2)
        assert (choice.reason, choice.warehouses) == (Reason.HOLDS_ALL, ("Main warehouse",))
        assert queries.available([lamp]) == {lamp: 3}
        assert (level(lamp), reservations()) == ((5, 0, 2), 1)
        for _ in range(2):
            with transaction():
                assert confirm(lamp, 2) is None, "told twice, it is sold once"
            assert (level(lamp), reservations()) == ((5, 2, 0), 0)
        moved = db.session.execute(
            db.select(StockMovement.kind, StockMovement.reserved_delta, StockMovement.allocated_delta)
            .where(StockMovement.reference == "R-1")
            .order_by(StockMovement.id)
        ).all()
        assert [tuple(row) for row in moved] == [("reserved", 2, 0), ("allocated", -2, 2)]
        assert books_are_in_order()


def test_giving_back_gives_back_what_is_reserved_and_what_is_sold_once(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            reserve(lamp, 2)
            services.allocate(wanted=lamps(lamp, 1), reference="R-1", by="guest", at=now())
            reserve(lamp, 1, "R-2")
        for expected in (3, 0):
            with transaction():
                given = services.release(reference="R-1", by="guest", at=now())
            assert sum(pick.quantity for pick in given) == expected
        assert level(lamp) == (5, 0, 1)
        assert books_are_in_order()


def test_a_reservation_that_nobody_pays_ends_by_the_clock(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            reserve(lamp, 2)
        assert jobs.release_reservations.call_local() == 0
        with time_machine.travel(now() + timedelta(hours=2)):
            assert jobs.release_reservations.call_local() == 1
            assert jobs.release_reservations.call_local() == 0
        assert (level(lamp), reservations()) == ((5, 0, 0), 0)
        assert books_are_in_order()


def test_more_time_to_pay_is_more_time_on_the_shelf(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            reserve(lamp, 2)
            assert hold(lamp, 2) is None
        with time_machine.travel(now() + timedelta(hours=2)):
            assert jobs.release_reservations.call_local() == 0
        assert (level(lamp), reservations()) == ((5, 0, 2), 1)


def test_what_was_sold_can_be_held_only_for_a_while_again(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            services.allocate(wanted=lamps(lamp, 2), reference="R-1", by="guest", at=now())
        with transaction():
            assert hold(lamp, 2) is None
        assert (level(lamp), reservations()) == ((5, 0, 2), 1)
        assert books_are_in_order()


def test_what_has_expired_is_taken_anew_or_refused(any_app: Flask) -> None:
    lamp = stock_one(any_app, 2)
    with any_app.app_context():
        with transaction():
            reserve(lamp, 2)
        with transaction():
            services.release_expired(reference="R-1", by="system", at=now() + 2 * HOUR)
        with transaction():
            assert getattr(hold(lamp, 2), "reason", None) is Reason.HOLDS_ALL
            services.release(reference="R-1", by="system", at=now())
        with transaction():
            assert getattr(confirm(lamp, 2), "warehouses", None) == ("Main warehouse",)
            services.release(reference="R-1", by="system", at=now())
            reserve(lamp, 1, "R-2")
        for late in (confirm, hold):
            with pytest.raises(OutOfStock), transaction():
                late(lamp, 2)
        assert (level(lamp), reservations()) == ((2, 0, 1), 1)
        assert books_are_in_order()


def test_too_much_is_refused_and_nothing_is_reserved(any_app: Flask) -> None:
    lamp, desk = stock_one(any_app, 2), stock_one(any_app, 1)
    with any_app.app_context():
        with pytest.raises(OutOfStock) as refused, transaction():
            services.reserve(
                wanted=[*lamps(lamp, 2), *lamps(desk, 2)], reference="R-1", expires_at=now(), by="guest", at=now()
            )
        assert [(short.variant_id, short.available) for short in refused.value.shortages] == [(desk, 1)]
        assert (level(lamp), level(desk), reservations()) == ((2, 0, 0), (1, 0, 0), 0)


@pytest.mark.parametrize("units", [1, 5])
def test_twelve_buyers_reserve_no_more_than_there_is(any_app: Flask, units: int) -> None:
    lamp = stock_one(any_app, units)

    def buy(number: int) -> None:
        with any_app.app_context(), transaction():
            reserve(lamp, 1, f"R-{number}")

    outcomes = race([lambda number=number: buy(number) for number in range(12)])  # type: ignore[misc]
    assert sorted(outcomes) == ["OutOfStock"] * (12 - units) + ["done"] * units
    with any_app.app_context():
        assert (level(lamp), reservations()) == ((units, 0, units), units)
        assert books_are_in_order()


def test_paying_and_the_clock_at_once_never_give_back_what_was_sold(any_app: Flask) -> None:
    lamp = stock_one(any_app, 8)
    for turn in range(8):
        with any_app.app_context(), transaction():
            reserve(lamp, 1, f"R-{turn}")

    def pay(reference: str) -> None:
        with any_app.app_context(), transaction():
            confirm(lamp, 1, reference)

    def expire(reference: str) -> None:
        with any_app.app_context(), transaction():
            services.release_expired(reference=reference, by="system", at=now() + 2 * HOUR)

    works = [work for turn in range(8) for work in (lambda t=turn: pay(f"R-{t}"), lambda t=turn: expire(f"R-{t}"))]
    assert set(race(works)) == {"done"}
    with any_app.app_context():
        assert (level(lamp), reservations()) == ((8, 8, 0), 0), "each was paid: before the clock, or taken anew"
        assert books_are_in_order()


def test_two_sweeps_at_once_give_back_once(any_app: Flask) -> None:
    lamp = stock_one(any_app, 3)
    with any_app.app_context(), transaction():
        reserve(lamp, 3)

    def expire() -> None:
        with any_app.app_context(), transaction():
            services.release_expired(reference="R-1", by="system", at=now() + 2 * HOUR)

    assert race([expire] * 4) == ["done"] * 4
    with any_app.app_context():
        assert level(lamp) == (3, 0, 0)
        assert books_are_in_order()
