"""Money that comes after the clock: an order is opened again with all that had lowered its price, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts import services as accounts
from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash import ledgers as flash_books
from storefront.flash.models import FlashItem, FlashSession, FlashTake
from storefront.inventory import ledgers as stock_books
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import ledgers as point_books
from storefront.loyalty import services as loyalty
from storefront.loyalty.queries import balance_of
from storefront.mail import queries as mail
from storefront.orders import jobs, ledgers, queries, services
from storefront.orders.models import Order
from storefront.promotions import ledgers as offer_books
from storefront.promotions import services as promotions
from storefront.promotions.models import CouponCode, Promotion, PromotionUse
from tests import factories
from tests.storefront.inventory.shelves import race
from tests.storefront.orders.drafts import draft_of

LATER = timedelta(hours=1)
BOOKS = (ledgers, stock_books, offer_books, flash_books, point_books)
TEN_PERCENT = [{"kind": "percent_off", "basis_points": 1000}]


@dataclass
class Desk:
    """A lamp at 10.00, a promotion that takes 1.00 off with a code, a flash sale, and an account with 500 points."""

    lamp: int
    promotion_id: int
    item_id: int
    customer_id: int

    def place(self, *, flash: bool = False, points: int = 0, mine: bool = True, code: str = "ONCE") -> Order:
        buyer = {"customer_id": self.customer_id} if mine else {"email": "bob@example.com"}
        items = {self.lamp: self.item_id} if flash else None
        offer = {"off": 100, "promotion_id": self.promotion_id, "code": code} if code else {}
        with transaction():
            draft = draft_of({self.lamp: 1}, flash_items=items, points=points, **offer, **buyer)  # type: ignore[arg-type]
            return services.place_order(draft=draft, at=now())


def open_desk(
    app: Flask,
    *,
    quota: int = 5,
    per_customer: int | None = None,
    code_limit: int | None = None,
    **limits: int,
) -> Desk:
    with app.app_context(), transaction():
        lamp = factories.variant_of(factories.make_product("Lamp", price=1000, stock=9))
        offer = factories.make_promotion(conditions=[], benefits=TEN_PERCENT, requires_code=True, **limits)
        factories.make_code(offer, "ONCE", usage_limit=code_limit)
        item = factories.flash_item(lamp, quota=quota, per_customer=per_customer)
        factories.make_flash_session([item])
        customer = factories.make_customer("ada@example.com").id
        loyalty.adjust(customer_id=customer, points=500, reason="welcome", by="staff:1", at=now())
        return Desk(lamp.id, offer.id, item.id, customer)


def cancel_by_the_clock() -> None:
    db.session.rollback()
    with time_machine.travel(now() + LATER):
        assert jobs.cancel_unpaid.call_local() == 1


def pay(order_id: int) -> str:
    """Pay all of it and return what has become of the order."""
    with transaction():
        order = queries.get_whole(order_id)
        amount = Money(order.total_minor, "USD")
        services.record_payment(order=order, amount=amount, provider="sandbox", by="sandbox", at=now())
    order = queries.get_whole(order_id)
    assert order.paid_minor == order.total_minor
    return order.status


def wrong() -> list[object]:
    return [found for book in BOOKS for found in book.discrepancies()]


def used() -> tuple[int, int, int]:
    """Uses and money of the promotion, uses of the code."""
    row = db.session.execute(db.select(Promotion.used_count, Promotion.spent_minor)).one()
    return (*row, db.session.scalars(db.select(CouponCode.used_count)).one())


def sold() -> int:
    return db.session.scalars(db.select(FlashItem.sold)).one()


def test_an_order_that_lives_again_holds_all_that_it_had_held(any_app: Flask) -> None:
    desk = open_desk(any_app, usage_limit=1, per_customer_limit=1, budget_minor=100, code_limit=1, per_customer=1)
    with any_app.app_context():
        order = desk.place(flash=True, points=200)
        assert (used(), sold(), balance_of(desk.customer_id).available) == ((1, 100, 1), 1, 300)
        assert wrong() == []
        cancel_by_the_clock()
        assert (used(), sold(), balance_of(desk.customer_id).available) == ((0, 0, 0), 0, 500)
        assert wrong() == []
        assert pay(order.id) == "open"
        assert (used(), sold(), balance_of(desk.customer_id).available) == ((1, 100, 1), 1, 300)
        assert db.session.scalars(db.select(Customer.order_count)).one() == 1
        assert wrong() == []
        with transaction():
            assert promotions.retake_uses(order_number=order.number, at=now()) == 0, "it is not taken twice"
            assert services.flash.retake(order_number=order.number, at=now()) == 0
        assert (used(), sold()) == ((1, 100, 1), 1)


def test_what_has_ended_meanwhile_was_agreed_all_the_same(any_app: Flask) -> None:
    desk = open_desk(any_app)
    with any_app.app_context():
        order = desk.place(flash=True)
        cancel_by_the_clock()
        with transaction():
            past = now() - timedelta(minutes=1)
            db.session.execute(db.update(Promotion).values(is_active=False, ends_at=past))
            db.session.execute(db.update(CouponCode).values(is_active=False, ends_at=past))
            db.session.execute(db.update(FlashSession).values(ends_at=past))
        assert pay(order.id) == "open"
        assert (used(), sold(), wrong()) == ((1, 100, 1), 1, [])


def stays_cancelled(order: Order, before: tuple[object, ...]) -> None:
    """Pay for an order that has lost something: nothing changes but its books, and the shopper is told."""
    assert pay(order.id) == "cancelled"
    assert [event.kind for event in queries.get_whole(order.id).events] == ["placed", "cancelled", "paid_late"]
    assert before == (used(), sold(), level())
    letter = mail.list_mails_about(order.number)[-1]
    assert "a discount, a coupon or points that belonged to it have been used up since" in letter.text
    assert "a discount, a coupon or points that belonged to it have been used up since" in letter.html
    assert "We will send the money back" in letter.text
    assert "write to us" not in letter.text
    assert wrong() == []


def level() -> tuple[int, int]:
    return tuple(db.session.execute(db.select(StockLevel.allocated, StockLevel.reserved)).one())


@pytest.mark.parametrize(
    ("limits", "mine"),
    [
        ({"usage_limit": 1}, False),
        ({"budget_minor": 199}, False),
        ({"code_limit": 1}, False),
        ({"per_customer_limit": 1}, True),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_promotion_that_others_have_used_up_opens_nothing(any_app: Flask, limits: dict[str, int], mine: bool) -> None:
    desk = open_desk(any_app, **limits)
    with any_app.app_context():
        late = desk.place(flash=True, points=100)
        cancel_by_the_clock()
        desk.place(mine=mine)
        stays_cancelled(late, (used(), sold(), level()))
        assert (used(), balance_of(desk.customer_id).available) == ((1, 100, 1), 500)


def test_a_code_that_another_checkout_holds_opens_nothing(any_app: Flask) -> None:
    desk = open_desk(any_app, code_limit=1)
    with any_app.app_context():
        late = desk.place()
        cancel_by_the_clock()
        with transaction():
            promotions.lock_codes(["ONCE"], token="t" * 20, until=now() + LATER, at=now())
        stays_cancelled(late, (used(), sold(), level()))


@pytest.mark.parametrize(("limits", "mine"), [({"quota": 1}, False), ({"per_customer": 1}, True)])
def test_flash_pieces_that_have_gone_open_nothing(any_app: Flask, limits: dict[str, int], mine: bool) -> None:
    desk = open_desk(any_app, **limits)
    with any_app.app_context():
        late = desk.place(flash=True, points=100)
        cancel_by_the_clock()
        desk.place(flash=True, mine=mine, code="")
        stays_cancelled(late, (used(), sold(), level()))
        assert (used(), sold()) == ((0, 0, 0), 1)


def test_points_that_were_spent_elsewhere_open_nothing(any_app: Flask) -> None:
    desk = open_desk(any_app)
    with any_app.app_context():
        late = desk.place(points=400)
        cancel_by_the_clock()
        desk.place(points=200, code="")
        stays_cancelled(late, (used(), sold(), level()))


def test_one_of_two_late_payments_gets_the_last_use(any_app: Flask) -> None:
    desk = open_desk(any_app, usage_limit=1, quota=1)
    with any_app.app_context():
        orders = []
        for mine in (True, False):
            orders.append(desk.place(flash=True, mine=mine).id)
            cancel_by_the_clock()

    def pay_late(order_id: int) -> None:
        with any_app.app_context():
            pay(order_id)

    assert race([lambda id_=id_: pay_late(id_) for id_ in orders]) == ["done", "done"]  # type: ignore[misc]
    with any_app.app_context():
        assert sorted(db.session.scalars(db.select(Order.status))) == ["cancelled", "open"]
        assert (used(), sold(), wrong()) == ((1, 100, 1), 1, [])


def forget_a_use() -> None:
    """As if the late payment had taken nothing anew: counters and their own ledger agree, the order is left without."""
    db.session.execute(db.delete(PromotionUse))
    db.session.execute(db.update(Promotion).values(used_count=0, spent_minor=0))
    db.session.execute(db.update(CouponCode).values(used_count=0))


def forget_a_take() -> None:
    db.session.execute(db.delete(FlashTake))
    db.session.execute(db.update(FlashItem).values(sold=0))


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (forget_a_use, {("order promotions", "uses", 1, 0), ("order promotions", "amount", 100, 0)}),
        (forget_a_take, {("order flash pieces", "", 1, 0)}),
    ],
)
def test_an_order_that_holds_less_than_it_was_given_is_found(
    any_app: Flask, damage: Callable[[], None], found: set[tuple[str, str, int, int]]
) -> None:
    desk = open_desk(any_app)
    with any_app.app_context():
        order = desk.place(flash=True)
        assert wrong() == []
        with transaction():
            damage()
        told = list(ledgers.discrepancies())
        assert {row.key.split()[0] for row in told} == {order.number}
        short = {
            (row.ledger, row.key.split()[-1] if "prom" in row.ledger else "", row.expected, row.actual) for row in told
        }
        assert short == found
        assert [row for book in BOOKS[1:] for row in book.discrepancies()] == []
        with transaction():
            db.session.execute(db.update(Order).values(quote_hash=""))
        assert list(ledgers.discrepancies()) == [], "orders loaded in bulk took nothing"


def test_a_cancelled_order_that_still_holds_something_is_found(any_app: Flask) -> None:
    desk = open_desk(any_app)
    with any_app.app_context():
        order = desk.place(flash=True)
        cancel_by_the_clock()
        with transaction():
            promotions.retake_uses(order_number=order.number, at=now())
            services.flash.retake(order_number=order.number, at=now())
        told = {(row.ledger, row.expected, row.actual) for row in ledgers.discrepancies()}
        assert told == {("order promotions", 0, 1), ("order promotions", 0, 100), ("order flash pieces", 0, 1)}


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Placing waits with the account of points in hand until the other has counted its order, or a while; the other
    begins when the event says that placing has the account.
    """
    has_points, has_counted = threading.Event(), threading.Event()
    redeem, count = loyalty.redeem, accounts.count_order

    def redeem_and_wait(*, customer_id: int, points: int, order_number: str, at: datetime) -> None:
        redeem(customer_id=customer_id, points=points, order_number=order_number, at=at)
        has_points.set()
        has_counted.wait(1)

    def count_and_tell(*, customer_id: int, by: int) -> None:
        count(customer_id=customer_id, by=by)
        has_counted.set()

    with monkeypatch.context() as patch:
        patch.setattr(loyalty, "redeem", redeem_and_wait)
        patch.setattr(accounts, "count_order", count_and_tell)
        yield has_points


