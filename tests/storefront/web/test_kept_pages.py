"""Pages are kept while nothing they were made from has changed."""

from __future__ import annotations

import gzip
import time
from datetime import timedelta
from types import SimpleNamespace

import brotli
import pytest
from flask import Flask, Response, template_rendered
from sqlalchemy import update
from werkzeug.test import TestResponse

from storefront.catalog import memory
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.models import Product, Variant
from storefront.content.models import Slot, SlotEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel import kept
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from storefront.web import kept_pages
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_product, make_promotion, variant_of


@pytest.fixture
def milk(app: Flask) -> Product:
    with app.app_context(), transaction():
        return make_product("Milk", price=300, sku="MILK", stock=20, category=make_category("Dairy", slug="dairy"))


@pytest.mark.usefixtures("nothing_grows_old")
def test_a_second_reader_costs_no_query(app: Flask, milk: Product) -> None:
    for url in ("/", "/categories", "/categories/dairy", f"/products/{milk.slug}"):
        first = Shopper(app).get(url)
        with queries_of(app) as asked:
            second = Shopper(app).get(url)
        assert asked == []
        assert second.text == first.text
        assert second.response.headers["Content-Type"] == first.response.headers["Content-Type"]
        assert {"HX-Request", "Cookie"} <= set(second.response.vary)


@pytest.mark.usefixtures("nothing_grows_old")
def test_pages_of_several_kinds_are_kept_beside_each_other(app: Flask, milk: Product) -> None:
    urls, drawn = ("/", "/categories/dairy", f"/products/{milk.slug}"), []
    for url in urls:
        Shopper(app).get(url)
    with template_rendered.connected_to(lambda _app, template, **_rest: drawn.append(template.name), app):
        for url in (*urls, *reversed(urls)):
            Shopper(app).get(url)
    assert drawn == []


def test_a_changed_price_shows_on_every_page(app: Flask, shopper: Shopper, milk: Product) -> None:
    urls = ("/", "/categories/dairy", f"/products/{milk.slug}")
    assert all("$3.00" in shopper.get(url).said for url in urls)
    with app.app_context(), transaction():
        variant = db.session.get_one(Variant, variant_of(milk).id)
        variant.price_minor, variant.updated_at = 250, now()
    for url in urls:
        assert "$2.50" in shopper.get(url).said
        assert "$3.00" not in shopper.get(url).said


def test_stock_that_goes_is_gone_on_every_page(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert shopper.get("/categories/dairy").all("form.card__add")
    with app.app_context(), transaction():
        db.session.execute(update(StockLevel).values(on_hand=0, updated_at=now()))
    assert "Sold out" in shopper.get("/categories/dairy").said
    assert "Sold out" in shopper.get(f"/products/{milk.slug}").said


@pytest.mark.parametrize(
    ("before", "after", "redrawn"),
    [(500, 499, set()), (50, 49, {"catalog/product.html"}), (6, 5, {"catalog/product.html", "catalog/category.html"})],
    ids=["plenty", "fewer than one may buy", "few"],
)
def test_a_sale_makes_only_those_pages_anew_that_show_it(
    app: Flask, milk: Product, before: int, after: int, redrawn: set[str]
) -> None:
    def sell_down_to(units: int) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(StockLevel).values(on_hand=units, updated_at=now()))

    urls, drawn = ("/categories/dairy", f"/products/{milk.slug}"), set()
    for units in (before + 1, before):
        Shopper(app).get("/")
        sell_down_to(units)
    for url in urls:
        Shopper(app).get(url)
    sell_down_to(after)
    with template_rendered.connected_to(lambda _app, template, **_rest: drawn.add(template.name), app):
        pages = [Shopper(app).get(url) for url in urls]
    assert drawn == redrawn
    assert [f"Only {after} left" in page.said for page in pages] == [after <= 5] * 2


