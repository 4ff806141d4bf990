"""Products and their variants as a merchandiser makes them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.catalog.models import Brand, Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product, make_variant

NEW = "form[action='/admin/products']"
OPTIONS = "main form[action$='/matrix']:not([method])"
MATRIX = "#matrix"
SIZES = {"name-1": "Size", "values-1": "S, M, L", "price": "29.90"}


@pytest.fixture
def category(any_app: Flask) -> str:
    with any_app.app_context(), transaction():
        return str(make_category("Shirts").id)


def make_draft(browser: Shopper, category: str, **typed: str) -> Page:
    return browser.submit(
        browser.get("/admin/products/new"), NEW, **{"name": "Linen shirt", "category_id": category, **typed}
    )


def id_in(page: Page) -> int:
    return int(page.response.request.path.split("/")[3])


def variants(app: Flask, product_id: int) -> list[tuple[str, str, int]]:
    with app.app_context():
        rows = db.session.execute(
            db.select(Variant.sku, Variant.name, Variant.price_minor)
            .where(Variant.product_id == product_id)
            .order_by(Variant.position)
        )
        return [tuple(row) for row in rows]


def test_a_draft_is_made_and_nobody_sees_it_yet(any_app: Flask, category: str) -> None:
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    one = {"sku": "ls 1", "price": "29.9"}
    page = make_draft(browser, category, name_zh="亚麻衬衫", brand="Loom", product_type="Shirt", **one)
    assert page.status == 200
    assert "The draft is there" in page.said
    with any_app.app_context():
        product = db.session.get(Product, id_in(page))
        assert product
        assert (product.slug, product.product_type, product.is_published) == ("linen-shirt", "Shirt", False)
        assert product.translations == {"zh": {"name": "亚麻衬衫"}}
        assert db.session.scalar(db.select(Brand.name)) == "Loom"
        assert audit.list_entries_about("product", str(product.id))[0].action == "product.add"
    assert variants(any_app, id_in(page)) == [("LS1", "", 2990)]
    assert Shopper(any_app).get("/products/linen-shirt").status == 404
    browser.submit(browser.get(f"/admin/products/{id_in(page)}"), "form[action$='/words']", is_published="y")
    assert "Linen shirt" in Shopper(any_app).get("/products/linen-shirt").words("h1")


def test_two_products_of_one_name_get_addresses_of_their_own_and_one_brand(any_app: Flask, category: str) -> None:
    browser = at_work(any_app)
    pages = [make_draft(browser, category, brand=brand) for brand in ("Loom", "loom")]
    chinese = make_draft(browser, category, name="亚麻衬衫")
    with any_app.app_context():
        slugs = [db.session.get(Product, id_in(page)).slug for page in (*pages, chinese)]
        assert slugs[:2] == ["linen-shirt", "linen-shirt-2"]
        assert slugs[2].startswith("product-")
        assert db.session.scalar(db.select(db.func.count(Brand.id))) == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"category_id": ""}, "category_id", "Choose a category"),
        ({"slug": "Größe!"}, "slug", "small letters"),
        ({"slug": "taken"}, "slug", "belongs to “Blue cup” already"),
        ({"sku": "CUP-1", "price": "1"}, "sku", "CUP-1 belongs to “Blue cup” already"),
        ({"sku": "A/B", "price": "1"}, "sku", "letters, digits"),
        ({"sku": "A"}, "price", "Say what it costs"),
        ({"sku": "A", "price": "cheap"}, "price", "such as 12.50"),
    ],
)
def test_a_wrong_draft_comes_back_with_what_was_typed(
    app: Flask, typed: dict[str, str], field: str, words: str
) -> None:
    with app.app_context(), transaction():
        make_product("Blue cup", slug="taken", sku="CUP-1")
        category = str(make_category().id)
    page = make_draft(at_work(app), category, name_zh="亚麻衬衫", **{"name": "Linen shirt", **typed})
    assert page.status == 422
    assert words in page.words(f"#{field}-error")
    assert page.one("#name_zh")["value"] == "亚麻衬衫"


def test_a_matrix_makes_the_variants_that_were_ticked(any_app: Flask, category: str) -> None:
    browser = at_work(any_app)
    page = make_draft(browser, category)
    product_id = id_in(page)
    page = browser.submit(
        page, OPTIONS, **SIZES, **{"name-2": "Colour", "values-2": "red, blue", "values_zh-2": "红, 蓝"}
    )
    assert [row["value"] for row in page.all("input[id^='sku-']")][:2] == ["LINEN-SHIRT-S-RED", "LINEN-SHIRT-S-BLUE"]
    page = browser.submit(page, MATRIX, **{"make-6": [], "sku-1": "ls-first", "price-2": "31"})
    assert "5 variants were made." in page.said
    made = variants(any_app, product_id)
    assert made[0] == ("LS-FIRST", "S / red", 2990)
    assert made[1] == ("LINEN-SHIRT-S-BLUE", "S / blue", 3100)
    assert [name for _sku, name, _price in made] == ["S / red", "S / blue", "M / red", "M / blue", "L / red"]
    browser.submit(browser.get(f"/admin/products/{product_id}"), "form[action$='/words']", is_published="y")
    shop = Shopper(any_app, language="zh").get("/products/linen-shirt")
    assert {"红", "蓝"} < {each.get_text(strip=True).removesuffix("已售罄") for each in shop.all(".buy__options .pill")}
    english = Shopper(any_app).get("/products/linen-shirt")
    assert [" ".join(each.get_text().split()) for each in english.all(".buy__option-name")] == ["Size S", "Colour red"]


def test_a_new_value_adds_only_what_is_missing_and_keeps_the_rest(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        product = make_product("Cup", price=700, stock=5, sku="CUP-S")
        product.options = [{"name": "Size", "zh": "", "values": [["S", ""], ["L", ""]]}]
        variant = db.session.scalars(db.select(Variant)).one()
        variant.options, variant.name = {"Size": "S"}, "S"
        make_variant(product, sku="OLD-L", price=900, options={"Size": "L"}, name="L")
        product_id = product.id
    browser = at_work(any_app)
    page = browser.submit(
        browser.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **{"values-1": "XS, S, L", "price": "6"}
    )
    assert page.words("#matrix").count("Is there") == 2
    browser.submit(page, MATRIX)
    made = variants(any_app, product_id)
    assert [(name, price) for _sku, name, price in made] == [("XS", 600), ("S", 700), ("L", 900)]
    assert [sku for sku, _name, _price in made][1:] == ["CUP-S", "OLD-L"]
    stock = browser.get(f"/admin/products/{product_id}")
    assert stock.one("input[name^='stock-'][value='5']")


def test_a_product_without_options_becomes_the_first_combination(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        product_id = make_product("Cup", price=700, sku="CUP-1").id
    browser = at_work(any_app)
    page = browser.submit(browser.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **SIZES)
    assert "becomes this combination" in page.words("#matrix")
    browser.submit(page, MATRIX)
    assert variants(any_app, product_id)[0][:2] == ("CUP-1", "S")
    assert len(variants(any_app, product_id)) == 3


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"values-1": "S, s"}, "has the value “s” twice"),
        ({"values-1": ""}, "needs at least one value"),
        ({"name-1": ""}, "Say what these values are"),
        ({"values_zh-1": "小"}, "as many values in Chinese"),
        ({"name-2": "size", "values-2": "a"}, "two options “size”"),
        (
            {"values-1": ", ".join(map(str, range(11))), "name-2": "X", "values-2": ", ".join("abcdefghij")},
            "at most 100",
        ),
        ({"pattern": "A-{Shape}"}, "no option “Shape”"),
        ({"values-1": "x" * 41}, "1 to 40 characters"),
    ],
)
def test_options_that_cannot_be_are_refused_with_what_was_typed(app: Flask, typed: dict[str, str], words: str) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Cup").id
    page = at_work(app).get(f"/admin/products/{product_id}/matrix", query_string={**SIZES, **typed})
    assert page.status == 422
    assert words in page.said
    assert page.one("#price")["value"] == "29.90"


def test_a_sku_of_another_product_is_refused_by_name(app: Flask) -> None:
    with app.app_context(), transaction():
        make_product("Blue cup", sku="CUP-1")
        product_id = make_product("Bowl", sku="BOWL").id
    browser = at_work(app)
    page = browser.submit(browser.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **SIZES)
    refused = browser.submit(page, MATRIX, **{"sku-1": "cup-1", "price-2": "12.345"})
    assert refused.status == 422
    assert "2 decimals at most" in refused.words("#price-2-error")
    refused = browser.submit(page, MATRIX, **{"sku-1": "cup-1", "price-2": "13"})
    assert refused.status == 422
    assert "CUP-1 belongs to “Blue cup” already" in refused.words("#sku-1-error")
    assert refused.one("#price-2")["value"] == "13"
    twice = browser.submit(page, MATRIX, **{"sku-1": "same", "sku-2": "SAME"})
    assert (twice.status, "SAME stands here twice" in twice.said) == (422, True)
    assert len(variants(app, product_id)) == 1


def test_the_slower_of_two_at_the_matrix_sees_what_is_there_now(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        product_id = make_product("Bowl", sku="BOWL").id
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    seen = tom.submit(tom.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **SIZES)
    mei.submit(mei.submit(mei.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **SIZES), MATRIX)
    page = tom.submit(seen, MATRIX, **{"price-1": "77"})
    assert page.status == 409
    assert "Somebody else changed this product" in page.words(".conflict")
    assert "Mei" in page.words(".changes")
    assert len(variants(any_app, product_id)) == 3


def test_variants_are_weighed_withdrawn_and_brought_back(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        product = make_product("Cup", sku="CUP-1", slug="cup")
        extra = make_variant(product, sku="CUP-2", name="L").id
        product_id = product.id
    browser: Any = at_work(any_app)
    url, form = f"/admin/products/{product_id}/variants", "form[action$='/variants']"
    wrong = browser.submit(browser.get(url), form, **{f"weight-{extra}": "heavy", f"barcode-{extra}": "400123"})
    assert (wrong.status, wrong.one(f"#barcode-{extra}")["value"]) == (422, "400123")
    page = browser.submit(browser.get(url), form, **{f"weight-{extra}": "350", f"active-{extra}": []})
    assert page.status == 200
    assert "Withdrawn" in page.words("tbody tr:nth-of-type(2)")
    with any_app.app_context():
        row = db.session.get(Variant, extra)
        assert (row.weight_grams, row.is_active) == (350, False)
    assert "CUP-2" not in Shopper(any_app).get("/products/cup?sku=CUP-2").words("main")
    browser.submit(browser.get(url), form, **{f"active-{extra}": "y"})
    assert "CUP-2" in Shopper(any_app).get("/products/cup?sku=CUP-2").words("main")


def test_stock_of_a_new_variant_can_be_counted(app: Flask) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Bowl", sku="BOWL").id
    browser = at_work(app)
    browser.submit(browser.submit(browser.get(f"/admin/products/{product_id}/matrix"), OPTIONS, **SIZES), MATRIX)
    page = browser.get(f"/admin/products/{product_id}")
    (name,) = [each["name"] for each in page.all("input[name^='stock-']")][-1:]
    page = browser.submit(page, "form[action$='/stock']", **{str(name): "7", "reason": "Counted"})
    assert page.one(f"[name='{name}']")["value"] == "7"
