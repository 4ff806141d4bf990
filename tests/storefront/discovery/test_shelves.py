from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, update

from storefront.accounts.identity import CurrentCustomer
from storefront.cart.models import Cart, CartLine
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import shelf_views
from storefront.discovery.recommending import holder
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product
from tests.storefront.discovery.trade import open_trade, train


@pytest.fixture(autouse=True)
def _no_model(app: Flask) -> Iterator[None]:
    app.extensions.pop("recommender", None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield
    app.extensions.pop("recommender", None)


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """A shop that has sold for weeks and learnt from it: ids by name."""
    found = open_trade(app)
    train(app)
    return found


def names(page: Page) -> list[str]:
    """What a shelf recommends, in its order: what is offered together with its product, then the row."""
    bundled = [str(part["data-bundled"]) for part in page.all("[data-bundled]")]
    return bundled + [
        heading.get_text(strip=True)
        for heading in page.all("article .card__name")
        if heading.get_text(strip=True) not in bundled
    ]


def sign_in(monkeypatch: pytest.MonkeyPatch, customer_id: int) -> None:
    customer = CurrentCustomer(customer_id, "a@example.com", "Ada", "", "en", "", 1, 1)
    monkeypatch.setattr(shelf_views, "current_customer", lambda: customer)


def fill_cart(app: Flask, shopper: Shopper, *product_ids: int) -> None:
    with app.app_context(), transaction():
        cart = Cart(token="a-cart", codes=[], created_at=now(), updated_at=now())
        db.session.add(cart)
        db.session.flush()
        for product_id in product_ids:
            variant = db.session.scalars(db.select(Variant).where(Variant.product_id == product_id)).one()
            db.session.add(
                CartLine(cart_id=cart.id, variant_id=variant.id, quantity=1, price_seen_minor=1, added_at=now())
            )
    shopper.client.set_cookie(shelf_views.CART_COOKIE, "a-cart")


def sell_out(app: Flask, product_id: int) -> None:
    with app.app_context(), transaction():
        variants = db.select(Variant.id).where(Variant.product_id == product_id)
        db.session.execute(update(StockLevel).where(StockLevel.variant_id.in_(variants)).values(on_hand=0))


def withdraw(app: Flask, product_id: int) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Product).where(Product.id == product_id).values(is_published=False))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_bought_together_says_with_what(shopper: Shopper, ids: dict[str, int]) -> None:
    page = shopper.get(f"/shelves/bought-together?product={ids['Penne']}", htmx=True)
    assert page.status == 200
    assert names(page)[0] == "Pesto"
    assert "Often bought with Penne." in page.said
    assert "Penne" not in names(page)


def test_similar_products_are_of_the_same_type(shopper: Shopper, ids: dict[str, int]) -> None:
    page = shopper.get(f"/shelves/similar?product={ids['Assam']}", htmx=True)
    assert set(names(page)[:3]) == {"Darjeeling", "Sencha", "Rooibos"}
    assert "instead of Assam" in page.said


def test_similar_products_begin_with_what_the_customer_buys_of_the_kind_and_say_so(
    shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, ids["customer1"])
    page = shopper.get(f"/shelves/similar?product={ids['Assam']}", htmx=True)
    assert names(page)[0] == "Darjeeling"
    assert "You usually buy this every 7 days" in page.said


def test_home_leads_with_a_customers_own_tea_and_says_why(
    shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, ids["customer1"])
    page = shopper.get("/shelves/home", htmx=True)
    assert names(page)[0] == "Darjeeling"
    assert "Picked for you" in page.said
    assert "Because you bought" in page.said


def test_a_stranger_at_home_sees_best_sellers_and_is_told_so(shopper: Shopper, ids: dict[str, int]) -> None:
    page = shopper.get("/shelves/home", htmx=True)
    assert "What our customers buy most." in page.said
    assert len(names(page)) == 12


def test_the_cart_shelf_completes_the_cart_without_repeating_it(
    app: Flask, shopper: Shopper, ids: dict[str, int]
) -> None:
    fill_cart(app, shopper, ids["Penne"])
    page = shopper.get("/shelves/cart", htmx=True)
    assert names(page)[0] == "Pesto"
    assert "Penne" not in names(page)
    assert "Often bought with Penne." in page.said


