"""Rules of search in the back office: the list, the form, and what a rule would change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from flask import Flask

from search import IndexProblem, Searcher
from storefront.accounts.permissions import Role
from storefront.catalog.models import Product, ProductAddress
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, merchandising
from storefront.discovery.merchandising import RulePlan
from storefront.discovery.models import SearchRule
from storefront.discovery.searching import desk, forget_desk
from storefront.discovery.stored_rules import actions_of, conditions_of
from storefront.kernel.clock import now
from tests import factories as make
from tests.admin.people import at_work
from tests.browser import Page, Shopper

URL = "/admin/search/rules"


def make_rule(app: Flask, name: str = "A rule", **more: Any) -> int:
    conditions, actions = more.pop("conditions", {"phrases": [["equals", "tea"]]}), more.pop("actions", {"pins": [1]})
    plan = RulePlan(name, conditions_of(conditions), actions_of(actions), **more)
    with app.app_context(), transaction():
        return merchandising.add_rule(plan=plan, by="staff:1", at=now()).id


def stored(app: Flask) -> list[SearchRule]:
    with app.app_context():
        return list(db.session.scalars(db.select(SearchRule).order_by(SearchRule.id)))


@pytest.fixture
def goods(any_app: Flask) -> SimpleNamespace:
    """Two teas of one brand, and what they belong to."""
    with any_app.app_context(), transaction():
        tea, leaf = make.make_category("Tea"), make.make_brand("Leaf")
        green = make.make_product("Green tea", category=tea, brand_id=leaf.id, sku="GT-1", price=450)
        black = make.make_product("Black tea", category=tea, brand_id=leaf.id)
        return SimpleNamespace(app=any_app, green=green.id, black=black.id, tea=tea.id, brand=leaf.slug)


@pytest.fixture
def indexed(app: Flask) -> Iterator[SimpleNamespace]:
    """Three teas with an index of their own; the black one is sold out."""
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()
        with transaction():
            tea, leaf = make.make_category("Tea"), make.make_brand("Leaf")
            ids = [
                make.make_product("Green tea", category=tea, popularity=90).id,
                make.make_product("Black tea", category=tea, brand_id=leaf.id, popularity=50, stock=0).id,
                make.make_product("White tea", category=tea, brand_id=leaf.id, popularity=1).id,
            ]
        indexing.rebuild()
        number, slug = tea.id, leaf.slug
    yield SimpleNamespace(app=app, ids=ids, tea=number, brand=slug)
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()


def values(page: Page, name: str) -> list[str]:
    return [str(field["value"]) for field in page.all(f"input[type=hidden][name={name}]")]


def test_a_rule_is_made_changed_and_deleted_and_the_ledger_knows(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    page = browser.get(f"{URL}/new?query=tea")
    assert page.one("#equals").get_text().strip() == "tea"
    sent = {
        "name": "Tea first",
        "contains": "kettle\n茶壶",
        "pins": [str(goods.black), str(goods.green)],
        "priority": "7",
    }
    page = browser.submit(page, "#rule-form", **sent, category=[str(goods.tea)], redirect="", banner_text_zh="你好")
    assert page.one("h1").get_text() == "Tea first"
    (row,) = stored(goods.app)
    assert row.conditions["phrases"] == [["equals", "tea"], ["contains", "kettle"], ["contains", "茶壶"]]
    assert row.actions["pins"] == [goods.black, goods.green]
    assert (row.priority, row.is_active, row.conditions["category_ids"]) == (7, True, [goods.tea])
    assert values(page, "pins") == [str(goods.black), str(goods.green)]
    browser.submit(page, "#rule-form", name="Tea last", pins=[], buries=[str(goods.green)])
    (row,) = stored(goods.app)
    assert (row.name, row.actions["buries"], "pins" in row.actions) == ("Tea last", [goods.green], False)
    browser.submit(browser.get(f"{URL}/{row.id}"), "form[action$='/deletion']")
    assert stored(goods.app) == []
    said = browser.get("/admin/audit").said
    assert all(words in said for words in ("Search rule added", "Search rule changed", "Search rule deleted"))


def test_dates_are_typed_in_the_zone_of_the_shop(goods: SimpleNamespace) -> None:
    with goods.app.app_context(), transaction():
        db.session.execute(db.text("DELETE FROM setting WHERE key = 'timezone'"))
    browser = at_work(goods.app)
    page = browser.submit(
        browser.get(f"{URL}/new"), "#rule-form", name="Dated", equals="tea", pins=[str(goods.green)],
        starts_at="2026-05-03T09:00", ends_at="2026-05-04T09:00",
    )  # fmt: skip
    assert page.one("#starts_at")["value"] == "2026-05-03T09:00"
    assert stored(goods.app)[0].starts_at is not None
    page = browser.submit(page, "#rule-form", ends_at="2026-05-03T08:59")
    assert page.status == 422
    assert "It ends before it starts" in page.said


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/products/none", "/categories/none?q=1", "/admin/products"])
def test_a_link_to_a_page_that_is_not_there_is_refused(goods: SimpleNamespace, path: str) -> None:
    browser = at_work(goods.app)
    for field in ("redirect", "banner_link"):
        sent = {"name": "Lost", "equals": "tea", "banner_text_en": "Hello", field: path}
        page = browser.submit(browser.get(f"{URL}/new"), "#rule-form", **sent)
        assert page.status == 422
        assert f"There is no page at {path}" in page.words(f"#{field}-error")
    assert stored(goods.app) == []


@pytest.mark.parametrize("path", ["/products/{green}", "/products/old-tea", "/search?q=mug#results", "/", "/offers"])
def test_a_link_leads_to_any_page_of_the_shop(goods: SimpleNamespace, path: str) -> None:
    with goods.app.app_context(), transaction():
        green = db.session.get_one(Product, goods.green).slug
        db.session.add(ProductAddress(slug="old-tea", product_id=goods.green, left_at=now()))
    browser = at_work(goods.app)
    sent = {"name": "There", "equals": "tea", "redirect": path.format(green=green)}
    assert browser.submit(browser.get(f"{URL}/new"), "#rule-form", **sent).status == 200


@pytest.mark.parametrize("path", ["javascript:alert(1)", "//evil.example/x", "https://evil.example", "/\\evil.example"])
def test_a_link_out_of_the_shop_is_refused_and_stays_in_its_field(app: Flask, path: str) -> None:
    browser = at_work(app)
    for field in ("redirect", "banner_link"):
        sent = {"name": "Out", "equals": "tea", "banner_text_en": "Hello", field: path}
        page = browser.submit(browser.get(f"{URL}/new"), "#rule-form", **sent)
        assert page.status == 422
        assert page.one(f"#{field}")["value"] == path
        assert "leads to a page of this shop" in page.words(f"#{field}-error")
    assert stored(app) == []


def test_rules_that_send_shoppers_in_a_circle_are_refused(app: Flask) -> None:
    make_rule(app, conditions={"phrases": [["equals", "mug"]]}, actions={"redirect": "/search?q=cup"})
    browser = at_work(app)
    page = browser.submit(browser.get(f"{URL}/new"), "#rule-form", name="Back", equals="cup", redirect="/search?q=mug")
    assert page.status == 422
    assert "in a circle" in page.words("#redirect-error")


def test_nonsense_in_any_field_is_a_sentence_not_a_fault(app: Flask) -> None:
    browser = at_work(app)
    nonsense = {
        "name": "x" * 200, "priority": "many", "starts_at": "soon", "category": ["x", "9" * 30, "²"], "version": "x",
        "audience": "martians", "language": "fr", "boost": ["brand", "|", "brand|x"], "factor-brand|x": "nan",
        "pins": ["-1", "1e9"],
    }  # fmt: skip
    for path in (URL, f"{URL}/draft", f"{URL}/preview"):
        page = browser.post(path, nonsense)
        assert page.status in {200, 422}, path
    for audience in ("martians", "groups"):
        page = browser.post(
            URL, {"name": "A", "priority": "1", "equals": "tea", "redirect": "/offers", "audience": audience}
        )
        assert page.status == 422
    assert stored(app) == []


@pytest.fixture
def brands(any_app: Flask) -> Flask:
    """Fifty brands; two share a name."""
    with any_app.app_context(), transaction():
        for number in range(48):
            make.make_brand(f"Maker {number:02}", slug=f"maker-{number:02}")
        for slug in ("nord", "nord-2"):
            make.make_brand("Nord", slug=slug)
    return any_app


def test_brands_are_typed_by_name_and_taken_in_without_a_script(brands: Flask) -> None:
    browser = at_work(brands)
    page = browser.get(f"{URL}/new")
    assert "Maker" not in page.text, "thousands of brands make a heavy page"
    sent = {"name": "Makers", "equals": "tea", "find-boost-brand": " maker  07 ", "find-narrow-brand": "nord-2"}
    page = browser.submit(page, "#rule-form", **sent)
    (row,) = stored(brands)
    assert row.actions["boosts"] == [["brand", "maker-07", 2.0]]
    assert row.actions["brands"] == ["nord-2"]
    assert [(box["value"], box.has_attr("checked")) for box in page.all("[name=narrow-brand]")] == [("nord-2", True)]
    assert "Maker 07" in page.words("#boost")
    drafted = {"id": str(row.id), "narrow-brand": "nord-2", "find-narrow-brand": "Maker 01", "do": "refresh:"}
    page = browser.post(f"{URL}/draft", drafted, htmx=True)
    assert [box["value"] for box in page.all("[name=narrow-brand]")] == ["nord-2", "maker-01"]
    assert page.one("#find-narrow-brand")["value"] == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Nobody", "There is no brand “Nobody”."),
        ("Nord", "“Nord” names no brand alone. Perhaps one of these: nord, nord-2."),
        ("maker 4", "Perhaps one of these: Maker 40, Maker 41, Maker 42, Maker 43, Maker 44."),
        ("%", "There is no brand “%”."),
    ],
)
def test_a_brand_that_is_not_clear_stays_in_its_field_with_a_sentence(brands: Flask, typed: str, words: str) -> None:
    browser = at_work(brands)
    for field in ("find-boost-brand", "find-narrow-brand"):
        sent = {"name": "A", "equals": "tea", "in_stock": "yes", field: typed}
        page = browser.submit(browser.get(f"{URL}/new"), "#rule-form", **sent)
        assert page.status == 422
        assert page.one(f"#{field}")["value"] == typed
        assert words in page.words(f"#{field}-error")
    assert stored(brands) == []


def test_brands_are_offered_while_one_types(brands: Flask) -> None:
    browser = at_work(brands)

    def offered(text: str) -> list[str]:
        part = browser.get(f"{URL}/brands?{urlencode({'find-narrow-brand': text})}", htmx=True)
        assert part.one("datalist")["id"] == "find-narrow-brand-known"
        return [str(option["value"]) for option in part.all("option")]

    assert offered("r 1") == [f"Maker 1{digit}" for digit in range(10)]
    assert offered("NORD") == ["nord", "nord-2"]
    assert len(offered("a")) == 20
    assert offered("") == offered("  ") == []


def test_pins_are_moved_and_taken_away_by_buttons_without_a_script(goods: SimpleNamespace) -> None:
    number = make_rule(goods.app, actions={"pins": [goods.green, goods.black]})
    browser = at_work(goods.app)
    page = browser.get(f"{URL}/{number}")
    green, black = str(goods.green), str(goods.black)
    for asked, expected in (
        (f"up:pins:{black}", [black, green]),
        (f"up:pins:{black}", [black, green]),
        (f"down:pins:{black}", [green, black]),
        (f"remove:pins:{green}", [black]),
        (f"add:pins:{green}", [black, green]),
        (f"add:buries:{green}", [black]),
        ("up:pins:999", [black]),
        ("explode:pins:1", [black]),
        ("up:name:1", [black]),
    ):
        form = {"id": str(number), "pins": values(page, "pins"), "buries": values(page, "buries"), "do": asked}
        page = browser.post(f"{URL}/draft", form)
        assert values(page, "pins") == expected, asked
    assert values(page, "buries") == [green]
    assert stored(goods.app)[0].actions["pins"] == [goods.green, goods.black]


def test_products_are_found_by_name_and_sku_with_picture_and_price(goods: SimpleNamespace) -> None:
    browser = at_work(goods.app)
    page = browser.get(f"{URL}/products?find=gt-1", htmx=True)
    assert page.words("#found-goods .grow") == "Green tea $4.50"
    assert page.one("#found-goods img")
    assert page.one(f"button[value='add:pins:{goods.green}']")
    assert "No product found" in browser.get(f"{URL}/products?find=<script>", htmx=True).said


def test_a_pinned_product_that_is_withdrawn_or_deleted_is_shown_as_such(goods: SimpleNamespace) -> None:
    number = make_rule(goods.app, actions={"pins": [goods.green, 999_999]})
    with goods.app.app_context(), transaction():
        db.session.execute(db.text("UPDATE product SET is_published = false WHERE id = :id"), {"id": goods.green})
    page = at_work(goods.app).get(f"{URL}/{number}")
    assert "Not published: left out" in page.words("#pins")
    assert "Product 999999, deleted" in page.words("#pins")


def test_groups_of_goods_get_factors(indexed: SimpleNamespace) -> None:
    browser = at_work(indexed.app)
    form = {"name": "Tea up", "priority": "1", "equals": "tea", "boost": [f"category|{indexed.tea}", ""]}
    page = browser.post(f"{URL}/draft", form)
    assert page.one("#boost .grow").get_text() == "Tea"
    page = browser.submit(page, "#rule-form", **{f"factor-category|{indexed.tea}": "5"})
    assert page.status == 200
    assert stored(indexed.app)[0].actions["boosts"] == [["category", str(indexed.tea), 5.0]]
    page = browser.post(f"{URL}/draft", {**form, "boost-attribute": "colour=red"})
    assert "There is no attribute “colour”" in page.words("#boost-attribute-error")
    page = browser.post(URL, {**form, "boost-attribute": "nonsense"})
    assert page.status == 422
    assert "name=value" in page.words("#boost-attribute-error")


def test_who_was_slower_is_told_what_changed_and_keeps_what_was_typed(app: Flask) -> None:
    number = make_rule(app, actions={"redirect": "/offers"})
    first, second = at_work(app), at_work(app, Role.MERCHANDISER)
    stale = second.get(f"{URL}/{number}")
    first.submit(first.get(f"{URL}/{number}"), "#rule-form", name="Theirs", redirect="/coupons")
    page = second.submit(stale, "#rule-form", redirect="/flash", follow=False)
    assert page.status == 409
    assert (page.one("#name")["value"], page.one("#redirect")["value"]) == ("Theirs", "/flash")
    page = second.submit(page, "#rule-form")
    assert [(row.name, row.actions["redirect"]) for row in stored(app)] == [("Theirs", "/flash")]


def preview(browser: Shopper, form: dict[str, Any], **options: Any) -> Page:
    return browser.post(f"{URL}/preview", {"name": "Try", "priority": "1", "equals": "tea", **form}, **options)


def test_before_and_after_stand_side_by_side_and_say_what_moves_and_why(indexed: SimpleNamespace) -> None:
    browser = at_work(indexed.app)
    page = preview(browser, {"narrow-brand": indexed.brand, "preview-query": "tea"}, htmx=True)
    before, after = page.all(".placed")
    assert [str(name.get_text()) for name in before.select(".why__name")] == ["Green tea", "White tea", "Black tea"]
    assert [str(name.get_text()) for name in after.select(".why__name")] == ["White tea", "Black tea"]
    assert "gone" in before.select(".placed__row")[0].get_text()
    assert ["up 1" in row.get_text() for row in after.select(".placed__row")] == [True, True]
    assert "the word “tea”" in after.get_text()
    assert stored(indexed.app) == []


def test_a_preview_says_when_the_rule_does_not_hold_and_where_it_leads(indexed: SimpleNamespace) -> None:
    browser = at_work(indexed.app)
    page = preview(browser, {"redirect": "/offers", "preview-query": "coffee"}, htmx=True)
    assert "The rule does not hold for this" in page.said
    page = preview(browser, {"redirect": "/offers", "preview-query": "tea"}, htmx=True)
    assert "sent to /offers" in page.said
    page = preview(
        browser,
        {"in_stock": "yes", "audience": "signed_in", "preview-query": "tea", "preview-audience": "guests"},
        htmx=True,
    )
    assert "does not hold" in page.said
    page = preview(
        browser,
        {"in_stock": "yes", "ends_at": "2026-01-01T00:00", "preview-query": "tea", "preview-at": "2025-12-31T23:00"},
        htmx=True,
    )
    assert "does not hold" not in page.said


def test_a_category_is_previewed_without_a_search(indexed: SimpleNamespace) -> None:
    form = {"equals": "", "category": [str(indexed.tea)], "in_stock": "yes", "preview-query": ""}
    page = preview(at_work(indexed.app), form, htmx=True)
    assert len(page.all(".placed")[0].select("li.placed__row")) == 3
    assert "does not hold" not in page.said


def test_without_a_script_the_preview_is_a_page_with_all_that_was_typed(indexed: SimpleNamespace) -> None:
    page = preview(at_work(indexed.app), {"in_stock": "yes", "preview-query": "tea"})
    assert page.one("#name")["value"] == "Try"
    assert page.all(".placed__row")


def test_who_may_only_look_previews_what_is_stored_and_changes_nothing(indexed: SimpleNamespace) -> None:
    number = make_rule(indexed.app, actions={"in_stock": True})
    browser = at_work(indexed.app, Role.ANALYST)
    page = browser.get(f"{URL}/{number}")
    assert page.all("fieldset[disabled]")
    page = browser.post(f"{URL}/preview", {"id": str(number), "preview-query": "tea"}, htmx=True)
    assert "gone" in page.said
    assert browser.post(f"{URL}/preview", {"id": "999"}, htmx=True).status == 404
    assert browser.post(f"{URL}/{number}", {"name": "Mine"}).status == 403


def test_without_an_index_the_preview_says_so(app: Flask) -> None:
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()
    page = preview(at_work(app), {"in_stock": "yes", "preview-query": "tea"}, htmx=True)
    assert "There is no search index" in page.said


def test_a_search_that_fails_just_now_hinders_no_rule(
    indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at_work(indexed.app)
    with indexed.app.app_context():
        desk().searcher()
    for name in ("search", "explain", "labels"):
        monkeypatch.setattr(Searcher, name, _fail)
    page = browser.get(f"{URL}/new")
    assert page.status == 200
    tried = preview(browser, {"in_stock": "yes", "preview-query": "tea"}, htmx=True)
    assert (tried.status, "There is no search index that answers" in tried.said) == (200, True)
    assert browser.submit(page, "#rule-form", name="Tea", equals="tea", in_stock="yes").status == 200
    assert [row.name for row in stored(indexed.app)] == ["Tea"]


def _fail(*_given: object, **_named: object) -> NoReturn:
    raise IndexProblem("the server is away")


def test_the_list_says_when_what_and_how_each_rule_stands(app: Flask) -> None:
    at = now()
    make_rule(app, "Now <b>", conditions={"phrases": [["equals", "a"], ["starts", "b"], ["contains", "c"]]})
    make_rule(app, "Later", starts_at=at.replace(year=at.year + 1), priority=900, actions={"redirect": "/offers"})
    make_rule(app, "Over", ends_at=at.replace(year=at.year - 1))
    make_rule(app, "Off", is_active=False)
    browser = at_work(app)
    page = browser.get(URL)
    assert str(page.all("td a")[0].get_text()) == "Later"
    assert "is “a” · starts with “b” · 1 more search" in page.said
    assert "sent to /offers" in page.said
    for standing, name in (("live", "Now <b>"), ("planned", "Later"), ("ended", "Over"), ("off", "Off")):
        links = browser.get(f"{URL}?standing={standing}").all("td a")
        assert [str(link.get_text()) for link in links] == [name]
