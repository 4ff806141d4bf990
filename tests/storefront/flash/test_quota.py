"""Quotas and personal limits are kept, also when everybody comes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash import queries
from storefront.flash.errors import FlashLimit, FlashOver, FlashSoldOut
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.services import Take, give_back, take
from storefront.kernel.clock import now
from tests.factories import flash_item, make_customer, make_flash_session, make_product, variant_of

BUYERS = 12


def an_item(app: Flask, **values: int) -> int:
    with app.app_context(), transaction():
        item = flash_item(variant_of(make_product("Kettle")), **values)
        make_flash_session([item])
        return item.id


def buy(item_id: int, order: str, *, pieces: int = 1, customer: str = "customer:1") -> None:
    with transaction():
        take([Take(item_id, pieces, "Kettle")], customer_key=customer, order_number=order, at=now())


def sold(item_id: int) -> tuple[int, int]:
    """What the item says and what the ledger says."""
    ledger = db.session.scalar(db.select(db.func.sum(FlashTake.pieces)).where(FlashTake.flash_item_id == item_id))
    return db.session.scalar(db.select(FlashItem.sold).where(FlashItem.id == item_id)) or 0, ledger or 0


def in_a_race(app: Flask, order: Callable[[int], None]) -> tuple[int, int]:
    """Let BUYERS threads order at once; return how many won and how many were refused."""
    start, won, lost = threading.Barrier(BUYERS), list[int](), list[int]()

    def run(worker: int) -> None:
        with app.app_context():
            start.wait()
            try:
                order(worker)
                won.append(worker)
            except FlashSoldOut:
                lost.append(worker)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won), len(lost)


def test_the_last_piece_is_sold_once(app: Flask) -> None:
    item = an_item(app, quota=1)
    with app.app_context():
        buy(item, "A")
        with pytest.raises(FlashSoldOut, match="Kettle"):
            buy(item, "B", customer="customer:2")
        assert sold(item) == (1, 1)


def test_more_than_is_left_is_refused_whole(app: Flask) -> None:
    item = an_item(app, quota=3)
    with app.app_context():
        buy(item, "A", pieces=2)
        with pytest.raises(FlashSoldOut):
            buy(item, "B", pieces=2)
        buy(item, "C")
        assert sold(item) == (3, 3)


def test_two_lines_of_one_order_count_together(app: Flask) -> None:
    item = an_item(app, quota=5, per_customer=2)
    with app.app_context():
        with pytest.raises(FlashLimit, match="at most 2"), transaction():
            takes = [Take(item, 2, "Kettle"), Take(item, 1, "Kettle")]
            take(takes, customer_key="customer:1", order_number="A", at=now())
        assert sold(item) == (0, 0)


def test_nobody_takes_less_than_a_piece() -> None:
    for pieces in (0, -1):
        with pytest.raises(ValueError, match="less than one"):
            Take(1, pieces, "Kettle")


def test_one_refusal_takes_nothing_of_the_others(app: Flask) -> None:
    plenty, last = an_item(app), an_item(app, quota=1)
    with app.app_context():
        buy(last, "A")
        with pytest.raises(FlashSoldOut), transaction():
            takes = [Take(plenty, 1, "Tea"), Take(last, 1, "Kettle")]
            take(takes, customer_key="customer:2", order_number="B", at=now())
        assert sold(plenty) == (0, 0)


def test_a_flash_price_is_had_only_while_the_session_goes_on(app: Flask) -> None:
    item = an_item(app)
    with app.app_context():
        session = db.session.scalars(db.select(FlashSession)).one()
        starts_at, ends_at, tick = session.starts_at, session.ends_at, timedelta(microseconds=1)
        for at in (starts_at - tick, ends_at):
            with pytest.raises(FlashOver, match="is over"), transaction():
                take([Take(item, 1, "Kettle")], customer_key="customer:1", order_number="A", at=at)
        for at in (starts_at, ends_at - tick):
            with transaction():
                take([Take(item, 1, "Kettle")], customer_key="customer:1", order_number="A", at=at)
        with transaction():
            db.session.scalars(db.select(FlashSale)).one().is_active = False
        with pytest.raises(FlashOver):
            buy(item, "B")
        assert sold(item) == (2, 2)


def test_a_cancelled_order_gives_back_exactly_what_it_took_and_only_once(app: Flask) -> None:
    item = an_item(app, quota=3, per_customer=2)
    with app.app_context():
        buy(item, "A", pieces=2)
        buy(item, "B", customer="customer:2")
        with transaction():
            assert give_back(order_number="A", at=now()) == 2
        with transaction():
            assert give_back(order_number="A", at=now()) == 0
            assert give_back(order_number="UNKNOWN", at=now()) == 0
        assert sold(item) == (1, 1)
        buy(item, "C", pieces=2)
        assert sold(item) == (3, 3)


def test_pieces_come_back_after_the_session_too(app: Flask) -> None:
    item = an_item(app, quota=1)
    with app.app_context():
        buy(item, "A")
        with transaction():
            db.session.scalars(db.select(FlashSession)).one().ends_at = now() - timedelta(minutes=1)
        with transaction():
            assert give_back(order_number="A", at=now()) == 1
        assert sold(item) == (0, 0)


def test_a_quota_of_one_has_one_buyer(any_app: Flask) -> None:
    item = an_item(any_app, quota=1)
    assert in_a_race(any_app, lambda n: buy(item, f"ORDER-{n}", customer=f"customer:{n}")) == (1, BUYERS - 1)
    with any_app.app_context():
        assert sold(item) == (1, 1)


def test_one_customer_in_many_windows_stays_within_the_limit(any_app: Flask) -> None:
    item = an_item(any_app, quota=50, per_customer=3)
    with any_app.app_context(), transaction():
        account = f"customer:{make_customer('ada@example.com').id}"
    keys = (account, "email:ada@example.com")
    assert in_a_race(any_app, lambda n: buy(item, f"ORDER-{n}", customer=keys[n % 2])) == (3, BUYERS - 3)
    with any_app.app_context():
        assert sold(item) == (3, 3)


def test_a_cancellation_in_many_windows_gives_back_once(any_app: Flask) -> None:
    item = an_item(any_app, quota=5)
    with any_app.app_context():
        buy(item, "A", pieces=3)
        buy(item, "B")

    def cancel(_worker: int) -> None:
        with transaction():
            give_back(order_number="A", at=now())

    assert in_a_race(any_app, cancel) == (BUYERS, 0)
    with any_app.app_context():
        assert sold(item) == (1, 1)


def test_two_orders_of_the_same_goods_in_another_order_do_not_wait_for_each_other(any_app: Flask) -> None:
    first, second = an_item(any_app, quota=BUYERS), an_item(any_app, quota=BUYERS)

    def order(worker: int) -> None:
        takes = [Take(first, 1, "Tea"), Take(second, 1, "Kettle")]
        with transaction():
            take(
                takes[:: 1 if worker % 2 else -1],
                customer_key=f"customer:{worker}",
                order_number=f"O{worker}",
                at=now(),
            )

    assert in_a_race(any_app, order) == (BUYERS, 0)


def test_an_offer_says_what_is_left_for_this_customer(any_app: Flask) -> None:
    item = an_item(any_app, price=700, quota=5, per_customer=2)
    with any_app.app_context():
        variant_id = db.session.scalar(db.select(FlashItem.variant_id)) or 0

        def left(key: str) -> int:
            return queries.offers_for([variant_id, 999], customer_key=key, at=now())[variant_id].left

        assert (left(""), left("customer:1")) == (2, 2)
        buy(item, "A", pieces=2, customer="customer:1")
        buy(item, "B", pieces=2, customer="customer:2")
        assert (left(""), left("customer:1"), left("customer:3")) == (1, 0, 1)
        [offer] = queries.offers_for([variant_id], customer_key="", at=now()).values()
        assert (offer.item_id, offer.price_minor, offer.per_customer) == (item, 700, 2)


def test_there_is_no_offer_before_and_after(app: Flask) -> None:
    an_item(app)
    with app.app_context():
        variant_id = db.session.scalar(db.select(FlashItem.variant_id)) or 0
        session = db.session.scalars(db.select(FlashSession)).one()
        starts_at, ends_at, tick = session.starts_at, session.ends_at, timedelta(microseconds=1)
        moments = (starts_at - tick, starts_at, ends_at - tick, ends_at)
        found = [bool(queries.offers_for([variant_id], customer_key="", at=at)) for at in moments]
        assert found == [False, True, True, False]
