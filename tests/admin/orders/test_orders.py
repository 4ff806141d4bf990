"""Orders as service and finance look at them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment.models import Parcel
from storefront.invoicing import services as invoices
from storefront.kernel.clock import now
from storefront.orders.models import Order
from tests.admin.orders_made import make_order
from tests.admin.people import at_work
from tests.admin.test_plans import statements_of


def numbers(browser: object, url: str) -> list[str]:
    return [link.get_text() for link in browser.get(url).all("tbody tr td.nowrap > a")]  # type: ignore[attr-defined]


@pytest.fixture
def year(any_app: Flask) -> dict[str, str]:
    """Three orders: new and unpaid, of last week, and cancelled long ago."""
    with any_app.app_context(), transaction():
        made = {
            "new": make_order(3000, payment_status="unpaid", paid_minor=0, email="grace@example.com"),
            "sent": make_order(1000, placed_at=now() - timedelta(days=7), fulfillment_status="fulfilled"),
            "gone": make_order(2000, placed_at=datetime.fromisoformat("2026-01-10T12:00:00+00:00"), status="cancelled"),
        }
        return {name: str(order.number) for name, order in made.items()}


def test_the_list_is_narrowed_by_each_state_by_day_and_by_search(any_app: Flask, year: dict[str, str]) -> None:
    browser = at_work(any_app, Role.CUSTOMER_SERVICE)
    assert numbers(browser, "/admin/orders") == [year["new"], year["sent"], year["gone"]]
    assert numbers(browser, "/admin/orders?sort=total") == [year["sent"], year["gone"], year["new"]]
    assert numbers(browser, "/admin/orders?status=cancelled") == [year["gone"]]
    assert numbers(browser, "/admin/orders?payment=unpaid") == [year["new"]]
    assert numbers(browser, "/admin/orders?delivery=fulfilled") == [year["sent"]]
    assert numbers(browser, "/admin/orders?placed_from=2026-01-10&placed_to=2026-01-10") == [year["gone"]]
    assert numbers(browser, "/admin/orders?placed_from=2026-01-11&placed_to=2026-01-10") == []
    assert numbers(browser, f"/admin/orders?q={year['sent'].lower()}") == [year["sent"]]
    assert numbers(browser, "/admin/orders?q=GRACE@") == [year["new"]]
    for suffix in ("-1", "-R2"):
        assert numbers(browser, f"/admin/orders?q={year['sent'].lower()}{suffix}") == [year["sent"]]
    assert numbers(browser, f"/admin/orders?q={year['sent'].replace('-', '')}") == [year["sent"]]
    assert numbers(browser, "/admin/orders?q=%25") == []


def test_a_caller_is_found_by_phone_label_and_invoice(any_app: Flask, year: dict[str, str]) -> None:
    with any_app.app_context(), transaction():
        order = db.session.scalars(db.select(Order).where(Order.number == year["sent"])).one()
        order.phone = "+12175550188"
        values = {"order_id": order.id, "number": f"{order.number}-1", "packed_at": now(), "shipped_at": now()}
        db.session.add(Parcel(**values, state="shipped", carrier="ups", tracking_number="1Z999AA10123456777"))
        invoices.issue(order_id=order.id, company="", buyer_tax_id="", at=now())
    browser = at_work(any_app, Role.CUSTOMER_SERVICE)
    for typed in ("217-555-0188", "%2B1 217 555 0188", "1z999 aa10123456777", f"{now():%Y}-000001"):
        assert numbers(browser, f"/admin/orders?q={typed}") == [year["sent"]], typed
        assert year["sent"] in browser.get(f"/admin/search?q={typed}").said
    assert numbers(browser, "/admin/orders?q=217-555-0189") == []


def test_an_email_that_many_orders_begin_with_is_not_looked_up(
    any_app: Flask, year: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, address = at_work(any_app), "/admin/orders?q=g"
    few = numbers(browser, address)
    assert few == [year["new"]]
    monkeypatch.setattr("admin.orders.queries.MOST_SORTED", 0)
    with any_app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    with statements_of(any_app) as asked:
        assert numbers(browser, address) == few
    [page] = [statement for statement, _ in asked if '"order".number' in statement and "ORDER BY" in statement]
    assert ('(+ "order".email)' in page) == is_sqlite


def test_an_order_that_matches_nothing_offers_the_way_back(any_app: Flask, year: dict[str, str]) -> None:
    page = at_work(any_app).get("/admin/orders?q=nobody@")
    assert "No orders match" in page.said
    assert page.one(".empty a")["href"] == "/admin/orders"


def test_the_page_of_an_order_says_what_was_sold_why_and_what_happened(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        number = make_order(900, discount=100).number
    page = at_work(any_app, Role.FINANCE).get(f"/admin/orders/{number}")
    assert "Blue cup" in page.said
    assert "Spring sale" in page.said
    assert [data["value"] for data in page.all(".sums data")] == ["1000", "-100", "900", "900"]
    assert "Springfield IL 62701" in page.said
    assert "Order placed" in page.words(".timeline")
    assert not page.all("form[action$='/cancellation']")


def test_money_of_cancelled_orders_waits_for_somebody(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        held = make_order(2500, status="cancelled").number
        make_order(2500, status="cancelled", paid_minor=0, payment_status="unpaid")
        make_order(2500, status="cancelled", refunded_minor=2500, payment_status="refunded")
        make_order(2500)
    browser = at_work(any_app)
    assert numbers(browser, "/admin/orders?waiting=paid-but-cancelled") == [held]
    today = browser.get("/admin/")
    (link,) = [each for each in today.all(".waiting a") if "Paid but cancelled" in each.get_text()]
    assert link.select("strong")[0].get_text() == "1"
    assert numbers(browser, str(link["href"])) == [held]


def test_service_cancels_an_unpaid_order_once(any_app: Flask, year: dict[str, str]) -> None:
    browser = at_work(any_app, Role.CUSTOMER_SERVICE, "Sue")
    page = browser.get(f"/admin/orders/{year['new']}")
    page = browser.submit(page, "form[action$='/cancellation']")
    assert page.status == 200
    assert page.words(".admin-states").startswith("Cancelled Unpaid Nothing sent")
    assert "Nothing sent" in browser.get(f"/admin/orders?q={year['new']}").words("tbody tr")
    exported = browser.post("/admin/lists/orders/export", {"format": "csv", "query": f"q={year['new']}"})
    assert ",Nothing sent," in exported.response.get_data(as_text=True)
    assert "Sue" in page.words(".timeline")
    assert not page.all("form[action$='/cancellation']")
    assert browser.post(f"/admin/orders/{year['new']}/cancellation").status == 409
    with any_app.app_context():
        assert db.session.scalar(db.select(Order.status).where(Order.number == year["new"])) == "cancelled"
        assert audit.list_entries_about("order", year["new"])[0].changes == {
            "status": ["open", "cancelled"],
            "reason": [None, "by_shop"],
        }


def test_finance_sees_but_does_not_cancel(any_app: Flask, year: dict[str, str]) -> None:
    browser = at_work(any_app, Role.FINANCE)
    assert not browser.get(f"/admin/orders/{year['new']}").all("form[action$='/cancellation']")
    assert browser.post(f"/admin/orders/{year['new']}/cancellation").status == 403


def test_unknown_orders_are_not_found(any_app: Flask) -> None:
    browser = at_work(any_app)
    assert browser.get("/admin/orders/NONE-SUCH").status == 404
    assert browser.post("/admin/orders/NONE-SUCH/cancellation").status == 404


def test_pages_of_a_long_list_are_links_that_keep_the_filter(app: Flask) -> None:
    with app.app_context(), transaction():
        for number in range(101):
            make_order(1000 + number)
    browser = at_work(app)
    page = browser.get("/admin/orders?status=open&sort=total")
    assert "1–50 of 101" in page.words(".pager")
    last = browser.get("/admin/orders?status=open&sort=total&page=3")
    assert len(last.all("tbody tr")) == 1
    assert last.one(".pager a[rel=prev]")["href"] == "/admin/orders?status=open&sort=total&page=2"
    assert "101–101 of 101" in browser.get("/admin/orders?status=open&page=99").words(".pager")
