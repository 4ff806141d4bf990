"""From who saw what and who bought what to sums: counted from first exposure, once a visitor, by whole days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from storefront.analytics.models import OrderRow, RecommendationRow, SearchRow
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments.gathering import exposed_by_day, gather
from storefront.experiments.models import ExperimentDevice, ExperimentExposure
from storefront.experiments.plans import ExperimentPlan, VariationPlan
from storefront.experiments.queries import get_experiment
from storefront.experiments.readings import Readings
from storefront.experiments.states import Watching
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.traffic import DAYS, traffic_of
from tests.storefront.experiments.making import hero_plan, start

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture
def ran(front: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """An experiment on the hero that began on 2 March at nine; `arms` maps keys to the numbers of variations."""
    with time_machine.travel(BEGAN, tick=False):
        number = start(front.app, lambda: hero_plan(front.entries["Something new"]))
        yield described(front.app, number)


def described(app: Flask, number: int) -> SimpleNamespace:
    with app.app_context():
        arms = {each.key: each.id for each in get_experiment(number).variations}
    return SimpleNamespace(app=app, id=number, arms=arms)


def unit(name: str) -> str:
    return name.ljust(22, "_")


def expose(shop: SimpleNamespace, name: str, arm: str, at: datetime = BEGAN) -> None:
    with shop.app.app_context(), transaction():
        db.session.add(
            ExperimentExposure(
                experiment_id=shop.id, unit=unit(name), variation_id=shop.arms[arm], first_at=at, day=at.date()
            )
        )


def buy(shop: SimpleNamespace, name: str, revenue: int, at: datetime, **values: Any) -> None:
    order = {"cost_minor": revenue // 2, "quantity": 1, "is_undone": False, **values}
    with shop.app.app_context(), transaction():
        db.session.add(
            OrderRow(
                order_number=f"N{next(_numbers)}",
                visitor=unit(name),
                at=at,
                day=at.date(),
                revenue_minor=revenue,
                **order,
            )
        )


def read(shop: SimpleNamespace, days: int) -> Readings:
    """What has come in so many days after the beginning."""
    with shop.app.app_context():
        return gather(get_experiment(shop.id), BEGAN + timedelta(days=days))


def test_a_visitor_counts_once_from_their_first_exposure_on(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "control")
    expose(ran, "bob", "new", BEGAN + timedelta(days=1))
    expose(ran, "cyn", "new")
    buy(ran, "ada", 1000, BEGAN + timedelta(hours=1))
    buy(ran, "ada", 500, BEGAN + timedelta(days=2))
    buy(ran, "bob", 700, BEGAN + timedelta(hours=3))  # before bob saw anything: what explains, not what came of it
    buy(ran, "bob", 900, BEGAN + timedelta(days=1, hours=1))
    buy(ran, "nobody", 9999, BEGAN + timedelta(days=1))
    found = read(ran, 4)
    assert found.exposed == {"control": 1, "new": 2}
    assert found.visitors_by_day == (2, 3, 3, 3)
    assert found.of("control", "revenue_per_visitor") == Moments(1, y=1500, yy=1500**2)
    assert found.of("new", "revenue_per_visitor") == Moments(2, y=900, yy=900**2, x=700, xx=700**2, yx=900 * 700)
    assert found.of("control", "order_value") == Moments(1, y=1500, yy=1500**2, d=2, dd=4, yd=3000)
    assert found.of("new", "conversion") == Moments(2, y=1, yy=1)
    assert found.of("new", "margin_per_visitor").y == 450
    assert (found.crossed, found.is_stopped) == (0, False)


def test_what_explains_is_four_weeks_before_exposure_and_no_more(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "new")
    buy(ran, "ada", 100, BEGAN - timedelta(days=28))
    buy(ran, "ada", 200, BEGAN - timedelta(days=28, seconds=1))
    buy(ran, "ada", 400, BEGAN - timedelta(days=1), is_undone=True)
    assert read(ran, 3).of("new", "revenue_per_visitor") == Moments(1, x=100, xx=100**2)


def test_who_saw_two_variations_is_counted_and_left_out(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "control")
    expose(ran, "ada", "new", BEGAN + timedelta(hours=2))
    expose(ran, "bob", "new")
    buy(ran, "ada", 1000, BEGAN + timedelta(hours=3))
    found = read(ran, 2)
    assert (found.crossed, found.exposed) == (1, {"control": 0, "new": 1})
    assert found.of("control", "revenue_per_visitor") == Moments()


def test_devices_of_an_account_are_one_visitor(ran: SimpleNamespace) -> None:
    with ran.app.app_context(), transaction():
        db.session.add(ExperimentDevice(visitor=unit("phone"), unit=unit("ada"), at=BEGAN))
    expose(ran, "ada", "new")
    expose(ran, "phone", "new", BEGAN + timedelta(hours=1))
    buy(ran, "phone", 300, BEGAN + timedelta(hours=2))
    found = read(ran, 2)
    assert found.exposed == {"control": 0, "new": 1}
    assert found.of("new", "revenue_per_visitor").y == 300
    expose(ran, "phone", "control", BEGAN + timedelta(hours=3))
    assert read(ran, 2).crossed == 1


def test_undone_orders_earn_nothing_and_are_a_metric_of_their_own(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "new")
    buy(ran, "ada", 1000, BEGAN + timedelta(hours=1), is_undone=True)
    buy(ran, "ada", 300, BEGAN + timedelta(hours=2), cost_minor=None)
    found = read(ran, 2)
    assert found.of("new", "revenue_per_visitor").y == 300
    assert found.of("new", "margin_per_visitor").y == 0
    undone = found.of("new", "undone_orders")
    assert (undone.y, undone.d) == (1, 2)


def test_clocks_that_disagree_count_for_nothing(ran: SimpleNamespace) -> None:
    expose(ran, "early", "new", BEGAN - timedelta(hours=1))
    expose(ran, "late", "new", BEGAN + timedelta(days=30))
    expose(ran, "ada", "new")
    buy(ran, "ada", 500, BEGAN + timedelta(days=30))
    found = read(ran, 3)
    assert found.exposed == {"control": 0, "new": 1}
    assert found.of("new", "revenue_per_visitor") == Moments(1)


def test_only_days_that_are_over_count(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "new")
    buy(ran, "ada", 500, BEGAN + timedelta(days=1))
    assert read(ran, 0).visitors_by_day == ()
    assert read(ran, 0).exposed == {"control": 0, "new": 0}
    assert read(ran, 1).of("new", "revenue_per_visitor").y == 0
    assert read(ran, 2).of("new", "revenue_per_visitor").y == 500
    with ran.app.app_context():
        assert [(each.arm, each.visitors) for each in exposed_by_day(get_experiment(ran.id))] == [("new", 1)]


@pytest.mark.parametrize(
    ("watching", "days", "revenue"), [("once", 14, 500), ("spending", 14, 500), ("sequence", 20, 1200)]
)
def test_waiting_on_beyond_the_planned_days_changes_nothing_but_a_sequence(
    front: SimpleNamespace, watching: str, days: int, revenue: int
) -> None:
    with time_machine.travel(BEGAN, tick=False):
        plan = {"days": 14, "watching": Watching(watching)}
        shop = described(front.app, start(front.app, lambda: hero_plan(front.entries["Something new"], **plan)))
    expose(shop, "ada", "new")
    expose(shop, "bob", "new", BEGAN + timedelta(days=15))
    buy(shop, "ada", 500, BEGAN + timedelta(days=13))
    buy(shop, "ada", 700, BEGAN + timedelta(days=15))
    found = read(shop, 20)
    assert found.days == days
    assert found.exposed["new"] == (1 if days == 14 else 2)
    assert found.of("new", "revenue_per_visitor").y == revenue


def test_the_day_after_exposure_is_read_of_those_who_have_had_it(ran: SimpleNamespace) -> None:
    expose(ran, "ada", "new")
    expose(ran, "bob", "new", BEGAN + timedelta(days=1))
    for number in range(3):
        buy(ran, "ada", 100 * (number + 1), BEGAN + timedelta(days=number, hours=1))
    found = read(ran, 3).since_exposure
    assert {day: (arms["new"].n, arms["new"].y) for day, arms in found.items()} == {
        0: (2, 100),
        1: (2, 200),
        2: (1, 300),
    }


def test_searches_and_what_was_opened_from_them_are_read_on_search(any_app: Flask) -> None:
    with time_machine.travel(BEGAN, tick=False):
        plan = lambda: ExperimentPlan(  # noqa: E731
            name="Popularity",
            surface="search:ranking",
            primary_metric="click_through",
            variations=(
                VariationPlan(key="control", name="As it is", weight=50),
                VariationPlan(key="more", name="More", weight=50, params={"popularity": 0.5}),
            ),
        )
        shop = described(any_app, start(any_app, plan))
        expose(shop, "ada", "more")
        for number, (clicks, total, continues) in enumerate(((2, 9, None), (0, 9, None), (0, 0, None), (1, 9, "x"))):
            _search(shop, "ada", number, clicks=clicks, total=total, continues=continues)
        _search(shop, "ada", 9, clicks=1, total=1, continues=None, at=BEGAN - timedelta(hours=1))
        found = read(shop, 2)
    clicked, empty = found.of("more", "click_through"), found.of("more", "empty_blocks")
    assert (clicked.y, clicked.d) == (1, 2)
    assert (empty.y, empty.d) == (1, 3)
    assert found.since_exposure[0]["more"].y == 1


def _search(shop: SimpleNamespace, name: str, number: int, *, at: datetime = BEGAN, **values: Any) -> None:
    blank = {"text": "tea", "words": "tea", "language": "en", "corrected": "", "relaxed": False, "sort": "", "page": 1}
    row = {**blank, "filters": [], "generation": "", "ranks": 0, "adds": 0, "revenue_minor": 0, **values}
    with shop.app.app_context(), transaction():
        db.session.add(SearchRow(id=f"{name}{number}".ljust(16, "_"), visitor=unit(name), at=at, day=at.date(), **row))


def test_traffic_counts_a_shelf_as_a_reading_does(ran: SimpleNamespace) -> None:
    for number, (shown, clicks, viewed_at) in enumerate(((6, 1, BEGAN), (6, 0, BEGAN), (6, 0, None), (0, 0, None))):
        _answer(ran, "ada", number, shown=shown, clicks=clicks, viewed_at=viewed_at)
    with ran.app.app_context():
        clicked = traffic_of("shelf:home", "click_through", BEGAN + timedelta(days=1)).moments
        empty = traffic_of("shelf:home", "empty_blocks", BEGAN + timedelta(days=1)).moments
    assert (clicked.n, clicked.y, clicked.d) == (1, 1, 2)
    assert (empty.y, empty.d) == (1, 3)


def _answer(shop: SimpleNamespace, name: str, number: int, **values: Any) -> None:
    names = {"shelf": "home", "context": "", "model_version": "v", "experiment": "", "variation": "", "sources": ""}
    row = {**names, "items": [], **values}
    with shop.app.app_context(), transaction():
        db.session.add(
            RecommendationRow(
                id=f"{name}{number}".ljust(16, "_"), visitor=unit(name), at=BEGAN, day=BEGAN.date(), **row
            )
        )


def test_traffic_is_who_came_in_the_last_weeks_and_what_they_bought(ran: SimpleNamespace) -> None:
    at = BEGAN + timedelta(days=DAYS)
    buy(ran, "ada", 500, BEGAN)
    buy(ran, "ada", 700, BEGAN + timedelta(days=3))
    buy(ran, "ada", 100, BEGAN - timedelta(days=9))
    buy(ran, "bob", 900, BEGAN + timedelta(days=1))
    with ran.app.app_context():
        found = traffic_of("slot:home:hero", "revenue_per_visitor", at)
        nobody = traffic_of("search:ranking", "revenue_per_visitor", at)
    assert found.new_by_day[:3] == (1, 1, 0)
    assert found.visitors == 2
    assert (found.moments.n, found.moments.y, found.moments.x) == (2, 2100, 100)
    assert (nobody.visitors, nobody.moments) == (0, Moments())
