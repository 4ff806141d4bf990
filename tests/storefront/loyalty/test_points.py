"""The ledger of points on real databases: spent once, back after a cancellation, and every sum stays right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import jobs, ledgers, queries, services
from storefront.loyalty.errors import NotEnoughPoints, NothingToAdjust, ReasonMissing, TooFewToTake
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.loyalty.rules import Balance, Lot
from storefront.shop.models import Setting
from tests.factories import make_customer

START = now().replace(microsecond=0)


def a_customer(app: Flask, points: int = 0) -> int:
    with app.app_context(), transaction():
        customer = make_customer()
        if points:
            services.adjust(customer_id=customer.id, points=points, reason="welcome", by="staff:1", at=START)
        return customer.id


def redeem(customer: int, points: int, order: str) -> None:
    with transaction():
        services.redeem(customer_id=customer, points=points, order_number=order, at=START)


def earn(customer: int, points: int, order: str, *, days: int | None = 0) -> int:
    ready = None if days is None else START + timedelta(days=days)
    with transaction():
        return services.earn(customer_id=customer, order_number=order, points=points, available_at=ready, at=START)


def release(customer: int, order: str, *, days: int = 0) -> int:
    with transaction():
        return services.release(customer_id=customer, order_number=order, at=START + timedelta(days=days))


def give_back(order: str) -> tuple[int, int]:
    with transaction():
        return services.give_back(order_number=order, at=START)


def books_are_right() -> bool:
    return list(ledgers.discrepancies()) == []


def at_once(app: Flask, works: list[Callable[[], object]]) -> list[BaseException]:
    """Run every piece of work in a thread of its own, all let go at the same moment; return what went wrong."""
    gate, troubles = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                work()
            except Exception as trouble:
                troubles.append(trouble)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return troubles


def test_points_are_spent_all_or_not_at_all(any_app: Flask) -> None:
    customer = a_customer(any_app, 100)
    with any_app.app_context():
        with pytest.raises(NotEnoughPoints, match="You have 100 points to spend, so 101 cannot be used"):
            redeem(customer, 101, "A")
        redeem(customer, 60, "A")
        with pytest.raises(NotEnoughPoints):
            redeem(customer, 41, "B")
        assert queries.balance_of(customer) == Balance(available=40)
        assert queries.balance_of(None) == Balance()
        assert books_are_right()


def test_somebody_without_an_account_of_points_cannot_spend(any_app: Flask) -> None:
    customer = a_customer(any_app)
    with any_app.app_context(), pytest.raises(NotEnoughPoints, match="You have 0 points"):
        redeem(customer, 1, "A")


def test_points_wait_for_the_window_and_then_can_be_spent(any_app: Flask) -> None:
    customer = a_customer(any_app)
    with any_app.app_context():
        assert earn(customer, 70, "A", days=None) == 70
        assert earn(customer, 70, "A", days=None) == 0
        assert release(customer, "A", days=99) == 0
        with transaction():
            services.start_waiting(order_number="A", available_at=START + timedelta(days=30))
        assert [each.points for each in queries.list_waiting(customer)] == [70]
        assert release(customer, "A", days=29) == 0
        assert release(customer, "A", days=30) == 70
        assert release(customer, "A", days=31) == 0
        assert queries.balance_of(customer) == Balance(available=70)
        assert queries.lots_of(customer) == (Lot(70, START + timedelta(days=30 + 365)),)
        assert not queries.list_waiting(customer)
        assert books_are_right()


def test_a_cancelled_order_returns_what_it_used_and_loses_what_it_earned(any_app: Flask) -> None:
    customer = a_customer(any_app, 100)
    with any_app.app_context():
        redeem(customer, 80, "A")
        earn(customer, 30, "A")
        assert give_back("A") == (30, 80)
        assert give_back("A") == (0, 0)
        assert give_back("never placed") == (0, 0)
        assert queries.balance_of(customer) == Balance(available=100)
        assert books_are_right()


def test_earned_points_that_were_spent_are_owed_and_later_earnings_pay_them(any_app: Flask) -> None:
    customer = a_customer(any_app)
    with any_app.app_context():
        earn(customer, 100, "A")
        release(customer, "A")
        redeem(customer, 90, "B")
        give_back("A")
        assert queries.balance_of(customer) == Balance(owed=90)
        earn(customer, 60, "C")
        release(customer, "C")
        assert queries.balance_of(customer) == Balance(owed=30)
        give_back("B")
        assert queries.balance_of(customer) == Balance(available=60)
        assert sum(lot.points for lot in queries.lots_of(customer)) == 60
        assert books_are_right()


def test_an_order_that_lives_again_uses_its_points_again_and_is_refunded_exactly(any_app: Flask) -> None:
    customer = a_customer(any_app, 100)
    with any_app.app_context():
        redeem(customer, 80, "A")
        give_back("A")
        redeem(customer, 80, "A")
        for part, back in ((5, 40), (5, 0), (10, 40)):
            with transaction():
                refunded, of = Money(part, "USD"), Money(10, "USD")
                assert services.reverse_for_refund(order_number="A", refunded=refunded, of=of, at=START) == (0, back)
        assert queries.balance_of(customer) == Balance(available=100)
        assert sum(lot.points for lot in queries.lots_of(customer)) == 100
        assert books_are_right()


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_partial_refunds_add_up_to_the_whole(any_app: Flask, currency: str) -> None:
    customer = a_customer(any_app, 100)
    with any_app.app_context():
        redeem(customer, 55, "A")
        earn(customer, 101, "A")
        moved = []
        for so_far in (333, 333, 334, 700, 999, 1000):
            with transaction():
                refunded, of = Money(so_far, currency), Money(1000, currency)
                moved.append(services.reverse_for_refund(order_number="A", refunded=refunded, of=of, at=START))
        assert moved[1] == (0, 0)
        assert [sum(column) for column in zip(*moved, strict=True)] == [101, 55]
        assert queries.balance_of(customer) == Balance(available=100)
        assert books_are_right()


def test_points_expire_oldest_first_and_exactly(any_app: Flask) -> None:
    customer = a_customer(any_app)
    with any_app.app_context():
        for order, points, days in (("A", 100, 0), ("B", 50, 10)):
            earn(customer, points, order, days=days)
            release(customer, order, days=days)
        redeem(customer, 30, "C")
        with transaction():
            assert services.expire(customer_id=customer, at=START + timedelta(days=364)) == 0
        with transaction():
            assert services.expire(customer_id=customer, at=START + timedelta(days=365)) == 70
        with transaction():
            assert services.expire(customer_id=customer, at=START + timedelta(days=365)) == 0
        assert queries.balance_of(customer) == Balance(available=50)
        assert books_are_right()


def test_the_clock_releases_and_expires_for_everybody(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [a_customer(any_app) for _ in range(3)]
    with any_app.app_context():
        for number, customer in enumerate(customers):
            earn(customer, 10, f"O{number}", days=number)
        monkeypatch.setattr(jobs, "now", lambda: START + timedelta(days=1))
        assert jobs.release_points.call_local() == 2
        assert jobs.release_points.call_local() == 0
        monkeypatch.setattr(jobs, "now", lambda: START + timedelta(days=1 + 365))
        assert jobs.expire_points.call_local() == 2
        assert [queries.balance_of(customer) for customer in customers] == [
            Balance(),
            Balance(),
            Balance(pending=10),
        ]
        assert books_are_right()


def test_the_clock_asks_only_whose_points_may_have_expired(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps, spends, later = (a_customer(any_app) for _ in range(3))
    asked: list[int] = []
    expire = services.expire

    def note(*, customer_id: int, at: datetime) -> int:
        asked.append(customer_id)
        return expire(customer_id=customer_id, at=at)

    def run(days: int) -> tuple[int, list[int]]:
        asked.clear()
        monkeypatch.setattr(jobs, "now", lambda: START + timedelta(days=days))
        return jobs.expire_points.call_local(), list(asked)

    monkeypatch.setattr(services, "expire", note)
    with any_app.app_context():
        for customer, order, days in ((keeps, "A", 0), (keeps, "B", 20), (spends, "C", 0), (spends, "D", 20)):
            earn(customer, 100, order, days=days)
            release(customer, order, days=days)
        earn(later, 100, "E", days=30)
        release(later, "E", days=30)
        redeem(spends, 130, "X")
        assert run(364) == (0, [])
        assert run(365) == (1, [keeps, spends])
        assert run(365) == (0, [])
        with transaction():
            assert services.give_back(order_number="X", at=START + timedelta(days=366)) == (0, 130)
        assert run(384) == (0, [])
        assert run(385) == (2, [keeps, spends])
        assert run(386) == (0, [])
        assert run(396) == (2, [spends, later])
        assert [queries.balance_of(customer) for customer in (keeps, spends, later)] == [Balance()] * 3
        assert db.session.scalars(db.select(PointsAccount.next_expiry)).all() == [None] * 3
        assert books_are_right()


def test_staff_move_points_with_a_reason(any_app: Flask) -> None:
    customer = a_customer(any_app, 100)
    with any_app.app_context():
        for points, reason, refusal in (
            (5, "  ", ReasonMissing),
            (0, "why", NothingToAdjust),
            (-101, "w", TooFewToTake),
        ):
            with pytest.raises(refusal), transaction():
                services.adjust(customer_id=customer, points=points, reason=reason, by="staff:1", at=START)
        with transaction():
            after = services.adjust(customer_id=customer, points=-40, reason=" broken cup ", by="staff:1", at=START)
        assert after == Balance(available=60)
        newest = queries.page_of_history(customer).items[0]
        assert (newest.note, newest.actor, newest.delta.available) == ("broken cup", "staff:1", -40)


def test_the_check_of_the_ledger_names_who_does_not_add_up(app: Flask) -> None:
    customer = a_customer(app, 100)
    with app.app_context():
        with transaction():
            db.session.execute(db.update(PointsAccount).values(available=99))
        (found,) = ledgers.discrepancies()
        assert (found.ledger, found.expected, found.actual) == ("points", (100, 0, 0), (99, 0, 0))
        assert customer


def test_one_balance_spent_by_eight_orders_at_once(any_app: Flask) -> None:
    customer = a_customer(any_app, 100)
    troubles = at_once(any_app, [lambda n=n: redeem(customer, 30, f"O{n}") for n in range(8)])
    assert len(troubles) == 5
    assert all(isinstance(trouble, NotEnoughPoints) for trouble in troubles)
    with any_app.app_context():
        assert queries.balance_of(customer) == Balance(available=10)
        assert db.session.scalar(db.select(db.func.count()).where(PointsEntry.kind == "redeem")) == 3
        assert books_are_right()


def test_a_release_against_a_cancellation(any_app: Flask) -> None:
    customer = a_customer(any_app)
    with any_app.app_context():
        for number in range(4):
            earn(customer, 25, f"O{number}")
    works: list[Callable[[], object]] = []
    for number in range(4):
        works += [lambda n=number: release(customer, f"O{n}"), lambda n=number: give_back(f"O{n}")]
    assert at_once(any_app, works) == []
    with any_app.app_context():
        assert queries.balance_of(customer) == Balance()
        assert books_are_right()


def test_first_points_of_many_orders_at_once_open_one_account(any_app: Flask) -> None:
    customer = a_customer(any_app)
    assert at_once(any_app, [lambda n=n: earn(customer, 10, f"O{n}") for n in range(6)]) == []
    with any_app.app_context():
        assert queries.balance_of(customer) == Balance(pending=60)
        assert books_are_right()


def test_expiry_follows_the_merchants_setting(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(Setting(key="points_expire_days", value=10, updated_at=START))
    customer = a_customer(app, 5)
    with app.app_context():
        assert queries.lots_of(customer) == (Lot(5, START + timedelta(days=10)),)
