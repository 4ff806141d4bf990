"""An experiment's life in the back office: planned, checked, started, ramped, ended, concluded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.content.models import SlotEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments.models import Experiment
from storefront.kernel.kept import Kept
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.experiments.making import HERO, arrive, make_slots

NEW = f"/admin/experiments/new?surface={HERO}"


@pytest.fixture
def shop(app: Flask) -> SimpleNamespace:
    """The application with a hero of two entries, and a merchandiser at work."""
    app.extensions.pop("experiments", None)
    with app.app_context(), transaction():
        entries = make_slots()
    return SimpleNamespace(app=app, entries=entries, browser=at_work(app, Role.MERCHANDISER))


def write(shop: SimpleNamespace, **values: Any) -> Page:
    """Fill in the form of a new experiment."""
    browser: Shopper = shop.browser
    typed = {
        "name": "New hero",
        "v-1-name": "New words",
        "v-1-entry": str(shop.entries["Something new"]),
        "guard-undone_orders": "10",
        **values,
    }
    return browser.submit(browser.get(NEW), "form[action='/admin/experiments']", **typed)


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(db.select(model.__table__).order_by(model.__table__.c.id)).all())


def test_a_plan_is_written_checked_started_ramped_ended_and_concluded(shop: SimpleNamespace) -> None:
    browser: Shopper = shop.browser
    assert "No experiments yet" in browser.get("/admin/experiments").said
    chosen = browser.get("/admin/experiments/new")
    assert HERO in {str(option["value"]) for option in chosen.all("#surface option")}
    page = write(shop)
    assert page.words("h1") == "New hero"
    assert "Nothing can be reckoned yet" in page.said
    assert not page.all(".is-wrong")
    for nonsense in ("0", "101", "half", ""):
        page = browser.submit(page, "form[action$='/start']", coverage=nonsense)
        assert (page.status, page.words("h1")) == (422, "New hero")
        assert "Coverage is a whole number from 1 to 100." in page.words("#coverage-error")
        assert page.one("#coverage")["value"] == nonsense
    page = browser.submit(page, "form[action$='/start']", coverage="20")
    assert "The experiment runs." in page.said
    assert "Those of today count from tomorrow on." in page.said
    assert "Entry of the slot: Something new" in page.said
    assert "It is too early" in page.words("#verdict") or "nothing to compare" in page.words("#verdict")
    page = browser.submit(page, "form[action$='/coverage']", coverage="10")
    assert page.status == 422
    assert "only goes up" in page.said
    page = browser.submit(page, "form[action$='/coverage']", coverage="100")
    assert "More visitors take part now." in page.said
    for _ in range(10):
        arrive(shop.app)
    assert "New visitors a day" in browser.get("/admin/experiments/1").said
    page = browser.submit(browser.get("/admin/experiments/1"), "form[action$='/end']", reason="")
    assert page.status == 422
    page = browser.submit(page, "form[action$='/end']", reason="Long enough")
    assert "Ended: Long enough" in page.said
    assert "It was ended before the planned 28 days were over." in page.said
    assert "The planned time is over." not in page.said
    assert "Nobody has seen it yet." not in page.said  # the day on which it ended is on the chart
    page = browser.submit(page, "form[action$='/conclusion']", decision="ship:new-words", note="Words matter.")
    assert "Everybody gets a variation" in page.said
    assert "Words matter." in page.said
    told = [
        row.action.removeprefix("experiment.") for row in rows(shop.app, AuditEntry) if row.object_kind == "experiment"
    ]
    assert told == ["add", "start", "ramp", "stop", "conclude"]
    (row,) = rows(shop.app, Experiment)
    assert (row.status, row.winner, row.decision) == ("concluded", "new-words", "ship")
    assert row.result["sentence"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"v-0-weight": "60"}, "The weights come to 110 %."),
        ({"v-1-entry": "999"}, "it was removed, or it is not shown now"),
        ({"v-1-name": ""}, "Give the variation a name."),
        ({"name": " "}, "Give the experiment a name"),
        ({"days": "20"}, "whole weeks"),
        ({"days": "7"}, "Enter a whole number from 14"),
        ({"mde": "0"}, "Enter a percentage above 0"),
        ({"starts_at": "2026-05-20T10:00", "ends_at": "2026-05-03T10:00"}, "It ends before it starts."),
        ({"starts_at": "2026-05-20T10:00", "ends_at": "2026-05-25T10:00"}, "It ends before its 28 days are over."),
        ({"guard-revenue_per_visitor": "5"}, "Each metric is named once"),
        ({"primary_metric": "click_through"}, "can be measured in this place"),
        ({"share": "0"}, "Enter a whole number from 1"),
        ({"watching": "never"}, "Please check what you entered."),
        ({"surface": "slot:home:nowhere"}, "There is no place called"),
    ],
)
def test_nonsense_is_told_beside_what_was_typed_and_nothing_is_lost(
    shop: SimpleNamespace, values: dict[str, str], words: str
) -> None:
    page = write(shop, hypothesis="Because", **values)
    assert page.status == 422
    assert words in page.said
    assert page.one("#hypothesis").get_text().strip() == "Because"
    assert rows(shop.app, Experiment) == []


def test_a_draft_is_changed_and_who_was_slower_is_told(shop: SimpleNamespace) -> None:
    write(shop)
    browser, other = shop.browser, at_work(shop.app, Role.SUPER_ADMIN)
    mine, theirs = browser.get("/admin/experiments/1"), other.get("/admin/experiments/1")
    assert other.submit(theirs, "form[data-guarded]", name="Their hero").words("h1") == "Their hero"
    page = browser.submit(mine, "form[data-guarded]", mde="8")
    assert page.status == 409
    assert "Their hero" in str(page.one("#name")["value"])
    assert page.one("#mde")["value"] == "8"
    page = browser.submit(page, "form[data-guarded]")
    assert (page.status, page.words("h1")) == (200, "Their hero")
    (row,) = rows(shop.app, Experiment)
    assert row.mde == 0.08


def test_a_draft_that_ends_in_the_past_is_refused_when_it_is_written_and_when_it_is_changed(
    shop: SimpleNamespace,
) -> None:
    page = write(shop, ends_at="2020-01-01T10:00")
    assert page.status == 422
    assert "This time is over. Choose a later one." in page.said
    assert rows(shop.app, Experiment) == []
    write(shop)
    draft = shop.browser.get("/admin/experiments/1")
    page = shop.browser.submit(draft, "form[data-guarded]", ends_at="2020-01-01T10:00")
    assert page.status == 422
    assert "This time is over. Choose a later one." in page.said
    assert [row.ends_at for row in rows(shop.app, Experiment)] == [None]


def test_what_runs_is_not_changed_but_has_a_new_version(shop: SimpleNamespace) -> None:
    browser: Shopper = shop.browser
    draft = write(shop)
    browser.submit(draft, "form[action$='/start']")
    page = browser.submit(draft, "form[data-guarded]", **{"v-0-weight": "90", "v-1-weight": "10"})
    assert (page.status, page.words("h1")) == (409, "New hero")
    assert "Make a new version of it instead" in page.said
    page = browser.submit(browser.get("/admin/experiments/1"), "form[action$='/versions']")
    assert page.words("h1") == "New hero"
    assert page.all(".is-wrong")  # the first one has all visitors of the place
    first, second = rows(shop.app, Experiment)
    assert first.salt != second.salt
    assert (second.follows_id, second.key, second.status) == (1, "new-hero-2", "draft")


def test_two_experiments_share_a_place_only_as_far_as_there_is_room(shop: SimpleNamespace) -> None:
    browser: Shopper = shop.browser
    browser.submit(write(shop, share="60"), "form[action$='/start']")
    page = write(shop, name="Another", share="60")
    assert "40 % of the visitors of “Home page: Large banner” are free; it wants 60 %." in page.said
    assert page.one("form[action$='/start'] button").has_attr("disabled")
    refused = browser.post("/admin/experiments/2/start", {"coverage": "100"})
    assert (refused.status, refused.words("h1")) == (409, "Another")
    assert "This experiment cannot start yet. Its checks say why." in refused.said
    page = browser.submit(page, "form[data-guarded]", share="40")
    assert not page.all(".is-wrong")
    assert "The experiment runs." in browser.submit(page, "form[action$='/start']").said
    page = write(shop, name="Third", namespace="elsewhere")
    assert "varies the same place in another namespace" in page.said


def test_an_entry_that_is_gone_is_reported(shop: SimpleNamespace) -> None:
    browser: Shopper = shop.browser
    browser.submit(write(shop), "form[action$='/start']")
    with shop.app.app_context(), transaction():
        db.session.execute(db.update(SlotEntry).where(SlotEntry.name == "Something new").values(status="archived"))
    Kept.forget_all()
    assert "What it names is gone" in browser.get("/admin/experiments").said
    assert "Nobody is in this experiment now." in browser.get("/admin/experiments/1").said


def test_a_draft_is_thrown_away_and_what_runs_is_not(shop: SimpleNamespace) -> None:
    browser: Shopper = shop.browser
    assert "The draft is gone." in browser.submit(write(shop), "form[action$='/removal']").said
    browser.submit(write(shop), "form[action$='/start']")
    number = rows(shop.app, Experiment)[0].id
    assert browser.post(f"/admin/experiments/{number}/removal", {}).status == 409
    assert browser.post(f"/admin/experiments/{number}/conclusion", {"decision": "keep", "note": "x"}).status == 409


def test_analysts_read_and_do_not_write(shop: SimpleNamespace) -> None:
    write(shop)
    analyst = at_work(shop.app, Role.ANALYST)
    page = analyst.get("/admin/experiments/1")
    assert page.all("fieldset[disabled]")
    assert not page.all("form[action$='/start']")
    assert analyst.get("/admin/experiments/1/counts.csv").status == 200


def test_pages_speak_chinese(shop: SimpleNamespace) -> None:
    shop.browser.submit(write(shop), "form[action$='/start']")
    browser = at_work(shop.app, Role.SUPER_ADMIN)
    browser.language = "zh-CN"
    browser.post("/language", {"lang": "zh"})
    for path in ("/admin/experiments", NEW, "/admin/experiments/new", "/admin/experiments/1"):
        assert browser.get(path).status == 200