@pytest.mark.parametrize(
    ("steps", "left"),
    [("page 3, sell 2, list, look, page", 2), ("list, sell 2, page 2, sell 3, look, page", 3)],
    ids=["another page has shown the new number", "it is again as it was"],
)
def test_a_sale_of_another_process_ends_the_page_that_shows_other_stock(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, steps: str, left: int
) -> None:
    with any_app.app_context(), transaction():
        milk = make_product("Milk", sku="MILK", stock=3, category=make_category("Dairy", slug="dairy"))
        engine, slug = db.engine, milk.slug
    clock = [time.monotonic()]
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    for step in ("look", "look", *steps.split(", ")):
        what, _, units = step.partition(" ")
        if what == "sell":
            with engine.begin() as beside:
                beside.execute(update(StockLevel).values(on_hand=int(units), updated_at=now()))
        elif what == "look":
            clock[0] += memory.CHECK_EVERY
            Shopper(any_app).get("/categories")
        elif what == "list":
            Shopper(any_app).get("/categories/dairy")
        else:
            assert f"Only {units or left} left" in Shopper(any_app).get(f"/products/{slug}").said


def test_a_withdrawn_product_is_gone(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert shopper.get(f"/products/{milk.slug}").status == 200
    with app.app_context(), transaction():
        product = db.session.get_one(Product, milk.id)
        product.is_published, product.updated_at = False, now()
    assert shopper.get(f"/products/{milk.slug}").status == 404
    assert shopper.get("/").all("article[data-sku]") == []


def test_a_price_that_was_rolled_back_is_never_shown(app: Flask, shopper: Shopper, milk: Product) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="no"), transaction():
        db.session.get_one(Variant, variant_of(milk).id).price_minor = 1
        db.session.flush()
        assert cards_by_ids([milk.id], "en")[0].price_minor == 1
        raise RuntimeError("no")
    assert "$3.00" in shopper.get("/categories/dairy").said


