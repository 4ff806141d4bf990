"""From the cart to the account page: points pay, orders earn, tiers follow, and whatever is called off comes back."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
import time_machine
from flask import Flask

from storefront.accounts import passwords
from storefront.accounts.models import Customer
from storefront.cart.models import Cart
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import jobs, ledgers, queries, services
from storefront.loyalty.models import Tier, TierChange
from storefront.loyalty.rules import Balance
from storefront.loyalty.standings import TierDraft, add_tier
from storefront.mail import queries as mail
from storefront.orders import ledgers as order_ledgers
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.states import CancelReason
from storefront.shop.services import change_settings
from tests.browser import Page, Shopper
from tests.factories import make_customer
from tests.storefront.checkout.desk import open_shop, order

PASSWORD = "correct horse battery"


@cache
def hashed() -> str:
    return passwords.hash_password(PASSWORD)


def ada(app: Flask, points: int = 0, *, pieces: int = 2, language: str = "en") -> tuple[Shopper, int]:
    """Ada, signed in, with points to spend and lamps in the cart."""
    with app.app_context(), transaction():
        customer = make_customer("ada@example.com", password_hash=hashed()).id
        if points:
            services.adjust(customer_id=customer, points=points, reason="welcome", by="staff:1", at=now())
    shopper = Shopper(app, language=language)
    assert shopper.post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}).status == 303
    assert shopper.post("/cart/lines", {"sku": "LAMP", "quantity": str(pieces)}).status == 303
    return shopper, customer


def pay(shopper: Shopper, placed: Page, amount: int) -> None:
    shopper.post(placed.location, {"amount": str(amount), "currency": "USD", "decision": "approve"})


def the_order(app: Flask) -> Order:
    with app.app_context():
        return db.session.scalars(db.select(Order).order_by(Order.id.desc()).limit(1)).one()


def balance(app: Flask, customer: int) -> Balance:
    with app.app_context():
        assert list(ledgers.discrepancies()) == []
        assert list(order_ledgers.discrepancies()) == []
        return queries.balance_of(customer)


def some_tiers(app: Flask) -> None:
    with app.app_context(), transaction():
        for key, spend, rate in (("silver", 2000, 12_000), ("gold", 10_000, 15_000)):
            add_tier(draft=TierDraft(key, key.title(), "", Money(spend, "USD"), rate), at=now())


def test_points_pay_a_part_and_come_back_when_the_order_is_cancelled(any_app: Flask) -> None:
    open_shop(any_app)
    shopper, customer = ada(any_app, 640)
    page = shopper.submit(shopper.get("/cart"), "form[action='/cart/points']", points="500")
    assert "500 points pay $5.00 of this order" in page.said
    placed = order(shopper)
    assert placed.status == 303
    placed_order = the_order(any_app)
    assert (placed_order.points_spent, placed_order.discount_minor, placed_order.total_minor) == (500, 500, 2000)
    assert balance(any_app, customer) == Balance(available=140)
    with any_app.app_context():
        assert db.session.scalar(db.select(Cart.points).where(Cart.customer_id == customer)) == 0
    receipt = shopper.get(f"/orders/{placed_order.number}")
    assert "Paid with points" in receipt.said
    with any_app.app_context(), transaction():
        orders.cancel_order(order=placed_order, by="system", at=now(), reason=CancelReason.BY_SHOP)
    assert balance(any_app, customer) == Balance(available=640)
    assert "500 points came back to you" in shopper.get(f"/orders/{placed_order.number}").said
    with any_app.app_context():
        letter = mail.list_mails_about(placed_order.number)[-1]
        assert "The 500 points that you had used are back in your account" in letter.text
    assert f"Back from order {placed_order.number}" in shopper.get("/account/points").said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("641", "You have 640 points to spend"),
        ("-1", "Points cannot be less than zero"),
        ("lots", "a whole number of points, such as 500"),
        ("12.5", "a whole number of points, such as 500"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_wrong_number_is_refused_beside_the_field_and_kept(app: Flask, typed: str, words: str, htmx: bool) -> None:
    open_shop(app)
    shopper, _ = ada(app, 640)
    page = shopper.post("/cart/points", {"points": typed}, htmx=htmx)
    assert page.status == 422
    assert words in page.words("#points-error")
    assert page.one("#points")["value"] == typed
    at_checkout = shopper.get("/checkout")
    page = order(shopper, at_checkout, points=typed)
    assert page.status == 422
    assert words in page.words("#points-error")
    assert page.one("#points")["value"] == typed
    assert page.one("[name=street]")["value"] == "1 Main Street"


def test_full_width_digits_all_and_none_are_understood(app: Flask) -> None:
    open_shop(app)
    shopper, _ = ada(app, 640)
    said = [
        shopper.post("/cart/points", {"points": "５００"}, follow=True).said,
        shopper.post("/cart/points", {"points": "7", "points_choice": "all"}, follow=True).said,
        shopper.post("/cart/points", {"points": "7", "points_choice": "none"}, follow=True).said,
    ]
    assert "500 points pay $5.00" in said[0]
    assert "640 points pay $6.40" in said[1]
    assert "of this order." not in said[2].replace("with this order.", "")


def test_points_pay_no_more_than_the_merchant_allows(app: Flask) -> None:
    open_shop(app, points_most_percent=25)
    shopper, customer = ada(app, 5000)
    page = shopper.post("/cart/points", {"points": "5000"}, follow=True)
    assert "500 can be used here: points pay up to 25% of the goods" in page.said
    assert "500 points pay $5.00" in page.said
    order(shopper)
    assert balance(app, customer) == Balance(available=4500)


def test_in_yen_a_point_is_exact(app: Flask) -> None:
    open_shop(app, currency="JPY", points_worth=1)
    shopper, customer = ada(app, 640)
    page = shopper.post("/cart/points", {"points": "333"}, follow=True)
    assert "333 points pay ¥333" in page.said
    assert "Earn 1,667 points" in page.said or "Earn 1667 points" in page.said
    order(shopper)
    assert the_order(app).points_spent == 333
    assert balance(app, customer) == Balance(available=307)


def test_points_typed_at_checkout_are_shown_before_anything_is_ordered(app: Flask) -> None:
    open_shop(app)
    shopper, customer = ada(app, 640)
    page = shopper.get("/checkout")
    shown = order(shopper, page, points="300")
    assert shown.status == 409
    assert "300 points pay $3.00" in shown.said
    assert balance(app, customer) == Balance(available=640)
    assert order(shopper, shown, points="300").status == 303
    assert the_order(app).points_spent == 300


def test_points_spent_elsewhere_meanwhile_change_the_total_before_it_is_charged(app: Flask) -> None:
    open_shop(app)
    shopper, customer = ada(app, 640)
    shopper.post("/cart/points", {"points": "600"})
    page = shopper.get("/checkout")
    with app.app_context(), transaction():
        services.redeem(customer_id=customer, points=500, order_number="", at=now())
    refused = order(shopper, page)
    assert refused.status in {409, 422}
    assert balance_only(app, customer) == Balance(available=140)


def balance_only(app: Flask, customer: int) -> Balance:
    with app.app_context():
        return queries.balance_of(customer)


def test_an_order_earns_once_it_is_paid_and_can_be_spent_after_the_window(any_app: Flask) -> None:
    open_shop(any_app, stock=50)
    some_tiers(any_app)
    shopper, customer = ada(any_app)
    assert "Earn 20 points with this order" in shopper.get("/cart").said
    placed = order(shopper)
    assert balance(any_app, customer) == Balance()
    pay(shopper, placed, 2500)
    assert balance(any_app, customer) == Balance(pending=20)
    page = shopper.get("/account/points")
    assert "20 points are on their way" in page.said
    assert "30 days after delivery" in page.said
    assert "Silver" in page.said
    assert "to reach Gold" in page.said
    with any_app.app_context():
        assert db.session.scalar(db.select(Customer.tier).where(Customer.id == customer)) == "silver"
        change = db.session.scalars(db.select(TierChange)).one()
        assert (change.before, change.after, change.spent_minor) == ("", "silver", 2500)
        with transaction():
            fulfilment.deliver_order(order=the_order(any_app), by="system", at=now())
        assert jobs.release_points.call_local() == 0
    with time_machine.travel(now() + timedelta(days=31)), any_app.app_context():
        assert jobs.release_points.call_local() == 1
    assert balance(any_app, customer) == Balance(available=20)
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "5"})
    assert "Earn 60 points with this order" in shopper.get("/cart").said


def test_cash_on_delivery_earns_at_the_door_and_the_window_begins(app: Flask) -> None:
    open_shop(app)
    shopper, customer = ada(app)
    order(shopper, payment_provider="cod")
    assert balance(app, customer) == Balance()
    with app.app_context(), transaction():
        fulfilment.deliver_order(order=the_order(app), by="system", at=now())
    assert balance(app, customer) == Balance(pending=20)
    with app.app_context():
        assert queries.list_waiting(customer)[0].available_at is not None


def test_a_tier_ends_when_its_spending_is_too_long_ago(any_app: Flask) -> None:
    open_shop(any_app)
    some_tiers(any_app)
    shopper, _ = ada(any_app)
    pay(shopper, order(shopper), 2500)
    with any_app.app_context():
        assert jobs.evaluate_tiers.call_local() == 0
    with time_machine.travel(now() + timedelta(days=366)), any_app.app_context():
        assert jobs.evaluate_tiers.call_local() == 1
        assert jobs.evaluate_tiers.call_local() == 0
        last = db.session.scalars(db.select(TierChange).order_by(TierChange.id.desc())).first()
        assert (last.before, last.after, last.spent_minor) == ("silver", "", 0)


def test_a_guest_is_told_what_signing_in_would_earn(app: Flask) -> None:
    open_shop(app)
    guest = Shopper(app)
    guest.post("/cart/lines", {"sku": "LAMP", "quantity": "2"})
    assert "Sign in to earn 20 points with this order" in guest.get("/cart").said
    assert "Sign in to earn 20 points with this order" in guest.get("/checkout").said
    refused = guest.post("/cart/points", {"points": "5"})
    assert refused.status == 422
    pay(guest, order(guest), 2500)
    with app.app_context():
        assert list(ledgers.discrepancies()) == []


def test_a_shop_without_points_shows_nothing_of_them(app: Flask) -> None:
    open_shop(app, points_per_unit=0)
    shopper, customer = ada(app, 640)
    for url in ("/cart", "/checkout", "/account"):
        assert "point" not in shopper.get(url).said.lower()
    assert shopper.get("/account/points").status == 404
    pay(shopper, order(shopper), 2500)
    assert balance(app, customer) == Balance(available=640)


def test_tiers_are_shown_without_points_too(app: Flask) -> None:
    open_shop(app, points_per_unit=0)
    some_tiers(app)
    shopper, _ = ada(app)
    page = shopper.get("/account/points")
    assert "No tier yet" in page.said
    assert "Spend $20.00 more to reach Silver" in page.said
    assert "point" not in page.words("main").lower()


def test_the_account_says_what_expires_soon_and_pages_its_history(app: Flask) -> None:
    open_shop(app)
    shopper, customer = ada(app)
    with app.app_context(), transaction():
        change_settings(values={"points_expire_days": 40}, at=now())
    with app.app_context(), transaction():
        for number in range(25):
            services.adjust(customer_id=customer, points=10, reason=f"gift {number}", by="staff:1", at=now())
    page = shopper.get("/account/points")
    assert "Expiring soon" in page.said
    assert "gift 24" in page.said
    assert "gift 2 " not in page.said
    assert "gift 2" in shopper.get("/account/points?page=2", htmx=True).said
    assert "250 points" in shopper.get("/account").said


def test_an_order_whose_points_are_not_in_the_ledger_is_found(app: Flask) -> None:
    open_shop(app)
    shopper, _ = ada(app, 640)
    shopper.post("/cart/points", {"points": "100"})
    order(shopper)
    with app.app_context():
        with transaction():
            db.session.execute(db.update(Order).values(points_spent=99))
        found = [each for each in order_ledgers.discrepancies() if each.ledger == "order points"]
        assert [(each.expected, each.actual) for each in found] == [(99, 100)]


def test_tiers_have_a_spend_of_their_own(app: Flask) -> None:
    some_tiers(app)
    with app.app_context():
        with pytest.raises(Exception, match="amount already"), transaction():
            add_tier(draft=TierDraft("other", "Other", "", Money(2000, "USD"), 10_000), at=now())
        assert db.session.scalar(db.select(db.func.count()).select_from(Tier)) == 2
