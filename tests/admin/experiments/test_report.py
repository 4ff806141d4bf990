"""What the page of an experiment says: one sentence, figures with intervals, and nothing while an alarm rings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import time_machine
from flask import Flask

from admin.experiments.saying import sentence
from storefront.accounts.permissions import Role
from storefront.analytics.models import OrderRow
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments import services
from storefront.experiments.forgetting import forget_before
from storefront.experiments.models import Experiment, ExperimentExposure
from storefront.experiments.plans import GuardrailPlan
from storefront.experiments.queries import get_experiment
from storefront.experiments.results import Facts, Saying
from storefront.kernel.clock import now
from storefront.web.locale import speaking
from tests.admin.people import at_work
from tests.browser import Page
from tests.storefront.experiments.making import BY, hero_plan, make_slots

BEGAN = datetime(2026, 3, 2, 0, tzinfo=UTC)
DAYS = 28
URL = "/admin/experiments/1"


@pytest.fixture
def ran(app: Flask) -> Iterator[SimpleNamespace]:
    """An experiment of four weeks that began on 2 March, of which `arms` are the numbers of the variations."""
    app.extensions.pop("experiments", None)
    with time_machine.travel(BEGAN, tick=False) as clock:
        with app.app_context():
            with transaction():
                entries = make_slots()
            with transaction():
                plan = hero_plan(
                    entries["Something new"],
                    primary_metric="conversion",
                    days=DAYS,
                    guardrails=(GuardrailPlan(metric="undone_orders", margin=0.5),),
                )
                services.add_experiment(plan=plan, by=BY, at=now())
            with transaction():
                services.start_experiment(experiment_id=1, coverage=100, visitors=4000, by=BY, at=now())
            arms = {each.key: each.id for each in get_experiment(1).variations}
        yield SimpleNamespace(app=app, arms=arms, clock=clock)


def come(shop: SimpleNamespace, arm: str, visitors: int, *, buying: float, seed: int = 1) -> None:
    """Let so many visitors come over the four weeks, of whom a share buys once within three days."""
    chance = np.random.default_rng(seed)
    exposures, orders = [], []
    for number in range(visitors):
        unit = f"{arm}{seed}-{number}".ljust(22, "_")
        at = BEGAN + timedelta(days=int(chance.integers(DAYS - 3)), hours=9)
        row = {"experiment_id": 1, "unit": unit, "variation_id": shop.arms[arm], "first_at": at, "day": at.date()}
        exposures.append(row)
        if chance.random() < buying:
            bought = at + timedelta(days=int(chance.integers(3)), hours=1)
            worth = int(chance.integers(500, 5000))
            what = {"order_number": unit, "visitor": unit, "at": bought, "day": bought.date(), "quantity": 2}
            is_undone = chance.random() < 0.1
            orders.append({**what, "revenue_minor": worth, "cost_minor": worth // 2, "is_undone": bool(is_undone)})
    with shop.app.app_context(), transaction():
        db.session.execute(db.insert(ExperimentExposure), exposures)
        if orders:
            db.session.execute(db.insert(OrderRow), orders)


def look(shop: SimpleNamespace, days: int = DAYS) -> Page:
    shop.clock.move_to(BEGAN + timedelta(days=days, hours=1))
    return at_work(shop.app, Role.ANALYST).get(URL)


def test_how_many_carry_a_figure_is_not_how_many_there_were(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        said = sentence(Facts(Saying.TOO_FEW, arm="control", visitors=14), {"control": "As it is"})
    assert said == (
        "Too few visitors so far: the figure in “As it is” is only as good as one from 14 visitors who count alike."
    )


def test_a_win_is_one_plain_sentence_with_its_figures(ran: SimpleNamespace) -> None:
    come(ran, "control", 2000, buying=0.1)
    come(ran, "new", 2000, buying=0.2, seed=2)
    page = look(ran)
    said = page.words("#verdict")
    assert said.startswith("“New words” is better: +")
    assert said.endswith("in Visitors who bought after 28 days.")
    assert "Alarm" not in page.said
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.all(".data tbody tr")]
    assert rows[0][0] == "Visitors who bought decides"
    assert {row[0] for row in rows} >= {
        "Revenue per visitor",
        "Average order",
        "Cancelled orders",
        "Margin per visitor",
    }
    assert len(page.all(".whisker")) >= 6
    assert "Guardrails" in page.said
    assert [row.get_text(" ", strip=True) for row in page.all(".days tbody tr")]


def test_no_difference_is_said_as_such(ran: SimpleNamespace) -> None:
    come(ran, "control", 1000, buying=0.1)
    come(ran, "new", 1000, buying=0.1, seed=2)
    assert look(ran).words("#verdict").startswith("After 28 days no difference is shown")


@pytest.mark.parametrize(("days", "words"), [(0, "nothing to compare yet"), (5, "too early")])
def test_a_young_experiment_says_so(ran: SimpleNamespace, days: int, words: str) -> None:
    come(ran, "control", 1000, buying=0.1)
    come(ran, "new", 1000, buying=0.11, seed=2)
    said = look(ran, days).words("#verdict")
    assert words in said or "No difference is shown yet" in said or "Too few" in said


def test_visitors_who_did_not_fall_as_planned_ring_an_alarm_and_no_metric_is_shown(ran: SimpleNamespace) -> None:
    come(ran, "control", 1500, buying=0.1)
    come(ran, "new", 2000, buying=0.2, seed=2)
    page = look(ran)
    assert "These figures cannot be trusted: “" in page.words("#verdict")
    assert "No metric is shown while this is so." in page.said
    assert page.all(".whisker") == []
    assert "Average order" not in page.said.split("Plan")[0]


def test_visitors_who_saw_several_variations_ring_an_alarm(ran: SimpleNamespace) -> None:
    come(ran, "control", 1000, buying=0.1)
    come(ran, "new", 1000, buying=0.1, seed=2)
    with ran.app.app_context(), transaction():
        rows = db.session.execute(db.select(ExperimentExposure.__table__).limit(100)).all()
        other = [
            {**row._mapping, "variation_id": sum(ran.arms.values()) - row.variation_id, "first_at": row.first_at}
            for row in rows
        ]
        db.session.execute(db.insert(ExperimentExposure), other)
    page = look(ran)
    assert "saw more than one variation" in page.words("#verdict")
    assert page.all(".whisker") == []


def test_raw_counts_are_a_table(ran: SimpleNamespace) -> None:
    come(ran, "control", 60, buying=0.5)
    come(ran, "new", 60, buying=0.5, seed=2)
    ran.clock.move_to(BEGAN + timedelta(days=DAYS))
    answer = at_work(ran.app, Role.ANALYST).get(f"{URL}/counts.csv")
    assert answer.response.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert lines[0][:4] == ["variation", "metric", "n", "y"]
    (converted,) = (line for line in lines if line[:2] == ["new", "conversion"])
    assert converted[2] == "60"
    assert 10 < int(converted[3]) < 50
    days = lines[lines.index(["day", "variation", "visitors"]) + 1 :]
    assert sum(int(line[2]) for line in days) == 120


def test_a_conclusion_keeps_the_figures_it_rests_on(ran: SimpleNamespace) -> None:
    come(ran, "control", 2000, buying=0.1)
    come(ran, "new", 2000, buying=0.2, seed=2)
    ran.clock.move_to(BEGAN + timedelta(days=DAYS, hours=1))
    browser = at_work(ran.app, Role.MERCHANDISER)
    page = browser.submit(browser.get(URL), "form[action$='/end']", reason="Long enough")
    browser.submit(page, "form[action$='/conclusion']", decision="ship:new", note="Better.")
    with ran.app.app_context():
        result = db.session.scalars(db.select(Experiment.result)).one()
    assert "is better" in result["sentence"]
    assert result["visitors"] == 4000
    assert result["lines"][0][0] == "Visitors who bought"
    with ran.app.app_context(), transaction():
        assert forget_before(BEGAN + timedelta(days=DAYS + 1)) == 4000
    page = browser.get(URL)
    assert page.words("#verdict") == result["sentence"]
    assert "4,000" in page.said
    assert all(text in page.said for text in result["lines"][0])


def test_a_draft_says_how_long_it_takes_with_the_traffic_of_these_weeks(ran: SimpleNamespace) -> None:
    come(ran, "control", 3000, buying=0.6)
    ran.clock.move_to(BEGAN + timedelta(days=DAYS, hours=1))
    browser = at_work(ran.app, Role.MERCHANDISER)
    page = browser.submit(browser.get(URL), "form[action$='/versions']")
    assert "visitors a day of these weeks" in page.said
    assert "In the 28 days that you planned" in page.said
