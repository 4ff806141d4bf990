"""A cart on the way through sign-in and sign-out, and under many hands at once."""

from __future__ import annotations

import threading

from flask import Flask

from storefront.cart import queries, services
from storefront.cart.rules import Owner
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.browser import Shopper
from tests.factories import make_customer, make_product

WHO = {"email": "ada@example.com", "password": "nine wooden ducks"}
HANDS = 6


def test_what_a_guest_put_in_is_there_after_registering_and_signing_in_again(app: Flask) -> None:
    with app.app_context(), transaction():
        make_product("Tea", price=1000, sku="TEA")
    shopper = Shopper(app)
    shopper.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    page = shopper.submit(shopper.get("/register"), "form[action='/register']", name="Ada", **WHO)
    assert "2 items from before you signed in are in your cart." in page.said
    assert shopper.client.get_cookie("cart") is None
    assert "2" in shopper.get("/cart").one(".line output, .line input[type=number]")["value"]
    shopper.post("/sign-out")
    assert "Your cart is empty" in shopper.get("/cart").said
    shopper.post("/cart/lines", {"sku": "TEA"})
    shopper.submit(shopper.get("/sign-in"), "form[action='/sign-in']", **WHO)
    assert shopper.get("/cart").one(".line input[type=number]")["value"] == "3"


def test_many_hands_on_one_cart_lose_nothing(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        make_product("Tea", price=1000, sku="TEA", stock=100)
        owner = Owner(customer_id=make_customer().id)
    start, faults = threading.Barrier(HANDS), []

    def put() -> None:
        with any_app.app_context():
            start.wait()
            try:
                for _ in range(3):
                    with transaction():
                        services.add_goods(owner=owner, sku="TEA", quantity=1, at=now())
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=put) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with any_app.app_context():
        assert [line.wanted for line in queries.get_contents(owner).lines] == [3 * HANDS]
