"""What a shopper sees of a search: filters, chips, orders, views, pages, and how the search was understood."""

from __future__ import annotations

import shutil
from itertools import product as pairs
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing
from storefront.discovery.searching import desk, forget_desk
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests import factories as make
from tests.browser import Page, Shopper
from tests.counting import queries_of

SIZES = ("10 l", "1 l", "0.5 l", "2 l", "250 ml", "5 l", "750 ml", "3 l", "4 l", "6 l")
BAD_TEXTS = [
    "",
    "x",
    "y" * 10_000,
    "the and of",
    "😀🥛",
    "ｍｉｌｋ",
    "NOT OR (",
    "title:x*",
    "'; DROP TABLE product;--",
]
BAD_TEXTS += ["\x01\x1b", "milk 牛奶 молоко", "%", '"><script>alert(1)</script>', "{{ 7*7 }}", "\u202emilk"]


@pytest.fixture
def dairy(index_free: Flask) -> SimpleNamespace:
    """Thirty kinds of milk in ten sizes and two colours, oat ones and a cheese; brands, stars and a Chinese name."""
    with index_free.app_context(), transaction():
        food = make.make_category("Food", translations={"zh": {"name": "食品"}})
        milk = make.make_category("Milk", parent=food, translations={"zh": {"name": "牛奶"}})
        cheese = make.make_category("Cheese", parent=food)
        nord, sued = make.make_brand("Nord"), make.make_brand("Süd & Co")
        for number in range(30):
            size = SIZES[number % len(SIZES)]
            brown = number % 2 == 1
            words = {"颜色": "白色, 棕色" if brown else "白色", "种类": "牛奶"}
            product = make.make_product(
                f"Whole milk {number:02}",
                category=milk,
                brand_id=(nord if number % 3 else sued).id,
                price=100 + 50 * number,
                popularity=100 - number,
                sku=f"M-{number:02}",
                rating_sum=4 * brown + 1,
                rating_count=1,
                description="From cows that walk. " * 20,
                attributes={"Color": "white, brown" if brown else "white", "Kind": "Milk"},
                translations={"zh": {"name": f"全脂牛奶 {number:02}", "attributes": words}},
            )
            make.variant_of(product).options = {"Size": "0.1 l"}
            make.make_variant(product, price=900 + number, sku=f"M-{number:02}-B", options={"Size": size}, name=size)
        yellow = {"Color": "yellow"}
        soft = make.make_product("Soft cheese", category=cheese, brand_id=nord.id, price=700, attributes=yellow)
        db.session.flush()
        values = {"food": food.slug, "milk": milk.slug, "cheese": cheese.slug, "nord": nord.slug, "soft": soft.slug}
    with index_free.app_context():
        indexing.rebuild()
    return SimpleNamespace(**values)


def skus(page: Page) -> list[str]:
    return [str(card["data-sku"]) for card in page.all("#listing article[data-sku]")]


def choices(page: Page, name: str) -> list[str]:
    return [str(box["value"]) for box in page.all(f"#facets input[name='{name}']")]


