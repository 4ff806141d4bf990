"""The shop's front as a shopper sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from storefront.content.models import Slot, SlotEntry
from storefront.content.queries import forget_slots
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_product


def make_slot(key: str, kind: str, position: int = 0, **content: Any) -> SlotEntry:
    entry = SlotEntry(name=key, content=content, audience={}, updated_at=now())
    db.session.add(Slot(key=key, kind=kind, position=position, entries=[entry]))
    db.session.flush()
    forget_slots()
    return entry


def headings(shopper: Shopper) -> list[str]:
    return [heading.get_text(strip=True) for heading in shopper.get("/").all("main :is(h1, .heading)")]


def test_a_shop_that_nobody_arranged_still_has_a_front(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        for _ in range(14):
            make_product("Milk", popularity=9)
    assert headings(shopper) == ["Welcome to Our shop", "Shop by department", "Best sellers", "Just in"]


def test_an_empty_shop_opens_too(shopper: Shopper) -> None:
    page = shopper.get("/")
    assert page.status == 200
    assert page.all("article[data-sku]") == []


def test_slots_stand_in_the_merchants_order(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        make_product("Milk")
        make_slot("best", "product_grid", 2, source="best_sellers", en={"title": "What sells"})
        make_slot("hero", "banner", 1, en={"title": "Hello"}, zh={"title": "你好"})
    assert headings(shopper) == ["Hello", "What sells"]
    assert headings(Shopper(app, language="zh")) == ["你好", "What sells"]


def test_goods_come_by_category_and_by_hand(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy")
        milk, bread = make_product("Milk", category=dairy), make_product("Bread")
        make_slot("dairy", "product_grid", 1, source="category:dairy", en={"title": "Dairy"})
        make_slot("hand", "product_grid", 2, product_ids=[bread.id, milk.id], en={"title": "By hand"})
        make_slot("gone", "product_grid", 3, source="category:nope", en={"title": "Nothing"})
    page = shopper.get("/")
    assert [name.get_text(strip=True) for name in page.all("#shelf-hand .card__name")] == ["Bread", "Milk"]
    assert [name.get_text(strip=True) for name in page.all("#shelf-dairy .card__name")] == ["Milk"]
    assert "Nothing" not in page.said


def test_a_shelf_leaves_out_what_stands_higher_on_the_page(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        ids = [make_product(f"Milk {number}", popularity=number).id for number in range(14)]
        make_slot("best", "product_grid", 1, source="best-sellers", en={"title": "Best"})
        make_slot("new", "product_grid", 2, source="new-arrivals", en={"title": "New"})
        make_slot("hand", "product_grid", 3, product_ids=ids[:2], en={"title": "By hand"})
    page = shopper.get("/")
    shelves = [page.all(f"#shelf-{key} .card__name") for key in ("best", "new", "hand")]
    assert [len(shelf) for shelf in shelves] == [12, 2, 2]
    assert {name.get_text(strip=True) for name in shelves[1]} == {"Milk 0", "Milk 1"}


def test_what_is_sold_out_is_not_on_the_front(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        make_product("Gone", stock=0, popularity=99)
        make_product("Here", popularity=1)
    assert {name.get_text(strip=True) for name in shopper.get("/").all(".card__name")} == {"Here"}


def test_an_entry_whose_time_is_over_gives_way(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        entry = make_slot("hero", "banner", en={"title": "Spring"})
        entry.starts_at, entry.ends_at = now() - timedelta(days=2), now() - timedelta(days=1)
    assert headings(shopper) == ["Our shop"]


def test_recommendations_come_by_their_own_address_to_those_who_came_back(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        make_slot("you", "recommendation", source="home", en={"title": "For you"})
    assert shopper.get("/").all("#shelf-you") == []
    shopper.post("/theme", {"theme": "dark"})
    section = shopper.get("/").one("#shelf-you")
    assert section["hx-get"] == section.select_one("a")["href"] == "/shelves/home?unless=best-sellers"
    assert shopper.get(section["hx-get"], htmx=True).text == ""


def test_the_front_stays_within_its_queries_and_sets_no_cookie(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        for number in range(40):
            make_product(popularity=number)
    with queries_of(app) as cold:
        page = shopper.get("/")
    with queries_of(app) as warm:
        shopper.get("/")
    assert len(cold) <= 11, cold
    assert len(warm) <= 2, warm
    assert "Set-Cookie" not in page.response.headers


def test_a_theme_is_remembered_and_forgotten(shopper: Shopper) -> None:
    assert shopper.get("/").one("html").get("data-theme") is None
    answer = shopper.post("/theme", {"theme": "dark", "next": "/categories?x=1"})
    assert (answer.status, answer.location) == (303, "/categories?x=1")
    assert shopper.get("/").one("html")["data-theme"] == "dark"
    shopper.post("/theme", {"theme": "auto", "next": "//evil.example"})
    assert shopper.get("/").one("html").get("data-theme") is None
    assert shopper.post("/theme", {"theme": "<b>"}).location == "/"
