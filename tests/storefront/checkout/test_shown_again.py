"""A press that comes too late shows the page again: the new total, and everything that was typed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.queries import board, forget_board
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now
from storefront.loyalty.errors import TooManyPoints
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.promotions.models import PromotionUse
from storefront.web.pacing import TooFast
from tests import factories
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import CHINESE, TYPED, open_shop, order, with_cart
from tests.storefront.checkout.test_flash_order import open_flash, sold
from tests.storefront.checkout.test_gift_order import claimed, gifts_on, open_giving
from tests.storefront.checkout.test_placing import at_once
from tests.storefront.promotions.coupons import add_customer, sign_in

NOTE = "Ring twice, the bell is old"


def before_placing(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen between the look at the total and the taking of goods."""
    real = orders.place_order

    def place_order(**values: object) -> Order:
        happens()
        return real(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "place_order", place_order)


def press_together(app: Flask, monkeypatch: pytest.MonkeyPatch, shoppers: list[Shopper]) -> dict[int, Page]:
    """Let shoppers press at once, each having seen a total that is still right; return the pages by their number.

    SQLite lets one write at a time, so there the second looks after the first has ordered.
    """
    pages = [shopper.get("/checkout") for shopper in shoppers]
    together = threading.Barrier(len(shoppers))

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=2 if db.engine.dialect.name == "postgresql" else 0.2)

    before_placing(monkeypatch, meet)
    answers: dict[int, Page] = {}

    def press(number: int) -> Callable[[], None]:
        return lambda: answers.__setitem__(number, order(shoppers[number], pages[number], note=NOTE))

    assert at_once([press(number) for number in range(len(shoppers))]) == []
    monkeypatch.undo()
    return answers


def is_whole(page: Page) -> None:
    """Nothing typed is lost."""
    assert page.one("#street")["value"] == TYPED["street"]
    assert page.one("[name=email]")["value"] == TYPED["email"]
    assert page.one("[name=note]").get_text().strip() == NOTE


