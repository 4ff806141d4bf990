"""What the merchant's rules do to search and category pages, and how soon."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, update

from storefront.accounts.models import CustomerGroup
from storefront.catalog import collections
from storefront.catalog.queries import category_tree
from storefront.catalog.wanted import Wanted
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, merchandising, queries, steering
from storefront.discovery.merchandising import RulePlan
from storefront.discovery.models import SearchRule
from storefront.discovery.steering import UNTOUCHED, steer
from storefront.discovery.stored_rules import actions_of, conditions_of
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.shop.services import change_settings
from tests import factories as make
from tests.browser import Shopper

HELLO = {
    "banner": {"texts": {"en": "Fresh <b>today</b>", "zh": "今日新鲜"}, "labels": {"en": "Offers"}, "link": "/offers"}
}


@pytest.fixture
def shop(index_free: Flask) -> SimpleNamespace:
    """Three teas of two brands, indexed."""
    with index_free.app_context():
        with transaction():
            drinks = make.make_category("Drinks")
            tea = make.make_category("Tea", parent=drinks)
            leaf, other = make.make_brand("Leaf"), make.make_brand("Other")
            green = make.make_product("Green tea", category=tea, brand_id=leaf.id, popularity=9)
            black = make.make_product("Black tea", category=tea, brand_id=other.id, popularity=5, stock=0)
            white = make.make_product("White tea", category=tea, brand_id=other.id, popularity=1)
            found = SimpleNamespace(
                app=index_free, tea=tea.id, drinks=drinks.id, slug=tea.slug, brand=other.slug,
                green=green.id, black=black.id, white=white.id,
            )  # fmt: skip
        indexing.rebuild()
    return found


def add_rule(app: Flask, conditions: dict[str, Any], actions: dict[str, Any], **more: Any) -> int:
    plan = RulePlan("A rule", conditions_of(conditions), actions_of(actions), **more)
    with app.app_context(), transaction():
        return merchandising.add_rule(plan=plan, by="staff:1", at=now()).id


def searched(app: Flask, text: str) -> set[int]:
    with app.app_context():
        return set(queries.search(Wanted(text=text), 24).ids)


def test_a_banner_stands_above_the_results_in_the_readers_language_and_is_only_text(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, HELLO)
    page = Shopper(shop.app).get("/search?q=Teas")
    assert page.words(".search-banner p") == "Fresh <b>today</b>"
    assert page.one(".search-banner a")["href"] == "/offers"
    chinese = Shopper(shop.app, language="zh-CN").get("/search?q=tea")
    assert chinese.words(".search-banner p") == "今日新鲜"
    assert not Shopper(shop.app).get("/search?q=coffee").all(".search-banner")


@pytest.mark.parametrize("path", ["/search?q=green+taea", "/categories/{slug}?q=green+taea"])
def test_a_banner_follows_a_mended_spelling_and_a_redirect_waits_until_it_is_accepted(
    shop: SimpleNamespace, path: str
) -> None:
    add_rule(shop.app, {"phrases": [["equals", "green tea"]]}, HELLO)
    shopper = Shopper(shop.app)
    page = shopper.get(path.format(slug=shop.slug))
    assert page.one(".understood strong").get_text() == "green tea"
    assert page.words(".search-banner p") == "Fresh <b>today</b>"
    assert not shopper.get(str(page.one(".understood > a[href*=exact]")["href"])).all(".search-banner")
    add_rule(shop.app, {"phrases": [["equals", "green tea"]]}, {"redirect": "/offers"})
    page = shopper.get(path.format(slug=shop.slug))
    assert page.status == 200
    assert shopper.get(str(page.one(".understood strong a")["href"])).location == "/offers"


def test_a_banner_without_words_in_the_readers_language_says_which_it_speaks(shop: SimpleNamespace) -> None:
    only = {"banner": {"texts": {"en": "Fresh today"}, "labels": {"zh": "优惠"}, "link": "/offers"}}
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, only)
    chinese = Shopper(shop.app, language="zh-CN").get("/search?q=tea")
    assert chinese.words(".search-banner p[lang=en]") == "Fresh today"
    assert chinese.words(".search-banner a:not([lang])") == "优惠"
    english = Shopper(shop.app).get("/search?q=tea")
    assert english.words(".search-banner p:not([lang])") == "Fresh today"
    assert english.words(".search-banner a[lang=zh-Hans]") == "优惠"


def test_a_banner_in_neither_the_readers_language_nor_the_shops_is_shown_all_the_same(shop: SimpleNamespace) -> None:
    with shop.app.app_context(), transaction():
        change_settings(values={"locale": "zh"}, at=now())
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, {"banner": {"texts": {"en": "Hello"}}})
    assert Shopper(shop.app, language="zh-CN").get("/search?q=tea").words(".search-banner p[lang=en]") == "Hello"


def test_a_banner_for_the_misspelling_itself_stands_where_none_is_for_what_was_meant(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "green taea"]]}, HELLO)
    assert Shopper(shop.app).get("/search?q=green+taea").words(".search-banner p") == "Fresh <b>today</b>"


def test_a_kept_category_page_changes_with_the_rules_and_with_the_clock(shop: SimpleNamespace) -> None:
    address = f"/categories/{shop.slug}"
    with time_machine.travel("2026-05-03T10:00:00+00:00", tick=False) as clock:
        shopper = Shopper(shop.app)
        assert not shopper.get(address).all(".search-banner")
        starts = now() + timedelta(hours=1)
        add_rule(
            shop.app, {"category_ids": [shop.drinks]}, HELLO, starts_at=starts, ends_at=starts + timedelta(hours=1)
        )
        assert not shopper.get(address).all(".search-banner")
        for hours, expected in ((1, 1), (1, 0)):
            clock.shift(timedelta(hours=hours))
            steering._in_force.forget()  # what a second does
            assert len(shopper.get(address).all(".search-banner")) == expected


def test_a_banner_for_members_is_kept_from_guests(shop: SimpleNamespace) -> None:
    address = f"/categories/{shop.slug}"
    add_rule(shop.app, {"category_ids": [shop.tea], "audience": "signed_in"}, HELLO)
    guest, member = Shopper(shop.app), Shopper(shop.app)
    member.post("/register", {"name": "Ada", "email": "ada@example.com", "password": "three green apples"})
    for _ in range(2):
        assert not guest.get(address).all(".search-banner")
        assert member.get(address).all(".search-banner")


def test_a_redirect_leads_on_unless_the_reader_asks_to_stay(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "voucher"]]}, {"redirect": "/coupons"})
    shopper = Shopper(shop.app)
    page = shopper.get("/search?q=Vouchers")
    assert (page.status, page.location) == (302, "/coupons")
    assert shopper.get("/search?q=voucher&exact=1").status == 200
    assert shopper.get("/search?q=voucher", htmx=True).status == 200


def test_a_redirect_to_a_list_ends_there_even_in_a_circle(shop: SimpleNamespace) -> None:
    first = add_rule(shop.app, {"phrases": [["equals", "cup"]]}, {"redirect": "/search?q=mug"})
    assert first
    with pytest.raises(Invalid, match="circle"):
        add_rule(shop.app, {"phrases": [["equals", "mug"]]}, {"redirect": "/search?q=cup"})
    with pytest.raises(Invalid, match="circle"):
        add_rule(shop.app, {"category_ids": [shop.tea]}, {"redirect": f"/categories/{shop.slug}"})
    with shop.app.app_context(), transaction():
        row = SearchRule(
            name="Old",
            conditions={"phrases": [["equals", "mug"]]},
            actions={"redirect": "/search?q=cup"},
            updated_at=now(),
        )
        db.session.add(row)
    steering.forget_rules()
    page = Shopper(shop.app).get("/search?q=cup")
    assert page.location == "/search?q=mug&exact=1"
    assert Shopper(shop.app).get(page.location).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "javascript:alert(1)",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "offers",
        "/" + "a" * 600,
    ],
)
def test_a_link_never_leaves_the_shop(path: str) -> None:
    for actions in ({"redirect": path}, {"banner": {"texts": {"en": "Hi"}, "link": path}}):
        with pytest.raises(Invalid, match="page of this shop"):
            RulePlan("A rule", conditions_of({"phrases": [["equals", "tea"]]}), actions_of(actions))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"priority": -1}, "priority"),
        ({"starts_at": timedelta(1), "ends_at": timedelta(0)}, "ends_at"),
        ({"conditions": {"phrases": [["equals", "!!!"]]}}, "equals"),
        ({"conditions": {"phrases": [["contains", "x" * 201]]}}, "contains"),
        ({"conditions": {"phrases": [["equals", f"tea {number}"] for number in range(101)]}}, "equals"),
        ({"conditions": {"audience": "groups"}}, "audience"),
        ({"actions": {}}, "pins"),
        ({"actions": {"pins": list(range(51))}}, "pins"),
        ({"actions": {"pins": [1], "buries": [1]}}, "buries"),
        ({"actions": {"boosts": [["brand", "a", 99.0]]}}, "boost"),
        ({"actions": {"banner": {"texts": {}, "link": "/offers"}}}, "banner_text_en"),
        ({"conditions": {}, "actions": {"redirect": "/offers"}}, "redirect"),
    ],
)
def test_what_a_rule_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    values: dict[str, Any] = {
        "name": "A rule",
        "conditions": {"phrases": [["equals", "tea"]]},
        "actions": {"pins": [1]},
        **changes,
    }
    for key in ("starts_at", "ends_at"):
        if key in values:
            values[key] = now() + values[key]
    values["conditions"], values["actions"] = conditions_of(values["conditions"]), actions_of(values["actions"])
    with pytest.raises(Invalid) as refused:
        RulePlan(**values)
    assert refused.value.field == field


def test_pins_buries_and_factors_reach_the_index(shop: SimpleNamespace) -> None:
    actions = {"pins": [shop.white], "buries": [shop.green], "boosts": [["brand", shop.brand, 2.0]]}
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, actions)
    with shop.app.app_context():
        asked = steer(Wanted(text="tea")).steering
        assert (asked.pins, asked.buries, asked.boosts[0].factor) == ((shop.white,), (shop.green,), 2.0)
        assert steer(Wanted(text="coffee")) is UNTOUCHED
        assert queries.search(Wanted(text="tea"), 24).ids == (shop.white, shop.black, shop.green)
        assert queries.search(Wanted(text="teas"), 24).ids[0] == shop.white
        assert queries.search(Wanted(text="the tea"), 24).ids[0] != shop.white


def test_a_pinned_product_that_is_withdrawn_or_deleted_is_simply_not_there(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, {"pins": [999_999, shop.white]})
    with shop.app.app_context():
        with transaction() as session:
            session.execute(db.text("UPDATE product SET is_published = false WHERE id = :id"), {"id": shop.white})
        indexing.rebuild()
    assert searched(shop.app, "tea") == {shop.green, shop.black}
    assert "Green tea" in Shopper(shop.app).get("/search?q=tea").text


def test_a_filter_narrows_the_page_and_its_counts(shop: SimpleNamespace) -> None:
    number = add_rule(shop.app, {"phrases": [["equals", "tea"]]}, {"brands": [shop.brand], "in_stock": True})
    assert searched(shop.app, "tea") == {shop.white}
    assert searched(shop.app, "teas of all kinds") != {shop.white}
    with shop.app.app_context(), transaction():
        merchandising.delete_rule(rule_id=number, by="staff:1", at=now())
    assert searched(shop.app, "tea") == {shop.green, shop.black, shop.white}


def test_on_a_category_page_a_filter_by_category_stays_within_it(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"category_ids": [shop.drinks]}, {"category_ids": [shop.tea]})
    with shop.app.app_context():
        tree = category_tree()
        assert steer(Wanted(), tree.find(shop.drinks)).scope == {"category": (str(shop.tea),)}
        assert steer(Wanted(), tree.find(shop.tea)).scope == {"category": (str(shop.tea),)}


def test_a_category_chosen_as_a_filter_counts_like_the_pages_own(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"category_ids": [shop.drinks]}, HELLO)
    with shop.app.app_context():
        assert steer(Wanted(text="x", facets={"category": (shop.slug,)})).banner is not None
        for nonsense in ("abc", "9" * 30, "²"):
            assert steer(Wanted(text="x", facets={"category": (nonsense,)})).banner is None


def test_rules_for_groups_ask_who_is_reading_and_no_others_do(shop: SimpleNamespace) -> None:
    with shop.app.app_context(), transaction():
        db.session.add(CustomerGroup(key="trade", name="Trade", updated_at=now()))
    add_rule(shop.app, {"audience": "groups", "groups": ["trade"]}, {"redirect": ""} | HELLO)
    member = Shopper(shop.app)
    member.post("/register", {"name": "Ada", "email": "ada@example.com", "password": "three green apples"})
    assert not member.get("/search?q=tea").all(".search-banner")
    with shop.app.app_context(), transaction():
        db.session.execute(db.text("""UPDATE customer SET groups = '["trade"]'"""))
    assert member.get("/search?q=tea").all(".search-banner")
    assert not Shopper(shop.app).get("/search?q=tea").all(".search-banner")


def test_a_change_by_another_process_is_seen_when_the_rules_are_looked_at_again(shop: SimpleNamespace) -> None:
    number = add_rule(shop.app, {"phrases": [["equals", "tea"]]}, HELLO)
    with shop.app.app_context():
        assert steer(Wanted(text="tea")).banner
        with transaction() as session:
            session.execute(update(SearchRule).where(SearchRule.id == number).values(is_active=False, version=2))
        assert steer(Wanted(text="tea")).banner
        steering._book._held = (-1e9, steering.rule_book())  # what a second and a half does
        assert steer(Wanted(text="tea")) is UNTOUCHED
    assert steering.SEEN_AFTER <= 2


def test_a_row_that_nobody_can_read_is_left_out(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, HELLO)
    with shop.app.app_context():
        with transaction():
            row = SearchRule(name="Odd", conditions={"phrases": [["sounds like", "tea"]]}, actions={}, updated_at=now())
            db.session.add(row)
        steering.forget_rules()
        assert len(steering.rule_book().rules) == 1


def test_asking_the_rules_again_costs_no_query(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, HELLO)
    with shop.app.app_context():
        steer(Wanted(text="tea"))
        asked: list[str] = []
        listener = lambda _c, _k, statement, *_more: asked.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        for _ in range(20):
            steer(Wanted(text="tea"))
        event.remove(db.engine, "before_cursor_execute", listener)
    assert len(asked) <= 1


def test_rules_are_stored_on_both_databases_and_their_dates_are_guarded(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            plan = RulePlan("One", conditions_of({"phrases": [["equals", "tea"]]}), actions_of({"pins": [1]}))
            number = merchandising.add_rule(plan=plan, by="staff:1", at=now()).id
        with transaction():
            changed = RulePlan(
                "Two", conditions_of({"phrases": [["contains", "茶"]]}), actions_of({"redirect": "/offers"})
            )
            merchandising.change_rule(rule_id=number, version=1, plan=changed, by="staff:1", at=now())
        assert [(rule.name, rule.actions.redirect) for rule in steering.rule_book().rules] == [("Two", "/offers")]
        with pytest.raises(merchandising.StaleRule), transaction():
            merchandising.change_rule(rule_id=number, version=1, plan=plan, by="staff:1", at=now())
        with transaction():
            assert merchandising.delete_rule(rule_id=number, by="staff:1", at=now()) == "Two"
        assert steering.rule_book().rules == ()


def test_a_collection_moves_up_as_soon_as_a_product_is_in_it(shop: SimpleNamespace) -> None:
    with shop.app.app_context():
        with transaction():
            number = collections.add_collection(name="Party", by="staff:1", at=now()).id
        with transaction():
            collections.add_products(collection_id=number, product_ids={shop.white}, by="staff:1", at=now())
        assert queries.search(Wanted(text="tea"), 24).ids[0] == shop.green
    add_rule(shop.app, {"phrases": [["equals", "tea"]]}, {"boosts": [["collection", str(number), 5.0]]})
    with shop.app.app_context():
        assert queries.search(Wanted(text="tea"), 24).ids[0] == shop.white
        with transaction():
            collections.remove_product(collection_id=number, product_id=shop.white, by="staff:1", at=now())
        assert queries.search(Wanted(text="tea"), 24).ids[0] == shop.green
        with transaction():
            collections.add_products(collection_id=number, product_ids={shop.black}, by="staff:1", at=now())
        with transaction():
            collections.delete_collection(collection_id=number, by="staff:1", at=now())
        assert queries.search(Wanted(text="tea"), 24).ids[0] == shop.green


def test_a_rule_holds_for_what_was_meant_as_for_what_was_written(shop: SimpleNamespace) -> None:
    add_rule(shop.app, {"phrases": [["contains", "white tea"]]}, {"pins": [shop.black]})
    with shop.app.app_context():
        written = queries.search(Wanted(text="white tea"), 24)
        mistyped = queries.search(Wanted(text="whiet tea"), 24)
        exactly = queries.search(Wanted(text="whiet tea", exact=True), 24)
    assert mistyped.corrected == "white tea"
    assert (written.ids[0], mistyped.ids[0]) == (shop.black, shop.black)
    assert exactly.ids[0] != shop.black
