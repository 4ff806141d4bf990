"""Category and product pages as a shopper sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.catalog import queries as catalog
from storefront.catalog.models import Product
from storefront.database.transaction import transaction
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_brand, make_category, make_product, make_variant, variant_of


@pytest.fixture
def shelf(app: Flask) -> list[Product]:
    """Two departments; "Milk" lies under "Dairy" and holds 30 products."""
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy", translations={"zh": {"name": "乳品"}})
        milk = make_category("Milk", slug="milk", parent=dairy)
        make_product("Bread", category=make_category("Bakery", slug="bakery"))
        return [
            make_product(f"Milk {number}", category=milk, popularity=100 - number, price=100 + number)
            for number in range(30)
        ]


def test_the_tree_lists_departments_and_what_lies_below(shopper: Shopper, shelf: list[Product]) -> None:
    page = shopper.get("/categories")
    assert page.status == 200
    assert [link.get("href") for link in page.all(".category-tree h2 a")] == ["/categories/bakery", "/categories/dairy"]
    assert page.words(".category-tree li li") == "Milk 30"


def test_the_tree_begins_with_ways_to_its_departments(shopper: Shopper, shelf: list[Product]) -> None:
    page = shopper.get("/categories")
    ways = page.all(".category-ways a")
    assert [way.get_text(strip=True) for way in ways] == ["Bakery", "Dairy"]
    assert [page.words(f"{way['href']} h2") for way in ways] == ["Bakery", "Dairy"]


def test_a_category_shows_its_subtree_a_page_at_a_time(shopper: Shopper, shelf: list[Product]) -> None:
    first = shopper.get("/categories/dairy")
    assert len(first.all("article[data-sku]")) == 24
    assert first.words("h1") == "Dairy"
    assert "30 products" in first.said
    second = shopper.get(first.one(".pager a[aria-label='Next page']")["href"])
    assert len(second.all("article[data-sku]")) == 6


def test_a_category_far_beyond_its_end_shows_its_last_page(shopper: Shopper, shelf: list[Product]) -> None:
    page = shopper.get("/categories/dairy?page=999999&sort=sideways%01&price_from=1e9999")
    assert page.status == 200
    assert page.words(".pager [aria-current]") == "2"
    assert len(page.all("article[data-sku]")) == 6
    assert str(page.one("link[rel=canonical]")["href"]).endswith("/categories/dairy?page=2")


def test_a_category_narrowed_to_nothing_is_not_broken(shopper: Shopper, shelf: list[Product]) -> None:
    page = shopper.get("/categories/dairy?page=9&brand=%F0%9F%8D%8E")
    assert page.status == 200
    assert page.all("#listing > .listing__results > .cards-room") == []
    assert page.words(".chips a:first-child") == "Remove filter 🍎"


def test_htmx_gets_the_list_alone(shopper: Shopper, shelf: list[Product]) -> None:
    part = shopper.get("/categories/dairy?page=2", htmx=True)
    assert part.all("html") == []
    assert part.soup.find(True).get("id") == "listing"
    assert "HX-Request" in part.response.headers["Vary"]


def test_breadcrumbs_lead_back_up(shopper: Shopper, shelf: list[Product]) -> None:
    page = shopper.get(f"/products/{shelf[0].slug}")
    assert [link.get("href") for link in page.all(".breadcrumbs a")] == ["/", "/categories/dairy", "/categories/milk"]


def test_names_of_categories_are_chinese_for_chinese_readers(app: Flask, shelf: list[Product]) -> None:
    assert Shopper(app, language="zh").get("/categories/dairy").words("h1") == "乳品"


@pytest.mark.parametrize("url", ["/categories/nope", "/products/nope", "/products/%2e%2e", "/categories/%00"])
def test_an_unknown_slug_is_a_page_with_a_way_on(shopper: Shopper, shelf: list[Product], url: str) -> None:
    page = shopper.get(url)
    assert page.status == 404
    assert page.all("main a[href='/categories']")


def test_an_unpublished_category_is_gone(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        make_product(category=make_category("Secret", slug="secret", is_published=False))
    assert shopper.get("/categories/secret").status == 404


def test_a_product_page_says_price_stock_and_facts(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        oat = make_product(
            "Oat milk", price=399, sku="OAT", stock=3, brand_id=make_brand("Nord").id, attributes={"Origin": "Sweden"}
        )
        variant_of(oat).compare_at_minor = 499
    page = shopper.get(f"/products/{oat.slug}")
    assert page.words("h1") == "Oat milk"
    assert [data["value"] for data in page.all(".buy .price data")] == ["399", "499"]
    assert "Only 3 left" in page.words(".buy__stock")
    assert "Sweden" in page.words(".facts")
    assert "Nord" in page.words(".facts")


def test_each_variant_is_a_link_and_says_when_it_is_out(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        milk = make_product("Milk", price=100, sku="SMALL")
        variant_of(milk).options = {"Size": "1 l"}
        make_variant(milk, price=180, sku="LARGE", stock=0, options={"Size": "2 l"})
    page = shopper.get(f"/products/{milk.slug}")
    assert [pill.get_text(" ", strip=True) for pill in page.all(".pill")] == ["1 l", "2 l Sold out"]
    large = shopper.get(page.all(".pill")[1]["href"])
    assert large.one(".buy .price data")["value"] == "180"
    assert large.all("form.buy__form") == []
    assert "Sold out for now" in large.words(".buy__stock")


def test_a_stale_sku_shows_the_product_all_the_same(app: Flask, shopper: Shopper, shelf: list[Product]) -> None:
    assert shopper.get(f"/products/{shelf[0].slug}?sku=%27%3B--").status == 200


def test_a_product_without_an_active_variant_is_gone(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        milk = make_product("Milk")
        variant_of(milk).is_active = False
    assert shopper.get(f"/products/{milk.slug}").status == 404


def test_a_name_of_200_characters_and_markup_is_only_text(app: Flask, shopper: Shopper) -> None:
    name = "<b onclick=alert(1)>名</b>" + "x" * 200
    with app.app_context(), transaction():
        odd = make_product(name, price=100_000_000, category=make_category("Odd", slug="odd"))
    assert name in shopper.get(f"/products/{odd.slug}").words("h1")
    assert "$1,000,000.00" in shopper.get("/categories/odd").said


def test_pages_stay_within_their_queries_and_set_no_cookie(app: Flask, shopper: Shopper, shelf: list[Product]) -> None:
    with app.app_context(), transaction():
        for product in shelf:
            make_variant(product, name="large", options={"Size": "L"})
    for url in ("/categories", "/categories/dairy", f"/products/{shelf[3].slug}"):
        with queries_of(app) as asked:
            page = shopper.get(url)
        assert page.status == 200
        assert len(asked) <= 8, asked
        assert "Set-Cookie" not in page.response.headers


def test_a_published_category_shows_within_the_life_of_the_kept_tree(app: Flask, shopper: Shopper) -> None:
    assert shopper.get("/categories").all(".category-tree li") == []
    with app.app_context(), transaction():
        make_product(category=make_category("Fresh", slug="fresh"))
    catalog.forget_tree()
    assert "Fresh" in shopper.get("/categories").said
