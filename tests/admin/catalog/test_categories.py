"""The category tree: what moves with what, who is told, and where old addresses lead."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from storefront.accounts.permissions import Role
from storefront.catalog.models import Category, Product
from storefront.catalog.queries import forget_tree
from storefront.content.models import Slot, SlotEntry
from storefront.content.queries import forget_slots
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import ProductChange, SearchRule
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_product, make_promotion

URL = "/admin/categories"


@pytest.fixture
def shop(any_app: Flask) -> Iterator[Flask]:
    """Drinks with Tea (Green tea in it) and Coffee, and Food."""
    with any_app.app_context(), transaction():
        drinks = make_category("Drinks", slug="drinks", position=0)
        tea = make_category("Tea", slug="tea", parent=drinks, position=0)
        make_category("Coffee", slug="coffee", parent=drinks, position=1)
        green = make_category("Green tea", slug="green-tea", parent=tea)
        food = make_category("Food", slug="food", position=1)
        make_product("Earl Grey", category=tea, sku="EARL-1")
        make_product("Sencha", category=green, sku="SENCHA-1")
        make_product("Bread", category=food, sku="BREAD-1")
    forget_tree()
    yield any_app
    forget_tree()


def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {row.slug: row.id for row in db.session.execute(db.select(Category.slug, Category.id))}


def paths(app: Flask) -> dict[str, list[str]]:
    """Return the slugs from the top down to each category."""
    with app.app_context():
        rows = db.session.execute(db.select(Category.id, Category.slug, Category.path, Category.depth)).all()
    slugs = {str(row.id): row.slug for row in rows}
    assert all(row.depth == row.path.count("/") - 2 for row in rows)
    return {row.slug: [slugs[part] for part in row.path.strip("/").split("/")] for row in rows}


def shown(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.all(".tree__words > a")]


def step(browser: Shopper, number: int, way: str) -> Page:
    page = browser.get(URL)
    seen = page.one("#tree-move input[name=seen]")["value"]
    return browser.post(f"{URL}/{number}/position", {"step": way, "seen": seen})


def test_two_categories_of_one_level_have_different_names(shop: Flask) -> None:
    browser, number = at_work(shop), ids(shop)
    page = browser.get(f"{URL}/new?parent={number['drinks']}")
    page = browser.submit(page, "main form", name=" tea")
    assert page.status == 422
    assert "There is a category “Tea” at this place already." in page.words("#name-error")
    assert browser.submit(page, "main form", name="Green tea").status == 200
    to = f"{URL}/{number['coffee']}"
    assert "“Tea”" in browser.submit(browser.get(to), "form[action$=words]", name="TEA").words("#name-error")
    assert browser.submit(browser.get(to), "form[action$=words]", name="coffee").status == 200
    page = browser.submit(
        browser.get(f"{URL}/{number['green-tea']}"), "form[action$=position]", parent=str(number["drinks"])
    )
    assert "There is a category “Green tea” at this place already." in page.said
    assert paths(shop)["green-tea"] == ["drinks", "tea", "green-tea"]


def test_the_tree_shows_how_many_products_are_where(shop: Flask) -> None:
    browser = at_work(shop, Role.MERCHANDISER)
    with queries_of(shop) as asked:
        page = browser.get(URL)
    assert len(asked) <= 8
    assert shown(page) == ["Drinks", "Tea", "Green tea", "Coffee", "Food"]
    number = ids(shop)
    assert "0 products · 2 with all below" in page.words(f"#category-{number['drinks']}")
    assert "1 product · 2 with all below" in page.words(f"#category-{number['tea']}")
    assert page.all("[data-tree] button[aria-disabled]")


def test_a_category_moves_by_steps_with_all_that_is_below_it(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    assert step(browser, number["coffee"], "up").status == 303
    assert shown(browser.get(URL)) == ["Drinks", "Coffee", "Tea", "Green tea", "Food"]
    step(browser, number["tea"], "out")
    assert paths(shop)["green-tea"] == ["tea", "green-tea"]
    assert "now stands at number 2 at the top" in browser.get(URL).said
    step(browser, number["food"], "in")
    assert paths(shop)["food"] == ["tea", "food"]
    page = step(browser, number["drinks"], "up")
    assert "stays where it is" in browser.get(str(page.response.location)).said


def test_what_is_below_a_category_is_told_to_the_index_and_shoppers_see_it_at_once(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    with shop.app_context(), transaction():
        db.session.execute(db.delete(ProductChange))
    assert "Drinks" in Shopper(shop).get("/categories/green-tea").words("nav.breadcrumbs")
    noted: list[int] = []
    page = browser.get(f"{URL}/{number['tea']}")
    moved = browser.submit(page, "form[action$=position]", parent=str(number["food"]))
    assert moved.status == 200
    trail = Shopper(shop).get("/categories/green-tea").words("nav.breadcrumbs")
    assert "Food" in trail
    assert "Drinks" not in trail
    with shop.app_context():
        noted = list(db.session.scalars(db.select(ProductChange.product_id)))
        names = set(db.session.scalars(db.select(Product.name).where(Product.id.in_(noted))))
    assert names == {"Earl Grey", "Sencha"} or not noted  # the index may have taken them in already


def test_nothing_is_dragged_below_itself_and_nothing_is_typed_that_is_no_place(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    before, seen = paths(shop), browser.get(URL).one("#tree-move input[name=seen]")["value"]
    to = f"{URL}/{number['drinks']}/position"
    page = browser.post(to, {"parent": str(number["green-tea"]), "before": "", "seen": seen})
    assert page.status == 422
    assert "cannot go below itself" in page.said
    for typed in ({"parent": "x"}, {"parent": "", "before": "１"}, {}, {"step": "sideways"}):
        assert browser.post(to, {"seen": seen, **typed}).status == 422
    assert browser.post(f"{URL}/999/position", {"step": "up", "seen": seen}).status == 404
    assert browser.post(to, {"parent": "999", "seen": seen}).status == 404
    assert paths(shop) == before


def test_whoever_moves_second_is_told_and_sees_the_tree_of_now(shop: Flask) -> None:
    number = ids(shop)
    first, second = at_work(shop, Role.MERCHANDISER, "Ann"), at_work(shop, Role.MERCHANDISER, "Bob")
    seen = second.get(URL).one("#tree-move input[name=seen]")["value"]
    step(first, number["food"], "up")
    page = second.post(f"{URL}/{number['tea']}/position", {"parent": str(number["food"]), "before": "", "seen": seen})
    assert page.status == 409
    assert "Somebody else changed the category tree" in page.said
    assert shown(page)[0] == "Food"
    assert paths(shop)["tea"] == ["drinks", "tea"]


def test_a_category_is_added_and_keeps_what_was_typed_when_it_cannot_be(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    page = browser.get(f"{URL}/new?parent={number['drinks']}")
    page = browser.submit(page, "main form", name="Water", slug="tea")
    assert page.status == 422
    assert "has this address already" in page.words("#slug-error")
    page = browser.submit(page, "main form", slug="Not An Address!")
    assert "small letters" in page.words("#slug-error")
    assert page.one("#name")["value"] == "Water"
    page = browser.submit(page, "main form", slug="", name_zh="水")
    assert paths(shop)["water"] == ["drinks", "water"]
    assert browser.post(URL, {"name": "X", "parent": "999"}).status == 409
    assert browser.post(URL, {"name": " "}).status == 422


def test_an_old_address_leads_to_the_new_one_and_back(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = f"{URL}/{number['tea']}"
    browser.submit(browser.get(to), "form[action$=words]", slug="teas", name="All tea", name_zh="茶")
    gone = Shopper(shop).get("/categories/tea?sort=price")
    assert (gone.status, gone.response.location) == (301, "/categories/teas?sort=price")
    assert Shopper(shop).get("/categories/teas").words("h1") == "All tea"
    assert "/categories/tea" in browser.get(to).words("#addresses-title ~ ul")
    browser.submit(browser.get(to), "form[action$=words]", slug="tea")
    assert Shopper(shop).get("/categories/tea").status == 200
    assert Shopper(shop).get("/categories/teas").response.location == "/categories/tea"


def test_words_for_search_engines_and_a_picture_are_seen_in_the_shop(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    data = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(data, "PNG")
    to = f"{URL}/{number['food']}"
    browser.submit(
        browser.get(to),
        "form[action$=words]",
        seo_title="Fresh food",
        seo_description="Bread, every day.",
        picture_file=(BytesIO(data.getvalue()), "food.png"),
    )
    page = Shopper(shop).get("/categories/food")
    assert page.words("title").startswith("Fresh food")
    assert page.one("meta[name=description]")["content"] == "Bread, every day."
    with shop.app_context():
        assert db.session.get(Category, number["food"]).picture.startswith("photo:")
    wrong = browser.submit(browser.get(to), "form[action$=words]", picture_file=(BytesIO(b"<svg>"), "x.png"))
    assert wrong.status == 422


def test_whoever_saves_second_sees_what_the_other_wrote(shop: Flask) -> None:
    first, second = at_work(shop, Role.MERCHANDISER, "Ann"), at_work(shop, Role.MERCHANDISER, "Bob")
    to = f"{URL}/{ids(shop)['tea']}"
    page = second.get(to)
    first.submit(first.get(to), "form[action$=words]", name="Teas")
    page = second.submit(page, "form[action$=words]", name_zh="茶")
    assert page.status == 409
    assert page.one("#name")["value"] == "Teas"
    assert page.one("#name_zh")["value"] == "茶"
    assert second.submit(page, "form[action$=words]").status == 200


def test_a_hidden_category_hides_what_is_below_it(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    page = browser.get(URL)
    press = f"#seen-{number['tea']}"
    browser.submit(page, "#tree", button=press, published=page.one(press)["value"])
    assert Shopper(shop).get("/categories/tea").status == 404
    assert Shopper(shop).get("/categories/green-tea").status == 404
    page = browser.get(URL)
    assert "Hidden by the one above" in page.words(f"#category-{number['green-tea']}")
    again = browser.post(f"{URL}/{number['tea']}/publication", {"published": "no"})
    assert again.status == 409
    browser.submit(page, "#tree", button=press, published=page.one(press)["value"])
    assert Shopper(shop).get("/categories/green-tea").status == 200


def test_a_category_with_goods_is_not_deleted_before_they_have_another_place(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = f"{URL}/{number['tea']}/deletion"
    page = browser.get(to)
    assert "1 product" in page.said
    assert "The category Green tea with 1 product" in page.said
    page = browser.post(to, {"to": ""})
    assert page.status == 409
    assert "not empty" in page.said
    for wrong, status in (("999", 409), (str(number["green-tea"]), 422)):
        assert browser.post(to, {"to": wrong}).status == status
    assert browser.post(to, {"to": str(number["food"])}).status == 303
    assert paths(shop)["green-tea"] == ["food", "green-tea"]
    assert "tea" not in paths(shop)
    assert Shopper(shop).get("/categories/tea").response.location == "/categories/food"
    assert "Earl Grey" in Shopper(shop).get("/categories/food").said
    assert browser.get(to).status == 404


def test_an_empty_category_leads_to_the_one_above_it(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    browser.submit(browser.get(f"{URL}/{number['coffee']}/deletion"), "main form")
    assert Shopper(shop).get("/categories/coffee").response.location == "/categories/drinks"


def test_what_names_a_category_is_shown_before_it_goes(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    with shop.app_context(), transaction():
        scope = {"scope": {"category_ids": [number["food"]]}}
        benefit = {"kind": "percent_off", "basis_points": 1000, **scope}
        make_promotion(name="Bread week", conditions=[], benefits=[benefit])
        rule = {"conditions": {"category_ids": [number["food"]]}, "actions": {"pins": [1]}}
        db.session.add(SearchRule(name="Bread first", updated_at=now(), **rule))
        entry = SlotEntry(name="Fresh", content={"source": "category:food"}, audience={}, updated_at=now())
        db.session.add(Slot(key="fresh", kind="product_grid", entries=[entry]))
        own = SlotEntry(name="Always", is_fallback=True, content={}, audience={}, updated_at=now())
        db.session.add(Slot(page=f"category:{number['food']}", key="top", name="Top", kind="banner", entries=[own]))
    forget_slots()
    to = f"{URL}/{number['food']}/deletion"
    said = browser.get(to).said
    for name in ("Bread week", "Bread first", "Fresh", "Top"):
        assert name in said
    page = browser.post(to, {"to": str(number["drinks"])})
    assert page.status == 409
    assert page.one("#to option[selected]")["value"] == str(number["drinks"])
    browser.submit(page, "main form", seen="yes")
    assert "food" not in paths(shop)
    with shop.app_context():
        assert db.session.scalar(db.select(Slot.id).where(Slot.key == "top")) is None
    forget_slots()
