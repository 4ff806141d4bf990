"""Figures agree with a count by hand, whichever days are summed up, and what changes late lands on its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.figures import jobs, ledgers, queries, services
from storefront.figures.days import Days
from storefront.figures.models import DayRow
from storefront.kernel.clock import now
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.queries import get_whole
from storefront.orders.states import CancelReason
from storefront.shop import services as shop
from tests.storefront.figures.sold import Sale, brute, fill

FIRST, TODAY = date(2026, 10, 20), date(2026, 11, 8)
AT = datetime(2026, 11, 8, 20, tzinfo=UTC)
ZONES = ("America/New_York", "Asia/Shanghai")
"""New York turned its clocks back on 1 November 2026: that day had 25 hours."""


def shop_with_history(app: Flask, zone: str, seed: int) -> list[Sale]:
    with app.app_context(), transaction():
        shop.change_settings(values={"timezone": zone}, at=now())
        return fill(seed, datetime(2026, 10, 20, 9, tzinfo=UTC), 19)


def sum_all_up(app: Flask) -> None:
    with app.app_context():
        jobs.sum_up_days.call_local()
        jobs.sum_up_days.call_local()


def look(app: Flask, first: date, last: date) -> tuple[list[queries.Day], object]:
    with app.app_context():
        days = queries.list_days(Days(first, last))
        return days, queries.whole_of(days, Days(first, last))[0]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", [1, 2, 3])
@time_machine.travel(AT, tick=False)
def test_sums_agree_with_a_count_by_hand_before_and_after_days_are_summed_up(
    any_app: Flask, zone: str, seed: int
) -> None:
    sales = shop_with_history(any_app, zone, seed)
    for _ in range(2):
        days, whole = look(any_app, FIRST, TODAY)
        assert whole == brute(sales, FIRST, TODAY, zone)
        assert [each.sums for each in days] == [brute(sales, each.day, each.day, zone) for each in days]
        sum_all_up(any_app)
    with any_app.app_context():
        assert len(queries.summed_days(Days(FIRST, TODAY))) >= 18
        assert list(ledgers.discrepancies()) == []


@time_machine.travel(AT, tick=False)
def test_a_cancelled_order_leaves_its_day_at_once(any_app: Flask) -> None:
    sales = shop_with_history(any_app, ZONES[0], 4)
    sum_all_up(any_app)
    sale = next(each for each in sales if each.counts)
    with any_app.app_context(), transaction():
        orders.cancel_order(order=get_whole(sale.order_id), by="staff:1", at=now(), reason=CancelReason.BY_SHOP)
    sale.cancelled = True
    _days, whole = look(any_app, FIRST, TODAY)
    expected = brute(sales, FIRST, TODAY, ZONES[0])
    assert (whole.orders, whole.gmv, whole.goods, whole.refunded_goods) == (  # type: ignore[attr-defined]
        *(expected.orders, expected.gmv, expected.goods),
        expected.refunded_goods,
    )
    sum_all_up(any_app)
    with any_app.app_context():
        assert list(ledgers.discrepancies()) == []


@time_machine.travel(AT, tick=False)
def test_what_escapes_the_sums_is_found_by_the_ledger(any_app: Flask) -> None:
    sales = shop_with_history(any_app, ZONES[0], 5)
    sum_all_up(any_app)
    sale = next(each for each in sales if each.counts and each.at < AT - timedelta(days=3))
    with any_app.app_context():
        with transaction():
            db.session.get_one(Order, sale.order_id).status = "cancelled"
        wrong = {each.key.split()[0] for each in ledgers.discrepancies()}
        assert len(wrong) >= 1
        with transaction():
            services.forget_sums()
        jobs.sum_up_days.call_local()
        assert list(ledgers.discrepancies()) == []


@time_machine.travel(AT, tick=False)
def test_another_zone_makes_every_day_count_anew(any_app: Flask) -> None:
    sales = shop_with_history(any_app, ZONES[0], 6)
    sum_all_up(any_app)
    with any_app.app_context(), transaction():
        shop.change_settings(values={"timezone": ZONES[1]}, at=now())
    _days, whole = look(any_app, FIRST, TODAY)
    assert whole == brute(sales, FIRST, TODAY, ZONES[1])
    with any_app.app_context():
        assert queries.summed_days(Days(FIRST, TODAY)) == {}


@time_machine.travel(AT, tick=False)
def test_a_day_is_summed_up_only_by_a_later_run_than_the_one_that_made_its_row(any_app: Flask) -> None:
    shop_with_history(any_app, ZONES[0], 7)
    with any_app.app_context():
        assert jobs.sum_up_days.call_local() == 0
        assert db.session.scalars(select(DayRow.is_stale).distinct()).all() == [True]
        assert jobs.sum_up_days.call_local() == 19
        assert jobs.sum_up_days.call_local() == 0


def test_a_shop_without_orders_has_no_days(any_app: Flask) -> None:
    with any_app.app_context():
        assert jobs.sum_up_days.call_local() == 0
        days = queries.list_days(Days(FIRST, TODAY))
        assert {each.sums.orders for each in days} == {0}
        assert list(ledgers.discrepancies()) == []


@time_machine.travel(AT, tick=False)
def test_products_and_offers_add_up_with_their_days(any_app: Flask) -> None:
    sales = shop_with_history(any_app, ZONES[0], 8)
    for _ in range(2):
        with any_app.app_context():
            found = queries.goods_in(Days(FIRST, TODAY))
            goods = db.session.execute(select(found.c.product_id, found.c.units, found.c.goods)).all()
            taken = queries.offers_in(Days(FIRST, TODAY))
            offers = sum(db.session.scalars(select(taken.c.amount)))
        wanted: dict[int, list[int]] = {}
        for sale in sales:
            for product, quantity, net, _, is_gift in sale.lines if sale.counts else ():
                units = wanted.setdefault(product, [0, 0])
                units[0] += 0 if is_gift else quantity
                units[1] += net
        sums: dict[int, list[int]] = {}
        for product, units, net in goods:
            both = sums.setdefault(product, [0, 0])
            both[0] += units
            both[1] += net
        assert sums == wanted
        assert offers == sum(sale.discounts for sale in sales if sale.counts)
        sum_all_up(any_app)
