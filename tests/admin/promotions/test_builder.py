"""The builder of promotions as merchandisers use it, with and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.promotions.models import Promotion, PromotionUse
from storefront.promotions.queries import live_promotions
from storefront.shop import services as shop
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product

FORM = "#promotion-form"
LADDER = {
    "benefit-rungs-0-spend": "199",
    "benefit-rungs-0-off": "20",
    "benefit-rungs-1-spend": "399",
    "benefit-rungs-1-off": "60",
}


@pytest.fixture
def goods(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        snacks = make_category("Snacks")
        make_product("Crisps", category=snacks, sku="CRISPS")
        make_product("Candy", category=make_category("Candy", parent=snacks), sku="CANDY")
    return any_app


def build(browser: Shopper, kind: str = "spend_ladder", **typed: Any) -> Page:
    """Fill in the empty form of a kind and save it."""
    page = browser.get(f"/admin/promotions/new?kind={kind}")
    usual = LADDER if kind == "spend_ladder" else {}
    return browser.submit(page, FORM, **{"name": "Spring", **usual, **typed})


def stored(app: Flask, promotion_id: int = 1) -> Promotion:
    with app.app_context():
        row = db.session.get(Promotion, promotion_id)
        assert row is not None
        return row


def test_the_gallery_has_every_kind_with_an_example(goods: Flask) -> None:
    page = at_work(goods, Role.MERCHANDISER).get("/admin/promotions/new")
    assert len(page.all(".kind")) == 12
    assert "2 items 10% off, 3 items 20% off" in page.said


def test_a_ladder_is_made_checked_started_and_runs(goods: Flask) -> None:
    browser = at_work(goods, Role.MERCHANDISER)
    page = build(
        browser,
        **{"name_zh": "满减", "scope-all": "picked", "scope-category": "1", "scope-not-category": "2"},
        **{"audience": "members", "usage_limit": "1,000", "per_customer_limit": "１", "beside": "some"},
    )
    assert page.status == 200
    told = page.words("#promotion-meaning")
    assert "Spend $199.00, save $20.00; spend $399.00, save $60.00." in told
    assert "On everything in Snacks, except everything in Candy." in told
    assert "For members." in told
    assert "Not together with other order promotions." in told
    assert "At most 1,000 times in all and once per customer." in told
    assert "Draft" in page.words(".admin-states")
    page = browser.submit(page, "form[action$=activation]", confirmed="yes")
    assert "Running" in page.words(".admin-states")
    with goods.app_context():
        assert [each.name for each in live_promotions(at=now())] == ["Spring"]
    page = browser.submit(page, "form[action$=pause]")
    assert "Paused" in page.words(".admin-states")
    assert "Promotion paused" in page.words(".changes")


def test_errors_keep_a_promotion_from_starting_and_warnings_are_confirmed(goods: Flask) -> None:
    browser = at_work(goods)
    page = build(browser, **{"benefit-rungs-0-spend": "99999999", "benefit-rungs-1-spend": "999999999"})
    assert "Its threshold is higher than any cart can get" in page.words(".findings")
    assert page.one("form[action$=activation] button").has_attr("disabled")
    assert browser.submit(page, "form[action$=activation]", confirmed="yes").status == 409
    assert not stored(goods).is_active
    page = build(browser, kind="percent_off", **{"benefit-basis_points": "5"})
    assert "It applies to every order of everybody" in page.words(".findings")
    assert browser.submit(page, "form[action$=activation]").status == 409
    assert browser.submit(page, "form[action$=activation]", confirmed="yes").status == 200
    assert stored(goods, 2).is_active


@pytest.mark.parametrize(
    ("kind", "typed", "field", "words"),
    [
        ("spend_ladder", {"name": " "}, "name", "Give the promotion a name"),
        ("spend_ladder", {"benefit-rungs-0-spend": "0"}, "benefit-rungs-0-spend", "above zero"),
        ("spend_ladder", {"benefit-rungs-0-spend": "-5"}, "benefit-rungs-0-spend", "above zero"),
        ("spend_ladder", {"benefit-rungs-0-spend": "12,50"}, "benefit-rungs-0-spend", "such as 12.50"),
        ("spend_ladder", {"benefit-rungs-0-spend": "1.999"}, "benefit-rungs-0-spend", "2 decimals"),
        ("spend_ladder", {"benefit-rungs-1-spend": "100"}, "benefit-rungs-1-spend", "more than in the step before"),
        ("spend_ladder", {"benefit-rungs-1-off": "20"}, "benefit-rungs-1-off", "more than in the step before"),
        ("spend_ladder", {"benefit-rungs-0-off": "200"}, "benefit-rungs-0-off", "saves more than is spent"),
        ("percent_off", {"benefit-basis_points": "101"}, "benefit-basis_points", "at most 100"),
        ("percent_off", {"benefit-basis_points": "0"}, "benefit-basis_points", "above 0"),
        ("percent_off", {"benefit-basis_points": "half"}, "benefit-basis_points", "such as 20"),
        ("nth_item", {"benefit-nth": "1"}, "benefit-nth", "from 2 to 100"),
        ("bundle", {"benefit-price": ""}, "benefit-price", "one of these three"),
        ("bundle", {"benefit-price": "9", "benefit-off": "1"}, "benefit-off", "only one"),
        ("gift", {"benefit-skus-0-sku": ""}, "benefit-skus-0-sku", "SKU of the gift"),
        ("gift", {"benefit-skus-0-sku": "NOPE"}, "benefit-skus-0-sku", "no SKU NOPE"),
        ("spend_ladder", {"scope-all": "picked"}, "scope-all", "at least one"),
        ("spend_ladder", {"scope-all": "picked", "scope-skus": "CUP, crisps"}, "scope-skus", "no SKU CUP"),
        ("spend_ladder", {"scope-all": "picked", "scope-attributes": "Size"}, "scope-attributes", "name=value"),
        ("spend_ladder", {"audience": "chosen"}, "audience", "at least one tier or group"),
        (
            "spend_ladder",
            {"starts_at": "2026-12-02T00:00", "ends_at": "2026-12-01T00:00"},
            "ends_at",
            "before it starts",
        ),
        ("spend_ladder", {"starts_at": "soon"}, "starts_at", "Enter a day and a time"),
        ("spend_ladder", {"usage_limit": "0"}, "usage_limit", "from 1"),
        ("spend_ladder", {"budget": "0"}, "budget", "above zero"),
        ("spend_ladder", {"priority": "high"}, "priority", "whole number"),
        ("spend_ladder", {"priority": "-5"}, "priority", "whole number from"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_nothing_is_lost(
    goods: Flask, kind: str, typed: dict[str, str], field: str, words: str
) -> None:
    page = build(at_work(goods), kind, **{"name_zh": "名字还在", **typed})
    assert page.status == 422
    assert words in page.words(f"#{field}-error")
    assert page.one("#name_zh")["value"] == "名字还在"
    with goods.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Promotion)) == 0


def test_the_first_field_that_is_wrong_takes_the_focus(goods: Flask) -> None:
    page = build(at_work(goods), **{"name": "", "usage_limit": "none"})
    assert page.one("[data-takes-focus]")["id"] == "name"
    assert [link["href"] for link in page.all(".conflict a")] == ["#name", "#usage_limit"]


def test_numbers_are_read_as_people_write_them(goods: Flask) -> None:
    browser = at_work(goods)
    build(browser, **{"benefit-rungs-0-spend": "１９９", "benefit-rungs-1-spend": "1,399.00"})
    assert [rung["spend_minor"] for rung in stored(goods).benefits[0]["rungs"]] == [19900, 139900]
    for number, typed in enumerate(("20", "20 %", "２０％", "8折", "8.0折", "80折"), 2):
        build(browser, "percent_off", **{"benefit-basis_points": typed})
        assert stored(goods, number).benefits[0]["basis_points"] == 2000, typed


def test_a_currency_without_decimals_has_none(app: Flask) -> None:
    with app.app_context(), transaction():
        shop.change_settings(values={"currency": "JPY"}, at=now())
        make_product(sku="CUP")
    browser = at_work(app)
    assert "no decimals" in build(browser, **{"benefit-rungs-0-off": "20.5"}).words("#benefit-rungs-0-off-error")
    page = build(browser)
    assert "Spend ¥199, save ¥20" in page.words("#promotion-meaning")
    assert page.one("#benefit-rungs-0-spend")["value"] == "199"
    assert stored(app).benefits[0]["rungs"][0]["spend_minor"] == 199


def test_rows_come_and_go_by_buttons_of_the_form(goods: Flask) -> None:
    browser = at_work(goods)
    page = browser.get("/admin/promotions/new?kind=spend_ladder")
    page = browser.submit(page, FORM, name="Spring", **LADDER)
    page = browser.submit(page, FORM)
    data = {"kind": "spend_ladder", "id": "", "name": "Summer", **LADDER}
    page = browser.post("/admin/promotions/draft", {**data, "do": "add:benefit-rungs"})
    assert page.status == 200
    assert page.one("#name")["value"] == "Summer"
    assert len(page.all("[id^=benefit-rungs][id$=spend]")) == 3
    page = browser.post("/admin/promotions/draft", {**data, "do": "remove:benefit-rungs-0"}, htmx=True)
    assert page.all("html") == []
    assert [field["value"] for field in page.all("[id^=benefit-rungs][id$=spend]")] == ["399"]
    page = browser.post("/admin/promotions/draft", {**data, "do": "add:conditions"}, htmx=True)
    assert len(page.all("#conditions-0-amount")) == 1
    assert stored(goods).name == "Spring"


def test_the_summary_follows_what_is_typed_and_says_what_is_missing(goods: Flask) -> None:
    browser = at_work(goods)
    data = {"kind": "spend_ladder", "name": "Spring", **LADDER}
    page = browser.post("/admin/promotions/summary", data, htmx=True)
    assert "Spend $199.00, save $20.00" in page.said
    page = browser.post("/admin/promotions/summary", {**data, "benefit-rungs-0-off": ""}, htmx=True)
    assert "Still to be filled in" in page.said
    assert browser.post("/admin/promotions/summary", {}, htmx=True).status == 200
    chinese = at_work(goods, name="Mei")
    chinese.language = "zh"
    assert "满" in chinese.post("/admin/promotions/summary", data, htmx=True).said


def test_the_same_form_sent_twice_is_one_promotion(goods: Flask) -> None:
    browser = at_work(goods)
    form = browser.get("/admin/promotions/new?kind=spend_ladder")
    for name, number in (("Spring", 1), ("Spring", 1), ("Summer", 2), ("Spring", 1)):
        page = browser.submit(form, FORM, name=name, **LADDER)
        assert page.response.request.path == f"/admin/promotions/{number}"
    again = browser.submit(browser.get("/admin/promotions/new?kind=spend_ladder"), FORM, name="Spring", **LADDER)
    assert again.response.request.path == "/admin/promotions/3"
    with goods.app_context():
        assert [each.name for each in db.session.scalars(db.select(Promotion).order_by(Promotion.id))] == [
            "Spring",
            "Summer",
            "Spring",
        ]


def test_a_limit_in_one_order_is_told_once(goods: Flask) -> None:
    browser = at_work(goods)
    typed = {"benefit-spend": "10", "benefit-off": "1.50", "benefit-most_times": "2", "usage_limit": "1"}
    told = build(browser, "spend_repeat", **typed).words("#promotion-meaning")
    assert "Save $1.50 for every $10.00, up to 2 times per order." in told
    assert "in one order" not in told
    assert "At most once in all." in told


def test_every_kind_comes_back_as_it_was_typed(goods: Flask) -> None:
    browser = at_work(goods)
    kinds: dict[str, dict[str, Any]] = {
        "percent_off": {"class": "order", "benefit-basis_points": "12.5", "benefit-most": "5"},
        "amount_off": {"benefit-amount": "1.50"},
        "spend_repeat": {"benefit-spend": "100", "benefit-off": "20", "benefit-most_times": "3"},
        "nth_item": {"benefit-together": "sku"},
        "count_ladder": {
            **{"benefit-rungs-0-count": "2", "benefit-rungs-0-basis_points": "10"},
            **{"benefit-rungs-1-count": "3", "benefit-rungs-1-basis_points": "20"},
        },
        "count_price": {"benefit-price": "10"},
        "buy_get": {"benefit-get_scope-all": "picked", "benefit-get_scope-skus": "CANDY"},
        "bundle": {
            **{"benefit-parts-0-scope-skus": "CRISPS", "benefit-parts-1-scope-skus": "CANDY", "benefit-price": "12"}
        },
        "gift": {"benefit-skus-0-sku": "candy"},
        "delivery_off": {
            "conditions-0-kind": "spend_at_least",
            "conditions-0-amount": "50",
            "conditions-0-scope-all": "same",
        },
        "delivery_for": {"benefit-price": "1.99"},
    }
    for number, (kind, typed) in enumerate(kinds.items(), 1):
        page = build(browser, kind, **typed)
        assert page.status == 200, (kind, page.words("main"))
        before = stored(goods, number)
        again = browser.submit(page, FORM)
        assert again.status == 200, kind
        after = stored(goods, number)
        assert (after.benefits, after.conditions, after.promotion_class) == (
            before.benefits,
            before.conditions,
            before.promotion_class,
        ), kind


def test_the_slower_of_two_is_told_what_changed_and_loses_nothing(goods: Flask) -> None:
    build(at_work(goods, name="Maker"))
    mei, tom = at_work(goods, Role.MERCHANDISER, "Mei"), at_work(goods, Role.MERCHANDISER, "Tom")
    seen_by_tom, seen_by_mei = tom.get("/admin/promotions/1"), mei.get("/admin/promotions/1")
    assert mei.submit(seen_by_mei, FORM, **{"benefit-rungs-0-off": "25", "usage_limit": "7"}).status == 200
    page = tom.submit(seen_by_tom, FORM, **{"benefit-rungs-0-off": "30", "name": "Tom's name"})
    assert page.status == 409
    assert "25.00" in page.words(".conflict")
    assert page.one("#benefit-rungs-0-off")["value"] == "30"
    assert page.one("#usage_limit")["value"] == "7"
    assert tom.submit(page, FORM).status == 200
    row = stored(goods)
    assert (row.name, row.usage_limit, row.benefits[0]["rungs"][0]["off_minor"]) == ("Tom's name", 7, 3000)


def test_a_mistake_in_between_does_not_hide_a_conflict(goods: Flask) -> None:
    build(at_work(goods, name="Maker"))
    mei, tom = at_work(goods, name="Mei"), at_work(goods, name="Tom")
    page = tom.get("/admin/promotions/1")
    mei.submit(mei.get("/admin/promotions/1"), FORM, usage_limit="7")
    page = tom.submit(page, FORM, priority="high")
    assert page.status == 422
    assert tom.submit(page, FORM, priority="5").status == 409


def test_codes_are_typed_in_rows_and_a_taken_one_is_refused_beside_it(goods: Flask) -> None:
    browser = at_work(goods)
    typed = {"requires_code": "yes", "codes-0-code": " save １0 ", "codes-0-limit": "5"}
    page = build(browser, **typed)
    assert "Needs the code SAVE10." in page.words("#promotion-meaning")
    page = build(browser, **{**typed, "name": "Another"})
    assert page.status == 422
    assert "belongs to “Spring” already" in page.words("#codes-0-code-error")


def test_duplicate_archive_and_delete(goods: Flask) -> None:
    browser = at_work(goods)
    page = build(browser)
    copy = browser.submit(page, "form[action$=copies]")
    assert "Copy of Spring" in copy.words("h1")
    archived = browser.submit(copy, "form[action$=archiving]")
    assert "Archived" in archived.words(".admin-states")
    assert archived.one(f"{FORM} > fieldset").has_attr("disabled")
    assert "Draft" in browser.submit(archived, "form[action$=restoration]").words(".admin-states")
    assert browser.submit(browser.get("/admin/promotions/1"), "form[action$=removal]").status == 200
    assert browser.get("/admin/promotions/1").status == 404
    with goods.app_context(), transaction():
        use = PromotionUse(
            promotion_id=2, customer_key="email:a@example.com", order_number="A", uses=1, amount_minor=1, at=now()
        )
        db.session.add(use)
    page = browser.get("/admin/promotions/2")
    assert page.all("form[action$=removal]") == []
    assert browser.post("/admin/promotions/2/removal", {"version": str(stored(goods, 2).version)}).status == 409


def test_products_are_found_to_be_picked(goods: Flask) -> None:
    browser = at_work(goods)
    page = browser.get("/admin/promotions/goods?prefix=scope&find-scope=cris", htmx=True)
    assert [box["name"] for box in page.all("input")] == ["scope-product"]
    assert "No product found" in browser.get("/admin/promotions/goods?prefix=scope&find-scope=zzz", htmx=True).said
    page = build(browser, **{"scope-all": "picked", "scope-product": "1"})
    assert "On Crisps." in page.words("#promotion-meaning")


def test_analysts_look_but_do_not_touch(goods: Flask) -> None:
    build(at_work(goods))
    browser = at_work(goods, Role.ANALYST)
    page = browser.get("/admin/promotions/1")
    assert page.one(f"{FORM} > fieldset").has_attr("disabled")
    assert page.all("form[action$=activation]") == []
    assert browser.post("/admin/promotions/1", {}).status == 403


def test_terms_that_nobody_can_read_are_shown_as_such(goods: Flask) -> None:
    build(at_work(goods))
    with goods.app_context(), transaction():
        row = db.session.get(Promotion, 1)
        assert row is not None
        row.benefits = [{"kind": "magic"}]
    browser = at_work(goods, name="Mei")
    assert "cannot be read" in browser.get("/admin/promotions/1").said
    assert "cannot be read" in browser.get("/admin/promotions").said
    assert browser.get("/admin/promotions/calendar").status == 200
    assert browser.get("/admin/promotions/1/report").status == 200
