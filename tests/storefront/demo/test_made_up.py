"""A made-up shop: its ledgers add up, it is the same each time, and it has the skew of a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.catalog.models import Category, Product
from storefront.database.base import db
from storefront.demo import loading
from storefront.demo.made_up import orders, returns, stock
from storefront.demo.made_up.demand import Fate
from storefront.demo.made_up.goods import charming
from storefront.demo.made_up.rows import MadeUp, make_up
from storefront.demo.marks import DemoRefused
from storefront.demo.scale import MADE_UP_SIZES, Scale, scale_of
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.orders.states import FulfillmentStatus, PaymentStatus
from storefront.payments.models import Refund
from storefront.returns.models import Return
from storefront.returns.rules import refund_reference
from storefront.shop import verifying
from tests.demo_data import silently

DAY = "2026-11-29"
SLOW = {"doorsteps"}
"""What goes through the shop's services, with goods or without them, is proven with the demo of real baskets."""


@pytest.fixture(scope="module")
def shop() -> MadeUp:
    """A made-up shop of middling size, only in memory."""
    return make_up(Scale(3_000, 30_000), DAY)


def test_every_ledger_of_a_tiny_shop_adds_up_and_its_last_orders_wait(any_app: Flask, tmp_path: Path) -> None:
    with any_app.app_context():
        loading.load_demo(size="200x500", data_dir=tmp_path, at=now(), watch=silently, without=SLOW)
        found = [finding for finding in verifying.verify(verifying.list_ledgers()) if finding.discrepancies]
        assert found == []
        assert _count(Product) == 200
        assert _count(Order) == 500
        assert _count(Return) > 0
        assert _count(Refund) > 0
        states = set(db.session.execute(select(Order.payment_status, Order.fulfillment_status).distinct()))
        paid = PaymentStatus.PAID.value
        assert {(paid, state.value) for state in FulfillmentStatus if state != FulfillmentStatus.PARTIAL} <= states
        depths = set(db.session.scalars(select(Category.depth)))
        assert depths == {0, 1, 2}
        chinese = db.session.scalars(select(Product.translations)).all()
        assert all(row["zh"]["name"] for row in chinese)
        db.session.remove()


def test_an_order_that_waits_for_its_payment_holds_its_goods(shop: MadeUp) -> None:
    waits = shop.demand.fate == Fate.WAITS
    assert 0 < waits.sum() < 100
    assert shop.demand.moment[waits].min() > shop.ends - np.timedelta64(2, "D")


def test_what_comes_back_is_on_the_shelf_when_it_arrives_and_its_money_goes_when_the_request_ends(shop: MadeUp) -> None:
    part, requests = returns.returned(orders.part_of(shop, 0, len(shop.demand.moment)), shop.ends)
    told = returns._request_rows(requests).set_index("number")
    refunds = returns._refunds(part.orders, requests).set_index("reference")["at"]
    *_, moved = stock._movements(part, requests)
    shelved = moved.set_index("reference")["at"]
    paid = told.ended_at[told.refunded_minor > 0].rename(lambda number: refund_reference(number, 1))
    assert len(shelved) > 50
    assert len(paid) > len(shelved)
    assert (shelved == told.received_at[shelved.index]).all()
    assert (refunds[paid.index] == paid).all()
    assert max(shelved.max(), paid.max(), refunds.max()) <= shop.ends


def test_the_same_numbers_are_the_same_shop(shop: MadeUp) -> None:
    make_up.cache_clear()
    again = make_up(Scale(3_000, 30_000), DAY)
    assert again is not shop
    assert again.goods.products.equals(shop.goods.products)
    assert again.goods.variants.equals(shop.goods.variants)
    for name in ("moment", "customer", "fate", "variant", "quantity", "starts"):
        assert np.array_equal(getattr(again.demand, name), getattr(shop.demand, name)), name


def test_a_few_goods_sell_most_and_a_few_customers_buy_most(shop: MadeUp) -> None:
    owner = shop.goods.variants.product_id.to_numpy()[shop.demand.variant - 1]
    sold = np.sort(np.bincount(owner))[::-1]
    assert 0.2 < sold[:30].sum() / sold.sum() < 0.6, "one product in a hundred"
    orders = np.sort(np.bincount(shop.demand.customer)[1:])[::-1]
    assert len(orders) == 6_000
    assert orders.min() == 1
    assert 0.3 < orders[: len(orders) // 10].sum() / orders.sum() < 0.8, "one customer in ten"
    assert 0.05 < (shop.demand.customer == 0).mean() < 0.11
    lines = np.diff(shop.demand.starts)
    assert 2 < lines.mean() < 3.5
    assert lines.min() == 1


def test_weekends_evenings_and_growth_have_their_rhythm(shop: MadeUp) -> None:
    moment = shop.demand.moment
    day = (moment - np.timedelta64(5, "h")).astype("datetime64[D]")
    weekday = np.bincount((day.astype(int) + 3) % 7)
    assert weekday[5] > weekday[1] * 1.2
    hour = np.bincount((moment - np.timedelta64(5, "h")).astype("datetime64[h]").astype(int) % 24)
    assert hour[20] > hour[4] * 8
    middle = moment[0] + (moment[-1] - moment[0]) / 2
    assert (moment > middle).mean() > 0.52


def test_nothing_is_bought_before_it_came(shop: MadeUp) -> None:
    owner = shop.goods.variants.product_id.to_numpy()[shop.demand.variant - 1]
    launched = shop.goods.products.launched.to_numpy()[owner - 1]
    when = np.repeat(shop.demand.moment, np.diff(shop.demand.starts))
    assert (launched <= when).all()


def test_names_are_distinct_and_prices_look_like_prices(shop: MadeUp) -> None:
    assert shop.goods.products.name.is_unique
    prices = shop.goods.variants.price.to_numpy()
    assert (prices % 10 == 9).all()
    assert 300 < np.median(prices) < 1_200
    assert charming(np.array([1.0, 187.0, 523.0, 4_321.0])).tolist() == [9, 189, 499, 4_299]


def test_sizes_are_names_or_numbers() -> None:
    assert scale_of("huge") == MADE_UP_SIZES["huge"] == Scale(100_000, 1_000_000)
    assert scale_of("standard") is None
    assert scale_of("10000x20000") == Scale(10_000, 20_000)
    for size in ("enormous", "0x5", "5x0", "99999999x1", "-1x5"):
        with pytest.raises(ValueError, match=r"the demo comes in|a shop has"):
            scale_of(size)


def test_a_size_that_there_is_not_is_refused_in_words(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), pytest.raises(DemoRefused, match="no demo of size 'enormous': the demo comes in small"):
        loading.load_demo(size="enormous", data_dir=tmp_path, at=now(), watch=silently)
    told = app.test_cli_runner().invoke(args=["demo", "load", "--products", "5"])
    assert told.exit_code == 2
    assert "both --products and --orders" in told.output


def _count(table: type[Product | Order | Return | Refund]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0
