"""What products of a type tell, where a product belongs, and what it is for."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.catalog.models import Brand, Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.documents import list_documents
from storefront.discovery.models import ProductChange
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product

NEW = "form[action='/admin/product-types'][method=post]"
TYPE = "form[action^='/admin/product-types/']:not([action$='deletion'])"
FACTS = "#facts"
PLACING = "form[action$='/placing']"
MATERIAL = {
    "name-new1": "Material",
    "name_zh-new1": "材质",
    "kind-new1": "choice",
    "choices-new1": "Linen = 亚麻, Cotton",
}
LENGTH = {"name-new2": "Length", "kind-new2": "number", "unit-new2": "cm", "required-new2": "yes", "filter-new2": []}
WASH = {"name-new3": "Machine wash", "name_zh-new3": "可机洗", "kind-new3": "boolean", "place-new3": "1"}


@pytest.fixture
def shirt(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        facts = {"Fit": "Loose"}
        return int(make_product("Shirt", slug="shirt", product_type="shirt", attributes=facts).id)


def describe(browser: Shopper, name: str = "shirt") -> Page:
    page = browser.submit(
        browser.get("/admin/product-types"), "form[action='/admin/product-types'][method=post]", name=name
    )
    assert page.status == 200, page.said
    return browser.submit(page, TYPE, **MATERIAL, **LENGTH, **WASH)


def facts_of(app: Flask, product_id: int) -> tuple[dict[str, str], dict[str, str]]:
    with app.app_context():
        product = db.session.get(Product, product_id)
        return dict(product.attributes), dict((product.translations.get("zh") or {}).get("attributes") or {})


def test_a_type_asks_for_its_facts_and_shoppers_read_them_in_order(any_app: Flask, shirt: int) -> None:
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    describe(browser)
    page = browser.get(f"/admin/products/{shirt}/facts")
    labels = [" ".join(each.get_text(" ").split()) for each in page.all(f"{FACTS} .field__label")]
    assert labels[:3] == ["Machine wash (optional)", "Material (optional)", "Length (cm)"]
    assert page.words("#free") == "Fit: Loose"
    page = browser.submit(page, FACTS, **{"fact-1": "Yes", "fact-2": "Linen", "fact-3": "70.50"})
    assert page.status == 200
    facts, chinese = facts_of(any_app, shirt)
    assert facts == {"Machine wash": "Yes", "Material": "Linen", "Length": "70.5 cm", "Fit": "Loose"}
    assert chinese == {"可机洗": "是", "材质": "亚麻", "Length": "70.5 cm", "Fit": "Loose"}
    shop = Shopper(any_app).get("/products/shirt").words(".facts")
    assert shop.startswith("Machine wash Yes Material Linen Length 70.5 cm Fit Loose")
    assert "可机洗 是 材质 亚麻 Length 70.5 cm" in Shopper(any_app, language="zh").get("/products/shirt").words(
        ".facts"
    )
    assert page.one("#fact-3")["value"] == "70.5"
    with any_app.app_context():
        assert set(list_documents([shirt])[0].facets) == {"a.machine-wash", "a.material", "a.fit"}


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"fact-3": ""}, "fact-3", "need this fact"),
        ({"fact-3": "long"}, "fact-3", "Enter a number"),
        ({"fact-2": "Steel"}, "fact-2", "Choose one of the values"),
        ({"free": "no colon here"}, "free", "has no colon"),
        ({"free": "A: 1\nA: 2"}, "free", "stands there twice"),
    ],
)
def test_facts_that_cannot_be_come_back(app: Flask, typed: dict[str, str], field: str, words: str) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Shirt", product_type="shirt").id
    browser = at_work(app)
    describe(browser)
    page = browser.submit(
        browser.get(f"/admin/products/{product_id}/facts"),
        FACTS,
        **{"fact-3": "70", "free_zh": "版型：宽松", **typed},
    )
    assert page.status == 422
    assert words in page.words(f"#{field}-error")
    assert page.words("#free_zh") == "版型：宽松"
    assert facts_of(app, product_id)[0] == {}


def test_a_fact_that_is_called_otherwise_keeps_what_products_say(any_app: Flask, shirt: int) -> None:
    browser = at_work(any_app)
    page = describe(browser)
    browser.submit(browser.get(f"/admin/products/{shirt}/facts"), FACTS, **{"fact-2": "Linen", "fact-3": "70"})
    (name,) = [str(each["name"]) for each in page.all("input[name^='name-']") if each.get("value") == "Material"]
    with any_app.app_context(), transaction():
        db.session.execute(db.delete(ProductChange))
    page = browser.submit(page, TYPE, **{name: "Fabric"})
    assert page.status == 200
    assert facts_of(any_app, shirt)[0]["Fabric"] == "Linen"
    with any_app.app_context():
        assert db.session.scalars(db.select(ProductChange.product_id)).all() == [shirt]
    browser.submit(page, TYPE, **{name: ""})
    page = browser.get(f"/admin/products/{shirt}/facts")
    assert "Fabric: Linen" in page.words("#free")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "A type needs a name"),
        ({"name-new1": "Fit", "name-new2": "fit", "kind-new1": "text", "kind-new2": "text"}, "Two facts are called"),
        ({"name-new1": "Fit", "kind-new1": "choice"}, "Name the values"),
        ({"name-new1": "Fit", "kind-new1": "colour"}, "Choose how it is typed"),
        ({"name-new1": "Fit", "place-new1": "first"}, "Enter a whole number"),
    ],
)
def test_a_type_that_cannot_be_comes_back(app: Flask, typed: dict[str, str], words: str) -> None:
    browser = at_work(app)
    page = browser.submit(
        browser.get("/admin/product-types"), "form[action='/admin/product-types'][method=post]", name="shirt"
    )
    page = browser.submit(page, TYPE, **{"name_zh": "衬衫", **typed})
    assert (page.status, words in page.said) == (422, True)
    assert page.one("#name_zh")["value"] == "衬衫"


def test_a_type_that_is_called_otherwise_takes_its_products_along(any_app: Flask, shirt: int) -> None:
    browser = at_work(any_app)
    page = browser.submit(describe(browser), TYPE, name="Tops")
    assert page.words("h1") == "Tops"
    assert browser.get(f"/admin/products/{shirt}/facts").one("#product_type")["value"] == "Tops"
    describe(browser, "Trousers")
    taken = browser.submit(page, TYPE, name="Trousers", name_zh="kept")
    assert (taken.status, "There is a type “Trousers” already" in taken.said) == (422, True)
    assert taken.one("#name_zh")["value"] == "kept"


def test_two_types_of_one_name_are_refused_and_a_type_is_forgotten(app: Flask) -> None:
    browser = at_work(app)
    describe(browser)
    page = browser.submit(browser.get("/admin/product-types"), NEW, name="shirt")
    assert (page.status, "There is a type “shirt” already" in page.said) == (422, True)
    shown = browser.get(str(browser.get("/admin/product-types").one("td a[href^='/admin/product-types/']")["href"]))
    page = browser.submit(shown, "form[action$='/deletion']")
    assert "No type is described yet" in page.said


def test_the_slower_of_two_at_a_type_is_told_and_loses_nothing(any_app: Flask, shirt: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    page = describe(mei)
    (name,) = [str(each["name"]) for each in page.all("input[name^='name-']") if each.get("value") == "Material"]
    seen = tom.get(page.response.request.path)
    mei.submit(page, TYPE, **{name: "Fabric", "name-new1": "Collar"})
    page = tom.submit(seen, TYPE, **{"name-new1": "Sleeve"})
    assert page.status == 409
    assert "Fabric" in page.words(".conflict")
    assert page.one(f"#{name}")["value"] == "Fabric"
    assert page.one("#name-new1")["value"] == "Sleeve"
    page = tom.submit(page, TYPE)
    assert page.status == 200
    assert {"Fabric", "Collar", "Sleeve"} <= {each.get("value") for each in page.all("input[name^='name-']")}


def test_a_product_moves_to_another_brand_type_and_role(any_app: Flask, shirt: int) -> None:
    with any_app.app_context(), transaction():
        category = str(make_category("Trousers").id)
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    seen = tom.get(f"/admin/products/{shirt}/facts")
    typed = {"category_id": category, "brand": "Loom", "role": "profit"}
    page = mei.submit(mei.get(f"/admin/products/{shirt}/facts"), PLACING, **typed)
    assert page.status == 200
    page = tom.submit(seen, PLACING, product_type="trousers")
    assert page.status == 409
    assert "Trousers" in page.words(".conflict")
    assert (page.one("#brand")["value"], page.one("#product_type")["value"]) == ("Loom", "trousers")
    assert tom.submit(page, PLACING).status == 200
    with any_app.app_context():
        product = db.session.get(Product, shirt)
        assert (product.product_type, product.role, str(product.category_id)) == ("trousers", "profit", category)
        assert db.session.get(Brand, product.brand_id).name == "Loom"
    page = mei.submit(mei.get(f"/admin/products/{shirt}/facts"), PLACING, category_id="", brand="Kept")
    assert (page.status, page.one("#brand")["value"]) == (422, "Kept")


def test_many_products_get_a_role_and_the_list_is_narrowed_by_it(app: Flask) -> None:
    with app.app_context(), transaction():
        ids = [make_product(name).id for name in ("Bread", "Butter", "Jam")]
    browser = at_work(app)
    sent = {"action": "role", "row": [str(number) for number in ids[:2]]}
    page = browser.post("/admin/lists/products/confirmation", sent)
    assert "Brings people in" in page.said
    page = browser.submit(page, "main form[action$='/runs']", value="traffic")
    listed = browser.get("/admin/products?role=traffic").words("table")
    assert ("Bread" in listed, "Butter" in listed, "Jam" in listed) == (True, True, False)
    assert "Jam" in browser.get("/admin/products?role=none").words("table")
