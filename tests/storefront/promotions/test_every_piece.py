"""Offers that every single piece gets: one price on cards, product pages, in search and in the cart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog import collections
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.models import Collection, CollectionProduct, Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.live import LiveTable, read_live
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.pricing.models import PriceEntry
from storefront.pricing.snapshot import Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Audience,
    BuyAtLeast,
    Limits,
    NthItem,
    PercentOff,
    Promotion,
    evaluate,
)
from storefront.promotions.rules.promotion import is_for_every_piece
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import (
    flash_item,
    make_category,
    make_flash_session,
    make_price_list,
    make_product,
    make_promotion,
    make_shipping,
    variant_of,
)


def tenth_off(app: Flask, scope: dict[str, Any] | None = None, *, points: int = 1000, **values: Any) -> None:
    with app.app_context(), transaction():
        benefit = {"kind": "percent_off", "basis_points": points} | ({"scope": scope} if scope else {})
        make_promotion(
            **{"conditions": [], "benefits": [benefit], "promotion_class": "item", "name": "Tenth", **values}
        )


@pytest.fixture
def milk(app: Flask) -> Product:
    """Milk at 9.99 in a category of its own."""
    with app.app_context(), transaction():
        make_shipping()
        return make_product("Milk", price=999, sku="MILK", category=make_category("Dairy", slug="dairy"))


def in_cart(app: Flask, sku: str = "MILK", quantity: int = 1) -> Page:
    shopper = Shopper(app)
    shopper.post("/cart/lines", {"sku": sku, "quantity": str(quantity)})
    return shopper.get("/cart")


def price_in_cart(app: Flask, sku: str = "MILK") -> int:
    return int(str(in_cart(app, sku).all(".line__amount data")[0]["value"]))


def price_of_card(app: Flask, product: Product) -> tuple[int, int | None]:
    with app.test_request_context("/"):
        app.preprocess_request()
        [card] = cards_by_ids([product.id], "en")
        return card.price_minor, card.compare_at_minor


def test_cards_pages_search_and_the_cart_show_one_price(app: Flask, shopper: Shopper, milk: Product) -> None:
    tenth_off(app, {"category_ids": [milk.category_id]})
    for url in ("/categories/dairy", f"/products/{milk.slug}"):
        page = shopper.get(url)
        assert "Now $8.99 Before $9.99" in page.said
        assert "10% off" in page.said
    with app.app_context():
        assert read_live([milk.id])[milk.id][1:4:2] == (899, True)
    assert price_in_cart(app) == 899
    assert shopper.get(f"/products/{milk.slug}").one("meta[itemprop=price]")["content"] == "8.99"


def test_lists_flash_sales_and_the_minimum_price_count_first(app: Flask, milk: Product) -> None:
    tenth_off(app)
    with app.app_context(), transaction():
        make_price_list(entries={variant_of(milk).id: 800})
    assert price_of_card(app, milk) == (720, 999)
    assert price_in_cart(app) == 720
    with app.app_context(), transaction():
        make_flash_session([flash_item(variant_of(milk), 500)])
    Kept.forget_all()
    assert price_of_card(app, milk) == (450, 999)
    assert price_in_cart(app) == 450
    with app.app_context(), transaction():
        variant_of(milk).minimum_price_minor = 480
        variant_of(milk).updated_at = now()
    Kept.forget_all()
    assert price_of_card(app, milk) == (480, 999)
    assert price_in_cart(app) == 480


def test_of_two_offers_a_piece_gets_the_better_one(app: Flask, milk: Product) -> None:
    tenth_off(app)
    tenth_off(app, {"skus": ["MILK"]}, points=3000, name="Third")
    assert price_of_card(app, milk)[0] == price_in_cart(app) == 699


def test_more_pieces_cost_less_after_the_offer_too(app: Flask, shopper: Shopper, milk: Product) -> None:
    tenth_off(app)
    with app.app_context(), transaction():
        row = make_price_list()
        entry = PriceEntry(price_list_id=row.id, variant_id=variant_of(milk).id, min_quantity=6, price_minor=900)
        db.session.add(entry)
    assert "1–5 $8.99 6 and more $8.10" in shopper.get(f"/products/{milk.slug}").words(".breaks")


@pytest.mark.parametrize(
    "values",
    [
        {"conditions": [{"kind": "buy_at_least", "count": 2}]},
        {"conditions": [{"kind": "audience", "members_only": True}]},
        {"requires_code": True},
        {"usage_limit": 5},
        {"per_customer_limit": 1},
        {"budget_minor": 10_000},
        {"exclusive": True},
        {"promotion_class": "order"},
        {"ends_at": "past"},
        {"starts_at": "future"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_what_not_every_piece_gets_stays_out_of_the_price(app: Flask, milk: Product, values: dict[str, Any]) -> None:
    moments = {"past": now() - timedelta(hours=1), "future": now() + timedelta(hours=1)}
    tenth_off(
        app, **{name: moments.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    )
    if values.get("promotion_class") == "order":
        assert price_of_card(app, milk) == (999, None)
        return
    assert price_of_card(app, milk) == (999, None)


def promotion(**values: Any) -> Promotion:
    start = {"id": 1, "name": "P", "currency": "USD", "benefit": PercentOff(1000), "falls_on": Stage.ITEM}
    return Promotion(**{**start, **values})


def test_which_offers_every_piece_gets() -> None:
    assert is_for_every_piece(promotion())
    assert is_for_every_piece(promotion(benefit=AmountOff(Money(100, "USD"))))
    for other in (
        {"benefit": PercentOff(1000, most=Money(500, "USD"))},
        {"benefit": NthItem(2, 5000)},
        {"falls_on": Stage.ORDER},
        {"conditions": (BuyAtLeast(2),)},
        {"audience": Audience(members_only=True)},
        {"limits": Limits(uses_left=3)},
        {"needs_code": True},
        {"exclusive": True},
    ):
        assert not is_for_every_piece(promotion(**other)), other


@given(
    price=st.integers(1, 1_000_000),
    points=st.integers(1, 10_000),
    floor=st.none() | st.integers(0, 1_000_000),
    currency=st.sampled_from(["USD", "JPY"]),
    quantity=st.integers(1, 9),
)
def test_each_piece_of_a_line_costs_what_one_piece_does(
    price: int, points: int, floor: int | None, currency: str, quantity: int
) -> None:
    offer = promotion(benefit=PercentOff(points), currency=currency)
    minimum = None if floor is None else Money(floor, currency)

    def saved(pieces: int) -> int:
        line = SnapshotLine("A", "A", pieces, Money(price, currency), minimum_price=minimum)
        return evaluate(Snapshot(now(), currency, (line,)), [offer]).saved.minor

    assert saved(quantity) == quantity * saved(1)


def collected(app: Flask, product: Product) -> int:
    with app.app_context(), transaction():
        row = Collection(slug="picnic", name="Picnic", translations={}, updated_at=now())
        db.session.add(row)
        db.session.flush()
        db.session.add(CollectionProduct(collection_id=row.id, product_id=product.id))
        return row.id


@pytest.mark.parametrize("by", ["collection", "attribute"])
def test_offers_by_collection_and_attribute_have_badges_filters_and_words(
    app: Flask, shopper: Shopper, by: str
) -> None:
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy")
        milk = make_product("Milk", category=dairy, attributes={"Kind": "organic"})
        cheese = make_product("Cheese", category=dairy, attributes={"Kind": "usual"})
    scope = {"collection_ids": [collected(app, milk)]} if by == "collection" else {"attributes": ["Kind=organic"]}
    half = [{"kind": "nth_item", "nth": 2, "basis_points": 5000, "scope": scope}]
    with app.app_context(), transaction():
        make_promotion(conditions=[], benefits=half, promotion_class="item", name="Second half", key="half")
    page = shopper.get("/categories/dairy")
    assert [badge.get_text() for badge in page.all(".badge--promo")] == ["Every 2nd item at half price"]
    assert "Second half" in shopper.get(f"/products/{milk.slug}").words(".buy__offers")
    assert "Second half" not in shopper.get(f"/products/{cheese.slug}").said
    with app.app_context():
        assert {number: row[3] for number, row in read_live([milk.id, cheese.id]).items()} == {
            milk.id: True,
            cheese.id: False,
        }
    listed = shopper.get("/offers/half")
    assert [card["data-sku"] for card in listed.all("article.card")] == [in_order(app, milk)]


def in_order(app: Flask, product: Product) -> str:
    with app.app_context():
        return variant_of(product).sku


def test_pages_and_search_follow_what_comes_into_a_collection(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy")
        milk, cheese = (make_product(name, category=dairy) for name in ("Milk", "Cheese"))
    number = collected(app, milk)
    tenth_off(app, {"collection_ids": [number]})
    assert shopper.get("/categories/dairy").said.count("Before") == 1
    with app.app_context():
        table = LiveTable()
        table.update(now())
        with transaction():
            collections.add_products(collection_id=number, product_ids=[cheese.id], by="staff:1", at=now())
        assert table.update(now()) is not None
    assert shopper.get("/categories/dairy").said.count("Before") == 2


def test_lowered_prices_cost_a_list_no_more_queries(app: Flask) -> None:
    with app.app_context(), transaction():
        ids = [make_product().id for _ in range(12)]
    tenth_off(app)
    with app.app_context():
        cards_by_ids(ids[:1], "en")
    with queries_of(app) as asked, app.app_context():
        assert all(card.compare_at_minor for card in cards_by_ids(ids[1:], "en"))
    assert len(asked) <= 4, asked
