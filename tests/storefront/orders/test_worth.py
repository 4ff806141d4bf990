"""What customers have bought, and where they stand: counted from their orders, in Python and in SQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import claiming, jobs, services
from storefront.orders.models import CustomerWorth
from storefront.orders.queries import get_whole
from storefront.orders.segments import LOYAL_FROM, Bounds, Segment, segment_of
from storefront.orders.states import CancelReason, OrderStatus
from storefront.orders.worth import count_anew, is_in, worth_of
from tests.admin.orders_made import make_order
from tests.factories import make_customer
from tests.storefront.orders.drafts import place

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("orders", "ago", "segment"),
    [
        (0, None, Segment.NEVER),
        (1, 0, Segment.NEW),
        (1, 90, Segment.NEW),
        (1, 91, Segment.COOLING),
        (2, 90, Segment.ACTIVE),
        (LOYAL_FROM - 1, 1, Segment.ACTIVE),
        (LOYAL_FROM, 1, Segment.LOYAL),
        (LOYAL_FROM, 91, Segment.COOLING),
        (40, 180, Segment.COOLING),
        (40, 181, Segment.LAPSED),
    ],
)
def test_where_a_customer_stands(orders: int, ago: int | None, segment: Segment) -> None:
    last = None if ago is None else AT - days(ago)
    assert segment_of(orders, last, at=AT) is segment


@pytest.mark.parametrize(("active", "lapsed"), [(0, 10), (10, 10), (20, 10)])
def test_nobody_lapses_before_they_stop_being_active(active: int, lapsed: int) -> None:
    with pytest.raises(ValueError, match="lapses later"):
        Bounds(active, lapsed)


@given(orders=st.integers(0, 12), ago=st.integers(0, 400), active=st.integers(1, 200), more=st.integers(1, 200))
def test_everybody_stands_somewhere_and_more_orders_never_make_it_worse(
    orders: int, ago: int, active: int, more: int
) -> None:
    cut = Bounds(active, active + more)
    rank = [Segment.NEVER, Segment.NEW, Segment.ACTIVE, Segment.LOYAL]
    here, then = (segment_of(count, AT - days(ago), at=AT, bounds=cut) for count in (orders, orders + 1))
    if here in rank and then in rank:
        assert rank.index(here) <= rank.index(then)
    else:
        assert orders == 0 or here is then


def test_the_condition_in_sql_says_what_the_rule_says(any_app: Flask) -> None:
    cut = Bounds(30, 60)
    with any_app.app_context():
        with transaction():
            for orders in (0, 1, 2, LOYAL_FROM - 1, LOYAL_FROM, LOYAL_FROM + 1):
                for ago in (0, 29, 30, 31, 59, 60, 61, 300):
                    person = make_customer(f"c{orders}-{ago}@example.com")
                    last = AT - days(ago) if orders else None
                    db.session.add(
                        CustomerWorth(
                            customer_id=person.id,
                            orders=orders,
                            spent_minor=0,
                            first_at=last,
                            last_at=last,
                            counted_at=AT,
                        )
                    )
            make_customer("nobody@example.com")
        rows = db.session.execute(
            db.select(Customer.id, CustomerWorth.orders, CustomerWorth.last_at).outerjoin(
                CustomerWorth, CustomerWorth.customer_id == Customer.id
            )
        ).all()
        for segment in Segment:
            joined = db.select(Customer.id).outerjoin(CustomerWorth, CustomerWorth.customer_id == Customer.id)
            found = set(db.session.scalars(joined.where(is_in(segment, AT, cut))))
            expected = {
                row.id for row in rows if segment_of(row.orders or 0, row.last_at, at=AT, bounds=cut) is segment
            }
            assert found == expected, segment


def kept(app: Flask, customer_id: int) -> tuple[int, int] | None:
    with app.app_context():
        row = db.session.get(CustomerWorth, customer_id)
        return (row.orders, row.spent_minor) if row else None


def test_an_order_and_what_becomes_of_it_are_counted_at_once(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        ada = make_customer("ada@example.com").id
    order_id, _number, _key = place(any_app, customer_id=ada, email="ada@example.com")
    assert kept(any_app, ada) == (1, 0)
    with any_app.app_context():
        order = get_whole(order_id)
        total = Money(order.total_minor, order.currency)
        with transaction():
            services.record_payment(order=get_whole(order_id), amount=total, provider="sandbox", by="guest", at=now())
        assert worth_of(ada, currency=order.currency).spent == total
    assert kept(any_app, ada) == (1, total.minor)
    with any_app.app_context(), transaction():
        services.cancel_order(order=get_whole(order_id), by="staff:1", at=now(), reason=CancelReason.BY_SHOP)
    assert kept(any_app, ada) == (0, total.minor), "the money is still here"


def test_what_is_counted_is_what_stayed_with_the_shop(app: Flask) -> None:
    with app.app_context():
        with transaction():
            ada, bob = make_customer("ada@example.com").id, make_customer("bob@example.com").id
            make_order(1000, customer_id=ada, placed_at=AT - days(9))
            make_order(2000, customer_id=ada, placed_at=AT - days(3), refunded_minor=500, lost_minor=100)
            make_order(4000, customer_id=ada, placed_at=AT, status=OrderStatus.CANCELLED, refunded_minor=4000)
            make_order(8000, email="ada@example.com")
            make_order(0, customer_id=ada, placed_at=AT, idempotency_key="follow-7KQM-3XPD-R1-1")
        with transaction():
            count_anew(customer_ids=[ada, bob], at=AT)
        worth = worth_of(ada, currency="USD")
        assert (worth.orders, worth.spent, worth.refunded) == (2, Money(2400, "USD"), Money(4500, "USD"))
        assert worth.average == Money(1200, "USD")
        assert (worth.first_at, worth.last_at) == (AT - days(9), AT - days(3))
        assert worth_of(bob, currency="USD").average is None
    assert kept(app, ada) == (2, 2400)
    assert kept(app, bob) is None


def test_at_night_everybody_is_counted_and_who_has_nothing_left_goes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.orders.worth.AT_ONCE", 2)
    with app.app_context():
        with transaction():
            people = [make_customer(f"{number}@example.com").id for number in range(5)]
            for person in people[:3]:
                make_order(1000, customer_id=person)
            db.session.add(CustomerWorth(customer_id=people[4], orders=7, spent_minor=7, counted_at=AT))
        assert jobs.count_everybody.call_local() == 5
        assert dict(
            db.session.execute(db.select(CustomerWorth.customer_id, CustomerWorth.orders)).all()
        ) == dict.fromkeys(people[:3], 1)


def test_orders_that_come_into_an_account_count_there(app: Flask) -> None:
    place(app, email="ada@example.com")
    with app.app_context(), transaction():
        ada = make_customer("ada@example.com", email_verified_at=now()).id
    with app.app_context(), transaction():
        claiming.take_over(customer_id=ada, at=now())
    found = kept(app, ada)
    assert found is not None
    assert found[0] == 1
