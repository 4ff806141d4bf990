"""Every other surface: what it shows, why, and what it does with nothing, with nonsense, and with what is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from storefront.catalog.models import Category, Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import dismissal_views, shelf_views, shelves
from storefront.discovery.models import ShelfDismissal
from storefront.discovery.recommending import holder
from storefront.discovery.shelves import Reason, ruling
from storefront.discovery.shelves.rules import Actions
from storefront.discovery.shelves.ruling import RulePlan
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.factories import make_category, make_product, make_variant
from tests.storefront.discovery.test_shelves import counted, fill_cart, names, sell_out, sign_in, withdraw
from tests.storefront.discovery.trade import make_order, open_trade, train

FOR_EVERYBODY = (
    "home",
    "cart",
    "discover",
    "empty-search",
    "bought-together?product={Penne}",
    "similar?product={Assam}",
)


@pytest.fixture(autouse=True)
def _no_model(app: Flask) -> Iterator[None]:
    app.extensions.pop("recommender", None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield
    app.extensions.pop("recommender", None)


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    found = open_trade(app)
    train(app)
    return found


def known(monkeypatch: pytest.MonkeyPatch, customer_id: int) -> None:
    sign_in(monkeypatch, customer_id)
    monkeypatch.setattr(dismissal_views, "current_customer", shelf_views.current_customer)


def category_of(app: Flask, product_id: int) -> str:
    with app.app_context():
        product = db.session.get_one(Product, product_id)
        return db.session.get_one(Category, product.category_id).slug


def steer(app: Flask, shelf: str, **actions: object) -> None:
    with app.app_context(), transaction():
        plan = RulePlan("A rule", shelf, Actions(**actions))  # type: ignore[arg-type]
        ruling.add_rule(plan=plan, by="staff:1", at=now())


def test_buy_again_says_how_often_and_when_it_is_due(
    shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer1"])
    page = shopper.get("/shelves/buy-again")
    assert page.words("h1") == "Buy again"
    card = next(item for item in page.all(".shelf__item") if "Darjeeling" in item.get_text())
    assert "You usually buy this every 7 days" in card.get_text() or "every week" in card.get_text()
    assert "Due" in card.get_text()


def test_everything_that_is_due_goes_into_the_cart_with_one_press(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer5"])
    page = shopper.get("/shelves/buy-again")
    due = page.all(".shelf__due--now")
    skus = [str(field["value"]) for field in page.all("form.shelf__all input[name=sku]")]
    assert due
    assert len(skus) == len(due)
    answer = shopper.post("/cart/selections", {"sku": skus})
    assert answer.status == 303
    assert shopper.get("/cart").all(".line")


def test_what_was_ordered_after_the_training_is_due_later_and_not_picked_again(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer5"])
    cards = shopper.get("/shelves/buy-again").all(".shelf__item")
    due = [card.get_text() for card in cards if card.select(".shelf__due--now")]
    due_name = next(name for name in ids if any(name in text for text in due))
    assert due_name in names(shopper.get("/shelves/home", htmx=True))
    with app.app_context(), transaction():
        make_order([db.session.get_one(Product, ids[due_name])], customer_id=ids["customer5"], at=now())
    after = shopper.get("/shelves/buy-again")
    card = next(card for card in after.all(".shelf__item") if due_name in card.get_text())
    assert not card.select(".shelf__due--now")
    assert due_name not in names(shopper.get("/shelves/home", htmx=True))


def test_buy_again_tells_a_stranger_to_sign_in_and_hides_as_a_shelf(shopper: Shopper, ids: dict[str, int]) -> None:
    assert "Sign in to buy again" in shopper.get("/shelves/buy-again").said
    assert shopper.get("/shelves/buy-again", htmx=True).text == ""


def test_a_customer_without_history_has_nothing_to_buy_again(
    shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, 99_999)
    assert "Nothing to buy again yet" in shopper.get("/shelves/buy-again").said
    assert names(shopper.get("/shelves/home", htmx=True))


def test_discover_shows_nothing_that_was_bought(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer1"])
    page = shopper.get("/shelves/discover", htmx=True)
    assert "Darjeeling" not in names(page)


def test_after_a_purchase_its_owner_alone_sees_what_goes_with_it(
    app: Flask, shopper: Shopper, ids: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        order = make_order([db.session.get_one(Product, ids["Penne"])], customer_id=None, at=now())
        number, key = order.number, order.access_token
    assert shopper.get(f"/shelves/after-purchase?order={number}", htmx=True).status == 404
    page = shopper.get(f"/shelves/after-purchase?order={number}&key={key}", htmx=True)
    assert "Pesto" in names(page)
    assert "Penne" not in names(page)
    assert "Goes well with your order" in page.said


@pytest.mark.parametrize("order", ["", "nope", "9" * 100, "' OR 1=1"])
def test_an_order_that_is_not_there_has_no_shelf(shopper: Shopper, order: str) -> None:
    assert shopper.get("/shelves/after-purchase", query_string={"order": order}).status == 404


def test_a_category_begins_with_what_the_customer_buys_in_it(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer1"])
    page = shopper.get(f"/shelves/category?category={category_of(app, ids['Assam'])}", htmx=True)
    assert names(page)[0] == "Darjeeling"
    assert set(names(page)) == {"Assam", "Darjeeling", "Sencha", "Rooibos"}
    assert "Picked for you in Tea" in page.said


def test_in_a_category_a_stranger_gets_its_best_sellers_which_its_page_has_already(
    app: Flask, shopper: Shopper, ids: dict[str, int]
) -> None:
    url = f"/shelves/category?category={category_of(app, ids['Assam'])}"
    assert "Bought most in the same category." in shopper.get(url, htmx=True).said
    assert shopper.get(f"{url}&unless=same-category,best-sellers", htmx=True).text == ""
    assert shopper.get("/shelves/category?category=nope").status == 404
    assert shopper.get("/shelves/category").status == 404


def test_what_was_looked_at_comes_back_in_its_order_without_what_cannot_be_bought(
    app: Flask, shopper: Shopper, ids: dict[str, int]
) -> None:
    sell_out(app, ids["Pesto"])
    asked = ".".join(str(ids[name]) for name in ("Sencha", "Pesto", "Assam"))
    page = shopper.get(f"/shelves/recently-viewed?products={asked}.999999", htmx=True)
    assert names(page) == ["Sencha", "Assam"]
    assert "Kept on this device only." in page.said


@pytest.mark.parametrize("products", ["", "abc", "1,2", "-1", "1..2", "9" * 3000, "²"])
def test_nonsense_was_never_looked_at(shopper: Shopper, ids: dict[str, int], products: str) -> None:
    page = shopper.get("/shelves/recently-viewed", htmx=True, query_string={"products": products})
    assert (page.status, page.text) == (200, "")


def test_an_empty_search_keeps_its_best_sellers_unless_there_is_something_better(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "/shelves/empty-search?instead=best-sellers"
    assert shopper.get(url, htmx=True).status == 204
    known(monkeypatch, ids["customer1"])
    page = shopper.get(url, htmx=True)
    assert page.status == 200
    assert "Picked for you" in page.said


@pytest.mark.parametrize("shelf", FOR_EVERYBODY)
def test_a_product_deleted_since_the_training_is_not_missed(
    app: Flask, shopper: Shopper, ids: dict[str, int], shelf: str
) -> None:
    with app.app_context(), transaction():
        for name in ("Pesto", "Rooibos"):
            db.session.delete(db.session.get_one(Product, ids[name]))
    page = shopper.get(f"/shelves/{shelf.format(**ids)}", htmx=True)
    assert page.status == 200
    assert names(page)
    assert not {"Pesto", "Rooibos"} & set(names(page))


def test_together_offers_the_product_with_what_is_bought_with_it_and_says_what_all_costs(
    shopper: Shopper, ids: dict[str, int]
) -> None:
    page = shopper.get(f"/shelves/bought-together?product={ids['Penne']}", htmx=True)
    boxes = page.all(".bundle input[name=sku]")
    assert len(boxes) == 3
    assert "Total for 3 products $30.00" in page.said
    two = [str(box["value"]) for box in boxes[:2]]
    total = shopper.get("/shelves/bought-together/total", htmx=True, query_string={"sku": [*two, two[0], "nope"]})
    assert "Total for 2 products $20.00" in total.said
    none = shopper.get("/shelves/bought-together/total", htmx=True)
    assert none.all("button[disabled]")
    answer = shopper.submit(page, "form.bundle")
    assert answer.status == 200
    assert "3 items are in your cart." in answer.said


def test_together_takes_the_variant_that_the_page_shows(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    with app.app_context(), transaction():
        big = make_variant(db.session.get_one(Product, ids["Penne"]), price=2500, sku="BIG", name="2 kg")
        assert big.id
    page = shopper.get(f"/shelves/bought-together?product={ids['Penne']}&sku=BIG", htmx=True)
    assert page.all(".bundle input[name=sku]")[0]["value"] == "BIG"
    assert "Total for 3 products $45.00" in page.said
    strange = shopper.get(f"/shelves/bought-together?product={ids['Penne']}&sku=nope", htmx=True)
    assert "Total for 3 products $30.00" in strange.said


def test_together_without_the_product_when_that_is_sold_out(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    sell_out(app, ids["Penne"])
    page = shopper.get(f"/shelves/bought-together?product={ids['Penne']}", htmx=True)
    assert "Total for 2 products $20.00" in page.said
    assert page.all(".bundle__part--out input[disabled]")


def test_a_pin_leads_and_says_so_and_a_buried_product_goes_last(
    app: Flask, shopper: Shopper, ids: dict[str, int]
) -> None:
    before = names(shopper.get("/shelves/home", htmx=True))
    last = before[-1]
    steer(app, "home", pins=(ids["Basmati"],), buries=(ids[before[0]],))
    page = shopper.get("/shelves/home", htmx=True)
    assert names(page)[0] == "Basmati"
    assert before[0] not in names(page)[:-1]
    assert last
    assert names(shopper.get("/shelves/cart", htmx=True))[0] != "Basmati"


@pytest.mark.parametrize("shelf", FOR_EVERYBODY)
def test_no_pin_brings_in_what_must_not_be_shown(app: Flask, shopper: Shopper, ids: dict[str, int], shelf: str) -> None:
    steer(app, "", pins=tuple(ids[name] for name in ("Pesto", "Rooibos", "Sencha", "Jasmine")))
    fill_cart(app, shopper, ids["Sencha"])
    sell_out(app, ids["Pesto"])
    withdraw(app, ids["Rooibos"])
    shown = names(shopper.get(f"/shelves/{shelf.format(**ids)}", htmx=True))
    assert "Jasmine" in shown
    assert not {"Pesto", "Rooibos", "Sencha"} & set(shown)


def test_an_excluded_category_is_nowhere(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    with app.app_context():
        tea = db.session.get_one(Product, ids["Assam"]).category_id
    steer(app, "", category_ids=(tea,))
    for shelf in FOR_EVERYBODY:
        shown = names(shopper.get(f"/shelves/{shelf.format(**ids)}", htmx=True))
        assert not {"Assam", "Darjeeling", "Sencha", "Rooibos"} & set(shown), shelf


def test_what_a_guest_dismisses_stays_away_until_it_is_allowed_again(shopper: Shopper, ids: dict[str, int]) -> None:
    first = names(shopper.get("/shelves/home", htmx=True))[0]
    answer = shopper.post("/shelves/dismissals", {"product": str(ids[first])}, htmx=True)
    assert f"“{first}” will not be recommended any more." in answer.said
    assert first not in names(shopper.get("/shelves/home", htmx=True))
    page = shopper.get("/shelves/dismissals")
    assert names(page) == [first]
    assert shopper.post(f"/shelves/dismissals/{ids[first]}/removal").status == 303
    assert first in names(shopper.get("/shelves/home", htmx=True))
    assert "Nothing is kept from you" in shopper.get("/shelves/dismissals").said


def test_what_a_customer_dismisses_is_kept_with_them(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer1"])
    for _twice in range(2):
        assert shopper.post("/shelves/dismissals", {"product": str(ids["Darjeeling"])}).status == 303
    assert "Darjeeling" not in names(shopper.get("/shelves/home", htmx=True))
    assert "Darjeeling" not in names(shopper.get("/shelves/buy-again", htmx=True))
    assert "Darjeeling" in names(Shopper(app).get("/shelves/dismissals"))
    with app.app_context():
        assert db.session.query(ShelfDismissal).count() == 1
    shopper.post(f"/shelves/dismissals/{ids['Darjeeling']}/removal", htmx=True)
    assert "Darjeeling" in names(shopper.get("/shelves/home", htmx=True))


@pytest.mark.parametrize("product", ["", "abc", "999999", "9" * 30, "²"])
def test_what_is_no_product_cannot_be_dismissed(shopper: Shopper, product: str) -> None:
    assert shopper.post("/shelves/dismissals", {"product": product}, htmx=True).status == 404


def test_an_answer_names_itself_its_tables_and_where_each_card_comes_from(
    shopper: Shopper, ids: dict[str, int]
) -> None:
    page = shopper.get(f"/shelves/bought-together?product={ids['Penne']}", htmx=True)
    section = page.one("section.shelf")
    assert len(str(section["data-request"])) == 16
    assert section["data-model"]
    assert all(item["data-source"] and item["data-rank"] for item in page.all(".shelf__item"))


def test_every_surface_costs_few_queries(
    app: Flask, shopper: Shopper, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, ids["customer1"])
    tea = category_of(app, ids["Assam"])
    viewed = ".".join(str(ids[name]) for name in ("Sencha", "Penne"))
    steer(app, "discover", pins=(ids["Basmati"],))
    for shelf, most in (
        ("buy-again", 5),
        ("discover", 6),
        (f"category?category={tea}", 6),
        (f"recently-viewed?products={viewed}", 4),
        (f"bought-together?product={ids['Penne']}", 5),
    ):
        shopper.get(f"/shelves/{shelf}", htmx=True)
        with counted(app) as statements:
            shopper.get(f"/shelves/{shelf}", htmx=True)
        assert len(statements) <= most, (shelf, statements)


def test_a_shop_without_a_category_or_a_sale_hides_its_shelves(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        make_category()
        lonely = make_product("Lonely", stock=0).id
    for shelf in ("home", "cart", "discover", f"similar?product={lonely}", f"bought-together?product={lonely}"):
        assert shopper.get(f"/shelves/{shelf}", htmx=True).text == "", shelf


def test_a_long_past_order_asks_for_its_goods_again(app: Flask, shopper: Shopper, ids: dict[str, int]) -> None:
    with app.app_context(), transaction():
        old = make_order([db.session.get_one(Product, ids["Assam"])], customer_id=None, at=now() - timedelta(days=200))
        number, key = old.number, old.access_token
        assert db.session.scalar(db.select(Variant.id).limit(1))
    page = shopper.get(f"/shelves/after-purchase?order={number}&key={key}", htmx=True)
    assert page.status == 200


def test_a_new_product_is_tried_as_often_as_the_merchant_wants_and_its_chance_is_kept(app: Flask) -> None:
    ids = open_trade(app)
    with app.app_context(), transaction():
        pasta = db.session.get_one(Product, ids["Penne"])
        orzo = make_product("Orzo", category=db.session.get_one(Category, pasta.category_id), product_type="pasta").id
    train(app)
    with app.app_context():
        with transaction():
            change_settings(values={"explore_percent": 5}, at=now())
        visit = shelves.Visit(ids["customer1"])
        asked = (shelves.Question(visit=visit, at=now(), coin=f"visitor {number}") for number in range(300))
        shown = [shelves.fill("home", question, size=6) for question in asked]
        tried = [shelf.items[-1] for shelf in shown if shelf.items[-1].reason is Reason.NEW]
        assert {one.card.product_id for one in tried} == {orzo}
        assert 3 <= len(tried) <= 36
        assert all(0 < one.propensity <= 0.05 for one in tried)
        assert all(one.propensity == 1 for shelf in shown for one in shelf.items if one.reason is not Reason.NEW)
        with transaction():
            change_settings(values={"explore_percent": 0}, at=now())
        again = shelves.fill("home", shelves.Question(visit=visit, at=now(), coin="visitor 1"), size=6)
        assert all(one.reason is not Reason.NEW for one in again.items)
