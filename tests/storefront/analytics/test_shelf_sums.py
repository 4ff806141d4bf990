"""The report of shelves says what the events say, counted by hand beside it, before and after days are summed up."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from storefront.analytics import services
from storefront.analytics.events import (
    AddedToCart,
    GoodsBought,
    PurchaseRestored,
    PurchaseShrunk,
    PurchaseUndone,
    RecommendationClicked,
    RecommendationsShown,
    RecommendationsViewed,
    Sold,
)
from storefront.analytics.jobs import SHELVES_KEPT, forget_old_events
from storefront.analytics.recording import buffer_here, record_for
from storefront.analytics.reports import Span
from storefront.analytics.shelf_reports import (
    SORTS,
    ShelfFigures,
    ShelfListing,
    ShelfReport,
    ShelvesWanted,
    SourceFigures,
    shelf_report,
)
from storefront.analytics.shelf_sums import SUMS
from storefront.database.base import db
from storefront.kernel.clock import now
from tests.storefront.analytics.reading import (
    answered,
    orders,
    shelf_additions,
    shelf_clicks,
    shelf_days,
    shelf_purchases,
    source_days,
)

FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
SPAN = Span(date(2026, 3, 4), date(2026, 3, 9))
SHELVES = ("home", "cart", "similar")
SOURCES = ("habit", "taste", "popular")


def live(app: Flask, seed: int, count: int = 150) -> None:
    """Let some visitors see shelves, click, add and buy over twelve days; some have no number."""
    chance = random.Random(seed)
    visitors = [f"{number:022}" for number in range(6)] + ["", ""]
    moments = sorted(FIRST + timedelta(minutes=chance.randrange(12 * 24 * 60)) for _ in range(count))
    for number, moment in enumerate(moments):
        with app.app_context(), time_machine.travel(moment, tick=False):
            _one(chance.choice(visitors), number, chance)
    settle(app)


def settle(app: Flask) -> None:
    """Have everything written, also where the database was too busy for a while."""
    with app.app_context():
        buffer_here()._not_before = 0.0
        buffer_here().flush()
        assert len(buffer_here()) == 0


def _one(visitor: str, number: int, chance: random.Random) -> None:
    request = f"{number:016}"
    count = 0 if chance.random() < 0.1 else 5
    items = tuple((product, chance.choice(SOURCES)) for product in chance.sample(range(1, 9), k=count))
    version = chance.choice(("", "m1", "m2"))
    record_for(
        visitor,
        RecommendationsShown(
            request=request,
            shelf=chance.choice(SHELVES),
            model_version=version,
            items=items,
            is_seen=chance.random() < 0.1,
        ),
    )
    if chance.random() < 0.6:
        record_for(visitor, RecommendationsViewed(request))
    for product, _source in items:
        if chance.random() < 0.15:
            record_for(visitor, RecommendationClicked(request, product))
        if chance.random() < 0.1:
            record_for(visitor, AddedToCart(product, 1, request=request))
        if chance.random() < 0.1:
            record_for(visitor, GoodsBought(f"N{number}-{product}", (Sold(product, 1, chance.randint(1, 9_000)),)))
        if chance.random() < 0.03:
            record_for(visitor, PurchaseUndone(f"N{number}-{product}"))


class ByHand:
    """The same figures, counted row by row."""

    def __init__(self, app: Flask) -> None:
        self.rows = answered(app)
        self.clicks, self.adds = shelf_clicks(app), shelf_additions(app)
        self.bought = [row for row in shelf_purchases(app) if not row.is_undone]

    def within(self, span: Span) -> list[Any]:
        return [row for row in self.rows if span.first <= row.at.date() <= span.last]

    def sums(self, rows: Iterable[Any]) -> dict[str, int]:
        rows = list(rows)
        ids = {row.id for row in rows}
        clicks = [row for row in self.clicks if row.request_id in ids]
        adds = [row for row in self.adds if row.request_id in ids]
        bought = [row for row in self.bought if row.request_id in ids]
        clicked = {row.request_id for row in clicks}
        of = defaultdict[str, list[int]](lambda: [0, 0])
        for row in rows:
            of[row.visitor or row.id][0] += row.viewed_at is not None
            of[row.visitor or row.id][1] += row.id in clicked
        return {
            "requests": len(rows),
            "empty": sum(not row.items for row in rows),
            "viewed": sum(row.viewed_at is not None for row in rows),
            "clicked": len(clicked),
            "clicks": len(clicks),
            "ranks": sum(row.rank for row in clicks),
            "clickers": len({row.visitor for row in clicks} - {None}),
            "carted": len({row.request_id for row in adds}),
            "adds": len(adds),
            "purchases": len(bought),
            "revenue_minor": sum(row.revenue_minor for row in bought),
            "clusters": sum(seen > 0 for seen, _used in of.values()),
            "viewed_squared": sum(seen * seen for seen, _used in of.values()),
            "clicked_squared": sum(used * used for _seen, used in of.values()),
            "viewed_clicked": sum(seen * used for seen, used in of.values()),
        }

    def sources(self, rows: Iterable[Any]) -> dict[tuple[str, str], tuple[int, ...]]:
        found = defaultdict[tuple[str, str], list[int]](lambda: [0] * 7)
        shelves = {row.id: row.shelf for row in rows}
        for row in rows:
            for _product, source in row.items:
                found[row.shelf, source][0] += 1
                found[row.shelf, source][1] += row.viewed_at is not None
        for place, table, value in (
            (2, self.clicks, lambda _row: 1),
            (3, self.clicks, lambda row: row.rank),
            (4, self.adds, lambda _row: 1),
            (5, self.bought, lambda _row: 1),
            (6, self.bought, lambda row: row.revenue_minor),
        ):
            for row in table:
                if row.request_id in shelves:
                    found[shelves[row.request_id], row.source][place] += value(row)
        return {key: tuple(sums) for key, sums in found.items()}


def sums_of(figures: ShelfFigures | SourceFigures) -> dict[str, int]:
    assert isinstance(figures, ShelfFigures)
    return {name: getattr(figures.sums, name) for name in SUMS}


def report(**more: Any) -> ShelfReport:
    """Read the report as a request does, which sees what was written before it: settings are read now and then, and
    SQLite would go on showing this session what was true at that moment."""
    db.session.rollback()
    return shelf_report(ShelvesWanted(span=SPAN, **more))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_what_the_events_say(any_app: Flask, seed: int) -> None:
    live(any_app, seed)
    hand = ByHand(any_app)
    rows = hand.within(SPAN)
    assert min(hand.sums(rows).values()) > 0
    with any_app.app_context():
        found = report()
        assert sums_of(found.figures) == hand.sums(rows)
        assert sums_of(found.before) == hand.sums(hand.within(SPAN.before()))
        assert {line.shelf: sums_of(line.figures) for line in found.lines} == {
            shelf: hand.sums(row for row in rows if row.shelf == shelf) for shelf in SHELVES
        }
        for day in found.days:
            own = hand.sums(row for row in rows if row.at.date() == day.day)
            assert (day.viewed, day.clicked, day.empty) == (own["viewed"], own["clicked"], own["empty"])
        versions = report(listing=ShelfListing.VERSIONS).lines
        assert {(line.shelf, line.part): sums_of(line.figures) for line in versions} == {
            key: hand.sums(row for row in rows if (row.shelf, row.model_version) == key)
            for key in {(row.shelf, row.model_version) for row in rows}
        }
        sources = report(listing=ShelfListing.SOURCES).lines
        got = {
            (line.shelf, line.part): tuple(getattr(line.figures.sums, name) for name in line.figures.sums.__slots__)
            for line in sources
        }
        assert got == hand.sources(rows)
        one = report(shelf="cart")
        assert sums_of(one.figures) == hand.sums(row for row in rows if row.shelf == "cart")
        assert ([line.shelf for line in one.lines], one.shelves) == (["cart"], ("cart", "home", "similar"))
    sold = sum(row.revenue_minor for row in orders(any_app) if not row.is_undone and SPAN.first <= row.day <= SPAN.last)
    assert found.figures.shop.minor == sold > 0
    assert found.figures.revenue_share == hand.sums(rows)["revenue_minor"] / sold


def test_nothing_is_credited_twice(any_app: Flask) -> None:
    live(any_app, 3)
    bought = shelf_purchases(any_app)
    assert len({(row.order_number, row.product_id) for row in bought}) == len(bought) > 0
    by_number = {row.order_number: row for row in orders(any_app)}
    assert all(by_number[row.order_number].is_undone == row.is_undone for row in bought)


@pytest.mark.parametrize("listing", list(ShelfListing))
def test_lines_can_be_sorted_by_every_column(any_app: Flask, listing: ShelfListing) -> None:
    live(any_app, 4, 60)
    with any_app.app_context():
        for key, value in SORTS.items():
            values = [value(line) for line in report(listing=listing, sort=key).lines]
            assert values == sorted(values, reverse=True)


def test_the_report_stays_when_the_rows_have_gone(any_app: Flask) -> None:
    """Days are independent of each other once summed up: only who came on several days is not known any more."""
    live(any_app, 5)
    lists = tuple(ShelfListing)
    with any_app.app_context():
        before = [report(listing=listing) for listing in lists]
        assert services.forget_shelves_before(date(2026, 3, 7)) > 0
        assert services.forget_shelves_before(date(2026, 3, 7)) == 0
        after = [report(listing=listing) for listing in lists]
    assert min(row.day for row in answered(any_app)) >= date(2026, 3, 7)
    assert max(row.day for row in shelf_days(any_app)) == date(2026, 3, 6)
    by_visitor = {"clickers", "clusters", "viewed_squared", "clicked_squared", "viewed_clicked"}
    for old, new in zip(before, after, strict=True):
        assert (old.days, old.shelves) == (new.days, new.shelves)
        for figures in ("figures", "before"):
            first, second = sums_of(getattr(old, figures)), sums_of(getattr(new, figures))
            assert {key: first[key] for key in first.keys() - by_visitor} == {
                key: second[key] for key in second.keys() - by_visitor
            }
            assert second["clusters"] >= first["clusters"]
    assert before[2].lines == after[2].lines
    assert source_days(any_app)


def test_summing_up_changes_no_figure(any_app: Flask) -> None:
    live(any_app, 7)
    with any_app.app_context():
        before = [report(listing=listing, shelf=shelf) for listing in ShelfListing for shelf in ("", "home")]
        assert services.sum_up_shelves_before(date(2026, 3, 8)) == 7
        assert services.sum_up_shelves_before(date(2026, 3, 8)) == 0
        after = [report(listing=listing, shelf=shelf) for listing in ShelfListing for shelf in ("", "home")]
    assert before == after
    assert len(answered(any_app)) == 150


def test_an_order_that_is_cancelled_after_its_day_was_summed_up_still_goes(any_app: Flask) -> None:
    live(any_app, 8)
    numbers = [row.order_number for row in shelf_purchases(any_app)]
    with any_app.app_context():
        services.sum_up_shelves_before(date(2026, 3, 8))
        for event in (PurchaseUndone, PurchaseRestored, PurchaseUndone):
            for number in numbers[::2]:
                record_for("", event(number))
        settle(any_app)
        hand = ByHand(any_app)
        rows = hand.within(SPAN)
        assert sums_of(report().figures) == hand.sums(rows)
        sources = report(listing=ShelfListing.SOURCES).lines
        found = {(line.shelf, line.part): line.figures.sums.revenue_minor for line in sources}
        assert found == {key: sums[-1] for key, sums in hand.sources(rows).items()}


def test_goods_that_come_back_after_their_day_was_summed_up_still_go(any_app: Flask) -> None:
    live(any_app, 8)
    with any_app.app_context():
        services.sum_up_shelves_before(date(2026, 3, 8))
        for row in shelf_purchases(any_app)[::2]:
            record_for("", PurchaseShrunk(row.order_number, (Sold(row.product_id, 0, 0),)))
        settle(any_app)
        hand = ByHand(any_app)
        assert sums_of(report().figures) == hand.sums(hand.within(SPAN))
        found = {
            (line.shelf, line.part): line.figures.sums.revenue_minor
            for line in report(listing=ShelfListing.SOURCES).lines
        }
        assert found == {key: sums[-1] for key, sums in hand.sources(hand.within(SPAN)).items()}


def test_a_day_whose_removal_broke_off_is_not_counted_twice(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    live(any_app, 6)
    with any_app.app_context():
        before = report().figures.sums.requests

        def breaks(*_: object) -> int:
            raise RuntimeError("the power is gone")

        monkeypatch.setattr(services, "_forget", breaks)
        with pytest.raises(RuntimeError):
            services.forget_shelves_before(date(2026, 3, 7))
        assert report().figures.sums.requests == before
        monkeypatch.undo()
        services.forget_shelves_before(date(2026, 3, 8))
        assert report().figures.sums.requests == before


def test_shelves_go_after_their_days_and_orders_stay(searched: SimpleNamespace) -> None:
    app = searched.app
    with app.app_context():
        for days in (SHELVES_KEPT + 1, SHELVES_KEPT, 0):
            with time_machine.travel(now() - timedelta(days=days), tick=False):
                shown = RecommendationsShown(request=f"{days:016}", shelf="home", items=((7, "habit"),), is_seen=True)
                record_for("v" * 22, shown, RecommendationClicked(f"{days:016}", 7))
                record_for("v" * 22, AddedToCart(7, 1, request=f"{days:016}"))
                record_for("v" * 22, GoodsBought(f"N{days}", (Sold(7, 1, 100),)))
        forget_old_events.call_local()
    kept = {f"{SHELVES_KEPT:016}", f"{0:016}"}
    assert {row.id for row in answered(app)} == kept
    for rows in (shelf_clicks(app), shelf_additions(app), shelf_purchases(app)):
        assert {row.request_id for row in rows} == kept
    row, _other = shelf_days(app)
    assert (row.requests, row.viewed, row.clicked, row.adds, row.purchases, row.revenue_minor) == (1, 1, 1, 1, 1, 100)
    assert len(orders(app)) == 3
