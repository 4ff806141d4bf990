"""The report says what the events say: every figure beside one that is counted by hand from the raw rows."""

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
from sqlalchemy import event

from storefront.analytics.events import (
    AddedToCart,
    GoodsBought,
    PurchaseUndone,
    ResultClicked,
    ResultsShown,
    SearchMade,
    Sold,
    SuggestionChosen,
)
from storefront.analytics.recording import record_for
from storefront.analytics.reports import SORTS, Figures, Listing, Span, Wanted, Words, search_report
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.storefront.analytics.reading import additions, clicks, purchases, searches, suggestions

WORDS = ("tea", "green tea", "cup", "茶", "100% _ off")
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
SPAN = Span(date(2026, 3, 4), date(2026, 3, 9))


def live(app: Flask, seed: int, count: int = 160) -> None:
    """Let some visitors search, click, add and buy over twelve days."""
    chance = random.Random(seed)
    visitors = [f"{number:022}" for number in range(6)] + [""]
    moments = sorted(FIRST + timedelta(minutes=chance.randrange(12 * 24 * 60)) for _ in range(count // 3))
    number = 0
    for moment in moments:
        visitor, at = chance.choice(visitors), moment
        for _ in range(3):
            number += 1
            at += timedelta(minutes=chance.choice((1, 3, 7, 40)))
            with app.app_context(), time_machine.travel(at, tick=False):
                _one(visitor, number, chance)


def _one(visitor: str, number: int, chance: random.Random) -> None:
    search, words = f"{number:016}", chance.choice(WORDS)
    ids = tuple(chance.sample(range(1, 9), k=0 if words == "cup" and chance.random() < 0.6 else 5))
    filters = (("in_stock", "1"),) if number % 3 == 0 else ()
    made = SearchMade(search=search, text=words.title(), language="en", total=len(ids) * 3, filters=filters)
    record_for(visitor, made, ResultsShown(search, ids))
    for product in ids:
        if chance.random() < 0.15:
            record_for(visitor, ResultClicked(search, product))
        if chance.random() < 0.1:
            record_for(visitor, AddedToCart(product, chance.randint(1, 3), search))
        if chance.random() < 0.08:
            record_for(visitor, GoodsBought(f"N{number}-{product}", (Sold(product, 1, chance.randint(1, 9_000)),)))
        if chance.random() < 0.02:
            record_for(visitor, PurchaseUndone(f"N{number}-{product}"))
    if chance.random() < 0.1:
        record_for(visitor, SuggestionChosen("term", 1, words))


class ByHand:
    """The same figures, counted row by row."""

    def __init__(self, app: Flask) -> None:
        self.searches = [row for row in searches(app) if row.continues is None]
        self.clicks, self.ranks = defaultdict[str, int](int), defaultdict[str, int](int)
        for row in clicks(app):
            self.clicks[row.search_id] += 1
            self.ranks[row.search_id] += row.rank
        self.adds, self.revenue = defaultdict[str, int](int), defaultdict[str, int](int)
        for row in additions(app):
            self.adds[row.search_id] += 1
        for row in purchases(app):
            self.revenue[row.search_id] += 0 if row.is_undone else row.revenue_minor
        self.suggested = suggestions(app)

    def within(self, span: Span) -> list[Any]:
        return [row for row in self.searches if span.first <= row.at.date() <= span.last]

    def sums(self, rows: Iterable[Any]) -> tuple[int, ...]:
        rows = list(rows)
        return (
            len(rows),
            sum(row.total == 0 and not row.filters for row in rows),
            sum(row.total == 0 and bool(row.filters) for row in rows),
            sum(self.clicks[row.id] > 0 for row in rows),
            sum(self.clicks[row.id] for row in rows),
            sum(self.ranks[row.id] for row in rows),
            sum(self.adds[row.id] > 0 for row in rows),
            sum(self.adds[row.id] for row in rows),
            sum(self.revenue[row.id] for row in rows),
        )

    def by_words(self, span: Span) -> dict[str, list[Any]]:
        found = defaultdict[str, list[Any]](list)
        for row in self.within(span):
            found[row.words].append(row)
        return found


def sums_of(found: Figures) -> tuple[int, ...]:
    counts = (found.searches, found.without, found.filtered, found.clicked, found.clicks, found.ranks)
    return (*counts, found.carted, found.adds, found.revenue.minor)


def rows(listing: Listing, **more: Any) -> list[Words]:
    return list(search_report(Wanted(span=SPAN, listing=listing, **more)).rows.items)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_what_the_events_say(any_app: Flask, seed: int) -> None:
    live(any_app, seed)
    hand = ByHand(any_app)
    assert sum(hand.revenue.values()) > 0
    with any_app.app_context():
        report = search_report(Wanted(span=SPAN))
        assert sums_of(report.figures) == hand.sums(hand.within(SPAN))
        assert sums_of(report.before) == hand.sums(hand.within(SPAN.before()))
        assert report.figures.searchers == len({row.visitor for row in hand.within(SPAN) if row.visitor})
        assert report.figures.suggestions == sum(SPAN.first <= row.day <= SPAN.last for row in hand.suggested)
        assert [(day.day, day.searches, day.without) for day in report.days] == [
            (day, *hand.sums(hand.within(Span(day, day)))[:2]) for day in days_of(SPAN)
        ]
        by_words = hand.by_words(SPAN)
        assert {row.words: sums_of(row.figures) for row in report.rows.items} == {
            words: hand.sums(mine) for words, mine in by_words.items()
        }
        assert {row.words for row in rows(Listing.NOTHING)} == {
            words for words, mine in by_words.items() if any(row.total == 0 and not row.filters for row in mine)
        }
        assert {row.words for row in rows(Listing.FILTERED)} == {
            words for words, mine in by_words.items() if any(row.total == 0 and row.filters for row in mine)
        }
        assert {row.words for row in rows(Listing.UNCLICKED)} == {
            words
            for words, mine in by_words.items()
            if sum(row.total > 0 for row in mine) >= 10
            and 5 * sum(hand.clicks[row.id] > 0 for row in mine) < sum(row.total > 0 for row in mine)
        }
        _compare_reworded(hand)


def _compare_reworded(hand: ByHand) -> None:
    known, expected = {row.id: row for row in hand.searches}, defaultdict[tuple[str, str], list[Any]](list)
    for row in hand.searches:
        if row.follows and SPAN.first <= row.at.date() <= SPAN.last and not hand.clicks[row.follows]:
            expected[known[row.follows].words, row.words].append(row)
    found = {(row.words, row.then): sums_of(row.figures) for row in rows(Listing.REWORDED)}
    assert found == {pair: hand.sums(mine) for pair, mine in expected.items()}
    assert found


def days_of(span: Span) -> list[date]:
    return [span.first + timedelta(days=number) for number in range(span.days)]


def test_lists_are_sorted_narrowed_and_paged(any_app: Flask) -> None:
    live(any_app, 3)
    keys = {
        "searches": lambda found: found.searches,
        "results": lambda found: round(found.results, 6),
        "without": lambda found: found.without,
        "filtered": lambda found: found.filtered,
        "clicks": lambda found: found.clicks,
        "rate": lambda found: found.click_rate,
        "rank": lambda found: found.mean_rank or 0,
        "adds": lambda found: found.adds,
        "revenue": lambda found: found.revenue.minor / found.searches,
        "missed": lambda found: found.searches - found.clicked,
    }
    assert keys.keys() == SORTS.keys()
    with any_app.app_context():
        for sort, key in keys.items():
            for descending in (True, False):
                values = [key(row.figures) for row in rows(Listing.TOP, sort=sort, descending=descending)]
                assert values == sorted(values, reverse=descending)
        pages = [search_report(Wanted(span=SPAN, size=2, page=number)).rows for number in (1, 2, 3, 99)]
        assert [page.number for page in pages] == [1, 2, 3, 3]
        assert {row.words for page in pages for row in page.items} == {"tea", "green tea", "cup", "茶", "100% _ off"}
        assert [row.words for row in rows(Listing.TOP, text="tea", sort="results")].count("cup") == 0
        assert [row.words for row in rows(Listing.TOP, text="% _")] == ["100% _ off"]
        assert rows(Listing.TOP, text="' OR 1=1") == []


def test_a_shop_without_searches_has_an_empty_report(any_app: Flask) -> None:
    with any_app.app_context():
        for listing in Listing:
            report = search_report(Wanted(span=SPAN, listing=listing))
            assert report.rows.items == []
            assert report.figures.click_rate is report.figures.mean_rank is report.figures.revenue_per_search is None
            assert len(report.days) == SPAN.days


def test_a_day_is_a_day_of_the_shop(searched: SimpleNamespace) -> None:
    with searched.app.app_context(), transaction():
        change_settings(values={"timezone": "Asia/Shanghai"}, at=now())
    with searched.app.app_context(), time_machine.travel(datetime(2026, 3, 4, 17, tzinfo=UTC), tick=False):
        record_for("", SearchMade(search="a" * 16, text="tea", language="zh", total=1))
    with searched.app.app_context():
        found = search_report(Wanted(span=Span(date(2026, 3, 5), date(2026, 3, 5))))
    assert found.figures.searches == 1


def test_a_report_reads_its_days_and_never_everything(sqlite_app: Flask) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if "behaviour" in statement:
            statements.append((statement, values))

    with sqlite_app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        for listing in Listing:
            search_report(Wanted(span=SPAN, listing=listing, text="tea"))
        event.remove(db.engine, "before_cursor_execute", note)
        for statement, values in statements:
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            told = [row.detail for row in plan if "behaviour" in row.detail]
            assert told
            assert all("USING" in line and "INDEX" in line for line in told), told
            assert any("(day>? AND day<?)" in line for line in told), told
            assert all(not line.startswith("SCAN behaviour") for line in told), told
    assert len(statements) == 5 * 7