def test_who_loses_the_last_flash_piece_sees_the_new_total_and_all_they_typed(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_flash(any_app, quota=1)
    shoppers = [with_cart(any_app, 1), with_cart(any_app, 1)]
    answers = press_together(any_app, monkeypatch, shoppers)
    assert sorted(page.status for page in answers.values()) == [303, 409]
    loser, page = next((shoppers[number], page) for number, page in answers.items() if page.status == 409)
    is_whole(page)
    assert page.words(".sums__total dd") == "$15.00"
    assert "now costs $10.00 each; it was $5.00" in page.said
    assert sold(any_app) == 1
    assert order(loser, page).status == 303


def test_a_session_that_is_called_off_during_the_press_is_told_with_the_new_total(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_flash(any_app, quota=5)
    shopper = with_cart(any_app, 1)
    page = shopper.get("/checkout")

    def call_off() -> None:
        with any_app.app_context(), transaction():
            db.session.execute(db.update(FlashSale).values(is_active=False))

    def beside() -> None:
        """Another process calls it off: this one goes on believing its board."""
        if db.engine.dialect.name == "postgresql":
            board()
            other = threading.Thread(target=call_off)
            other.start()
            other.join()
        else:
            db.session.execute(db.update(FlashSale).values(is_active=False))

    before_placing(monkeypatch, beside)
    asked = order(shopper, page, note=NOTE)
    monkeypatch.undo()
    call_off()
    assert asked.status == 409
    is_whole(asked)
    if "$10.00 each" not in asked.said:
        asked = order(shopper, asked)
        assert asked.status == 409, "SQLite took the calling off back with the order"
    assert asked.words(".sums__total dd") == "$15.00"
    assert order(shopper, asked).status == 303
    assert sold(any_app) == 0


def test_a_press_and_a_calling_off_at_once_end_in_an_order_or_the_new_total(any_app: Flask) -> None:
    open_flash(any_app, quota=5)
    shopper = with_cart(any_app, 1)
    page = shopper.get("/checkout")
    answers: list[Page] = []

    def call_off() -> None:
        with any_app.app_context(), transaction():
            db.session.execute(db.update(FlashSale).values(is_active=False))

    assert at_once([lambda: answers.append(order(shopper, page, note=NOTE)), call_off]) == []
    if answers[0].status != 303:
        assert answers[0].status == 409
        is_whole(answers[0])
        assert order(shopper, answers[0]).status in {303, 409}


def test_who_had_their_share_as_a_customer_sees_the_page_again(any_app: Flask) -> None:
    open_flash(any_app, quota=5, per_customer=1)
    customer = add_customer(any_app, email=TYPED["email"])
    with any_app.app_context(), transaction():
        item = db.session.scalars(db.select(FlashItem)).one()
        key = f"customer:{customer}"
        db.session.add(FlashTake(flash_item_id=item.id, customer_key=key, order_number="X", pieces=1, at=now()))
    shopper = with_cart(any_app, 1)
    asked = order(shopper, note=NOTE)
    assert asked.status == 409
    is_whole(asked)
    assert asked.words(".sums__total dd") == "$15.00"
    assert order(shopper, asked).status == 303


def test_points_that_go_while_the_button_is_pressed_do_not_cost_what_was_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    monkeypatch.setattr("storefront.checkout.views.pages._choose_points", _refuse_once(TooManyPoints(available=0)))
    asked = order(shopper, page, note=NOTE)
    assert asked.status == 409
    is_whole(asked)
    assert "You have 0 points to spend" in asked.said
    assert order(shopper, asked).status == 303


def test_who_orders_faster_than_anybody_needs_waits_and_loses_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(app)
    shopper = with_cart(app)
    monkeypatch.setattr("storefront.checkout.views.pages.PLACING.check", _refuse_once(TooFast(minutes=10)))
    asked = order(shopper, note=NOTE)
    assert (asked.status, asked.response.headers["Retry-After"]) == (429, "600")
    is_whole(asked)
    assert "faster than we can follow" in asked.said
    assert order(shopper, asked).status == 303


def _refuse_once(refusal: Exception) -> Callable[..., None]:
    left = [refusal]

    def refuse(*_: object) -> None:
        if left:
            raise left.pop()

    return refuse


def far_warehouse(app: Flask, *zones: str) -> None:
    """Let the mugs lie in a warehouse of their own, which sends to these zones only."""
    with app.app_context(), transaction():
        far = Warehouse(code="FAR", name="Far", zones=list(zones))
        db.session.add(far)
        db.session.flush()
        mugs = db.select(factories.Variant.id).where(factories.Variant.sku == "MUG")
        db.session.execute(db.update(StockLevel).where(StockLevel.variant_id.in_(mugs)).values(warehouse_id=far.id))


def test_a_gift_that_cannot_be_sent_to_the_address_does_not_keep_anybody_from_ordering(any_app: Flask) -> None:
    open_giving(any_app)
    far_warehouse(any_app, "CN")
    shopper = with_cart(any_app, 2)
    assert gifts_on(shopper) == 1, "nobody knows the address yet"
    asked = order(shopper, note=NOTE)
    assert asked.status == 409
    is_whole(asked)
    assert "“Mug MUG” can no longer be ordered." in asked.said
    assert asked.words(".sums__total dd") == "$25.00"
    assert order(shopper, asked).status == 303
    assert claimed(any_app, "MUG") == 0


def test_once_the_address_is_known_the_page_counts_only_gifts_that_reach_it(app: Flask) -> None:
    open_giving(app, skus=("MUG", "CUP"))
    far_warehouse(app, "CN")
    shopper = with_cart(app, 2)
    kept = shopper.submit(shopper.get("/checkout"), "#checkout-form", follow=False, **TYPED)
    assert kept.status == 409
    assert "Mug CUP" in kept.words("#checkout-summary"), "the next gift that can be sent"
    assert "Mug CUP" in shopper.get("/checkout").words("#checkout-summary")
    other = with_cart(app, 2)
    placed = order(other, **CHINESE, postcode="518000")
    assert placed.status == 303, placed.said
    assert claimed(app, "MUG") == 1


def test_who_loses_the_last_gift_is_shown_the_order_without_it(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    open_giving(any_app, stock=1)
    shoppers = [with_cart(any_app, 2), with_cart(any_app, 2)]
    answers = press_together(any_app, monkeypatch, shoppers)
    assert sorted(page.status for page in answers.values()) == [303, 409]
    loser, page = next((shoppers[number], page) for number, page in answers.items() if page.status == 409)
    is_whole(page)
    assert "Your gift" not in page.words("#checkout-summary")
    assert order(loser, page).status == 303
    assert claimed(any_app, "MUG") == 1


def test_a_gift_that_placing_cannot_get_is_left_out_however_often_it_seems_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_giving(app)
    far_warehouse(app, "CN")
    monkeypatch.setattr("storefront.checkout.services.zone_of", lambda *_: "")
    monkeypatch.setattr("storefront.checkout.views.sheet.zone_of", lambda *_: "")
    shopper = with_cart(app, 2)
    asked = order(shopper, note=NOTE)
    assert asked.status == 409
    is_whole(asked)
    assert "“Mug MUG” cannot come as a gift any more." in asked.said
    assert "Your gift" not in asked.words("#checkout-summary")
    assert order(shopper, asked).status == 303


def delivery_on(page: Page) -> str:
    return next(
        row.select_one("dd").get_text(strip=True)  # type: ignore[union-attr]
        for row in page.all(".sums > div")
        if "Delivery" in row.get_text()
    )


def test_delivery_is_free_from_what_the_goods_cost_this_shopper(any_app: Flask) -> None:
    open_shop(any_app, price=1000, stock=9, sku="LAMP")
    with any_app.app_context(), transaction():
        db.session.execute(db.update(factories.ShippingMethod).values(free_from_minor=2000))
        lamp = db.session.scalars(db.select(factories.Variant)).one()
        factories.make_flash_session([factories.flash_item(lamp, 500, quota=5)])
    shopper = with_cart(any_app, 2)
    for address in ("/cart", "/checkout"):
        assert delivery_on(shopper.get(address)) == "$5.00", address
    assert order(shopper).status == 303
    with any_app.app_context():
        row = db.session.scalars(db.select(Order)).one()
        assert (row.goods_minor, row.shipping_minor) == (1000, 500)
    with any_app.app_context(), transaction():
        db.session.execute(db.update(FlashSession).values(ends_at=now() - timedelta(minutes=1)))
    forget_board()
    full = with_cart(any_app, 2)
    for address in ("/cart", "/checkout"):
        assert delivery_on(full.get(address)) in {"$0.00", "Free"}, address


def test_a_price_for_members_counts_for_free_delivery(app: Flask) -> None:
    open_shop(app, price=1000, stock=9)
    with app.app_context(), transaction():
        db.session.execute(db.update(factories.ShippingMethod).values(free_from_minor=2000))
        lamp = db.session.scalars(db.select(factories.Variant)).one()
        factories.make_price_list("Members", entries={lamp.id: 900}, tiers=["gold"])
    add_customer(app, email="gold@example.com", tier="gold")
    member = sign_in(app, email="gold@example.com")
    member.post("/cart/lines", {"sku": "LAMP", "quantity": "2"})
    for address in ("/cart", "/checkout"):
        assert delivery_on(member.get(address)) == "$5.00", address
    guest = with_cart(app, 2)
    assert delivery_on(guest.get("/checkout")) == "Free"


def test_the_page_does_not_say_who_has_an_account(any_app: Flask) -> None:
    open_shop(any_app, stock=9)
    customer = add_customer(any_app, email=TYPED["email"])
    with any_app.app_context(), transaction():
        row = factories.make_promotion(
            name="Once each",
            conditions=[],
            benefits=[{"kind": "percent_off", "basis_points": 1000}],
            per_customer_limit=1,
        )
        key = f"customer:{customer}"
        db.session.add(
            PromotionUse(promotion_id=row.id, customer_key=key, order_number="X", uses=1, amount_minor=100, at=now())
        )
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    drafted = shopper.post(
        "/checkout/draft",
        {**TYPED, "token": str(page.one("[name=token]")["value"])},
        htmx=True,
        headers={"HX-Target": "checkout-summary"},
    )
    assert drafted.words(".sums__total dd") == "$23.00"
    asked = order(shopper, page, note=NOTE)
    assert asked.status == 409
    is_whole(asked)
    assert asked.words(".sums__total dd") == "$25.00"
    assert order(shopper, asked).status == 303
