"""Prices of lists in lists of goods, on product pages and in search; what is for one reader alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts import services as accounts
from storefront.accounts.models import Customer
from storefront.catalog import services as catalog
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.models import Product
from storefront.catalog.services import VariantPrice
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.live import LiveTable, read_live
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.pricing import queries
from storefront.pricing import services as pricing
from storefront.pricing.models import PriceEntry
from storefront.pricing.plans import EntryPlan, ListPlan
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.factories import make_category, make_price_list, make_product, make_variant, variant_of

PASSWORD = "three green apples"


@pytest.fixture
def milk(app: Flask) -> Product:
    """Milk at 3.00 in a category of its own."""
    with app.app_context(), transaction():
        return make_product("Milk", price=300, sku="MILK", category=make_category("Dairy", slug="dairy"))


def member(app: Flask, **values: object) -> Shopper:
    """Return a browser in which a customer with these values is signed in."""
    with app.app_context(), transaction():
        credentials = accounts.make_credentials(email="ada@example.com", password=PASSWORD)
        customer = accounts.register(credentials=credentials, name="Ada", locale="en", at=now())
        row = db.session.get_one(Customer, customer.id)
        for name, value in values.items():
            setattr(row, name, value)
    browser = Shopper(app)
    assert browser.post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}).status == 303
    return browser


def variant_id(app: Flask, product: Product) -> int:
    with app.app_context():
        return variant_of(product).id


def test_a_list_for_everybody_shows_in_lists_and_on_the_page(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert "$3.00" in shopper.get("/categories/dairy").said
    with app.app_context(), transaction():
        row = pricing.add_list(plan=ListPlan("Spring sale", name_zh="春季特惠"), by="staff:1", at=now())
        entry = EntryPlan(variant_of(milk).id, 1, Money(250, "USD"))
        pricing.set_entries(list_id=row.id, version=row.version, entries=[entry], by="staff:1", at=now())
    for url in ("/categories/dairy", f"/products/{milk.slug}"):
        page = shopper.get(url)
        assert "Now $2.50 Before $3.00" in page.said
        assert "Spring sale" in page.said
    assert "春季特惠" in Shopper(app, language="zh").get("/categories/dairy").said
    assert shopper.get(f"/products/{milk.slug}").one("meta[itemprop=price]")["content"] == "2.5"


def test_pages_change_when_a_list_begins_and_ends_although_no_row_does(app: Flask, milk: Product) -> None:
    start = datetime(2026, 5, 3, 9, tzinfo=UTC)
    with app.app_context(), transaction():
        ends = start + timedelta(hours=1)
        make_price_list("Hour", entries={variant_of(milk).id: 200}, starts_at=start, ends_at=ends)
    urls = ("/categories/dairy", f"/products/{milk.slug}")
    for moment, price in (
        (start - timedelta(seconds=1), "$3.00"),
        (start, "$2.00"),
        (ends - timedelta(seconds=1), "$2.00"),
        (ends, "$3.00"),
    ):
        queries._live.forget()  # two seconds pass
        with time_machine.travel(moment, tick=False):
            for url in urls:
                shown = Shopper(app).get(url).said
                assert price in shown, (moment, url)
                assert ("Before" in shown) == (price == "$2.00")


def test_a_dearer_list_and_one_for_members_change_nothing_for_everybody(app: Flask, milk: Product) -> None:
    with app.app_context(), transaction():
        make_price_list(entries={variant_of(milk).id: 400})
        make_price_list(tiers=["gold"], entries={variant_of(milk).id: 100})
    with app.app_context():
        assert (cards_by_ids([milk.id], "en")[0].price_minor, cards_by_ids([milk.id], "en")[0].badges) == (300, ())


def test_search_sorts_and_filters_by_the_price_that_it_shows(app: Flask, milk: Product) -> None:
    with app.app_context():
        table = LiveTable()
        assert table.update(now()) is not None
        assert table.update(now()) is None
        with transaction():
            make_price_list(entries={variant_of(milk).id: 250})
        Kept.forget_all()
        assert table.update(now()) is not None
        row = read_live([milk.id])[milk.id]
        assert (row[1], row[3]) == (250, True)


def test_the_page_says_what_more_pieces_cost(app: Flask, shopper: Shopper, milk: Product) -> None:
    with app.app_context(), transaction():
        row = make_price_list()
        for quantity, price in ((6, 280), (12, 250)):
            db.session.add(
                PriceEntry(
                    price_list_id=row.id, variant_id=variant_of(milk).id, min_quantity=quantity, price_minor=price
                )
            )
    words = shopper.get(f"/products/{milk.slug}").words(".breaks")
    assert "1–5 $3.00 6–11 $2.80 12 and more $2.50" in words


def test_a_member_sees_their_own_price_by_its_own_address(app: Flask, shopper: Shopper, milk: Product) -> None:
    with app.app_context(), transaction():
        make_price_list("VIP", tiers=["gold"], entries={variant_of(milk).id: 210})
    page = shopper.get(f"/products/{milk.slug}")
    slot = page.one(".your-price")
    assert slot["hx-get"] == slot.find("a")["href"]  # type: ignore[index]
    address = str(slot["hx-get"])
    guest = shopper.get(address, htmx=True)
    assert "Sign in to see your price" in guest.said
    assert "$2.10" not in page.said + guest.said
    answer = member(app, tier="gold").get(address, htmx=True)
    assert "Your price: $2.10" in answer.said
    assert answer.response.headers["Cache-Control"] == "no-store"


def test_without_a_script_the_own_price_is_a_page(app: Flask, milk: Product) -> None:
    with app.app_context(), transaction():
        make_price_list("School price", groups=["schools"], entries={variant_of(milk).id: 220})
    page = member(app, groups=["schools"]).get(f"/products/{milk.slug}/your-price?sku=MILK")
    assert page.words("h1") == "Milk"
    assert "Your price: $2.20 School price" in page.said


def test_a_member_without_a_lower_price_is_told_so(app: Flask, milk: Product) -> None:
    with app.app_context(), transaction():
        make_price_list("VIP", tiers=["gold"], entries={variant_of(milk).id: 210})
    answer = member(app).get(f"/products/{milk.slug}/your-price?sku=MILK", htmx=True)
    assert "This is your best price." in answer.said


def test_a_product_without_personal_prices_asks_for_none(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert shopper.get(f"/products/{milk.slug}").all(".your-price") == []
    assert shopper.get("/products/nothing/your-price").status == 404


def reduce_price(app: Flask, product: Product, price: int, before: int) -> None:
    with app.app_context(), transaction():
        version = db.session.scalar(db.select(Product.version).where(Product.id == product.id)) or 0
        prices = {variant_of(product).id: VariantPrice(Money(price, "USD"), Money(before, "USD"))}
        catalog.change_prices(product_id=product.id, version=version, prices=prices, by="staff:1", at=now())


def test_beside_a_price_struck_through_stands_the_lowest_of_the_days_before(
    app: Flask, shopper: Shopper, milk: Product
) -> None:
    url = f"/products/{milk.slug}"
    reduce_price(app, milk, 240, 900)
    assert "Lowest price" not in shopper.get(url).said
    with app.app_context(), transaction():
        change_settings(values={"show_lowest_price": True}, at=now())
    Kept.forget_all()
    assert "Lowest price of the 30 days before: $3.00" in shopper.get(url).said


def test_a_card_shows_the_price_of_the_variant_that_it_sells(app: Flask, milk: Product) -> None:
    with app.app_context(), transaction():
        large = make_variant(db.session.get_one(Product, milk.id), price=900, sku="LARGE")
        make_price_list(entries={large.id: 800})
    with app.app_context():
        assert cards_by_ids([milk.id], "en")[0].price_minor == 300
