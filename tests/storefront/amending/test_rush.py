"""Two who act on one order at the same moment: one of them is told, and the books are right whoever it is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from storefront.amending.previewing import propose
from storefront.amending.services import Confirmed, change_order
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.orders import queries
from storefront.orders import services as orders
from storefront.orders.states import CancelReason
from tests.storefront.amending.service import BY, adds_up, the_order, wish_of
from tests.storefront.checkout.desk import open_shop, order, with_cart


@pytest.fixture
def placed(any_app: Flask) -> Flask:
    """A shop with an order of two lamps that the courier collects."""
    open_shop(any_app)
    order(with_cart(any_app), payment_provider="cod")
    return any_app


def changing(app: Flask, lamps: int) -> Callable[[], None]:
    """Look at a change now, and return what confirms it."""
    with app.app_context():
        found = queries.get_whole(the_order(app).id)
        wish = wish_of(found, {"LAMP": lamps})
        seen = propose(found, wish, at=now()).seen

    def confirm() -> None:
        with app.app_context(), transaction():
            change_order(order_id=found.id, confirmed=Confirmed(wish, seen, "They called"), by=BY, at=now())

    return confirm


def at_once(*deeds: Callable[[], None]) -> int:
    """Let all of these happen at the same moment; return how many were refused."""
    start, refused, failed = threading.Barrier(len(deeds)), [], []

    def run(deed: Callable[[], None]) -> None:
        start.wait()
        try:
            deed()
        except ShopError as refusal:
            refused.append(refusal)
        except Exception as failure:
            failed.append(failure)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return len(refused)


def test_of_several_who_change_one_order_one_does(placed: Flask) -> None:
    assert at_once(*(changing(placed, lamps) for lamps in (1, 3, 4, 5))) == 3
    assert the_order(placed).version == 2
    assert adds_up(placed)


def test_a_change_and_a_cancellation_never_both_half_happen(placed: Flask) -> None:
    def cancel() -> None:
        with placed.app_context(), transaction():
            found = queries.get_whole(the_order(placed).id)
            orders.cancel_order(order=found, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)

    assert at_once(changing(placed, 4), cancel) <= 1
    assert the_order(placed).status == "cancelled"
    assert adds_up(placed)


def test_a_parcel_that_is_made_meanwhile_holds_what_was_agreed_then(placed: Flask) -> None:
    def pack() -> None:
        with placed.app_context(), transaction():
            fulfilment.pack_all(order=queries.get_whole(the_order(placed).id), by=BY, at=now())

    refused = at_once(changing(placed, 1), pack)
    after = the_order(placed)
    assert (refused, after.version) in {(0, 2), (1, 1)}
    assert adds_up(placed)
