"""Experiments for tests, and what was written of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from storefront.content.models import Slot, SlotEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments import services
from storefront.experiments.models import ExperimentExposure
from storefront.experiments.plans import ExperimentPlan, VariationPlan
from storefront.kernel.clock import now
from tests.browser import Page, Shopper

ARRIVES = {"Sec-Fetch-Site": "none", "User-Agent": "Mozilla/5.0 Firefox/140.0"}
BY = "staff:1"
HERO = "slot:home:hero"


def make_slots() -> dict[str, int]:
    """A home page with a hero; returns the ids of its entries by title. Call it within a transaction."""
    slot = Slot(page="home", key="hero", kind="banner", position=0)
    slot.entries = [
        SlotEntry(
            name=title, priority=priority, is_fallback=False, audience={}, content=_words(title), updated_at=now()
        )
        for title, priority in (("As ever", 10), ("Something new", 1))
    ]
    db.session.add(slot)
    db.session.flush()
    return {entry.name: entry.id for entry in slot.entries}


def _words(title: str) -> dict[str, Any]:
    return {"en": {"title": title}, "zh": {"title": title}}


def hero_plan(entry: int, **values: Any) -> ExperimentPlan:
    """Compare the hero as it is with another entry, half and half."""
    return ExperimentPlan(
        **{
            "name": "New hero",
            "surface": HERO,
            "variations": (
                VariationPlan(key="control", name="As it is", weight=50),
                VariationPlan(key="new", name="New words", weight=50, params={"entry": str(entry)}),
            ),
            **values,
        }
    )


def start(app: Flask, make_plan: Callable[[], ExperimentPlan], *, coverage: int = 100) -> int:
    """Write a plan down and let it run; returns the experiment's id."""
    with app.app_context():
        with transaction():
            number = services.add_experiment(plan=make_plan(), by=BY, at=now()).id
        with transaction():
            services.start_experiment(experiment_id=number, coverage=coverage, visitors=1000, by=BY, at=now())
    return number


def exposures(app: Flask) -> list[Any]:
    """What was noted, as plain rows."""
    with app.app_context():
        table = ExperimentExposure.__table__
        return list(db.session.execute(db.select(table).order_by(table.c.first_at, table.c.unit)).all())


def arrive(app: Flask, path: str = "/", **options: Any) -> tuple[Shopper, Page]:
    """Somebody new opens a page of the shop from elsewhere."""
    shopper = Shopper(app)
    return shopper, shopper.get(path, headers={**ARRIVES, **options.pop("headers", {})}, **options)


def cookie_of(shopper: Shopper, name: str = "visitor") -> str:
    """What a browser keeps."""
    found = shopper.client.get_cookie(name)
    return found.value if found else ""


def in_time(days: int) -> Any:
    return now() + timedelta(days=days)
