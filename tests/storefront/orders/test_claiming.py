"""What was ordered as a guest comes into the account of whoever proves the e-mail, and of nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import ledgers as loyalty_books
from storefront.loyalty.models import PointsEntry
from storefront.orders import claiming, ledgers, services
from storefront.orders.models import Order, OrderEvent
from storefront.orders.queries import get_whole, page_of_orders
from storefront.orders.states import CancelReason
from storefront.promotions import ledgers as promotion_books
from storefront.promotions.models import PromotionUse
from tests.browser import Shopper
from tests.factories import make_customer, make_promotion
from tests.storefront.accounts.people import add, enter, letters, link_in
from tests.storefront.orders.drafts import place

EMAIL = "ada@example.com"


@pytest.fixture
def post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    return app


def owners(app: Flask) -> list[int | None]:
    with app.app_context():
        return list(db.session.scalars(db.select(Order.customer_id).order_by(Order.id)))


def pay(app: Flask, order_id: int) -> None:
    with app.app_context(), transaction():
        order = get_whole(order_id)
        total = Money(order.total_minor, order.currency)
        services.record_payment(order=order, amount=total, provider="sandbox", by="guest", at=now())


def test_a_letter_brings_guest_orders_into_the_account(post: Flask) -> None:
    place(post, email=EMAIL)
    place(post, email="bob@example.com")
    ada = add(post)
    shopper = enter(post)
    assert "No orders yet" in shopper.get("/account").said
    page = shopper.submit(shopper.get("/account"), "form[action='/account/guest-orders']")
    assert f"We have written to {EMAIL}" in page.said
    assert owners(post) == [None, None], "asking proves nothing"
    link = next(link_in(letter) for letter in letters(post) if letter.template.endswith("/orders"))
    assert Shopper(post).get(link).location.startswith("/sign-in")
    page = shopper.submit(shopper.get(link), "form[action^='/confirmations/']")
    assert "1 order is in your account now." in page.said
    assert owners(post) == [ada, None]
    assert shopper.get(link).status == 409
    page = shopper.submit(shopper.get("/account"), "form[action='/account/guest-orders']")
    assert "There is no order with ada@example.com outside your account." in page.said


def test_a_stranger_with_the_link_gets_nothing(post: Flask) -> None:
    place(post, email=EMAIL)
    add(post)
    add(post, "eve@example.com")
    enter(post).post("/account/guest-orders")
    link = next(link_in(letter) for letter in letters(post) if letter.template.endswith("/orders"))
    assert enter(post, "eve@example.com").post(link).status == 409
    assert owners(post) == [None]


def test_a_typed_email_is_no_proof(post: Flask) -> None:
    place(post, email=EMAIL)
    ada = add(post)
    with post.app_context(), pytest.raises(claiming.NotProven), transaction():
        claiming.take_over(customer_id=ada, at=now())
    assert owners(post) == [None]


def test_what_comes_in_counts_and_earns_as_if_it_had_been_bought_there(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        ada = make_customer(EMAIL, email_verified_at=now()).id
    paid, called_off, anothers = (place(any_app, email=EMAIL)[0] for _ in range(3))
    pay(any_app, paid)
    with any_app.app_context(), transaction():
        services.cancel_order(order=get_whole(called_off), by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
        get_whole(anothers).email = ""
    for expected in (2, 0):
        with any_app.app_context(), transaction():
            assert claiming.take_over(customer_id=ada, at=now()) == expected
    with any_app.app_context():
        assert db.session.scalar(db.select(Customer.order_count)) == 1
        assert db.session.scalars(db.select(PointsEntry.customer_id)).all() == [ada]
        kinds = db.session.scalars(db.select(OrderEvent.kind).where(OrderEvent.actor == f"customer:{ada}")).all()
        assert kinds == ["claimed", "claimed"]
        assert not [*ledgers.discrepancies(), *loyalty_books.discrepancies()]


def test_orders_are_found_by_number_and_by_what_was_bought(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        ada, bob = make_customer(EMAIL).id, make_customer("bob@example.com").id
    _, number, _ = place(any_app, email=EMAIL, customer_id=ada)
    place(any_app, email=EMAIL, customer_id=ada)
    place(any_app, email="bob@example.com", customer_id=bob)
    with any_app.app_context(), transaction():
        order = db.session.scalars(db.select(Order).where(Order.number == number)).one()
        line = get_whole(order.id).lines[0]
        line.name, line.variant_name = "Blue 100%_Wool 毛衣", "Size M"

    def found(words: str) -> list[str]:
        with any_app.app_context():
            return [row.number for row in page_of_orders(ada, words=words).items]

    assert len(found("")) == 2
    for words in (number, number.lower().replace("-", ""), number[:4], "blue WOOL", "毛衣", "size m wool", "100%_"):
        assert found(words) == [number], words
    assert found("100__") == found("red wool") == []


def test_the_page_of_orders_has_a_search(post: Flask) -> None:
    ada = add(post)
    _, number, _ = place(post, email=EMAIL, customer_id=ada)
    shopper = enter(post)
    page = shopper.submit(shopper.get("/account/orders"), ".order-search", q=number)
    assert number in page.words(".orders")
    page = shopper.get("/account?q=nothing+of+the+kind", follow=True)
    assert "No order has “nothing of the kind”" in page.said
    assert page.one("#order-words")["value"] == "nothing of the kind"


def use(promotion_id: int, key: str, number: str, at: datetime) -> None:
    told = {"promotion_id": promotion_id, "customer_key": key, "order_number": number}
    db.session.add(PromotionUse(**told, uses=1, amount_minor=100, at=at))
    db.session.flush()


def over(app: Flask) -> list[str]:
    with app.app_context():
        return [
            found.key for ledger in promotion_books.LEDGERS for found in ledger.find() if "per customer" in found.ledger
        ]


def test_who_used_an_offer_as_a_guest_and_in_an_account_is_no_cheat_until_both_are_known_to_be_one(
    any_app: Flask,
) -> None:
    start = now() - timedelta(days=3)
    ada = add(any_app, None, verified_phone="+8613800138000", created_at=start)
    with any_app.app_context(), transaction():
        offer = make_promotion(conditions=[], benefits=[], per_customer_limit=1, updated_at=start, used_count=2)
        offer_id, name = offer.id, offer.key
        use(offer_id, f"email:{EMAIL}", "GUEST", now() - timedelta(days=2))
        use(offer_id, f"customer:{ada}", "ACCOUNT", now() - timedelta(days=1))
    place(any_app, email=EMAIL)
    with any_app.app_context(), transaction():
        db.session.get_one(Customer, ada).email = EMAIL
        db.session.get_one(Customer, ada).email_verified_at = now()
        db.session.flush()
        assert claiming.take_over(customer_id=ada, at=now()) == 1
    assert over(any_app) == []
    with any_app.app_context(), transaction():
        use(offer_id, f"email:{EMAIL}", "AGAIN", now() + timedelta(seconds=1))
    assert over(any_app) == [f"{name} customer:{ada}"]


@pytest.mark.parametrize("key", ["customer:{}", f"email:{EMAIL}", "email:stranger@example.com"])
def test_an_offer_used_too_often_under_one_key_is_always_told(app: Flask, key: str) -> None:
    start = now() - timedelta(days=3)
    ada = add(app, EMAIL, email_verified_at=now(), created_at=start)
    with app.app_context(), transaction():
        offer = make_promotion(conditions=[], benefits=[], per_customer_limit=1, updated_at=start)
        for number in ("ONE", "TWO"):
            use(offer.id, key.format(ada), number, now() - timedelta(days=1))
    assert len(over(app)) == 1
