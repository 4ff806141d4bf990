"""What comes of the entries of curated pages: seen, opened once, and credited with what was ordered after."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from storefront.analytics import services
from storefront.analytics.entry_reports import EntryFigures, entry_figures
from storefront.analytics.events import EntriesViewed, EntryOpened, PurchaseUndone
from storefront.analytics.models import EntryClickRow
from storefront.analytics.recording import record_for
from storefront.content.models import Slot, SlotEntry
from storefront.content.queries import forget_slots
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders.models import Order
from tests.browser import Shopper
from tests.storefront.checkout.desk import order

ROBOT = {"User-Agent": "Googlebot/2.1"}


@pytest.fixture
def front(searched: SimpleNamespace) -> SimpleNamespace:
    with searched.app.app_context(), transaction():
        rows = [
            SlotEntry(name=name, is_fallback=True, content={}, audience={}, updated_at=now()) for name in ("one", "two")
        ]
        for place, row in enumerate(rows):
            db.session.add(Slot(key=row.name, kind="rich_text", position=place, entries=[row]))
        db.session.flush()
        searched.one, searched.two = (row.id for row in rows)
        forget_slots()
    return searched


def opened(shopper: Shopper, entry: object) -> int:
    return shopper.post("/entries/clicks", json={"entry": entry}).status


def bought(shopper: Shopper, sku: str) -> None:
    shopper.post("/cart/lines", {"sku": sku, "quantity": "2"})
    assert order(shopper).status == 303


def figures(app: Flask, days: int = 0) -> dict[int, EntryFigures]:
    with app.app_context():
        today = now().date()
        return entry_figures(today - timedelta(days=days), today)


def test_views_are_counted_by_day_and_openings_once_a_visit(front: SimpleNamespace) -> None:
    shopper = Shopper(front.app)
    for _ in range(3):
        assert shopper.post("/entries/views", json={"entries": [front.one, front.two]}).status == 204
    for _ in range(3):
        assert opened(shopper, front.one) == 204
    assert opened(Shopper(front.app), front.one) == 204
    assert figures(front.app) == {front.one: EntryFigures(3, 2), front.two: EntryFigures(3, 0)}
    assert figures(front.app)[front.one].click_rate == 2 / 3
    with time_machine.travel(now() + timedelta(minutes=31)):
        opened(shopper, front.one)
        assert figures(front.app, days=1)[front.one].clicks == 3


def test_an_order_counts_for_the_entry_opened_last_in_the_week_before(front: SimpleNamespace) -> None:
    ada, bob, eve = (Shopper(front.app) for _ in range(3))
    opened(ada, front.one)
    with time_machine.travel(now() + timedelta(minutes=1)):
        opened(ada, front.two)
        bought(ada, "WHITE-1")
    opened(bob, front.one)
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        bought(bob, "GREEN-1")
    bought(eve, "BLACK-1")
    found = figures(front.app, days=10)
    assert (found[front.one].orders, found[front.one].revenue_minor) == (0, 0)
    assert (found[front.two].orders, found[front.two].revenue_minor) == (1, 1400)


def test_a_cancelled_order_takes_its_revenue_back(front: SimpleNamespace) -> None:
    shopper = Shopper(front.app)
    opened(shopper, front.one)
    bought(shopper, "WHITE-1")
    assert figures(front.app)[front.one].revenue_minor == 1400
    with front.app.app_context():
        record_for("", PurchaseUndone(db.session.scalars(db.select(Order.number)).one()))
    assert figures(front.app)[front.one] == EntryFigures(0, 1)


@pytest.mark.parametrize("told", [{}, {"entry": "x"}, {"entry": 999_999}, {"entry": True}, {"entry": None}, []])
def test_what_no_page_shows_is_not_counted(front: SimpleNamespace, told: object) -> None:
    shopper = Shopper(front.app)
    assert shopper.post("/entries/clicks", json=told).status == 400
    assert shopper.post("/entries/views", json={"entries": [front.one, 999_999]}).status == 400
    assert shopper.post("/entries/views", json={"entries": []}).status == 400
    assert figures(front.app) == {}


def test_robots_and_who_wants_no_trace(front: SimpleNamespace) -> None:
    assert Shopper(front.app).post("/entries/clicks", json={"entry": front.one}, headers=ROBOT).status == 204
    assert figures(front.app) == {}
    quiet = Shopper(front.app)
    page = quiet.post("/entries/clicks", json={"entry": front.one}, headers={"Sec-GPC": "1"})
    assert "visitor=" not in str(page.response.headers)
    assert figures(front.app)[front.one].clicks == 1
    with front.app.app_context():
        assert db.session.scalars(db.select(EntryClickRow.visitor)).all() == [None]


def test_who_opened_what_is_forgotten_and_the_sums_stay(front: SimpleNamespace) -> None:
    with front.app.app_context():
        record_for("a" * 22, EntryOpened(front.one), EntriesViewed((front.one,)))
        services.forget_before(now().date() + timedelta(days=1))
        assert db.session.scalar(db.select(db.func.count()).select_from(EntryClickRow)) == 0
    assert figures(front.app) == {front.one: EntryFigures(1, 1)}