def test_facets_are_those_that_make_sense_for_what_was_found(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=milk")
    titles = [" ".join(summary.get_text().split()) for summary in page.all("#facets .facet > summary")]
    assert [title for title in titles if title != "Rating"][:3] == ["Category", "Price", "Brand"]
    assert {"Size", "Color"} <= set(titles)
    assert "Kind" not in titles, "it only repeats the category"
    assert choices(page, "a.color") == ["white", "brown"]
    counts = [box.parent.select(".number")[0].get_text() for box in page.soup.select("[name='a.color']") if box.parent]
    assert counts == ["30", "15"]


def test_sizes_stand_from_small_to_large_and_the_rare_ones_wait(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=milk")
    assert choices(page, "a.size") == [
        "0.1 l", "250 ml", "0.5 l", "750 ml", "1 l", "2 l", "3 l", "4 l", "5 l", "6 l", "10 l",
    ]  # fmt: skip
    assert len(page.all(".is-rare [name='a.size']")) == 3
    assert "Show all 11" in page.words("#facets")


def test_a_filter_of_an_option_shows_the_variant_that_has_it(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=milk&a.size=10+l")
    assert skus(page) == ["M-00-B", "M-10-B", "M-20-B"]
    assert page.all("article[data-sku='M-00-B'] .card__note")[0].get_text(" ", strip=True).startswith("10 l")
    link = str(page.all("article[data-sku='M-00-B'] h2 a")[0]["href"])
    assert link.endswith("?sku=M-00-B")
    assert "10 l" in shopper.get(link).words("main")
    assert skus(shopper.get("/search?q=milk&a.color=brown"))[0] == "M-01", (
        "a product's own attribute changes no variant"
    )
    assert skus(shopper.get("/search?q=milk&size=10+l")) == ["M-00-B", "M-10-B", "M-20-B"], "as it was asked for once"


def test_choices_of_one_facet_add_up_and_facets_narrow_each_other(dairy: SimpleNamespace, shopper: Shopper) -> None:
    assert shopper.get("/search?q=milk&a.size=10+l&a.size=2+l").words(".listing__count") == "6 products"
    both = shopper.get("/search?q=milk&a.size=1+l&a.color=brown")
    assert both.words(".listing__count") == "3 products"
    assert len(choices(both, "a.size")) > 2, "a facet's own choice does not narrow its own counts"


@pytest.mark.parametrize(
    "query",
    ["brand=nobody", "a.size=7+parsecs", "a.nothing=x", "category=no-such-place", "a.color=%3Cscript%3E"],
)
def test_a_choice_that_does_not_exist_can_be_taken_back(dairy: SimpleNamespace, shopper: Shopper, query: str) -> None:
    page = shopper.get(f"/search?q=milk&{query}")
    assert page.status == 200
    assert page.one("#shelf-best-sellers")
    assert "Nothing matches all of that" in page.words(".nothing")
    assert shopper.get(str(page.one(".chips a:first-child")["href"])).words(".listing__count") == "30 products"


def test_the_category_tree_narrows_a_search_and_keeps_the_other_filters(
    dairy: SimpleNamespace, shopper: Shopper
) -> None:
    page = shopper.get(f"/search?brand={dairy.nord}")
    assert page.words(".places") == "Category Food 21"
    deeper = shopper.get(str(page.one(".places a")["href"]))
    assert deeper.words(".places") == "Category All categories Food Cheese 1 Milk 20"
    cheese = shopper.get(str(deeper.all(".places__below a")[0]["href"]))
    assert [card["href"] for card in cheese.all("article h2 a")] == [f"/products/{dairy.soft}"]
    assert cheese.words(".chips") == "Remove filter Cheese Remove filter Nord Clear all"
    assert parse_qs(urlsplit(str(cheese.all(".places a")[0]["href"])).query) == {"brand": [dairy.nord]}


def test_a_category_page_navigates_inside_and_is_searched_inside(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get(f"/categories/{dairy.food}?q=soft&in_stock=1")
    assert [card["href"] for card in page.all("#listing .cards article h2 a")] == [f"/products/{dairy.soft}"]
    assert page.words(".chips") == "Remove filter “soft” Remove filter In stock Clear all"
    assert str(page.one(".places__below a")["href"]) == f"/categories/{dairy.cheese}?q=soft&in_stock=1"
    assert page.one("meta[name=robots]")
    assert str(page.one(".understood a")["href"]) == "/search?q=soft"
    assert page.one("#f-q")["value"] == "soft"
    inside = shopper.submit(shopper.get(f"/categories/{dairy.food}"), "#facets-form", q="whole")
    assert inside.words(".listing__count") == "30 products"


def test_prices_are_one_click_and_a_range_of_ones_own(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=milk")
    first = page.all("#facets .one-click")[0]
    count = first.select(".number")[0].get_text()
    chosen = shopper.get(str(first["href"]))
    assert chosen.words(".listing__count") == f"{count} products"
    assert chosen.one("#facets .one-click[aria-current]")["href"] == "/search?q=milk", "it takes itself back"
    assert "Up to" in chosen.words(".chips")
    own = shopper.submit(page, "#facets-form", price_from="3", price_to="4")
    assert own.words(".listing__count") == "3 products"
    assert own.words(".chips a:first-child") == "Remove filter $3.00 – $4.00"


@pytest.mark.parametrize("path", ["/search?q=milk", "/categories/{milk}?"])
def test_a_price_that_cannot_be_read_is_said_and_stays_in_its_field(
    dairy: SimpleNamespace, shopper: Shopper, path: str
) -> None:
    for typed in ("abc", "2,5x"):
        page = shopper.get(f"{path.format(milk=dairy.milk)}&price_from={typed}&price_to=4,50")
        assert page.one("#f-price-from")["value"] == typed
        assert page.one("#f-price-from")["aria-describedby"] == page.one(".field__error")["id"]
        assert page.words(".field__error") == "Write an amount like $12.50."
        assert f"“{typed}” is not an amount, so it limits no prices." in page.words(".listing__results")
        assert f"“{typed}”" in str(page.one("#listing")["data-announce"])
        assert page.one("#f-price-to")["value"] == "4.5"
        assert not page.all("#f-price-to[aria-invalid]")
        assert page.words(".chips a:first-child") == "Remove filter Up to $4.50"
    assert not shopper.get(f"{path.format(milk=dairy.milk)}&price_to=4,50").all(".field__error")


def test_stars_and_up(dairy: SimpleNamespace, shopper: Shopper) -> None:
    links = {" ".join(link.get_text(" ").split()): link for link in shopper.get("/search?q=milk").all("#facets a")}
    assert {"4 stars and up 15", "1 star and up 30"} <= set(links)
    page = shopper.get(str(links["4 stars and up 15"]["href"]))
    assert page.words(".listing__count") == "15 products"
    assert page.words(".chips a:first-child") == "Remove filter 4 stars and up"
    assert shopper.get("/search?q=milk&rating=1").words(".listing__count") == "30 products"


@pytest.mark.parametrize(
    ("sort", "first"), [("sales", "M-00"), ("price", "M-00"), ("price-desc", "M-29"), ("rating", "M-01")]
)
def test_orders(dairy: SimpleNamespace, shopper: Shopper, sort: str, first: str) -> None:
    page = shopper.get(f"/search?q=whole+milk&sort={sort}")
    assert skus(page)[0] == first
    assert page.one("#sort option[selected]")["value"] == sort


def test_a_list_tells_more_and_is_remembered_when_chosen(dairy: SimpleNamespace, shopper: Shopper) -> None:
    grid = shopper.get("/search?q=milk")
    assert not grid.all(".card__summary")
    assert "view=" not in grid.response.headers.get("Set-Cookie", "")
    chosen = shopper.get(str(grid.one(".toolbar a[aria-label='Show as a list']")["href"]))
    assert "From cows that walk." in chosen.all(".card__summary")[0].get_text()
    assert any("Color: white" in fact.get_text(": ", strip=True) for fact in chosen.all(".card__facts div"))
    assert chosen.all(".cards--list article form.card__add")
    for path in ("/search?q=milk", f"/categories/{dairy.milk}"):
        again = shopper.get(path)
        assert again.all(".cards--list .card__summary"), path
        assert "Set-Cookie" not in again.response.headers
    assert not shopper.get(f"/categories/{dairy.milk}?view=grid").all(".cards--list")
    assert not Shopper(shopper.app).get(f"/categories/{dairy.milk}").all(".cards--list"), "for this reader alone"


def test_more_cards_continue_the_grid(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=milk")
    link = page.one("#more a[rel=next]")
    assert (link["href"], link["hx-push-url"]) == ("/search?q=milk&page=2", "true")
    assert link["hx-get"] == "/search?q=milk&from=1&page=2"
    part = shopper.get(str(link["hx-get"]), htmx=True, headers={"HX-Target": "more"})
    assert not part.all("#listing")
    assert len(part.all("article[data-sku]")) == 6
    assert part.one("[data-continues]")["data-announce"] == "30 of 30"
    assert not part.all("#more a[rel=next]")
    assert "HX-Target" in part.response.headers["Vary"]
    assert len(shopper.get(str(link["href"])).all("#listing article[data-sku]")) == 6


@pytest.mark.parametrize("path", ["/search?q=milk", "/categories/{milk}"])
@pytest.mark.parametrize("is_indexed", [True, False])
def test_back_on_a_list_that_grew_shows_all_that_was_shown(
    dairy: SimpleNamespace, shopper: Shopper, path: str, is_indexed: bool
) -> None:
    with shopper.app.app_context():
        with transaction():
            change_settings(values={"page_size": 12}, at=now())
        if not is_indexed:
            shutil.rmtree(shopper.app.config["SHOP"].index_dir)
            forget_desk()
    first = shopper.get(path.format(milk=dairy.milk))
    seen, address = skus(first), str(first.one("#more a[rel=next]")["hx-get"])
    second = shopper.get(address, htmx=True, headers={"HX-Target": "more"})
    seen += [str(card["data-sku"]) for card in second.all("article[data-sku]")]
    again = shopper.get(address)
    assert skus(again) == seen
    assert again.words("#more > p") == second.words("#more > p") == "24 of 30"
    assert "Page" not in again.one("title").get_text()
    onward = str(again.one("#more a[rel=next]")["hx-get"])
    assert onward == second.one("#more a[rel=next]")["hx-get"]
    assert "from=1&page=3" in onward
    assert len(skus(shopper.get(onward))) == 30
    assert not again.all("a[href*='&from='], a[href*='?from=']"), "every other link begins anew"
    assert not again.all("#facets-form input[name=from]")
    assert len(skus(shopper.get(address.replace("from=1&page=2", "from=2&page=9")))) == 18


@pytest.mark.parametrize("path", ["/search?q=milk", "/categories/{milk}"])
def test_a_page_beyond_the_end_is_the_last_page(dairy: SimpleNamespace, shopper: Shopper, path: str) -> None:
    address = path.format(milk=dairy.milk)
    page = shopper.get(f"{address}{'&' if '?' in address else '?'}page=9999")
    assert len(skus(page)) == 6
    assert page.words(".pager [aria-current]") == "2"


def test_a_mended_spelling_is_said_and_can_be_undone(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=wholle+milk")
    assert page.one(".understood strong").get_text() == "whole milk"
    assert page.one(".understood strong a")["href"] == "/search?q=whole+milk"
    assert page.words(".understood > a") == "Search instead for “wholle milk”"
    exact = shopper.get(str(page.one(".understood > a")["href"]))
    assert "exact=1" in str(page.one(".understood > a")["href"])
    assert "Showing results for" not in exact.said
    assert all("exact=1" in str(link["href"]) for link in exact.all(".pager a, .places__below a"))
    assert exact.one("#facets-form input[name=exact]")["value"] == "1"


def test_best_rated_is_an_order_of_what_is_rated(dairy: SimpleNamespace, shopper: Shopper) -> None:
    def offered(address: str) -> bool:
        return bool(shopper.get(address).all("#sort option[value=rating]"))

    assert offered("/search?q=milk")
    assert not offered("/search?q=soft+cheese&exact=1"), "nobody has rated it"
    assert not offered(f"/categories/{dairy.cheese}")
    assert offered("/search?q=soft+cheese&exact=1&sort=rating"), "what is chosen can be seen"
    shutil.rmtree(shopper.app.config["SHOP"].index_dir)
    with shopper.app.app_context():
        forget_desk()
    assert offered(f"/categories/{dairy.cheese}"), "while nobody counts stars"


def test_let_go_words_are_said_as_they_are(dairy: SimpleNamespace, shopper: Shopper) -> None:
    none = shopper.get("/search?q=soft+milk")
    assert none.words(".understood") == "No product has all of these words: showing ones that match most."
    some = shopper.get("/search?q=soft+cheese")
    assert "No product has all" not in some.said


def test_the_words_searched_are_marked_in_names(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=whole+milks")
    assert [mark.get_text() for mark in page.all("article[data-sku='M-00'] mark")] == ["Whole", "milk"]
    assert not shopper.get(f"/categories/{dairy.milk}").all("mark")
    chinese = Shopper(shopper.app, language="zh").get("/search?q=牛奶")
    assert chinese.all("article mark")[0].get_text() == "牛奶"


def test_facets_speak_the_readers_language(dairy: SimpleNamespace, shopper: Shopper) -> None:
    page = Shopper(shopper.app, language="zh").get("/search?q=牛奶&a.color=brown")
    assert "颜色" in page.words("#facets")
    assert "棕色" in page.words(".chips"), "by the translation of a product"
    assert choices(page, "a.color") == ["white", "brown"], "an address is the same in every language"
    assert "食品" in page.words(".places")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_any_text_has_an_answer(dairy: SimpleNamespace, shopper: Shopper, language: str) -> None:
    someone = Shopper(shopper.app, language=language)
    for text, path in pairs(BAD_TEXTS, ("/search", f"/categories/{dairy.food}", "/search/suggestions")):
        assert someone.get(path, query_string={"q": text, "page": "99", "a.size": text}).status == 200, text
        assert someone.get(path, query_string={"q": text}, htmx=True).status == 200, text


def test_a_repeated_search_asks_nothing_and_a_new_price_is_seen(
    index_free: Flask, dairy: SimpleNamespace, shopper: Shopper
) -> None:
    shopper.get("/search?q=milk&sort=price")
    with queries_of(index_free) as asked:
        assert skus(shopper.get("/search?q=milk&sort=price"))[0] == "M-00"
    assert len(asked) <= 4, asked
    with index_free.app_context():
        with transaction():
            variant = db.session.scalar(db.select(Variant).where(Variant.sku == "M-29"))
            variant.price_minor, variant.updated_at = 5, now()
        desk().refresh()
    assert skus(shopper.get("/search?q=milk&sort=price"))[0] == "M-29"


def test_without_an_index_the_same_filters_work(index_free: Flask, dairy: SimpleNamespace, shopper: Shopper) -> None:
    shutil.rmtree(index_free.config["SHOP"].index_dir)
    with index_free.app_context():
        forget_desk()
    for query, count in (
        ("q=milk&a.size=10+l", 3), ("a.color=yellow", 1), ("q=milk&rating=4", 15), (f"category={dairy.cheese}", 1),
        ("category=nowhere", 0), ("q=milk&page=99", 30), ("q=milk&sort=rating", 30), ("a.unknown=x", 0),
    ):  # fmt: skip
        page = shopper.get(f"/search?{query}")
        assert page.words(".listing__count").startswith(str(count)) if count else page.all(".nothing"), query
    assert skus(shopper.get("/search?q=milk&a.size=10+l"))[0] == "M-00-B"
