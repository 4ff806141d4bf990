"""`flask shop verify`: each ledger is damaged behind the shop's back, and exactly that row is named."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.ledgers import Discrepancy
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.payments import services as payments
from storefront.payments.providers import Sandbox
from storefront.payments.queries import get_request
from storefront.shop import verifying
from tests.storefront.orders.drafts import place


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["shop", "verify", *arguments])
    return result.exit_code, result.output


def pay(app: Flask, order_id: int) -> None:
    with app.app_context(), transaction():
        order = orders.get_whole(order_id)
        sandbox = Sandbox(app.config["SHOP"])
        pending = payments.start_payment(order=order, provider=sandbox, at=now())
        message = {"decision": "approve", "amount": str(order.total_minor), "currency": order.currency}
        outcome = sandbox.decide(get_request(pending.reference), message).outcome
        assert outcome is not None
        assert outcome.amount == Money(order.total_minor, order.currency)
        payments.book_outcome(outcome=outcome, by="sandbox", at=now())


@pytest.fixture
def number(any_app: Flask) -> str:
    """A paid order of two lamps at 10.00, less 3.33, with delivery for 5.00."""
    order_id, number, _ = place(any_app, off=333)
    pay(any_app, order_id)
    return number


def found(app: Flask) -> list[Discrepancy]:
    with app.app_context():
        return [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]


def told(app: Flask) -> list[tuple[str, str, object, object]]:
    return [(each.ledger, each.key, each.expected, each.actual) for each in found(app)]


def damage(app: Flask, statement: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text(statement))


def sku(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalar(text("SELECT sku FROM variant")))


def test_a_shop_at_work_adds_up(any_app: Flask, number: str) -> None:
    place(any_app, pays_at_the_door=True)
    place(any_app, delivery=700, delivery_off=200)
    place(any_app, off=2000, delivery=0)
    code, said = run(any_app)
    assert code == 0, said
    for ledger in ("stock", "reservations", "orders", "order lines", "discount units", "order stock", "payments"):
        assert any(line.startswith(f"{ledger} ") for line in said.splitlines()), ledger


UNITS = "UPDATE order_adjustment SET units = '[167, 165]' WHERE order_line_id IS NOT NULL"
ONE_UNIT = "UPDATE order_adjustment SET units = '[333]' WHERE order_line_id IS NOT NULL"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE stock_level SET on_hand = 9", [("stock", "{sku} MAIN on_hand", 5, 9)]),
        (
            "DELETE FROM stock_movement WHERE kind = 'received'",
            [("stock", "{sku} MAIN on_hand", 0, 5)],
        ),
        (
            'UPDATE "order" SET goods_minor = 1900, total_minor = 2067',
            [("orders", "{number} goods", 2000, 1900)],
        ),
        (
            'UPDATE "order" SET discount_minor = 300, total_minor = 2200',
            [("orders", "{number} discount", 333, 300)],
        ),
        (
            'UPDATE "order" SET shipping_minor = 400, total_minor = 2067',
            [("orders", "{number} shipping", 500, 400)],
        ),
        ("UPDATE order_line SET discount_minor = 332", [("order lines", "{number} {line}", 333, 332)]),
        (UNITS, [("discount units", "{number} {sku} adjustment {adjustment}", 333, 332)]),
        (ONE_UNIT, [("discount units", "{number} {sku} adjustment {adjustment} units", 2, 1)]),
        (
            "UPDATE stock_movement SET allocated_delta = 1 WHERE allocated_delta = 2",
            [
                ("stock", "{sku} MAIN allocated", 1, 2),
                ("order stock", "{number} {sku}", "2 allocated", "1 allocated, 0 reserved"),
            ],
        ),
        (
            "UPDATE \"order\" SET status = 'cancelled'",
            [("order stock", "{number} {sku}", "0 allocated", "2 allocated, 0 reserved")],
        ),
        ('UPDATE "order" SET paid_minor = 2000', [("payments", "{number} paid", 2167, 2000)]),
        ('UPDATE "order" SET refunded_minor = 5', [("payments", "{number} refunded", 0, 5)]),
        ("UPDATE payment SET state = 'failed'", [("payment attempts", "{number} {reference}", 0, 2167)]),
        (
            "UPDATE payment SET captured_minor = 2000",
            [
                ("payment attempts", "{number} {reference} captured", 2167, 2000),
                ("payment attempts", "{number} {reference}", 2167, 2000),
            ],
        ),
        ("UPDATE payment SET refunding_minor = 5", [("refunds", "{number} {reference} under way", 0, 5)]),
    ],
)
def test_what_was_damaged_is_named_and_nothing_else(
    any_app: Flask, number: str, statement: str, expected: list[tuple[str, str, object, object]]
) -> None:
    with any_app.app_context():
        words = {
            "number": number,
            "sku": db.session.scalar(text("SELECT sku FROM variant")),
            "line": db.session.scalar(text("SELECT line_key FROM order_line")),
            "adjustment": db.session.scalar(text("SELECT id FROM order_adjustment WHERE order_line_id IS NOT NULL")),
            "reference": db.session.scalar(text("SELECT reference FROM payment")),
        }
    damage(any_app, statement)
    assert told(any_app) == [(ledger, key.format(**words), *values) for ledger, key, *values in expected]


def test_a_reserve_without_its_reservation_is_named_and_the_other_way_round(any_app: Flask) -> None:
    _, waiting, _ = place(any_app)
    thing = sku(any_app)
    assert told(any_app) == []
    damage(any_app, "UPDATE stock_reservation SET quantity = 1")
    assert told(any_app) == [
        ("reservations", f"{waiting} {thing} MAIN", 2, 1),
        ("order stock", f"{waiting} {thing}", "2 reserved", "0 allocated, 1 reserved"),
    ]
    damage(any_app, "UPDATE stock_reservation SET quantity = 2")
    damage(any_app, "UPDATE \"order\" SET status = 'cancelled'")
    assert told(any_app) == [("order stock", f"{waiting} {thing}", "0 allocated", "0 allocated, 2 reserved")]


def test_claims_of_an_order_that_does_not_exist_are_named(any_app: Flask) -> None:
    _, waiting, _ = place(any_app)
    damage(any_app, "UPDATE \"order\" SET number = 'NONE-SUCH'")
    keys = {each.key.split()[0]: (each.expected, each.actual) for each in found(any_app)}
    assert keys == {
        waiting: ("0 allocated", "0 allocated, 2 reserved"),
        "NONE-SUCH": ("2 reserved", "0 allocated, 0 reserved"),
    }


def test_the_command_ends_with_one_counts_all_and_shows_some(any_app: Flask) -> None:
    for _ in range(3):
        place(any_app)
    damage(any_app, "UPDATE stock_level SET on_hand = on_hand + 1")
    code, said = run(any_app, "--show", "2")
    assert code == 1
    assert said.count("expected 5, is 6") == 2
    assert "… and 1 more" in said
    code, said = run(any_app, "--ledger", "payments")
    assert (code, len(said.splitlines())) == (0, 2)
    code, said = run(any_app, "--ledger", "stock")
    assert (code, len(said.splitlines())) == (1, 5)
    code, said = run(any_app, "--ledger", "nonsense")
    assert code == 2
    assert "order stock" in said


def test_every_room_that_keeps_a_ledger_is_asked(app: Flask) -> None:
    names = [ledger.name for ledger in verifying.list_ledgers()]
    assert len(names) == len(set(names)), "a ledger is asked for by its name"
    assert {"stock", "reservations", "orders", "payments"} <= set(names)
