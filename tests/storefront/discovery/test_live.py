"""The live rows of search: what is read again, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from search import LiveRow
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import live
from storefront.discovery.live import LiveTable
from storefront.flash.models import FlashItem
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from tests.factories import flash_item, make_flash_session, make_product, make_promotion, variant_of


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Which products were read, each time; None is all."""
    found: list[object] = []
    read, read_all = live.read_live, live.read_whole

    def note(ids: Collection[int]) -> dict[int, LiveRow]:
        found.append(sorted(ids))
        return read(ids)

    def note_all(at: datetime) -> live.Whole:
        found.append(None)
        return read_all(at)

    monkeypatch.setattr(live, "read_live", note)
    monkeypatch.setattr(live, "read_whole", note_all)
    return found


def price_of(columns: object, number: int) -> float:
    ids = list(columns.ids)  # type: ignore[attr-defined]
    return float(columns.price_minor[ids.index(number)])  # type: ignore[attr-defined]


def test_a_flash_sale_that_begins_sells_out_or_ends_reads_only_its_goods(any_app: Flask, reads: list[object]) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock, any_app.app_context():
        with transaction():
            tea, cup, *_others = [make_product(f"P{number}", price=1000) for number in range(6)]
            items = [flash_item(variant_of(tea), 400), flash_item(variant_of(cup), 500)]
            make_flash_session(items, starts_at=start + timedelta(hours=1), ends_at=start + timedelta(hours=2))
            numbers = (tea.id, cup.id)
            first = items[0].id

        def update(hours: float) -> object:
            clock.move_to(start + timedelta(hours=hours))
            Kept.forget_all()
            reads.clear()
            return table.update(start + timedelta(minutes=hours))

        table = LiveTable()
        assert table.update(start) is not None
        assert reads == [None]
        assert update(0.5) is None
        begun = update(1)
        assert reads == [sorted(numbers)]
        assert [price_of(begun, number) for number in numbers] == [400, 500]
        with transaction():
            db.session.execute(db.update(FlashItem).where(FlashItem.id == first).values(sold=FlashItem.quota))
        sold_out = update(1.2)
        assert reads == [[numbers[0]]]
        assert [price_of(sold_out, number) for number in numbers] == [1000, 500]
        assert update(1.4) is None
        assert reads == []
        over = update(2)
        assert reads == [[numbers[1]]]
        assert price_of(over, numbers[1]) == 1000


def test_an_offer_that_begins_reads_everything(app: Flask, reads: list[object]) -> None:
    with app.app_context():
        with transaction():
            make_product("Tea", price=1000)
        table = LiveTable()
        table.update(now())
        half = [{"kind": "percent_off", "basis_points": 5000}]
        with transaction():
            make_promotion(conditions=[], benefits=half, promotion_class="item")
        Kept.forget_all()
        assert table.update(now()) is not None
    assert reads == [None, None]


def test_a_large_shop_reads_everything_later_and_goes_by_what_it_knows(
    any_app: Flask, reads: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 1)
    asked: list[str] = []
    with any_app.app_context():
        with transaction():
            tea, cup = make_product("Tea", price=1000), make_product("Cup", price=500)
            numbers = (tea.id, cup.id)
        table, start = LiveTable(), now() + timedelta(hours=1)
        first = table.update(start, later=lambda: asked.append("first"))
        assert [price_of(first, number) for number in numbers] == [1000, 500]
        assert table.update(start + timedelta(minutes=11), later=lambda: asked.append("aged")) is None
        with transaction():
            for number in numbers:
                variant = variant_of(db.session.get_one(Product, number))
                variant.price_minor, variant.updated_at = 100, start + timedelta(seconds=21)
        assert table.update(start + timedelta(seconds=22), later=lambda: asked.append("many")) is None
        assert asked == ["aged", "many"]
        assert reads == [None]
        columns = table.take(live.read_whole(start + timedelta(seconds=40)))
        assert [price_of(columns, number) for number in numbers] == [100, 100]
        assert table.update(start + timedelta(seconds=50), later=lambda: asked.append("no")) is None
    assert asked == ["aged", "many"]


def test_a_large_shop_that_was_never_read_makes_nobody_wait(app: Flask, reads: list[object]) -> None:
    asked: list[str] = []
    with app.app_context():
        with transaction():
            tea = make_product("Tea", price=1000)
        table = LiveTable()
        assert table.update(now(), expected=live.MOST_AT_ONCE + 1, later=lambda: asked.append("first")) is None
        assert not table.is_read
        assert reads == []
        columns = table.take(live.read_whole(now()))
        assert table.is_read
        assert price_of(columns, tea.id) == 1000
    assert asked == ["first"]


def test_what_is_sold_out_or_taken_off_sale_changes_its_own_row_alone(any_app: Flask, reads: list[object]) -> None:
    with any_app.app_context():
        with transaction():
            tea, cup, pot = [make_product(name, price=1000) for name in ("Tea", "Cup", "Pot")]
            numbers = (tea.id, cup.id, pot.id)
        table, start = LiveTable(), now() + timedelta(hours=1)
        table.update(start)
        with transaction():
            gone = db.session.get_one(Product, numbers[0])
            gone.is_published, gone.updated_at = False, start + timedelta(seconds=21)
            other = variant_of(db.session.get_one(Product, numbers[1]))
            other.price_minor, other.updated_at = 900, start + timedelta(seconds=21)
        columns = table.update(start + timedelta(seconds=22))
        assert columns is not None
        assert sorted(columns.ids.tolist()) == [numbers[1], numbers[2]]
        assert [price_of(columns, number) for number in numbers[1:]] == [900, 1000]
        with transaction():
            back = db.session.get_one(Product, numbers[0])
            back.is_published, back.updated_at = True, start + timedelta(seconds=41)
        columns = table.update(start + timedelta(seconds=42))
        assert columns is not None
        assert sorted(columns.ids.tolist()) == sorted(numbers)
    assert reads == [None, sorted(numbers[:2]), sorted(numbers[:2])], "what was written a moment before is read again"
