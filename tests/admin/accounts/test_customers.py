"""Customers in the back office: found, looked at, helped; and the shop as they see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Customer, SignInSession, StandIn
from storefront.accounts.permissions import Permission, Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import choices
from storefront.mail.states import Source, Topic
from storefront.orders.worth import count_anew
from tests.admin.orders_made import make_order
from tests.admin.people import at_work, at_work_with
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_product
from tests.storefront.accounts.people import PASSWORD, add, codes_sent, customer, enter, kinds

WHY = "She cannot find her coupon"


@pytest.fixture
def ada(app: Flask) -> int:
    """Ada has bought twice and Bob never."""
    number = add(app, name="Ada Lovelace", phone="+14155552671")
    add(app, "bob@example.com", name="Bob")
    with app.app_context(), transaction():
        make_order(1000, customer_id=number, placed_at=now() - timedelta(days=9))
        make_order(3000, customer_id=number, placed_at=now() - timedelta(days=3), refunded_minor=500)
    with app.app_context(), transaction():
        count_anew(customer_ids=[number], at=now())
    return number


def ledger(app: Flask, action: str) -> list[dict[str, object]]:
    with app.app_context():
        found = db.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return [entry.changes for entry in db.session.scalars(found)]


def listed(page: Page) -> list[str]:
    return [link.get_text() for link in page.all("tbody th a, tbody td a") if "/admin/customers/" in str(link["href"])]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["bob@example.com", "ada@example.com"]),
        ("?sort=-spent", ["ada@example.com", "bob@example.com"]),
        ("?segment=active", ["ada@example.com"]),
        ("?segment=never", ["bob@example.com"]),
        ("?segment=lapsed", []),
        ("?q=ADA@ex", ["ada@example.com"]),
        ("?q=lovelace", ["ada@example.com"]),
        ("?q=(415) 555-2671", ["ada@example.com"]),
        ("?q=ada%25", []),
        ("?state=closed", []),
    ],
)
def test_customers_are_found_and_narrowed(app: Flask, ada: int, query: str, found: list[str]) -> None:
    assert listed(at_work(app).get(f"/admin/customers{query}")) == found


def test_a_customer_is_found_by_the_number_of_an_order(app: Flask, ada: int) -> None:
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    with app.app_context(), transaction():
        number = make_order(1000, customer_id=ada).number
    assert listed(browser.get(f"/admin/customers?q={number}")) == ["ada@example.com"]
    assert "Ada Lovelace" in browser.get("/admin/search?q=ada").said


def test_the_list_says_what_they_bought_and_asks_little(app: Flask, ada: int) -> None:
    browser = at_work(app, Role.OPERATIONS)
    with queries_of(app) as asked:
        page = browser.get("/admin/customers")
    row = page.one(f"tr:has(a[href='/admin/customers/{ada}'])").get_text(" ")
    assert "Active" in row
    assert "$35.00" in row
    assert len(asked) <= 8


def test_a_customer_s_page_says_what_service_needs(app: Flask, ada: int) -> None:
    with app.app_context(), transaction():
        choices.choose(email="ada@example.com", wanted={Topic.NEWS: True}, source=Source.ACCOUNT, at=now())
    page = at_work(app, Role.CUSTOMER_SERVICE).get(f"/admin/customers/{ada}")
    assert page.words(".figures") == (
        f"Orders 2 the last one on {page.one('.figures time').get_text()} Spent $35.00 paid, less what went back "
        "Per order $17.50 Sent back $5.00 Points 0"
    )
    assert len(page.all("section[aria-labelledby='orders-title'] tbody tr")) == 2
    assert "News and offers Yes" in page.words("section[aria-labelledby='consent-title']")
    assert "See the shop as they do" not in page.said


def test_who_may_not_see_points_or_coupons_does_not(app: Flask, ada: int) -> None:
    page = at_work_with(app, Permission.CUSTOMERS_VIEW).get(f"/admin/customers/{ada}")
    assert page.status == 200
    assert "Points" not in page.words(".figures")
    assert not page.all("#coupons-title, #returns-title")
    assert not page.all("form[action*='/closure'], form[action*='/stand-in']")


def test_nobody_is_found_under_a_number_that_nobody_has(app: Flask) -> None:
    assert at_work(app).get("/admin/customers/77").status == 404


def test_a_closed_account_lets_nobody_in_until_it_is_opened(app: Flask, ada: int) -> None:
    shopper, browser = enter(app), at_work(app, Role.CUSTOMER_SERVICE)
    here = f"/admin/customers/{ada}"
    refused = browser.post(f"{here}/closure", {"reason": "  "})
    assert refused.status == 422
    assert "Say why" in refused.said
    assert customer(app, ada).is_active
    closed = browser.post(f"{here}/closure", {"reason": "Fraud alarm"}, follow=True)
    assert "Account closed" in closed.said
    assert shopper.get("/account").status == 303
    assert Shopper(app).post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}).status == 422
    assert ledger(app, "customer.block") == [{"is_active": [True, False], "reason": [None, "Fraud alarm"]}]
    assert "The account is open again." in browser.post(f"{here}/closure/removal", follow=True).said
    assert enter(app).get("/account").status == 200


def test_a_deleted_account_is_not_opened_again(app: Flask, ada: int) -> None:
    with app.app_context(), transaction():
        gone = {"email": None, "password_hash": None, "verified_phone": None, "is_active": False}
        db.session.execute(db.update(Customer).where(Customer.id == ada).values(gone))
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    assert "Account deleted" in browser.get(f"/admin/customers/{ada}").said
    refused = browser.post(f"/admin/customers/{ada}/closure/removal")
    assert refused.status == 409
    assert "deleted and cannot be opened again" in refused.said


def test_service_ends_sessions_and_has_a_letter_sent(app: Flask, ada: int) -> None:
    shopper, browser = enter(app), at_work(app, Role.CUSTOMER_SERVICE)
    here = f"/admin/customers/{ada}"
    browser.post(f"{here}/sessions/removal", follow=True)
    assert shopper.get("/account").status == 303
    assert "A letter is on its way to ada@example.com." in browser.post(f"{here}/password-letter", follow=True).said
    assert ("reset", "ada@example.com") in kinds(app)
    for _ in range(10):
        said = browser.post(f"{here}/password-letter", follow=True).said
    assert "Several such letters went out already" in said


def stand_in(app: Flask, number: int, reason: str = WHY) -> Shopper:
    browser = at_work(app)
    page = browser.post(f"/admin/customers/{number}/stand-in", {"reason": reason})
    assert page.location == "/account"
    return browser


def test_staff_see_the_shop_as_a_customer_does_and_are_reminded_that_they_do(app: Flask, ada: int) -> None:
    browser = stand_in(app, ada)
    page = browser.get("/account")
    assert "You see the shop as Ada Lovelace." in page.words(".standing")
    assert len(browser.get("/account/orders").all("a[href^='/orders/TEST-']")) >= 2
    assert "You see the shop as" in browser.get("/").said, "also on pages that are kept for everybody"
    assert "You see the shop as" not in Shopper(app).get("/").said
    assert ledger(app, "customer.stand_in")[0]["reason"] == [None, WHY]
    assert browser.get("/admin/customers").status == 200, "they are still who they are"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/account/security"),
        ("get", "/account/privacy"),
        ("post", "/account/deletion"),
        ("post", "/account/password"),
        ("post", "/account/email"),
        ("post", "/account/letters"),
        ("get", "/checkout"),
        ("post", "/orders/TEST-0001/payments"),
    ],
)
def test_what_is_theirs_alone_stays_theirs(app: Flask, ada: int, method: str, path: str) -> None:
    page = getattr(stand_in(app, ada), method)(path)
    assert page.status == 403
    assert "Only the customer can do this." in page.said


def test_what_is_done_in_their_name_is_written_down(app: Flask, ada: int) -> None:
    with app.app_context(), transaction():
        make_product("Blue cup", sku="CUP")
    browser = stand_in(app, ada)
    assert browser.post("/cart/lines", {"sku": "CUP", "quantity": "1"}).status in {200, 204, 303}
    assert ledger(app, "customer.stand_in_deed") == [{"deed": [None, "POST /cart/lines"]}]
    assert "CUP" not in at_work(app, name="Somebody else").get("/cart").said


@pytest.mark.parametrize("reason", ["", "hm", "x" * 256])
def test_a_reason_is_asked_for(app: Flask, ada: int, reason: str) -> None:
    page = at_work(app).post(f"/admin/customers/{ada}/stand-in", {"reason": reason})
    assert page.status == 422
    assert page.one("#stand-in-reason")["value"] == reason
    with app.app_context():
        assert not db.session.scalar(db.select(db.func.count()).select_from(StandIn))


def test_it_ends_with_a_button_by_itself_and_with_the_permission(app: Flask, ada: int) -> None:
    browser = stand_in(app, ada)
    left = browser.submit(browser.get("/account"), ".standing form", follow=False)
    assert left.location == f"/admin/customers/{ada}"
    assert browser.get("/account").location.startswith("/sign-in")
    assert browser.get("/admin/customers").status == 200
    browser.post(f"/admin/customers/{ada}/stand-in", {"reason": WHY})
    with time_machine.travel(now() + timedelta(minutes=31), tick=True):
        assert browser.get("/account").location.startswith("/sign-in")
    assert len(ledger(app, "customer.stand_in_over")) == 1


def test_a_closed_account_or_another_one_s_row_opens_nothing(app: Flask, ada: int) -> None:
    browser = stand_in(app, ada)
    at_work(app, name="Another").get("/account")
    with app.app_context(), transaction():
        db.session.execute(db.update(Customer).where(Customer.id == ada).values(is_active=False))
    assert browser.get("/account").location.startswith("/sign-in")
    refused = browser.post(f"/admin/customers/{ada}/stand-in", {"reason": WHY})
    assert refused.status == 409
    assert "This account is closed" in refused.said


def test_the_customer_reads_who_was_there_and_why(app: Flask, ada: int) -> None:
    stand_in(app, ada)
    assert WHY in enter(app).get("/account/security").said
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(SignInSession)) == 2, "staff, then Ada herself"


def test_standing_in_begins_no_session_of_the_customer_s(app: Flask, ada: int) -> None:
    browser = stand_in(app, ada)
    page = browser.get(f"/admin/customers/{ada}")
    assert "They are signed in nowhere." in page.said
    assert WHY in page.said
    assert not codes_sent(app)
