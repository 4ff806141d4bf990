"""Ways out of a search that found nothing, and suggestions that keep it from happening."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.catalog.memory import forget
from storefront.database.transaction import transaction
from storefront.discovery import indexing
from tests import factories as make
from tests.browser import Page, Shopper
from tests.counting import queries_of


@pytest.fixture
def shop(index_free: Flask) -> SimpleNamespace:
    """A small grocer: two Milk categories, some brands, a sold-out best seller."""
    with index_free.app_context(), transaction():
        dairy = make.make_category("Dairy", translations={"zh": {"name": "乳品"}})
        organic = make.make_category("Organic")
        milk = make.make_category("Milk", parent=dairy, translations={"zh": {"name": "牛奶"}})
        make.make_product("Oat drink", category=make.make_category("Milk", parent=organic), price=250)
        nord = make.make_brand("Nordmilk")
        for number in range(3):
            make.make_product(f"Whole milk {number}", category=milk, brand_id=nord.id, price=100 * (number + 1))
        make.make_product("Chocolate bar", category=organic, price=300, popularity=50)
        make.make_product("Sold out bar", category=organic, price=300, popularity=90, stock=0)
        values = {"milk": milk.slug, "nord": nord.slug}
    with index_free.app_context():
        indexing.rebuild()
    return SimpleNamespace(**values)


def pills(page: Page) -> dict[str, str]:
    return {" ".join(link.get_text(" ").split()): str(link["href"]) for link in page.all(".nothing .pill")}


def test_filters_that_leave_nothing_can_be_taken_away_one_by_one(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get(f"/search?q=milk&brand={shop.nord}&price_from=900&in_stock=1")
    ways = pills(page)
    assert list(ways) == ["Without “$900.00 and more” 3", "Clear all filters 4"]
    freed = shopper.get(ways["Without “$900.00 and more” 3"])
    assert freed.words(".listing__count") == "3 products"
    assert len(freed.all(".chips a")) == 3
    assert "Did you mean" not in page.said


def test_a_category_narrowed_to_nothing_rescues_too(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get(f"/categories/{shop.milk}?q=whole&price_to=0.5")
    assert pills(page)["Without “Up to $0.50” 3"].startswith("/categories/")


def test_a_spelling_typed_exactly_on_purpose_offers_the_mended_one(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=choclate&exact=1")
    assert "Nothing found for “choclate”" in page.said
    ways = pills(page)
    offered = next(text for text in ways if text.startswith("chocolate"))
    assert shopper.get(ways[offered]).words("#listing article h2") == "Chocolate bar"


def test_categories_that_begin_like_a_word_are_offered(shop: SimpleNamespace, shopper: Shopper) -> None:
    ways = pills(shopper.get("/search?q=milkzzzqqq&exact=1"))
    assert ways["Milk Dairy"] == f"/categories/{shop.milk}"
    assert "Milk Organic" in ways


@pytest.mark.parametrize(("language", "words"), [("en", "Best sellers"), ("zh", "热销榜")])
def test_there_is_always_something_to_buy(shop: SimpleNamespace, shopper: Shopper, language: str, words: str) -> None:
    page = Shopper(shopper.app, language=language).get("/search?q=qqzzxx")
    assert words in page.words("#shelf-best-sellers")
    names = [link.get_text() for link in page.all("#shelf-best-sellers h3 a")]
    assert names[0] == "Chocolate bar"
    assert "Sold out bar" not in names
    assert page.all(".nothing .pill[href='/categories']")
    assert page.one("[data-recent-searches]").has_attr("hidden")
    assert not page.all("#facets"), "there is nothing to narrow"


def test_suggestions_come_in_groups_with_pictures_and_prices(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search/suggestions?q=Mil", htmx=True)
    assert page.one("#suggestions")["data-announce"].endswith("suggestions")
    options = page.all("[role=listbox] [role=group] [role=option]")
    assert (
        len(options)
        == len({option["id"] for option in options})
        == int(page.one("#suggestions")["data-announce"].split()[0])
    )
    categories = [" ".join(option.get_text(" ").split()) for option in page.all("[id^=suggestion-category]")]
    assert categories == ["Mil k Dairy", "Mil k Organic"]
    product = page.all("[id^=suggestion-product]")[0]
    assert product.select("img[alt='']")
    assert product.select(".money")
    assert [mark.get_text() for mark in product.select("mark")] == ["mil"]
    groups = [str(group["aria-labelledby"]) for group in page.all("[role=group]")]
    assert all(page.one(f"#{name}") for name in groups)


def test_no_suggestion_is_said_too(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search/suggestions?q=qqzzxx", htmx=True)
    assert page.one("#suggestions")["data-announce"] == "No suggestions"
    assert page.one("#suggestions").has_attr("hidden")
    assert "No suggestions" in shopper.get("/search/suggestions?q=qqzzxx").words("main")
    assert [link["href"] for link in shopper.get("/search/suggestions?q=choc").all("main li a")][-1].startswith(
        "/products/"
    )


def test_suggestions_cost_two_queries_at_most(index_free: Flask, shop: SimpleNamespace, shopper: Shopper) -> None:
    shopper.get("/search/suggestions?q=who", htmx=True)
    forget()
    with queries_of(index_free) as asked:
        shopper.get("/search/suggestions?q=who", htmx=True)
    cards = [statement for statement in asked if "FROM product" in statement or "FROM stock_level" in statement]
    assert len(cards) <= 2, asked
    with queries_of(index_free) as asked:
        shopper.get("/search/suggestions?q=who", htmx=True)
    assert [statement for statement in asked if "FROM product" in statement] == []


def test_the_field_is_a_plain_form(shop: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.submit(shopper.get("/cart"), "form.search", q="whole milk")
    assert page.words("h1") == "Results for “whole milk”"
    assert page.one("#q")["value"] == "whole milk"
    assert page.one("[data-searched]")["data-searched"] == "whole milk"
    assert not shopper.get("/search?q=qqzzxx").all("[data-searched]"), "what finds nothing is not worth repeating"


def test_two_categories_that_read_alike_are_told_once(index_free: Flask, shopper: Shopper) -> None:
    with index_free.app_context(), transaction():
        drinks = make.make_category("Drinks")
        tea = make.make_category("Tea", parent=drinks)
        make.make_product("Green leaves", category=make.make_category("Tea", parent=tea))
    with index_free.app_context():
        indexing.rebuild()
    page = shopper.get("/search/suggestions?q=tea", htmx=True)
    found = [" ".join(option.get_text(" ").split()) for option in page.all("[id^=suggestion-category]")]
    assert found == ["Tea Drinks"]