def test_renamed_settings_show_at_once(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert "Our shop" in shopper.get("/").said
    with app.app_context(), transaction():
        change_settings(values={"name": "Willow"}, at=now())
    assert "Our shop" not in shopper.get("/").said


def test_each_language_and_appearance_has_its_own_page(app: Flask, milk: Product) -> None:
    english, chinese = Shopper(app), Shopper(app, language="zh")
    assert english.get("/").one("html")["lang"] == "en"
    assert chinese.get("/").one("html")["lang"] == "zh-Hans"
    chinese.post("/theme", {"theme": "dark"})
    assert chinese.get("/").one("html")["data-theme"] == "dark"
    assert "data-theme" not in Shopper(app, language="zh").get("/").one("html").attrs


@pytest.mark.usefixtures("nothing_grows_old")
def test_what_advertisers_add_to_an_address_makes_no_page_of_its_own(app: Flask, milk: Product) -> None:
    click = "x" * kept_pages.LONGEST_ADDRESS
    plain = Shopper(app).get("/categories/dairy?sort=price")
    with queries_of(app) as asked:
        marked = Shopper(app).get(f"/categories/dairy?gclid={click}&sort=price&utm_source=letter&utm_term=a%26b")
    assert asked == []
    assert marked.text == plain.text
    assert Shopper(app).get(f"/categories/dairy?sort=price-desc&fbclid={click}").text != plain.text


def test_a_fragment_is_never_given_for_a_page(app: Flask, milk: Product) -> None:
    assert Shopper(app).get("/categories/dairy", htmx=True).all("html") == []
    assert len(Shopper(app).get("/categories/dairy").all("html")) == 1


def test_messages_reach_only_their_reader(app: Flask, milk: Product) -> None:
    buyer, other = Shopper(app), Shopper(app)
    buyer.get("/")
    buyer.post("/cart/lines", {"sku": "MILK", "quantity": "1", "next": "/"})
    assert "In your cart: Milk" in buyer.get("/").said
    assert "In your cart: Milk" not in other.get("/").said
    assert "In your cart: Milk" not in buyer.get("/").said


def test_who_has_a_cart_is_asked_to_fetch_it(app: Flask, milk: Product) -> None:
    buyer, other = Shopper(app), Shopper(app)
    other.get("/")
    buyer.post("/cart/lines", {"sku": "MILK", "quantity": "1"})
    buyer.get("/")
    assert "load" in buyer.get("/").one("#cart-badge")["hx-trigger"]
    assert "load" not in other.get("/").one("#cart-badge")["hx-trigger"]


def let_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let kept values grow old without waiting."""
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + seconds))


def test_a_page_outlives_what_was_read_again_and_is_the_same(
    app: Flask, milk: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = ("/", f"/products/{milk.slug}")
    before = [Shopper(app).get(url).text for url in urls]
    drawn: list[str] = []

    def note(_sender: object, template: SimpleNamespace, **_rest: object) -> None:
        drawn.append(template.name)

    with template_rendered.connected_to(note, app):
        for seconds in (3, 70, 400):
            let_pass(monkeypatch, seconds)
            assert [Shopper(app).get(url).text for url in urls] == before
        assert drawn == []
        let_pass(monkeypatch, 700)
        assert [Shopper(app).get(url).text for url in urls] == before
        assert drawn != []


def test_an_entry_of_the_front_shows_from_its_time_to_its_end(
    app: Flask, shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = now() + timedelta(hours=3)
    spring = SlotEntry(
        name="spring",
        content={"en": {"title": "Spring"}},
        audience={},
        updated_at=now(),
        starts_at=noon,
        ends_at=noon + timedelta(hours=1),
    )
    always = SlotEntry(
        name="always", content={"en": {"title": "Hello"}}, audience={}, is_fallback=True, updated_at=now()
    )
    with app.app_context(), transaction():
        db.session.add(Slot(key="hero", kind="banner", position=1, entries=[spring, always]))
    for minutes, expected in ((-1, "Hello"), (0, "Spring"), (59, "Spring"), (60, "Hello")):
        monkeypatch.setattr("storefront.content.views.now", lambda at=noon + timedelta(minutes=minutes): at)
        assert shopper.get("/").words("main h1") == expected


def test_a_promotion_shows_from_its_start_to_its_end(
    app: Flask, shopper: Shopper, milk: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = now() + timedelta(hours=3)
    with app.app_context(), transaction():
        make_promotion(
            promotion_class="item",
            conditions=[],
            benefits=[{"kind": "percent_off", "basis_points": 1000, "scope": {"product_ids": [milk.id]}}],
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )
    shown = []
    for number, minutes in enumerate((-1, 0, 60)):
        let_pass(monkeypatch, 3 * (number + 1))
        monkeypatch.setattr("storefront.promotions.queries.now", lambda at=start + timedelta(minutes=minutes): at)
        shown.append(bool(shopper.get("/categories/dairy").all(".badge--promo")))
    assert shown == [False, True, False]


def test_a_page_travels_packed_as_the_browser_can_read_it(app: Flask, milk: Product) -> None:
    client = app.test_client()

    def ask(accepted: str) -> tuple[str | None, bytes]:
        response = client.get("/categories/dairy", headers={"Accept-Encoding": accepted})
        assert "Accept-Encoding" in response.vary
        return response.content_encoding, response.data

    _, plain = ask("identity")
    for _ in range(2):
        assert ask("") == (None, plain)
        for accepted, name, unpack in (
            ("gzip, deflate, br, zstd", "br", brotli.decompress),
            ("br;q=0, gzip", "gzip", gzip.decompress),
        ):
            encoding, body = ask(accepted)
            assert encoding == name
            assert unpack(body) == plain


def test_a_browser_that_has_the_page_is_sent_nothing_until_it_changes(app: Flask, milk: Product) -> None:
    client = app.test_client()

    def ask(*tags: str) -> TestResponse:
        return client.get("/categories/dairy", headers={"If-None-Match": ", ".join(tags)} if tags else {})

    first = ask()
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    for known in ((tag,), ('"other"', tag.removeprefix("W/"))):
        again = ask(*known)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Vary"] == first.headers["Vary"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
    assert ask('"other"').data == first.data
    chinese = client.get("/categories/dairy", headers={"If-None-Match": tag, "Accept-Language": "zh-CN"})
    assert chinese.status_code == 200
    with app.app_context(), transaction():
        db.session.execute(update(Variant).values(price_minor=250, updated_at=now()))
    changed = ask(tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_only_so_many_pages_are_kept_and_those_in_use_stay(
    app: Flask, milk: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_pages, "MOST_PAGES", 3)
    shopper = Shopper(app)
    shopper.get("/")
    for number in range(5):
        shopper.get(f"/categories/dairy?sort=price&page={number}")
        shopper.get("/")
    assert len(kept_pages._pages.get()) == 3
    with queries_of(app) as asked:
        shopper.get("/")
    assert asked == []


def test_an_answer_that_sets_a_cookie_is_nobody_elses(app: Flask) -> None:
    @kept_pages.kept()
    def greet() -> Response:
        response = Response("Hello")
        response.set_cookie("mine", "1")
        return response

    for _ in range(2):
        with app.test_request_context("/greeting"):
            assert "Set-Cookie" in greet().headers
    assert len(kept_pages._pages.get()) == 0
