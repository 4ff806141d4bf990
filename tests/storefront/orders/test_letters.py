"""What customers are written about their orders."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import queries as mail
from storefront.mail.models import OutboxMail
from storefront.orders import queries, services
from storefront.orders.states import CancelReason
from tests.storefront.orders.drafts import place


def letters(app: Flask, number: str) -> list[OutboxMail]:
    with app.app_context():
        return list(mail.list_mails_about(number))


def test_a_confirmation_says_everything_and_adds_up(app: Flask) -> None:
    _, number, key = place(app, off=300)
    (letter,) = letters(app, number)
    assert letter.recipient == "ada@example.com"
    lines = letter.text.splitlines()
    amounts = [line for line in lines if "$" in line]
    assert amounts[0].startswith("2 x Thing")
    assert amounts[0].endswith(": $20.00")
    assert amounts[1:] == [
        "Goods: $20.00",
        "Spend more, save: -$3.00",
        "Standard delivery: $5.00",
        "Total: $22.00",
    ]
    assert f"/orders/{number}?key={key}" in letter.text
    assert f"/orders/{number}?key={key}" in letter.html
    assert "We hold the goods for you until" in letter.text
    assert "1 Main Street" in letter.text


def test_paragraphs_are_apart(app: Flask) -> None:
    _, number, _ = place(app)
    (letter,) = letters(app, number)
    parts = letter.text.split("\n\n")
    assert parts[0] == f"Thank you for your order {number}."
    assert parts[2].startswith("2 x ")
    assert parts[3].startswith("Goods:")
    assert parts[4].startswith("Delivery to:")


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "until Mar 1, 2026 10:30. An"), ("zh", "商品为您保留至2026年3月1日 10:30，")]
)
def test_who_has_to_pay_is_told_until_when(app: Flask, locale: str, words: str) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 10, tzinfo=UTC), tick=False):
        _, number, _ = place(app, locale=locale)
    (letter,) = letters(app, number)
    assert words in letter.text
    assert words in re.sub("<[^>]*>", "", letter.html)


def test_nothing_to_pay_now_is_not_asked_for(app: Flask) -> None:
    _, number, _ = place(app, pays_at_the_door=True)
    (letter,) = letters(app, number)
    assert "We hold the goods" not in letter.text
    assert "We are packing it now." in letter.html


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (CancelReason.NOT_PAID, "was not paid in time"),
        (CancelReason.CHANGED_MIND, "was cancelled. Nothing was charged."),
    ],
)
def test_a_cancellation_says_why(app: Flask, reason: CancelReason, words: str) -> None:
    order_id, number, _ = place(app)
    with app.app_context(), transaction():
        services.cancel_order(order=queries.get_whole(order_id), by="", at=now(), reason=reason)
    assert words in letters(app, number)[-1].text


def test_a_letter_is_in_the_language_of_the_order_and_not_of_who_acts(app: Flask) -> None:
    order_id, number, _ = place(app, locale="zh")
    with app.app_context(), transaction():
        order = queries.get_whole(order_id)
        services.record_payment(order=order, amount=Money(2500, "USD"), provider="sandbox", by="staff:1", at=now())
    confirmation, receipt = letters(app, number)
    assert {confirmation.locale, receipt.locale} == {"zh"}
    assert 'lang="zh-Hans"' in receipt.html


def test_names_cannot_break_a_letter(app: Flask) -> None:
    _, number, _ = place(app, named="<script>alert(1)</script>\r\nBcc: x@example.com")
    (letter,) = letters(app, number)
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "\n" not in letter.subject
