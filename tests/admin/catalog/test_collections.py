"""Collections: by hand in an order of one's own, and by rules that keep themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.catalog import collections, jobs
from storefront.catalog import services as catalog
from storefront.catalog.errors import RuledCollection
from storefront.catalog.models import Category, Collection, CollectionProduct, Product, Variant
from storefront.catalog.queries import list_collection_ids
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_brand, make_category, make_product

URL = "/admin/collections"


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    """Four teas: cheap and dear, green and black, one reduced, one old, one nearly gone."""
    with any_app.app_context(), transaction():
        drinks = make_category("Drinks")
        tea = make_category("Tea", parent=drinks)
        leaf = make_brand("Leaf")
        make_product("Sencha", price=900, category=tea, sku="SENCHA-1", brand_id=leaf.id, attributes={"Kind": "Green"})
        make_product("Assam", price=500, category=tea, sku="ASSAM-1", popularity=9, attributes={"Kind": "Black"})
        old = now() - timedelta(days=400)
        make_product("Earl Grey", price=700, category=drinks, sku="EARL-1", published_at=old, stock=2, popularity=30)
        make_product("Bread", price=300, sku="BREAD-1", product_type="Loaf")
        bread = db.session.scalars(db.select(Variant).where(Variant.sku == "BREAD-1")).one()
        bread.compare_at_minor = 400
    return any_app


def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {row.name: row.id for row in db.session.execute(db.select(Product.name, Product.id))}


def category(app: Flask, name: str) -> str:
    with app.app_context():
        return str(db.session.scalar(db.select(Category.id).where(Category.name == name)))


def members(app: Flask, name: str = "Teas") -> list[str]:
    with app.app_context():
        number = db.session.scalar(db.select(Collection.id).where(Collection.name == name))
        names = {row.id: row.name for row in db.session.execute(db.select(Product.id, Product.name))}
        return [names[one] for one in list_collection_ids(20, number or 0)]


def make(app: Flask, browser: Shopper | None = None, **typed: object) -> Page:
    browser = browser or at_work(app, Role.MERCHANDISER)
    return browser.submit(browser.get(f"{URL}/rules/new"), "main form", name="Teas", **typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"price_from": "5.00", "price_to": "7.00"}, ["Earl Grey", "Assam"]),
        ({"attributes": "Kind=Green\nKind=Black", "sort": "price"}, ["Assam", "Sencha"]),
        ({"is_reduced": "y"}, ["Bread"]),
        ({"new_days": "30", "price_from": "4"}, ["Assam", "Sencha"]),
        ({"stock_to": "2"}, ["Earl Grey"]),
        ({"stock_from": "3", "price_from": "4"}, ["Assam", "Sencha"]),
        ({"sold_from": "9"}, ["Earl Grey", "Assam"]),
        ({"match": "any", "sold_from": "30", "price_to": "3", "sort": "price-desc"}, ["Earl Grey", "Bread"]),
    ],
)
def test_rules_gather_what_meets_them(shop: Flask, typed: dict[str, str], found: list[str]) -> None:
    assert make(shop, **typed).status == 200
    assert members(shop) == found


def test_a_category_stands_for_all_below_it_and_any_of_several_brands_will_do(shop: Flask) -> None:
    page = make(shop, category_ids=[category(shop, "Drinks")])
    assert page.status == 200
    assert sorted(members(shop)) == ["Assam", "Earl Grey", "Sencha"]
    assert "3 products" in page.words("#members-title")


def test_rules_are_looked_at_before_they_are_saved(shop: Flask) -> None:
    browser = at_work(shop, Role.MERCHANDISER)
    page = browser.get(f"{URL}/rules/new")
    typed = {"name": "Teas", "match": "all", "sort": "price", "price_from": "5"}
    seen = browser.post(f"{URL}/rules/preview", typed)
    assert seen.status == 200
    assert "3 products would be in it" in seen.words("#rules-preview")
    assert [item.get_text(strip=True) for item in seen.all("#rules-preview li")] == ["Assam", "Earl Grey", "Sencha"]
    assert seen.one("#price_from")["value"] == "5"
    part = browser.post(f"{URL}/rules/preview", typed, htmx=True)
    assert part.one("#rules-preview")
    assert not part.all("h1")
    assert browser.post(f"{URL}/rules/preview", {**typed, "price_from": "x"}).status == 422
    assert page.status == 200
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Collection)) == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "match"),
        ({"price_from": "cheap"}, "price_from"),
        ({"price_from": "9", "price_to": "1"}, "price_to"),
        ({"attributes": "Green"}, "attributes"),
        ({"new_days": "-1"}, "new_days"),
        ({"stock_to": "many"}, "stock_to"),
        ({"name": " ", "price_from": "1"}, "name"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(shop: Flask, typed: dict[str, str], field: str) -> None:
    browser = at_work(shop, Role.MERCHANDISER)
    page = browser.submit(browser.get(f"{URL}/rules/new"), "main form", **{"name": "Teas", **typed})
    assert page.status == 422
    assert page.words(f"#{field}-error")
    for name, text in typed.items():
        assert text in str(page.one(f"#{name}"))


def test_whoever_saves_rules_second_is_told(shop: Flask) -> None:
    first, second = at_work(shop, Role.MERCHANDISER, "Ann"), at_work(shop, Role.MERCHANDISER, "Bob")
    to = str(make(shop, first, price_to="5").response.request.path)
    page = second.get(to)
    first.submit(first.get(to), "form[action$=rules]", price_to="6")
    page = second.submit(page, "form[action$=rules]", price_to="7")
    assert page.status == 409
    assert page.one("#price_to")["value"] == "6.00"


def test_a_collection_follows_changes_of_its_products_and_what_goes_by_itself(shop: Flask) -> None:
    make(shop, stock_from="3", price_to="9")
    number = ids(shop)
    assert "Assam" in members(shop)
    with shop.app_context(), transaction():
        catalog.set_published(product_id=number["Assam"], is_published=False, by="staff:1", at=now())
    assert "Assam" not in members(shop)
    with shop.app_context(), transaction():
        db.session.execute(db.update(StockLevel).values(on_hand=1))
    with shop.app_context():
        jobs.gather_regularly.call_local()
    assert members(shop) == []
    with shop.app_context():
        before = db.session.scalar(db.select(Collection.updated_at))
        jobs.gather_regularly.call_local()
        assert db.session.scalar(db.select(Collection.updated_at)) == before


def test_what_is_in_a_collection_by_rules_only_its_rules_say(shop: Flask) -> None:
    to = str(make(shop, price_to="5").response.request.path)
    number = int(to.rpartition("/")[2])
    with shop.app_context(), transaction(), pytest.raises(RuledCollection):
        collections.add_products(collection_id=number, product_ids=[1], by="staff:1", at=now())
    page = at_work(shop, Role.MERCHANDISER, "Ann").post(f"{to}/products", {"skus": "SENCHA-1"})
    assert page.status == 409
    assert "rules of this collection say" in page.said


def by_hand(app: Flask, browser: Shopper) -> str:
    page = browser.submit(browser.get(URL), "form.list-beside", name="Teas")
    to = str(page.response.request.path)
    browser.submit(browser.get(to), "form[action$=products]", skus="SENCHA-1 ASSAM-1 EARL-1")
    return to


def test_goods_by_hand_stand_in_the_order_that_they_were_given(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = by_hand(shop, browser)
    assert members(shop) == ["Sencha", "Assam", "Earl Grey"]
    browser.post(f"{to}/order", {"product": str(number["Earl Grey"]), "step": "up"})
    assert members(shop) == ["Sencha", "Earl Grey", "Assam"]
    dragged = ",".join(str(number[name]) for name in ("Assam", "Sencha", "Earl Grey"))
    browser.post(f"{to}/order", {"order": dragged})
    assert members(shop) == ["Assam", "Sencha", "Earl Grey"]
    shown = [link.get_text(strip=True) for link in browser.get(to).all("#products .grow a")]
    assert shown == ["Assam", "Sencha", "Earl Grey"]
    browser.submit(browser.get(to), "form[action$=products]", skus="BREAD-1")
    assert members(shop) == ["Assam", "Sencha", "Earl Grey", "Bread"]


def test_an_order_of_goods_that_are_gone_is_told(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = by_hand(shop, browser)
    browser.post(f"{to}/products/{number['Assam']}/removal")
    page = browser.post(f"{to}/order", {"order": f"{number['Assam']},{number['Sencha']}"})
    assert page.status == 409
    assert "Somebody else changed this collection" in page.said
    assert members(shop) == ["Sencha", "Earl Grey"]


def test_the_list_tells_hand_and_rules_apart(shop: Flask) -> None:
    browser = at_work(shop, Role.MERCHANDISER)
    by_hand(shop, browser)
    browser.submit(browser.get(f"{URL}/rules/new"), "main form", name="Cheap", price_to="5")
    rows = [row.get_text(" ", strip=True) for row in browser.get(f"{URL}?kind=rules").all("tbody tr")]
    assert len(rows) == 1
    assert "Cheap" in rows[0]
    assert "By rules" in rows[0]
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CollectionProduct)) == 5