@pytest.mark.parametrize("shelf", ["home", "cart", "bought-together?product={Penne}", "similar?product={Assam}"])
def test_no_shelf_shows_what_is_in_the_cart_sold_out_or_withdrawn(
    app: Flask, shopper: Shopper, ids: dict[str, int], shelf: str
) -> None:
    fill_cart(app, shopper, ids["Sencha"], ids["Basmati"])
    sell_out(app, ids["Pesto"])
    withdraw(app, ids["Rooibos"])
    shown = names(shopper.get(f"/shelves/{shelf.format(**ids)}", htmx=True))
    assert shown
    assert not {"Sencha", "Basmati", "Pesto", "Rooibos"} & set(shown)


@pytest.mark.parametrize("shelf", ["home", "cart", "bought-together?product={Penne}", "similar?product={Assam}"])
def test_without_a_model_every_shelf_shows_best_sellers(app: Flask, shopper: Shopper, shelf: str) -> None:
    found = open_trade(app)
    sell_out(app, found["Pasta"])
    page = shopper.get(f"/shelves/{shelf.format(**found)}", htmx=True)
    assert page.status == 200
    assert names(page)
    assert "Pasta" not in names(page)
    if "similar" in shelf:
        assert names(page)[:3] == ["Darjeeling", "Sencha", "Rooibos"]
        assert "More from this category" in page.said
    else:
        assert "What our customers buy most." in page.said


def test_a_damaged_model_is_no_reason_to_fail(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    with app.app_context():
        directory = holder().directory
    for path in directory.glob("*/*.npy"):
        path.write_bytes(b"half-written")
    app.extensions.pop("recommender")
    page = shopper.get("/shelves/home", htmx=True)
    assert page.status == 200
    assert "What our customers buy most." in page.said


def test_a_product_newer_than_the_model_gets_its_category(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    with app.app_context(), transaction():
        tea = db.session.get_one(Product, ids["Assam"])
        new = make_product("First flush", product_type="tea", category=None, category_id=tea.category_id)
        number = new.id
    page = shopper.get(f"/shelves/similar?product={number}", htmx=True)
    assert set(names(page)[:4]) == {"Assam", "Darjeeling", "Sencha", "Rooibos"}
    assert "Bought most in the same category." in page.said


def test_without_htmx_a_shelf_is_a_page_of_its_own(shopper: Shopper, ids: dict[str, int]) -> None:
    page = shopper.get(f"/shelves/similar?product={ids['Assam']}")
    assert page.words("h1") == "Similar products"
    assert set(names(page)[:3]) == {"Darjeeling", "Sencha", "Rooibos"}


def test_a_shop_with_nothing_to_recommend_says_so_on_the_page_and_nothing_in_the_fragment(
    app: Flask, shopper: Shopper
) -> None:
    with app.app_context(), transaction():
        make_category()
    assert "Nothing to recommend yet" in shopper.get("/shelves/home").said
    assert shopper.get("/shelves/home", htmx=True).text.strip() == ""


@pytest.mark.parametrize("product", ["", "0", "-1", "abc", "999999", "9" * 30, "99999999999", "1.5", "²"])
@pytest.mark.parametrize("shelf", ["similar", "bought-together"])
def test_a_product_that_is_not_there_is_not_found(shopper: Shopper, shelf: str, product: str) -> None:
    assert shopper.get(f"/shelves/{shelf}?product={product}").status == 404


def test_a_withdrawn_product_has_no_shelves(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    withdraw(app, ids["Assam"])
    assert shopper.get(f"/shelves/similar?product={ids['Assam']}").status == 404


def test_answers_are_private(shopper: Shopper, ids: dict[str, int]) -> None:
    page = shopper.get("/shelves/home", htmx=True)
    assert "private" in page.response.headers["Cache-Control"]
    assert "HX-Request" in page.response.headers["Vary"]


def test_a_shelf_costs_few_queries(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_cart(app, shopper, ids["Penne"])
    sign_in(monkeypatch, ids["customer1"])
    shopper.get("/shelves/home", htmx=True)
    for shelf, most in (("home", 5), ("cart", 5), (f"similar?product={ids['Assam']}", 5)):
        with counted(app) as statements:
            shopper.get(f"/shelves/{shelf}", htmx=True)
        assert len(statements) <= most, statements


def test_shelves_speak_chinese_too(app: Flask, ids: dict[str, int]) -> None:
    with app.app_context(), transaction():
        db.session.execute(
            update(Product).where(Product.id == ids["Penne"]).values(translations={"zh": {"name": "斜管面"}})
        )
    page = Shopper(app, language="zh").get(f"/shelves/bought-together?product={ids['Penne']}", htmx=True)
    assert "斜管面" in page.said
