"""The pages of offers and of their goods, sets to buy together, and scopes asked of the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from storefront.catalog.collections import marks_of
from storefront.catalog.models import Collection, CollectionProduct, Product, Variant
from storefront.catalog.queries import category_tree
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.promotions.goods import in_scope
from storefront.promotions.rules import Scope
from tests.browser import Page, Shopper
from tests.factories import (
    make_brand,
    make_category,
    make_product,
    make_promotion,
    make_shipping,
    make_variant,
)

TENTH = {"kind": "percent_off", "basis_points": 1000}


def offer(app: Flask, benefit: dict[str, Any], **values: Any) -> None:
    with app.app_context(), transaction():
        make_promotion(**{"conditions": [], "benefits": [benefit], "promotion_class": "item", **values})


def set_of(app: Flask, *product_ids: int, **values: Any) -> None:
    parts = [{"scope": {"product_ids": [number]}, "count": 1} for number in product_ids]
    offer(app, {"kind": "bundle", "parts": parts, "off_minor": 300}, **{"name": "Tea set", "key": "tea-set", **values})


def test_all_offers_stand_in_groups_with_what_they_ask(app: Flask, shopper: Shopper) -> None:
    members = [{"kind": "audience", "members_only": True}]
    threshold = [{"kind": "spend_at_least", "amount_minor": 3000}]
    with app.app_context(), transaction():
        tea = make_category("Tea")
        make_product(sku="MUG")
    offer(app, TENTH | {"scope": {"category_ids": [tea.id]}}, name="Tea week", key="tea-week")
    offer(app, TENTH, name="Member days", conditions=members)
    offer(
        app,
        {"kind": "gift", "skus": ["MUG"], "count": 1},
        name="A mug on us",
        conditions=threshold,
        promotion_class="order",
    )
    offer(app, {"kind": "delivery_off", "basis_points": 10_000}, name="No fee", promotion_class="shipping")
    offer(app, TENTH, name="Secret", requires_code=True)
    offer(app, TENTH, name="Later", starts_at=now() + timedelta(days=1))
    page = shopper.get("/offers")
    assert [title.get_text() for title in page.all("h2.heading")] == [
        *("Reduced right now", "Free gifts", "Delivery", "For members")
    ]
    assert "On everything in Tea" in page.said
    assert "For members." in page.said
    assert "Secret" not in page.said
    assert "Later" not in page.said
    assert page.one(".footer a[href='/offers']")
    assert "Set-Cookie" not in page.response.headers


def test_a_shop_without_offers_has_no_link_to_them_and_says_so(shopper: Shopper) -> None:
    page = shopper.get("/offers")
    assert "No offers right now" in page.said
    assert page.all(".footer a[href='/offers']") == []


def test_an_offer_shows_its_terms_and_pages_of_its_goods(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        tea = make_category("Tea")
        for number in range(30):
            make_product(f"Tea {number}", category=tea, popularity=30 - number)
        make_product("Rice")
    offer(app, TENTH | {"scope": {"category_ids": [tea.id]}}, name="Tea week", key="tea-week")
    page = shopper.get("/offers/tea-week")
    assert page.words("h1") == "Tea week"
    assert "10% off." in page.words(".offer-terms")
    assert "On everything in Tea." in page.words(".offer-terms")
    assert page.all(".card__name")[0].get_text() == "Tea 0"
    assert "Rice" not in page.said
    again = shopper.get("/offers/tea-week?page=2")
    assert len(page.all("article.card")) + len(again.all("article.card")) == 30
    assert shopper.get("/offers/tea-week?page=99").said == again.said
    assert "Tea 0" in shopper.get("/offers/tea-week?page=nonsense").said
    fragment = shopper.get("/offers/tea-week?page=2", htmx=True)
    assert fragment.one("#goods")


@pytest.mark.parametrize("key", ["nothing", "secret", "later", "over", "%00", "x" * 300])
def test_what_is_not_on_offer_has_no_page(app: Flask, shopper: Shopper, key: str) -> None:
    offer(app, TENTH, key="secret", requires_code=True)
    offer(app, TENTH, key="later", starts_at=now() + timedelta(days=1))
    offer(app, TENTH, key="over", ends_at=now() - timedelta(days=1))
    assert shopper.get(f"/offers/{key}").status == 404


def test_a_page_of_offers_is_made_anew_when_one_ends(app: Flask, shopper: Shopper) -> None:
    offer(app, TENTH, name="Tea week", key="tea-week")
    assert "Tea week" in shopper.get("/offers").said
    with app.app_context(), transaction():
        db.session.execute(db.text("UPDATE promotion SET is_active = false, updated_at = :at"), {"at": now()})
    Kept.forget_all()
    assert "Tea week" not in shopper.get("/offers").said


def test_the_offers_of_a_product_say_until_when_and_lead_to_their_goods(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        tea = make_product("Tea")
    offer(app, TENTH, name="Tea week", key="tea-week", ends_at=now() + timedelta(days=2))
    page = shopper.get(f"/products/{tea.slug}")
    assert "Tea week" in page.words(".buy__offers")
    assert "Until " in page.words(".buy__offers")
    assert page.one(".buy__offers a")["href"] == "/offers/tea-week"


@pytest.fixture
def tea_and_cup(app: Flask) -> tuple[Product, Product]:
    with app.app_context(), transaction():
        make_shipping()
        return make_product("Tea", price=1000, sku="TEA"), make_product("Cup", price=2000, sku="CUP", stock=3)


def add_all(shopper: Shopper, page: Page, **options: Any) -> Page:
    form = page.one("form.set__buy")
    pairs = {name: [field["value"] for field in form.find_all(attrs={"name": name})] for name in ("sku", "quantity")}
    return shopper.post(str(form["action"]), pairs, **options)


def test_a_set_is_bought_with_one_press_at_the_price_it_says(
    app: Flask, shopper: Shopper, tea_and_cup: tuple[Product, Product]
) -> None:
    tea, cup = tea_and_cup
    set_of(app, tea.id, cup.id)
    page = shopper.get(f"/products/{tea.slug}")
    assert "Buy together Tea set" in page.words(".set h2")
    assert "Now $27.00 Before $30.00" in page.words(".set")
    assert "You save $3.00" in page.words(".set")
    cart = add_all(shopper, page, follow=True)
    assert {line["data-sku"] for line in cart.all(".line[data-sku]")} == {"TEA", "CUP"}
    assert sum(int(str(tag["value"])) for tag in cart.all(".line__amount > data")) == 2700


def test_a_set_goes_into_the_cart_with_htmx_too(
    app: Flask, shopper: Shopper, tea_and_cup: tuple[Product, Product]
) -> None:
    tea, cup = tea_and_cup
    set_of(app, tea.id, cup.id)
    answer = add_all(shopper, shopper.get(f"/products/{cup.slug}"), htmx=True)
    assert answer.status == 200
    assert "2 items are in your cart." in answer.said
    assert answer.response.headers["HX-Trigger"] == "cart:changed"


def test_a_set_of_which_something_is_gone_adds_nothing(
    app: Flask, shopper: Shopper, tea_and_cup: tuple[Product, Product]
) -> None:
    set_of(app, *(product.id for product in tea_and_cup))
    for wanted in (
        {"sku": ["TEA", "CUP"], "quantity": ["1", "4"]},
        {"sku": ["TEA", "NOTHING"], "quantity": ["1", "1"]},
        {"sku": ["TEA", "CUP"], "quantity": ["1", "x"]},
        {"sku": [], "quantity": []},
        {"sku": ["TEA"] * 21, "quantity": ["1"] * 21},
    ):
        answer = shopper.post("/cart/sets", wanted)
        assert answer.status in {404, 409, 422}, wanted
        assert "Your cart is empty" in shopper.get("/cart").said
    refused = shopper.post("/cart/sets", {"sku": ["TEA", "CUP"], "quantity": ["1", "4"]})
    assert "There is not enough of “Cup” for the whole set" in refused.said


def test_a_set_without_stock_for_a_part_is_not_shown(
    app: Flask, shopper: Shopper, tea_and_cup: tuple[Product, Product]
) -> None:
    tea, _cup = tea_and_cup
    with app.app_context(), transaction():
        gone = make_product("Gone", stock=0)
    set_of(app, tea.id, gone.id)
    assert shopper.get(f"/products/{tea.slug}").all(".set") == []


def test_scopes_mean_the_same_goods_in_the_database(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        food = make_category("Food")
        tea = make_category("Tea", parent=food)
        brand = make_brand("Own")
        made = [
            make_product("A", category=tea, brand_id=brand.id, attributes={"Kind": "green", "Size": "S"}),
            make_product("B", category=tea, attributes={"Kind": "black"}),
            make_product("C", category=food, brand_id=brand.id),
            make_product("D", attributes={"Kind": "green", "Size": "L", '种类 "x"': "a=b"}),
        ]
        make_variant(made[3], sku="D2")
        row = Collection(slug="picnic", name="Picnic", translations={}, updated_at=now())
        db.session.add(row)
        db.session.flush()
        db.session.add(CollectionProduct(collection_id=row.id, product_id=made[1].id))
        scopes = [
            Scope(),
            Scope(product_ids=frozenset({made[0].id, made[2].id})),
            Scope(skus=frozenset({"D2"})),
            Scope(category_ids=frozenset({food.id})),
            Scope(category_ids=frozenset({tea.id}), skus=frozenset({"D2"})),
            Scope(brand_ids=frozenset({brand.id})),
            Scope(brand_ids=frozenset({brand.id}), category_ids=frozenset({tea.id})),
            Scope(collection_ids=frozenset({row.id})),
            Scope(attributes=frozenset({"Kind=green"})),
            Scope(attributes=frozenset({"Kind=green", "Kind=black", "Size=S"})),
            Scope(attributes=frozenset({'种类 "x"=a=b'})),
            Scope(exclude=Scope(brand_ids=frozenset({brand.id}))),
            Scope(category_ids=frozenset({food.id}), exclude=Scope(collection_ids=frozenset({row.id}))),
            Scope(exclude=Scope(attributes=frozenset({"Kind=green"}))),
            Scope(category_ids=frozenset({999_999})),
        ]
    with any_app.app_context():
        rows = db.session.execute(
            db.select(Variant.sku, Product.id, Product.category_id, Product.brand_id).join(
                Product, Product.id == Variant.product_id
            )
        ).all()
        marks = marks_of(row.id for row in rows)
        for scope in scopes:
            wanted = {
                row.sku
                for row in rows
                if scope.covers(
                    product_id=row.id,
                    sku=row.sku,
                    category_ids=category_tree().line(row.category_id),
                    brand_id=row.brand_id,
                    collection_ids=marks[row.id].collection_ids,
                    attributes=marks[row.id].attributes,
                )
            }
            asked = db.select(Variant.sku).join(Product, Product.id == Variant.product_id).where(in_scope(scope))
            assert set(db.session.scalars(asked)) == wanted, scope
