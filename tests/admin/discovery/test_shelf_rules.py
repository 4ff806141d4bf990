"""Rules of shelves in the back office: the list, the form, and what a rule would change."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from admin.discovery.shelves.lines import line_chart
from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import ShelfRule
from storefront.discovery.recommending import holder
from storefront.discovery.shelves import ruling
from storefront.discovery.shelves.rules import Actions
from storefront.discovery.shelves.ruling import RulePlan
from storefront.kernel.clock import now
from tests import factories as make
from tests.admin.people import at_work
from tests.browser import Page, Shopper

URL = "/admin/recommendations/rules"


def make_rule(app: Flask, name: str = "A rule", shelf: str = "home", **more: Any) -> int:
    actions = more.pop("actions", Actions(pins=(1,)))
    with app.app_context(), transaction():
        return ruling.add_rule(plan=RulePlan(name, shelf, actions, **more), by="staff:1", at=now()).id


def stored(app: Flask) -> list[ShelfRule]:
    with app.app_context():
        return list(db.session.scalars(db.select(ShelfRule).order_by(ShelfRule.id)))


@pytest.fixture(autouse=True)
def _no_model(any_app: Flask) -> None:
    """Shelves are tried on what the catalogue sells, whatever another test trained."""
    any_app.extensions.pop("recommender", None)
    with any_app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)


@pytest.fixture
def goods(any_app: Flask) -> SimpleNamespace:
    """Two teas that sell, and coffee that sells less."""
    with any_app.app_context(), transaction():
        tea, coffee = make.make_category("Tea"), make.make_category("Coffee")
        green = make.make_product("Green tea", category=tea, sku="GT-1", price=450, popularity=90)
        black = make.make_product("Black tea", category=tea, popularity=50)
        bean = make.make_product("Beans", category=coffee, sku="BN-1", popularity=1)
        return SimpleNamespace(app=any_app, green=green.id, black=black.id, bean=bean.id, tea=tea.id)


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "Beans first",
        "shelf": "home",
        "priority": "100",
        "is_active": "yes",
        "margin": "",
        "freshness": "",
        **more,
    }


def preview(browser: Shopper, **more: Any) -> Page:
    return browser.post(f"{URL}/preview", form(**{"preview-shelf": "home", **more}), htmx=True)


def listed(page: Page) -> list[list[str]]:
    return [[str(row.get_text(" ", strip=True)) for row in side.select(".why__name")] for side in page.all(".placed")]


def test_a_rule_is_made_changed_and_deleted_and_the_ledger_knows(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    assert browser.get(f"{URL}/new").one("#shelf")
    answer = browser.post(
        URL, form(pins=str(goods.bean), category=str(goods.tea), margin="4", ends_at="2030-01-01T09:00")
    )
    (rule,) = stored(goods.app)
    assert answer.location == f"{URL}/{rule.id}"
    assert rule.actions == {"pins": [goods.bean], "category_ids": [goods.tea], "boosts": [["margin", 4]]}
    page = browser.get(answer.location)
    assert "Beans" in page.said
    assert page.one("#margin option[selected]")["value"] == "4"
    version = str(page.one("input[name=version]")["value"])
    changed = browser.post(answer.location, form(name="Beans", buries=str(goods.green), version=version))
    assert changed.status == 303
    assert stored(goods.app)[0].actions == {"buries": [goods.green]}
    assert browser.post(f"{answer.location}/deletion").location == URL
    assert stored(goods.app) == []
    with goods.app.app_context():
        actions = list(db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-3:] == ["shelf_rule.add", "shelf_rule.change", "shelf_rule.delete"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give the rule a name"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"shelf": "nope"}, "Choose a shelf"),
        ({"priority": "-1"}, "0 to"),
        ({"margin": "99"}, "choose from the list"),
        ({"pins": ""}, "does nothing yet"),
        ({"buries": "1"}, "first and last at once"),
        ({"starts_at": "2026-05-02T09:00", "ends_at": "2026-05-01T09:00"}, "ends before it starts"),
        ({"ends_at": "soon"}, "day and a time"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(goods: SimpleNamespace, wrong: dict[str, Any], said: str) -> None:
    page = at_work(goods.app).post(URL, {**form(pins="1"), **wrong})
    assert page.status == 422
    assert said in page.said
    assert stored(goods.app) == []


def test_who_was_slower_is_told_and_loses_nothing(goods: SimpleNamespace) -> None:
    number = make_rule(goods.app, actions=Actions(pins=(goods.green,)))
    first, second = at_work(goods.app), at_work(goods.app, Role.MERCHANDISER)
    page = second.get(f"{URL}/{number}")
    seen = {str(field["name"]): str(field["value"]) for field in page.all("input[name^=seen-]")}
    first.post(f"{URL}/{number}", form(name="Mine", pins=str(goods.green), version="1"))
    late = second.post(f"{URL}/{number}", {**seen, **form(name="A rule", pins=str(goods.bean), version="1")})
    assert late.status == 409
    assert "Somebody else changed this rule" in late.said
    assert late.one("#name")["value"] == "Mine"
    assert str(goods.bean) in [field["value"] for field in late.all("input[name=pins]")]


def test_buttons_of_the_form_find_add_and_move_products_without_a_script(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    page = browser.post(f"{URL}/draft", form(find="tea", do="find:"))
    found = [str(button["value"]) for button in page.all("button[name=do]")]
    assert f"add:pins:{goods.green}" in found
    assert all(str(button["formaction"]).startswith(URL) for button in page.all("button[formaction]"))
    page = browser.post(f"{URL}/draft", form(pins=[str(goods.green), str(goods.bean)], do=f"up:pins:{goods.bean}"))
    assert [str(field["value"]) for field in page.all("input[name=pins]")] == [str(goods.bean), str(goods.green)]
    found_goods = browser.get(f"{URL}/products?find=GT-1", htmx=True)
    assert "Green tea" in found_goods.said
    assert all(str(button["formaction"]).startswith(URL) for button in found_goods.all("button[formaction]"))


def test_a_preview_shows_the_shelf_before_and_after_and_stores_nothing(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    page = preview(browser, pins=str(goods.bean))
    assert listed(page) == [["Green tea", "Black tea", "Beans"], ["Beans", "Green tea", "Black tea"]]
    assert "up 2" in page.said
    assert "put first by a rule" in page.said
    page = preview(browser, category=str(goods.tea))
    assert listed(page)[1] == ["Beans"]
    assert "gone" in page.said
    assert stored(goods.app) == []


def test_a_preview_says_what_it_misses(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    pins = str(goods.bean)
    assert "no such customer" in preview(browser, pins=pins, **{"preview-customer": "nobody@example.com"}).said
    similar = {"preview-shelf": "similar"}
    assert "Name a product" in preview(browser, pins=pins, **similar).said
    about = preview(browser, pins=pins, **similar, **{"preview-product": "gt-1"})
    assert "does not hold on this shelf" in about.said
    assert "Choose the category" in preview(browser, pins=pins, **{"preview-shelf": "category"}).said
    there = preview(browser, pins=pins, shelf="", **{"preview-shelf": "category", "preview-category": str(goods.tea)})
    assert listed(there)[1][0] == "Beans"
    assert preview(browser, pins=pins, name="").status == 422


def test_a_preview_without_a_script_is_a_page_with_all_that_was_typed(goods: SimpleNamespace) -> None:
    page = at_work(goods.app).post(f"{URL}/preview", form(pins=str(goods.bean), **{"preview-shelf": "home"}))
    assert page.one("#name")["value"] == "Beans first"
    assert len(page.all(".placed")) == 2


def test_who_may_only_look_tries_what_is_stored(goods: SimpleNamespace) -> None:
    number = make_rule(goods.app, actions=Actions(pins=(goods.bean,)))
    analyst = at_work(goods.app, Role.ANALYST)
    assert analyst.get(f"{URL}/{number}").all("fieldset[disabled]")
    page = preview(analyst, id=str(number), pins=str(goods.black))
    assert listed(page)[1][0] == "Beans"
    assert analyst.post(f"{URL}/{number}", form()).status == 403


def test_only_who_may_see_orders_tries_a_customers_shelf(goods: SimpleNamespace) -> None:
    number = make_rule(goods.app, actions=Actions(pins=(goods.bean,)))
    named = {"preview-customer": "nobody@example.com"}
    for role, is_asked in ((Role.OPERATIONS, True), (Role.MERCHANDISER, False), (Role.ANALYST, False)):
        browser = at_work(goods.app, role)
        assert bool(browser.get(f"{URL}/{number}").all("#preview-customer")) is is_asked
        page = preview(browser, id=str(number), pins=str(goods.bean), **named)
        assert ("no such customer" in page.said) is is_asked


def test_the_list_says_where_what_and_how_each_rule_stands(app: Flask) -> None:
    at = now()
    make_rule(app, "Now <b>", "", actions=Actions(pins=(1, 2), buries=(3,)))
    make_rule(app, "Later", "cart", starts_at=at.replace(year=at.year + 1), priority=900)
    make_rule(app, "Off", is_active=False)
    browser = at_work(app)
    page = browser.get(URL)
    assert str(page.all("td a")[0].get_text()) == "Later"
    assert "2 products first · 1 product last" in page.said
    assert "Every shelf" in page.said
    for query, name in (
        ("standing=planned", "Later"),
        ("standing=off", "Off"),
        ("shelf=every", "Now <b>"),
        ("shelf=cart", "Later"),
    ):
        assert [str(link.get_text()) for link in browser.get(f"{URL}?{query}").all("td a")] == [name], query


def test_lines_stand_on_zero_and_a_gap_breaks_them() -> None:
    chart = line_chart({"model": [0.31, None, 0.32], "best sellers": [0.3, 0.3, 0.32]})
    assert chart is not None
    assert chart.ticks[0][1] == 0
    assert chart.ticks[-1][1] == 0.4
    model = next(line for line in chart.lines if line.name == "model")
    assert model.path.count("M") == 2
    assert line_chart({"model": [None]}) is None
    assert line_chart({}) is None
    single = line_chart({"model": [0.0]})
    assert single is not None
