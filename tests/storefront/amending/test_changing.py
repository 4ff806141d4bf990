"""An order is changed after it was placed: prices, goods, money and books follow."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.amending.errors import CannotChange, InParcel, NoReason, NothingChanges, NothingLeft, OrderMoved
from storefront.amending.services import Confirmed, change_order
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory.errors import OutOfStock
from storefront.kernel.clock import now
from storefront.kernel.ledgers import Discrepancy
from storefront.mail.models import OutboxMail
from storefront.orders import change_ledgers, history, queries
from storefront.orders import services as orders
from storefront.orders.errors import Unpaid
from storefront.orders.models import Order, OrderChange
from storefront.orders.states import CancelReason
from storefront.payments.models import Refund
from tests import factories
from tests.browser import Shopper
from tests.storefront.amending.service import (
    BY,
    adds_up,
    approve,
    change,
    letters,
    shelf,
    show,
    the_order,
    wish_of,
)
from tests.storefront.checkout.desk import open_shop, order, with_cart


@pytest.fixture
def at_the_door(any_app: Flask) -> Flask:
    """A shop with an order of two lamps at 10.00 that the courier collects, delivery 5.00."""
    open_shop(any_app)
    with any_app.app_context(), transaction():
        factories.make_product("Cup", price=400, stock=3, sku="CUP")
    order(with_cart(any_app), payment_provider="cod")
    return any_app


@pytest.fixture
def paid(any_app: Flask) -> tuple[Flask, Shopper]:
    """The same, paid at the sandbox."""
    open_shop(any_app)
    with any_app.app_context(), transaction():
        factories.make_product("Cup", price=400, stock=3, sku="CUP")
    shopper = with_cart(any_app)
    approve(shopper, order(shopper, payment_provider="sandbox").location, 2500)
    return any_app, shopper


def test_a_correction_within_the_street_moves_no_amount_and_is_told(at_the_door: Flask) -> None:
    with at_the_door.app_context(), transaction():
        db.session.execute(db.update(Variant).values(price_minor=9900))
    found = change(at_the_door, address={"street": "2 Main Street"})
    after = the_order(at_the_door)
    assert found.proposal.draft is None
    assert (after.shipping_address["street"], after.total_minor, after.version) == ("2 Main Street", 2500, 2)
    assert [event.kind for event in after.events][-1] == "changed"
    assert letters(at_the_door)[-1] == "orders/mail/changed"
    assert adds_up(at_the_door)


def test_the_letter_names_with_its_size_what_there_is_more_or_less_of_and_nothing_else(any_app: Flask) -> None:
    open_shop(any_app)
    with any_app.app_context(), transaction():
        db.session.execute(db.update(Variant).values(name="Large"))
        factories.make_product("Cup", price=1000, stock=3, sku="CUP")
        rungs = [{"spend_minor": 2000, "off_minor": 200}]
        factories.make_promotion(conditions=[], benefits=[{"kind": "spend_ladder", "rungs": rungs}])
    order(with_cart(any_app), payment_provider="cod")
    assert not any(row.is_alike for row in show(any_app, added={"CUP": 1}).lines)
    change(any_app, added={"CUP": 1})
    assert changes_told(any_app) == ["- Cup: 0 → 1"]
    change(any_app, {"LAMP": 3})
    assert changes_told(any_app) == ["- Lamp (Large): 2 → 3"]


def changes_told(app: Flask) -> list[str]:
    """The goods that the last letter names as changed."""
    with app.app_context():
        letter = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
        assert letter.html.count("→") == letter.text.count("→")
        return [line for line in letter.text.splitlines() if "→" in line]


def test_fewer_pieces_cost_less_and_lie_on_the_shelf_again(at_the_door: Flask) -> None:
    assert shelf(at_the_door) == (5, 2, 0)
    change(at_the_door, {"LAMP": 1})
    after = the_order(at_the_door)
    assert (after.total_minor, after.payment_status, after.lines[0].quantity) == (1500, "unpaid", 1)
    assert shelf(at_the_door) == (5, 1, 0)
    assert adds_up(at_the_door)
    with at_the_door.app_context(), transaction():
        fulfilment.deliver_order(order=queries.get_whole(after.id), by=BY, at=now())
    after = the_order(at_the_door)
    assert (after.payment_status, after.paid_minor) == ("paid", 1500)
    assert adds_up(at_the_door)


def test_more_pieces_cost_what_they_cost_today_and_the_others_what_they_did(at_the_door: Flask) -> None:
    with at_the_door.app_context(), transaction():
        db.session.execute(db.update(Variant).where(Variant.sku == "LAMP").values(price_minor=1200))
    change(at_the_door, {"LAMP": 3}, added={"CUP": 2})
    after = the_order(at_the_door)
    assert [(line.sku, line.quantity, line.unit_price_minor) for line in after.lines] == [
        ("CUP", 2, 400),
        ("LAMP", 2, 1000),
        ("LAMP", 1, 1200),
    ]
    assert after.total_minor == 2 * 400 + 2 * 1000 + 1200 + 500
    assert adds_up(at_the_door)
    change(at_the_door, at_todays_prices=True)
    assert the_order(at_the_door).total_minor == 2 * 400 + 3 * 1200 + 500
    assert adds_up(at_the_door)


def test_what_there_is_not_enough_of_is_refused_and_nothing_happens(at_the_door: Flask) -> None:
    with pytest.raises(OutOfStock):
        show(at_the_door, {"LAMP": 6})
    assert show(at_the_door, {"LAMP": 5}).after.total.minor == 5500
    assert (the_order(at_the_door).version, shelf(at_the_door)) == (1, (5, 2, 0))


def test_nothing_and_everything_are_refused_with_what_to_do(at_the_door: Flask) -> None:
    with pytest.raises(NothingChanges):
        show(at_the_door)
    with pytest.raises(NothingLeft):
        show(at_the_door, {"LAMP": 0})
    with pytest.raises(NoReason):
        change(at_the_door, {"LAMP": 1}, reason=" ")


def test_a_paid_order_that_costs_less_gets_the_difference_back(paid: tuple[Flask, Shopper]) -> None:
    app, _ = paid
    change(app, {"LAMP": 1})
    after = the_order(app)
    assert (after.total_minor, after.paid_minor, after.refunded_minor) == (1500, 2500, 1000)
    assert after.payment_status == "paid"
    with app.app_context():
        assert db.session.scalars(db.select(Refund.reference)).all() == [f"change-{after.number}-1"]
    assert adds_up(app)


def test_a_paid_order_that_costs_more_waits_for_the_rest_and_does_not_leave(paid: tuple[Flask, Shopper]) -> None:
    app, shopper = paid
    change(app, added={"CUP": 1})
    waits = the_order(app)
    assert (waits.total_minor, waits.payment_status, waits.pay_before) == (2900, "partially_paid", None)
    assert adds_up(app)
    page = shopper.get(f"/orders/{waits.number}")
    assert "4.00" in page.said
    with app.app_context(), pytest.raises(Unpaid), transaction():
        fulfilment.pack_all(order=queries.get_whole(waits.id), by=BY, at=now())
    approve(shopper, shopper.post(f"/orders/{waits.number}/payments", {"payment_provider": "sandbox"}).location, 400)
    after = the_order(app)
    assert (after.payment_status, after.paid_minor, after.balance_since) == ("paid", 2900, None)
    assert [event.kind for event in after.events][-1] == "balance_paid"
    assert adds_up(app)
    change(app, {"CUP": 0})
    change(app, {"LAMP": 3})
    again = the_order(app)
    assert (again.total_minor, again.paid_minor, again.refunded_minor) == (3500, 2900, 400)
    assert (again.payment_status, again.balance_since is not None) == ("partially_paid", True)
    assert "10.00" in shopper.get(f"/orders/{again.number}").said
    assert adds_up(app)


def test_the_rest_can_be_left_to_the_courier(paid: tuple[Flask, Shopper]) -> None:
    app, shopper = paid
    change(app, added={"CUP": 1})
    number = the_order(app).number
    shopper.post(f"/orders/{number}/payments", {"payment_provider": "cod"})
    with app.app_context(), transaction():
        fulfilment.deliver_order(order=queries.get_whole(the_order(app).id), by=BY, at=now())
    after = the_order(app)
    assert (after.payment_status, after.paid_minor) == ("paid", 2900)
    assert adds_up(app)


def test_an_unpaid_order_waits_for_its_new_sum_with_its_goods_reserved(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    old = order(shopper, payment_provider="sandbox").location
    change(any_app, {"LAMP": 3})
    waits = the_order(any_app)
    assert (waits.total_minor, waits.payment_status) == (3500, "unpaid")
    assert shelf(any_app) == (5, 0, 3)
    assert shopper.get(old).location == f"/orders/{waits.number}"
    assert adds_up(any_app)
    approve(shopper, shopper.post(f"/orders/{waits.number}/payments", {"payment_provider": "sandbox"}).location, 3500)
    assert the_order(any_app).payment_status == "paid"
    assert shelf(any_app) == (5, 3, 0)
    assert adds_up(any_app)


def test_a_changed_order_can_be_cancelled_and_gives_everything_back(paid: tuple[Flask, Shopper]) -> None:
    app, _ = paid
    change(app, {"LAMP": 4})
    with app.app_context(), transaction():
        found = queries.get_whole(the_order(app).id)
        orders.cancel_order(order=found, by=BY, at=now(), reason=CancelReason.BY_SHOP)
    after = the_order(app)
    assert (after.status, after.refunded_minor, shelf(app)) == ("cancelled", 2500, (5, 0, 0))
    assert adds_up(app)


def test_a_promotion_follows_the_goods_and_gives_its_use_back(any_app: Flask) -> None:
    open_shop(any_app)
    with any_app.app_context(), transaction():
        rungs = [{"spend_minor": 2000, "off_minor": 200}, {"spend_minor": 3000, "off_minor": 300}]
        factories.make_promotion(conditions=[], benefits=[{"kind": "spend_ladder", "rungs": rungs}], usage_limit=1)
    order(with_cart(any_app), payment_provider="cod")
    assert the_order(any_app).total_minor == 2300
    change(any_app, {"LAMP": 3})
    assert the_order(any_app).total_minor == 3200
    assert adds_up(any_app)
    change(any_app, {"LAMP": 1})
    assert the_order(any_app).total_minor == 1500
    assert adds_up(any_app)


def test_what_is_packed_or_gone_is_not_changed(at_the_door: Flask) -> None:
    with at_the_door.app_context(), transaction():
        (parcel,) = fulfilment.pack_all(order=queries.get_whole(the_order(at_the_door).id), by=BY, at=now())
    with pytest.raises(InParcel, match="made already"):
        show(at_the_door, {"LAMP": 1})
    with at_the_door.app_context(), transaction():
        fulfilment.unpack(parcel=db.session.merge(parcel), by=BY, at=now())
    change(at_the_door, {"LAMP": 1}, added={"CUP": 1})
    change(at_the_door, {"LAMP": 0})
    assert adds_up(at_the_door)
    with at_the_door.app_context(), transaction():
        found = queries.get_whole(the_order(at_the_door).id)
        orders.cancel_order(order=found, by=BY, at=now(), reason=CancelReason.BY_SHOP)
    with pytest.raises(CannotChange):
        show(at_the_door, {"CUP": 2})


def test_what_moved_meanwhile_is_refused(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    url = order(shopper, payment_provider="sandbox").location
    seen = show(any_app, {"LAMP": 3})
    approve(shopper, url, 2500)
    with any_app.app_context(), pytest.raises(OrderMoved), transaction():
        found = queries.get_whole(the_order(any_app).id)
        confirmed = Confirmed(wish_of(found, {"LAMP": 3}), seen.seen, "They called")
        change_order(order_id=found.id, confirmed=confirmed, by=BY, at=now())
    assert the_order(any_app).total_minor == 2500
    assert adds_up(any_app)


def test_the_receipt_as_it_was_can_be_read_afterwards(paid: tuple[Flask, Shopper]) -> None:
    app, _ = paid
    change(app, {"LAMP": 1})
    change(app, {"LAMP": 2})
    with app.app_context():
        first, second = history.list_changes(the_order(app).id)
        assert (first.number, first.actor, first.reason) == (1, BY, "The customer called")
        assert [history.receipt_from(each.before).total.minor for each in (first, second)] == [2500, 1500]
        assert history.receipt_from(second.after).total.minor == 2500


def test_the_ledgers_see_what_was_not_done_by_the_book(paid: tuple[Flask, Shopper]) -> None:
    app, _ = paid
    change(app, {"LAMP": 1})
    with app.app_context(), transaction():
        db.session.execute(db.update(OrderChange).values(total_delta=5))
        db.session.execute(db.update(Order).values(balance_since=now(), version=7))
    with app.app_context():
        wrong = [(each.ledger, each.key.partition(" ")[2]) for each in change_ledgers_found()]
    assert wrong == [
        ("order changes", "change 1 total_minor moved"),
        ("order changes", "version"),
        ("order balances", ""),
    ]


def change_ledgers_found() -> list[Discrepancy]:
    return [each for ledger in change_ledgers.LEDGERS for each in ledger.find()]
