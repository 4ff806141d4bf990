"""Bank transfers: instructions, a longer deadline, and whatever people really send."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.kernel.clock import now
from storefront.mail import queries as mail
from storefront.orders import jobs as order_jobs
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import books_agree, kinds, ledger, payments, refunds, the_order

ACCOUNT = {"bank_account_holder": "Lamp House Ltd", "bank_account_number": "DE00 1234", "bank_name": "Harbour Bank"}


@pytest.fixture
def waiting(any_app: Flask) -> tuple[Shopper, Page]:
    """A shopper who chose to pay by transfer, and the page that says how."""
    open_shop(any_app, **ACCOUNT)
    shopper = with_cart(any_app)
    return shopper, order(shopper, payment_provider="bank", follow=True)


def book(app: Flask, amount: str, line: str = "line 1", browser: Shopper | None = None) -> Page:
    staff = browser or at_work(app, Role.FINANCE)
    number = the_order(app).number
    return staff.post(f"/admin/orders/{number}/transfers", {"amount": amount, "bank_reference": line}, follow=True)


def test_it_is_offered_once_the_merchant_has_an_account(any_app: Flask) -> None:
    open_shop(any_app)
    page = with_cart(any_app).get("/checkout")
    assert "bank" not in [option["value"] for option in page.all("[name=payment_provider]")]


def test_the_page_says_where_to_send_what(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    _, page = waiting
    for words in ("Lamp House Ltd", "DE00 1234", "Harbour Bank", the_order(any_app).number, "$25.00"):
        assert words in page.said
    deadline = the_order(any_app).pay_before
    assert deadline is not None
    assert timedelta(days=6) < deadline - now() < timedelta(days=8)
    with time_machine.travel(now() + timedelta(days=6)), any_app.app_context():
        assert order_jobs.cancel_unpaid.call_local() == 0


def test_the_order_leads_back_to_the_account(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    shopper, _ = waiting
    page = shopper.get(f"/orders/{the_order(any_app).number}")
    assert page.one(".next a.button").get_text(strip=True) == "Show the bank account to pay to"
    assert "DE00 1234" in shopper.get(str(page.one(".next a.button")["href"])).said


def test_what_arrives_pays_the_order(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    assert "$25.00 is in the books." in book(any_app, "25.00").said
    assert (the_order(any_app).payment_status, kinds(any_app)) == ("paid", ["placed", "paid"])
    assert books_agree(any_app)


def test_a_line_of_the_statement_is_booked_once(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    staff = at_work(any_app, Role.FINANCE)
    book(any_app, "10", browser=staff)
    again = book(any_app, "10", browser=staff)
    assert again.status == 409
    assert "Money with this reference has been booked already." in again.said
    assert the_order(any_app).paid_minor == 1000


@pytest.mark.parametrize(
    ("amount", "line", "words"),
    [
        ("", "line 1", "Please enter an amount."),
        ("ten", "line 1", "Enter an amount, such as 12.50."),
        ("-3", "line 1", "Enter more than nothing."),
        ("1.234", "line 1", "This currency has fewer decimals."),
        ("10", "", "Please enter the reference that the bank statement shows."),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    any_app: Flask, waiting: tuple[Shopper, Page], amount: str, line: str, words: str
) -> None:
    page = book(any_app, amount, line)
    assert page.status == 422
    assert words in page.said
    assert ledger(any_app) == [("capture", "request", 2500)]


def test_a_part_leaves_the_order_waiting_for_the_rest(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    shopper, _ = waiting
    number = the_order(any_app).number
    with time_machine.travel(now() + timedelta(days=6)):
        staff = at_work(any_app, Role.FINANCE)
        book(any_app, "20", browser=staff)
        stored = the_order(any_app)
        assert (stored.payment_status, kinds(any_app)[-1]) == ("partially_paid", "partly_paid")
        assert stored.pay_before is not None
        assert stored.pay_before > now() + timedelta(days=6)
        with any_app.app_context():
            letter = mail.list_mails_about(number)[-1]
        assert "$5.00 is still missing" in letter.text
        assert "Please send the rest by" in letter.text
        assert "<time" not in letter.text
        assert '<time datetime="' in letter.html
        page = shopper.get(f"/orders/{number}")
        assert "$20.00 has arrived; $5.00 is still missing." in page.said
        book(any_app, "5", "line 2", browser=staff)
    assert the_order(any_app).payment_status == "paid"
    assert books_agree(any_app)


def test_who_waits_for_a_transfer_may_still_pay_at_once(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    shopper, _ = waiting
    number, deadline = the_order(any_app).number, the_order(any_app).pay_before
    with time_machine.travel(now() + timedelta(days=2)):
        on = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"})
        assert the_order(any_app).pay_before == deadline
        shopper.post(on.location, {"decision": "approve", "amount": "2500", "currency": "USD"})
    assert the_order(any_app).payment_status == "paid"
    assert books_agree(any_app)


def test_the_rest_can_be_paid_another_way(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    shopper, _ = waiting
    number = the_order(any_app).number
    book(any_app, "20")
    on = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"})
    assert "$5.00" in shopper.get(on.location).said
    approve = {"decision": "approve", "amount": "500", "currency": "USD"}
    shopper.post(on.location, approve)
    assert the_order(any_app).payment_status == "paid"
    assert [payment.state for payment in payments(any_app)] == ["voided", "captured"]
    assert books_agree(any_app)


def test_a_part_alone_goes_back_when_the_time_is_over(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    book(any_app, "20")
    with time_machine.travel(now() + timedelta(days=9)):
        with any_app.app_context():
            assert order_jobs.cancel_unpaid.call_local() == 1
        assert (the_order(any_app).status, [refund.state for refund in refunds(any_app)]) == ("cancelled", ["pending"])
        staff = at_work(any_app, Role.FINANCE, "Later")
        waits = staff.get("/admin/payments/differences")
        assert "Refunds that wait for a person" in waits.said
        staff.post(f"/admin/refunds/{refunds(any_app)[0].id}/settlement", {"settled": "paid"})
    assert (the_order(any_app).payment_status, the_order(any_app).refunded_minor) == ("refunded", 2000)
    assert books_agree(any_app)


def test_too_much_is_paid_back_by_a_person(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    staff = at_work(any_app, Role.FINANCE)
    page = book(any_app, "30", browser=staff)
    assert the_order(any_app).payment_status == "overpaid"
    assert "$5.00 more came in than the order costs." in page.said
    url = f"/admin/orders/{the_order(any_app).number}/refunds"
    assert page.one(f"form[action='{url}'] [name=amount]")["value"] == "5.00"
    staff.submit(page, f"form[action='{url}']", reason="Too much")
    assert [(refund.state, refund.amount_minor) for refund in refunds(any_app)] == [("pending", 500)]
    staff.post(f"/admin/refunds/{refunds(any_app)[0].id}/settlement", {"settled": "paid"})
    assert (the_order(any_app).payment_status, the_order(any_app).refunded_minor) == ("paid", 500)
    assert books_agree(any_app)


def test_money_for_a_cancelled_order_takes_the_late_path(any_app: Flask, waiting: tuple[Shopper, Page]) -> None:
    shopper, _ = waiting
    shopper.post(f"/orders/{the_order(any_app).number}/cancellation")
    book(any_app, "25")
    assert kinds(any_app) == ["placed", "cancelled", "paid_late"]
    assert [refund.state for refund in refunds(any_app)] == ["pending"]
    assert books_agree(any_app)


def test_a_part_that_comes_after_the_order_was_cancelled_is_owed_back(
    any_app: Flask, waiting: tuple[Shopper, Page]
) -> None:
    with time_machine.travel(now() + timedelta(days=9)), any_app.app_context():
        assert order_jobs.cancel_unpaid.call_local() == 1
    book(any_app, "10.00", "late line")
    found = the_order(any_app)
    assert (found.status, found.payment_status, found.paid_minor) == ("cancelled", "partially_paid", 1000)
    (back,) = refunds(any_app)
    assert (back.amount_minor, back.state, back.reference) == (1000, "pending", "late-1000")
    assert "paid_late" in kinds(any_app)
    assert books_agree(any_app)


def test_an_order_of_another_provider_takes_no_transfer(any_app: Flask) -> None:
    open_shop(any_app, **ACCOUNT)
    order(with_cart(any_app))
    assert book(any_app, "25").status == 409
    assert the_order(any_app).paid_minor == 0
