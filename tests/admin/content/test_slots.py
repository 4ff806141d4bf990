"""The home page as merchandisers arrange it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from admin.content.standing import standing_of
from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.content.models import Slot, SlotEntry
from storefront.content.rules import Audience, Entry
from storefront.content.rules import Slot as PlainSlot
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop import services as shop
from tests.admin.people import at_work
from tests.browser import Page, Shopper

FORM = "main form[data-guarded]"


@pytest.fixture
def home(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        for position, key in enumerate(("hero", "shelf", "footer")):
            slot = Slot(key=key, kind="banner", position=position)
            slot.entries = [
                SlotEntry(
                    name=f"{key} always",
                    is_fallback=True,
                    content={"en": {"title": key}},
                    audience={},
                    updated_at=now(),
                )
            ]
            db.session.add(slot)
    return any_app


def keys(page: Page) -> list[str]:
    return [heading.get_text() for heading in page.all(".slot h2")]


def add(browser: Shopper, **typed: Any) -> Page:
    return browser.submit(browser.get("/admin/home-slots/1/entries/new"), FORM, **{"name": "Spring", **typed})


def approve(app: Flask, page: Page) -> Page:
    """Let somebody else let through what a page shows."""
    browser = at_work(app, Role.OPERATIONS, "Olga")
    seen = browser.get(page.response.request.path)
    return browser.submit(seen, "form[action$=approval]")


def test_slots_move_up_and_down_and_stop_at_the_ends(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    assert keys(browser.get("/admin/home-slots")) == ["Large banner", "shelf", "footer"]
    assert browser.post("/admin/home-slots/3/position", {"step": "up"}).location == "/admin/home-slots#slot-3"
    assert keys(browser.get("/admin/home-slots")) == ["Large banner", "footer", "shelf"]
    browser.post("/admin/home-slots/1/position", {"step": "up"})
    browser.post("/admin/home-slots/2/position", {"step": "down"})
    page = browser.get("/admin/home-slots")
    assert keys(page) == ["Large banner", "footer", "shelf"]
    assert [button["value"] for button in page.all("button[name=step][disabled]")] == ["up", "down"]
    assert browser.post("/admin/home-slots/1/position", {"step": "sideways"}).status == 422
    assert browser.post("/admin/home-slots/99/position", {"step": "up"}).status == 404
    with home.app_context():
        entries = audit.list_entries_about("slot", "footer")
        assert [entry.changes for entry in entries] == [{"position": [3, 2]}]


def test_a_slot_is_hidden_and_shown(home: Flask) -> None:
    browser = at_work(home)
    browser.post("/admin/home-slots/2/visibility", {"shown": "no"})
    assert "Hidden" in browser.get("/admin/home-slots").words("#slot-2")
    browser.post("/admin/home-slots/2/visibility", {"shown": "yes"})
    assert "Hidden" not in browser.get("/admin/home-slots").words("#slot-2")


def test_an_entry_is_planned_in_the_shops_zone_and_becomes_live(home: Flask) -> None:
    with home.app_context(), transaction():
        shop.change_settings(values={"timezone": "Asia/Shanghai"}, at=now())
    browser = at_work(home)
    with time_machine.travel("2026-05-01T00:00:00Z", tick=False):
        browser = at_work(home, name="Early bird")
        page = add(
            browser,
            do="submit",
            priority="10",
            starts_at="2026-05-01T09:00",
            ends_at="2026-05-02T09:00",
            title_en="Spring is here",
            title_zh="春天来了",
            link="/categories",
        )
        assert page.status == 200
        assert "In review" in browser.get("/admin/home-slots").words("#slot-1")
        assert approve(home, page).status == 200
        assert "Planned" in browser.get("/admin/home-slots").words("#slot-1")
    with home.app_context():
        entry = db.session.scalars(db.select(SlotEntry).where(SlotEntry.name == "Spring")).one()
        assert entry.starts_at == datetime(2026, 5, 1, 1, tzinfo=UTC)
        assert entry.content["zh"] == {"title": "春天来了", "link": "/categories"}
        entry_id = entry.id
    with time_machine.travel("2026-05-01T02:00:00Z", tick=False):
        page = browser.get("/admin/home-slots")
        assert "Shown" in page.words("#slot-1")
        assert "Waits" in page.words("#slot-1")
        page = browser.get(f"/admin/home-slots/1/entries/{entry_id}")
        assert page.one("#starts_at")["value"] == "2026-05-01T09:00"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"starts_at": "2026-05-02T09:00", "ends_at": "2026-05-01T09:00"}, "ends_at", "ends before it starts"),
        ({"starts_at": "2026-05-02T09:00", "ends_at": "2026-05-02T09:00"}, "ends_at", "ends before it starts"),
        ({"starts_at": "soon"}, "starts_at", "Enter a day and a time"),
        ({"priority": "high"}, "priority", "whole number"),
        ({"priority": "-1"}, "priority", "whole number"),
        ({"priority": "1001"}, "priority", "whole number"),
        ({"visitor": "everyone"}, "visitor", "one of these"),
        ({"tier": "platinum"}, "tier", "one of these"),
        ({"link": "https://evil.example"}, "link", "starts with"),
        ({"link": "//evil.example"}, "link", "starts with"),
        ({"link": "/\\evil.example"}, "link", "starts with"),
        ({"link": "/a\\..\\b"}, "link", "starts with"),
        ({"title_en": "x" * 161}, "title_en", "too long"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    home: Flask, typed: dict[str, str], field: str, words: str
) -> None:
    page = add(at_work(home), text_en="kept meanwhile", **typed)
    assert page.status == 422
    assert words in page.words(f"#{field}-error")
    assert "kept meanwhile" in page.text
    with home.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(SlotEntry)) == 3


def test_an_entry_needs_a_name(home: Flask) -> None:
    browser = at_work(home)
    page = browser.submit(browser.get("/admin/home-slots/1/entries/new"), FORM, name=" ")
    assert page.status == 422
    assert "name that your colleagues" in page.said


@pytest.mark.parametrize("typed", [{"visitor": "new"}, {"ends_at": "2026-05-02T09:00"}])
def test_a_fallback_stays_shown_always(home: Flask, typed: dict[str, str]) -> None:
    browser = at_work(home)
    page = browser.submit(browser.get("/admin/home-slots/1/entries/1"), FORM, **typed)
    assert page.status == 422
    assert "allback" in page.words(".notice--error")
    page = browser.get("/admin/home-slots/1/entries/1")
    assert not page.all("form[action$=state]")
    said = browser.post("/admin/home-slots/1/entries/1/state", {"version": "1", "action": "pause"})
    assert said.status == 422
    assert "This is the fallback" in said.said
    page = browser.submit(page, FORM, title_en="Good morning")
    assert page.status == 200


def test_the_slower_of_two_is_told_what_changed_and_loses_nothing(home: Flask) -> None:
    mei, tom = at_work(home, Role.MERCHANDISER, "Mei"), at_work(home, Role.MERCHANDISER, "Tom")
    seen_by_tom = tom.get("/admin/home-slots/1/entries/1")
    seen_by_mei = mei.get("/admin/home-slots/1/entries/1")
    assert mei.submit(seen_by_mei, FORM, title_en="Mei's title", title_zh="梅的标题").status == 200
    page = tom.submit(seen_by_tom, FORM, title_en="Tom's title", text_en="Tom's text")
    assert page.status == 409
    assert "Mei's title" in page.words(".conflict")
    assert page.one("#title_en")["value"] == "Tom's title"
    page = tom.submit(page, FORM, do="submit")
    assert page.status == 200
    approve(home, page)
    with home.app_context():
        content = db.session.get(SlotEntry, 1).content
        assert content["en"] == {"title": "Tom's title", "text": "Tom's text"}
        assert content["zh"] == {"title": "梅的标题"}


def test_unknown_slots_and_entries_are_not_found(home: Flask) -> None:
    browser = at_work(home)
    for url in (
        "/admin/home-slots/9/entries/new",
        "/admin/home-slots/1/entries/99",
        "/admin/home-slots/2/entries/1",
    ):
        assert browser.get(url).status == 404
    form = {"name": "x", "status": "draft", "priority": "0", "version": "1"}
    assert browser.post("/admin/home-slots/9/entries", form).status == 404
    assert browser.post("/admin/home-slots/2/entries/1", form).status == 404


def test_operations_look_but_do_not_touch(home: Flask) -> None:
    browser = at_work(home, Role.OPERATIONS)
    page = browser.get("/admin/home-slots")
    assert not page.all("main form[method=post]")
    assert browser.get("/admin/home-slots/1/entries/1").one(f"{FORM} fieldset").has_attr("disabled")


def test_standings_follow_the_rule_of_the_page() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    later, earlier = datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    entries = {
        "shown": Entry(1, {}, priority=10),
        "covered": Entry(2, {}, priority=5),
        "planned": Entry(3, {}, priority=99, starts_at=later),
        "ended": Entry(4, {}, priority=99, ends_at=earlier),
        "aimed": Entry(5, {}, priority=99, audience=Audience(visitor="returning")),
        "paused": Entry(6, {}, priority=99, status="paused"),
        "waiting": Entry(7, {}, is_fallback=True),
    }
    slot = PlainSlot("hero", "banner", tuple(entries.values()))
    assert {name: standing_of(entry, slot, at) for name, entry in entries.items()} == {name: name for name in entries}
    alone = PlainSlot("hero", "banner", (entries["waiting"],))
    assert standing_of(entries["waiting"], alone, at) == "shown"
