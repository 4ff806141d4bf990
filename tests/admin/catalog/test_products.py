"""Products as merchandisers and operations work on them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Permission, Role
from storefront.audit import queries as audit
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import ProductChange
from storefront.inventory.models import StockLevel, StockMovement
from tests.admin.people import at_work, at_work_with
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product, make_variant

WORDS = "form[action$='/words']"
PRICES = "form[action$='/prices']"
STOCK = "form[action$='/stock']"


@pytest.fixture
def cup(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        product = make_product("Blue cup", price=1250, stock=10, sku="CUP-1", translations={"zh": {"name": "蓝杯"}})
        return int(product.id)


def open_page(browser: Shopper, product_id: int) -> Page:
    return browser.get(f"/admin/products/{product_id}")


def stored(app: Flask, product_id: int) -> Any:
    with app.app_context():
        return db.session.execute(
            db.select(Product.name, Product.translations, Product.is_published, Product.version, Variant.price_minor)
            .join(Variant)
            .where(Product.id == product_id)
        ).first()


def test_names_are_changed_written_down_and_told_to_the_index(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    page = browser.submit(open_page(browser, cup), WORDS, name=" Sky  cup ", name_zh="天蓝杯", description="Holds tea.")
    assert page.status == 200
    assert "Saved." in page.said
    assert page.words("h1") == "Sky cup"
    assert "Mei" in page.words(".changes")
    row = stored(any_app, cup)
    assert (row.name, row.translations["zh"]["name"], row.version) == ("Sky cup", "天蓝杯", 2)
    with any_app.app_context():
        changes = audit.list_entries_about("product", str(cup))[0].changes
        assert changes["name"] == ["Blue cup", "Sky cup"]
        assert "is_published" not in changes
        assert db.session.scalars(db.select(ProductChange.product_id)).all() == [cup]


def test_saving_what_is_already_so_leaves_no_trace(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    browser.submit(open_page(browser, cup), WORDS)
    browser.submit(open_page(browser, cup), PRICES)
    browser.submit(open_page(browser, cup), STOCK)
    assert stored(any_app, cup).version == 1
    with any_app.app_context():
        assert audit.list_entries_about("product", str(cup)) == []


def test_a_hidden_product_leaves_the_shop(app: Flask) -> None:
    with app.app_context(), transaction():
        product = make_product("Blue cup")
        product_id, slug = product.id, product.slug
    browser = at_work(app)
    form = {"version": "1", "name": "Blue cup", "name_zh": "", "description": "", "description_zh": ""}
    assert Shopper(app).get(f"/products/{slug}").status == 200
    assert browser.post(f"/admin/products/{product_id}/words", form).status == 303
    assert Shopper(app).get(f"/products/{slug}").status == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
def test_a_product_keeps_a_name(any_app: Flask, cup: int, name: str) -> None:
    browser = at_work(any_app)
    page = browser.submit(open_page(browser, cup), WORDS, name=name, description="kept while I mend the name")
    assert page.status == 422
    assert "kept while I mend the name" in page.text
    assert page.one("#name")["aria-invalid"] == "true"
    assert stored(any_app, cup).name == "Blue cup"


def test_the_slower_of_two_is_told_what_changed_and_loses_nothing(any_app: Flask, cup: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    seen_by_tom = open_page(tom, cup)
    mei.submit(open_page(mei, cup), WORDS, name="Sky cup")
    page = tom.submit(seen_by_tom, WORDS, description="Tom wrote this for an hour.")
    assert page.status == 409
    told = page.words(".conflict")
    assert "Somebody else changed this product" in told
    assert "Sky cup" in told
    assert "left alone" in told
    assert "Tom wrote this for an hour." in page.words("#description")
    assert page.one("#name")["value"] == "Sky cup"
    assert stored(any_app, cup).name == "Sky cup"
    page = tom.submit(page, WORDS)
    assert page.status == 200
    assert stored(any_app, cup).name == "Sky cup"
    assert "Tom wrote this for an hour." in page.words("#description")


def test_where_both_changed_one_field_the_slower_chooses(any_app: Flask, cup: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    seen_by_tom = open_page(tom, cup)
    mei.submit(open_page(mei, cup), WORDS, name="Sky cup")
    page = tom.submit(seen_by_tom, WORDS, name="Sea cup")
    assert page.status == 409
    assert "Sky cup Sea cup" in page.words(".conflict")
    assert page.one("#name")["value"] == "Sea cup"
    assert tom.submit(page, WORDS).status == 200
    assert stored(any_app, cup).name == "Sea cup"


def test_prices_are_changed_together(any_app: Flask, cup: int) -> None:
    with any_app.app_context(), transaction():
        make_variant(db.session.get(Product, cup), price=2000, sku="CUP-2")
    browser = at_work(any_app, Role.MERCHANDISER)
    first, second = (f"price-{number}" for number in variant_ids(any_app, cup))
    page = browser.submit(
        open_page(browser, cup), PRICES, **{first: "11.99", first.replace("price", "before"): "12.50"}
    )
    assert page.status == 200
    assert prices(any_app, cup) == [(1199, 1250), (2000, None)]
    page = browser.submit(page, PRICES, **{first: "1,234.50", first.replace("price", "before"): "", second: "abc"})
    assert page.status == 422
    assert prices(any_app, cup) == [(1199, 1250), (2000, None)]
    assert page.one(f"#{first}")["value"] == "1,234.50"
    assert page.one(f"#{second}")["aria-invalid"] == "true"
    assert browser.submit(page, PRICES, **{second: "0.50"}).status == 200
    assert prices(any_app, cup) == [(123450, None), (50, None)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("abc", "such as 12.50"),
        ("", "such as 12.50"),
        ("-1", "cannot be negative"),
        ("1e9", "such as 12.50"),
        ("1.999", "decimals at most"),
        ("12,50", "such as 12.50"),
        ("NaN", "such as 12.50"),
        ("999999999999", "nor that high"),
        ("١٢", "such as 12.50"),
    ],
)
def test_a_price_that_is_none_is_refused_beside_its_field(any_app: Flask, cup: int, typed: str, words: str) -> None:
    browser = at_work(any_app)
    name = f"price-{variant_ids(any_app, cup)[0]}"
    page = browser.submit(open_page(browser, cup), PRICES, **{name: typed})
    assert page.status == 422
    assert words in page.words(f"#{name}-error")
    assert page.one(f"#{name}")["value"] == typed
    assert prices(any_app, cup) == [(1250, None)]


def test_the_price_before_is_higher_than_the_price(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    name = f"before-{variant_ids(any_app, cup)[0]}"
    page = browser.submit(open_page(browser, cup), PRICES, **{name: "12.50"})
    assert page.status == 422
    assert "must be higher" in page.words(f"#{name}-error")


def test_a_price_over_a_newer_price_is_a_conflict(any_app: Flask, cup: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    name = f"price-{variant_ids(any_app, cup)[0]}"
    seen_by_tom = open_page(tom, cup)
    mei.submit(open_page(mei, cup), PRICES, **{name: "13.00"})
    page = tom.submit(seen_by_tom, PRICES, **{name: "9.00"})
    assert page.status == 409
    assert "13.00" in page.words(".conflict")
    assert page.one(f"#{name}")["value"] == "9.00"
    assert prices(any_app, cup) == [(1300, None)]
    assert tom.submit(page, PRICES).status == 200
    assert prices(any_app, cup) == [(900, None)]


def test_stock_is_counted_with_a_reason_and_the_ledger_adds_up(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    name = stock_field(any_app, cup)
    page = browser.submit(open_page(browser, cup), STOCK, **{name: "7"})
    assert page.status == 422
    assert "Say why" in page.words("#reason-error")
    assert page.one(f"#{name}")["value"] == "7"
    assert browser.submit(page, STOCK, reason="Damaged").status == 200
    with any_app.app_context():
        assert db.session.scalar(db.select(StockLevel.on_hand)) == 7
        assert db.session.scalar(db.select(db.func.sum(StockMovement.on_hand_delta))) == 7
        entry = audit.list_entries_about("product", str(cup))[0]
        assert entry.action == "stock.count"
        assert entry.changes["reason"] == [None, "Damaged"]


@pytest.mark.parametrize("typed", ["-1", "abc", "1.5", "1e9", "", "99999999999"])
def test_a_count_that_is_none_is_refused(any_app: Flask, cup: int, typed: str) -> None:
    browser = at_work(any_app)
    name = stock_field(any_app, cup)
    page = browser.submit(open_page(browser, cup), STOCK, **{name: typed, "reason": "Counted"})
    assert page.status == 422
    assert "whole number" in page.words(f"#{name}-error")
    with any_app.app_context():
        assert db.session.scalar(db.select(StockLevel.on_hand)) == 10


def test_a_count_below_what_is_promised_is_refused(any_app: Flask, cup: int) -> None:
    with any_app.app_context(), transaction():
        db.session.execute(db.update(StockLevel).values(allocated=4))
    browser = at_work(any_app)
    page = browser.submit(open_page(browser, cup), STOCK, **{stock_field(any_app, cup): "3", "reason": "Lost"})
    assert page.status == 409
    assert "4 promised to orders" in page.said
    assert page.one(f"#{stock_field(any_app, cup)}")["value"] == "3"


def test_a_shelf_that_moved_meanwhile_is_a_conflict(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    seen = open_page(browser, cup)
    with any_app.app_context(), transaction():
        db.session.execute(db.update(StockLevel).values(on_hand=9))
    page = browser.submit(seen, STOCK, **{stock_field(any_app, cup): "5", "reason": "Counted"})
    assert page.status == 409
    assert "9" in page.words(".conflict")
    assert browser.submit(page, STOCK, reason="Counted").status == 200
    with any_app.app_context():
        assert db.session.scalar(db.select(StockLevel.on_hand)) == 5


def test_what_a_role_may_not_change_it_sees_but_cannot_type_into(any_app: Flask, cup: int) -> None:
    page = open_page(at_work_with(any_app, Permission.PRODUCTS_VIEW, Permission.STOCK_EDIT), cup)
    assert page.one(f"{WORDS} fieldset").has_attr("disabled")
    assert page.one(f"{PRICES} fieldset").has_attr("disabled")
    assert not page.one(f"{STOCK} fieldset").has_attr("disabled")


def test_unknown_products_are_not_found_in_the_frame_of_the_back_office(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    for url in ("/admin/products/999999", "/admin/products/99999999999999999999"):
        page = browser.get(url)
        assert page.status == 404
    assert browser.get("/admin/products/999999").all(".admin-side")
    assert browser.post("/admin/products/999999/prices", {"version": "1"}).status == 404


def test_a_stale_or_forged_version_changes_nothing(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    for version in ("0", "-1", "abc", "", "99999999999999999999"):
        form = {"version": version, "name": "Forged", "is_published": "y"}
        assert browser.post(f"/admin/products/{cup}/words", form).status in {409, 422}
        name = f"price-{variant_ids(any_app, cup)[0]}"
        assert browser.post(f"/admin/products/{cup}/prices", {"version": version, name: "1.00"}).status == 409
    assert stored(any_app, cup).name == "Blue cup"
    assert prices(any_app, cup) == [(1250, None)]


def test_the_list_is_narrowed_searched_and_sorted(any_app: Flask, cup: int) -> None:
    with any_app.app_context(), transaction():
        kitchen = make_category("Kitchen")
        shelf = make_category("Bowls", parent=kitchen)
        make_product("Amber bowl", stock=0, category=shelf, popularity=5)
        make_product("Zinc bowl", stock=3, category=shelf, is_published=False, popularity=9)
        slug = kitchen.slug
    browser = at_work(any_app)

    def names(url: str) -> list[str]:
        return [link.get_text(strip=True) for link in browser.get(url).all("tbody td.grow > a")]

    assert names("/admin/products") == ["Zinc bowl", "Amber bowl", "Blue cup"]
    assert names("/admin/products?sort=name") == ["Amber bowl", "Blue cup", "Zinc bowl"]
    assert names(f"/admin/products?category={slug}") == ["Zinc bowl", "Amber bowl"]
    assert names("/admin/products?published=no") == ["Zinc bowl"]
    assert names("/admin/products?stock=out") == ["Amber bowl"]
    assert names("/admin/products?stock=low") == ["Zinc bowl"]
    assert names("/admin/products?stock=in&published=yes") == ["Blue cup"]
    assert names("/admin/products?q=BOWL&sort=-name") == ["Zinc bowl", "Amber bowl"]
    assert names("/admin/products?q=cup-1") == ["Blue cup"]
    assert names("/admin/products?q=%25") == []
    assert browser.get("/admin/products?stock=out", htmx=True).text.lstrip().startswith("<section")


def variant_ids(app: Flask, product_id: int) -> list[int]:
    with app.app_context():
        statement = db.select(Variant.id).where(Variant.product_id == product_id).order_by(Variant.position)
        return list(db.session.scalars(statement))


def prices(app: Flask, product_id: int) -> list[tuple[int, int | None]]:
    with app.app_context():
        statement = db.select(Variant.price_minor, Variant.compare_at_minor).where(Variant.product_id == product_id)
        return [tuple(row) for row in db.session.execute(statement.order_by(Variant.position))]


def stock_field(app: Flask, product_id: int) -> str:
    with app.app_context():
        row = db.session.execute(db.select(StockLevel.variant_id, StockLevel.warehouse_id)).first()
        assert row is not None
        return f"stock-{row.variant_id}-{row.warehouse_id}"