@pytest.mark.postgres
def test_placing_with_points_and_paying_late_do_not_wait_for_each_other(
    postgres_app: Flask, request: pytest.FixtureRequest
) -> None:
    desk = open_desk(postgres_app)
    with postgres_app.app_context():
        with transaction():
            other = factories.variant_of(factories.make_product("Desk", price=1000)).id
            late = services.place_order(draft=draft_of({other: 1}, customer_id=desk.customer_id), at=now()).id
        cancel_by_the_clock()
    has_points: threading.Event = request.getfixturevalue("meeting")

    def place() -> None:
        with postgres_app.app_context():
            desk.place(points=100, code="")

    def pay_late() -> None:
        assert has_points.wait(30)
        with postgres_app.app_context():
            assert pay(late) == "open"

    assert race([place, pay_late]) == ["done", "done"]
    with postgres_app.app_context():
        assert db.session.scalars(db.select(Customer.order_count)).one() == 2
        assert wrong() == []


def test_the_longest_address_of_a_guest_uses_a_promotion(any_app: Flask) -> None:
    desk = open_desk(any_app, per_customer_limit=1)
    email = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.com"[:250].rstrip(".")
    email = email + "m" * (250 - len(email))
    with any_app.app_context():
        offer = {"off": 100, "promotion_id": desk.promotion_id, "code": "ONCE"}
        with transaction():
            draft = draft_of({desk.lamp: 1}, flash_items={desk.lamp: desk.item_id}, email=email, **offer)  # type: ignore[arg-type]
            order = services.place_order(draft=draft, at=now())
        assert db.session.scalars(db.select(PromotionUse.customer_key)).one() == f"email:{email}"
        cancel_by_the_clock()
        assert pay(order.id) == "open"
        assert (used(), sold(), wrong()) == ((1, 100, 1), 1, [])
