"""Reports: their numbers are those of a count by hand, and bad questions get a clear answer."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.analytics.jobs import forget_old_events
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.figures import cohorts, jobs
from storefront.kernel.clock import now
from storefront.shop import services as shop
from tests.admin.orders_made import make_order
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_category, make_customer, make_product, variant_of
from tests.storefront.figures.sold import brute, fill

REPORTS = ("sales", "products", "categories", "stock", "customers", "offers", "visitors")
AT = datetime(2026, 11, 8, 20, tzinfo=UTC)
ZONE = "America/New_York"


def figures_on(page: Page) -> dict[str, str]:
    found = {}
    for each in page.all(".figure"):
        value = each.select("dd")[0]
        data = value.select_one("data")
        found[each["data-figure"]] = data["value"] if data else value.get_text()
    return found


def rows_on(page: Page) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.all(".report-table tbody tr")
    ]


@pytest.mark.parametrize("summed", [False, True])
@time_machine.travel(AT, tick=False)
def test_the_sales_report_agrees_with_a_count_by_hand(any_app: Flask, summed: bool) -> None:
    with any_app.app_context(), transaction():
        shop.change_settings(values={"timezone": ZONE}, at=now())
        sales = fill(11, datetime(2026, 10, 20, 9, tzinfo=UTC), 19)
    if summed:
        with any_app.app_context():
            jobs.sum_up_days.call_local()
            jobs.sum_up_days.call_local()
    page = at_work(any_app).get("/admin/reports/sales?from=2026-10-30&to=2026-11-08")
    wanted = brute(sales, date(2026, 10, 30), date(2026, 11, 8), ZONE)
    found = figures_on(page)
    assert found["gmv"] == str(wanted.gmv)
    assert found["net"] == str(wanted.net)
    assert found["orders"] == f"{wanted.orders}"
    assert found["refunds"] == str(wanted.refunded)
    assert found["new"] == str(wanted.newcomers)
    assert found["returning"] == str(wanted.buyers - wanted.newcomers)
    assert found["repurchase"] == f"{100 * wanted.repeaters / wanted.buyers:.1f}%"
    assert found["margin"] == f"{100 * (wanted.known - wanted.cost) / wanted.known:,.1f}%"
    rows = rows_on(page)
    assert rows[0][0] == "Sun, Nov 8, 2026"
    assert len(rows) == 10
    orders = sum(int(row[1]) for row in rows)
    assert orders == wanted.orders


@time_machine.travel(AT, tick=False)
def test_days_without_orders_are_shown_and_days_before_the_first_are_not(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        make_order(1000, placed_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
        make_order(1000, placed_at=datetime(2026, 11, 6, 12, tzinfo=UTC))
    page = at_work(any_app).get("/admin/reports/sales")
    rows = rows_on(page)
    assert [(row[0], row[1]) for row in rows] == [
        ("Sun, Nov 8, 2026", "0"),
        ("Sat, Nov 7, 2026", "0"),
        ("Fri, Nov 6, 2026", "1"),
        ("Thu, Nov 5, 2026", "0"),
        ("Wed, Nov 4, 2026", "1"),
    ]
    assert "▲" not in page.all(".figures")[0].get_text()  # there was no shop to compare with


@pytest.mark.parametrize("report", REPORTS)
def test_a_shop_without_orders_has_empty_reports(app: Flask, report: str) -> None:
    page = at_work(app).get(f"/admin/reports/{report}")
    assert page.status == 200


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("from=2026-11-05&to=2026-11-01", 200, "were exchanged"),
        ("from=2026-11-05&to=2036-11-01", 200, "Days to come"),
        ("from=2016-11-05&to=2026-11-01", 200, "three years at most"),
        ("from=the+first&to=", 422, "“the first” is no day"),
    ],
)
@time_machine.travel(AT, tick=False)
def test_days_that_make_no_sense_are_answered_clearly(app: Flask, query: str, status: int, says: str) -> None:
    with app.app_context(), transaction():
        make_order(1000, placed_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
    page = at_work(app).get(f"/admin/reports/sales?{query}")
    assert page.status == status
    assert says in page.said


@time_machine.travel(AT, tick=False)
def test_ten_thousand_days_become_few_points(app: Flask) -> None:
    with app.app_context(), transaction():
        make_order(1000, placed_at=datetime(2024, 1, 4, 12, tzinfo=UTC))
        make_order(1000, placed_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
    page = at_work(app).get("/admin/reports/sales?from=2020-01-01&to=2026-11-08")
    assert "One bar stands for 30 days" in page.said
    assert 30 < len(rows_on(page)) < 40


@time_machine.travel(AT, tick=False)
def test_products_rise_and_fall_and_categories_hold_what_lies_below(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        top = make_category("Kitchen")
        cup = make_product("Cup", category_id=make_category("Cups", parent=top).id)
        pot = make_product("Pot", category_id=make_category("Pots", parent=top).id)
        variant_of(cup).cost_minor = 400
        for product, total, day in ((cup, 1000, 4), (cup, 1000, 5), (pot, 3000, 1)):
            _sell(product, total, datetime(2026, 11, day, 12, tzinfo=UTC))
    browser = at_work(any_app)
    days = "from=2026-11-04&to=2026-11-08"
    rows = rows_on(browser.get(f"/admin/reports/products?{days}"))
    assert rows[0] == ["Cup", "2", "$20.00", "$0.00", "–", "$12.00", "60.0%"]
    assert rows[1][:5] == ["Pot", "0", "$0.00", "$30.00", "▼ −100%"]
    assert [row[0] for row in rows_on(browser.get(f"/admin/reports/products?{days}&sort=fall"))] == ["Pot", "Cup"]
    assert [row[0] for row in rows_on(browser.get(f"/admin/reports/products?{days}&sort=nonsense"))] == ["Cup", "Pot"]
    page = browser.get(f"/admin/reports/categories?{days}")
    assert rows_on(page) == [["Kitchen", "2", "$20.00", "$30.00", "▼ −33%", "$12.00", "60.0%"]]
    inside = browser.get(page.all(".report-table tbody a")[0]["href"])
    assert [row[0] for row in rows_on(inside)] == ["Cups", "Pots"]
    assert browser.get("/admin/reports/categories?within=x").status == 200


@time_machine.travel(AT, tick=False)
def test_what_will_be_gone_soon_is_to_be_ordered(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        cup, plenty = make_product("Cup", stock=6), make_product("Plenty", stock=900)
        for product in (cup, plenty):
            for day in range(1, 6):
                _sell(product, 1000, datetime(2026, 11, day, 12, tzinfo=UTC), quantity=4)
    page = at_work(any_app).get("/admin/reports/stock")
    assert [[row[0], *row[2:]] for row in rows_on(page)] == [["Cup", "6", "0", "20", "2", "69"]]
    assert rows_on(at_work(any_app, name="Grace").get("/admin/reports/stock?target=x")) == rows_on(page)


@time_machine.travel(AT, tick=False)
def test_cohorts_say_who_came_back_in_which_month(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        ada, bob = make_customer("ada@example.com"), make_customer("bob@example.com")
        for customer, month, day in ((ada, 9, 2), (bob, 9, 30), (ada, 10, 5), (ada, 11, 1), (bob, 11, 2)):
            make_order(1000, customer_id=customer.id, placed_at=datetime(2026, month, day, 15, tzinfo=UTC))
        make_order(1000, customer_id=None, email="guest@example.com", placed_at=datetime(2026, 10, 9, tzinfo=UTC))
        make_order(1000, customer_id=None, email="", placed_at=datetime(2026, 10, 9, tzinfo=UTC))
    with any_app.app_context(), transaction():
        cohorts.count(at=now())
    page = at_work(any_app).get("/admin/reports/customers")
    assert rows_on(page) == [
        ["Sep 2026", "2", "50.0%", "100.0%"],
        ["Oct 2026", "1", "0.0%", "–"],
        ["Nov 2026", "0", "–", "–"],
    ]


@time_machine.travel(AT, tick=False)
def test_offers_say_what_they_took_off(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        make_order(800, discount=200, placed_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
        make_order(500, discount=100, placed_at=datetime(2026, 11, 5, 12, tzinfo=UTC))
        make_order(500, discount=100, status="cancelled")
    rows = rows_on(at_work(any_app).get("/admin/reports/offers"))
    assert rows == [["Spring sale", "Promotion", "2", "$3.00", "$1.50", "100.0%"]]


@time_machine.travel(AT, tick=False)
def test_visitors_are_counted_once_a_day_unless_they_ask_not_to_be(any_app: Flask) -> None:
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU) Mobile Safari", "Referer": "https://www.google.com/"}
    for headers in (phone, phone, {"User-Agent": "Mozilla/5.0 (X11) Firefox"}, {**phone, "DNT": "1"}):
        any_app.test_client().get("/", headers=headers).close()
    any_app.test_client().get("/", headers={"User-Agent": "Googlebot"}).close()
    rows = rows_on(at_work(any_app).get("/admin/reports/visitors"))
    assert sorted(row[:4] for row in rows) == [
        ["Directly", "Computer", "1", "50.0%"],
        ["Search engine", "Phone", "1", "50.0%"],
    ]


@time_machine.travel(AT, tick=False)
def test_old_visits_stay_as_sums(any_app: Flask) -> None:
    any_app.test_client().get("/", headers={"User-Agent": "Mozilla/5.0 (Macintosh) Safari"}).close()
    with time_machine.travel(datetime(2026, 11, 28, tzinfo=UTC), tick=False):
        with any_app.app_context():
            forget_old_events.call_local()
            assert db.session.execute(db.text("select count(*) from behaviour_visit")).scalar() == 0
            assert db.session.execute(db.text("select count(*) from behaviour_salt")).scalar() == 0
        page = at_work(any_app).get("/admin/reports/visitors?days=30")
    assert figures_on(page)["visitors"] == "1"


@pytest.mark.parametrize("report", REPORTS)
@time_machine.travel(AT, tick=False)
def test_each_report_is_a_file_too_and_who_took_it_is_written_down(any_app: Flask, report: str) -> None:
    with any_app.app_context(), transaction():
        make_order(800, discount=200, placed_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
    browser = at_work(any_app)
    folder = "goods/" if report in ("products", "categories", "stock") else ""
    folder = "marketing/" if report in ("offers", "visitors") else folder
    url = f"/admin/reports/{folder}{report}/file?from=2026-11-01&to=2026-11-08"
    text = browser.post(url, {"format": "csv"})
    assert text.status == 200
    assert text.response.headers["Content-Disposition"].endswith(f'"{report}-2026-11-01-2026-11-08.csv"')
    headers = {"Sec-Fetch-Site": "same-origin"}
    book = browser.client.post(url, data={"format": "xlsx"}, headers=headers)
    assert zipfile.ZipFile(io.BytesIO(book.get_data())).testzip() is None
    assert browser.post(url, {"format": "pdf"}).status == 404
    assert "Report taken away as a file" in browser.get("/admin/audit").said


def test_a_role_sees_only_its_reports(app: Flask) -> None:
    seen = {}
    for role in (Role.FINANCE, Role.MERCHANDISER, Role.ANALYST):
        page = at_work(app, role).get("/admin/reports/offers")
        seen[role] = {str(link["href"]).rpartition("/")[2] for link in page.all("nav[aria-label=Reports] a")}
    assert seen[Role.FINANCE] == {"sales", "customers", "offers", "visitors"}
    assert seen[Role.MERCHANDISER] == {"products", "categories", "stock", "offers", "visitors"}
    assert seen[Role.ANALYST] == set(REPORTS)
    assert at_work(app, Role.CUSTOMER_SERVICE).get("/admin/reports/sales").status == 403


def test_each_role_may_take_a_file_only_of_its_own(app: Flask) -> None:
    browser = at_work(app, Role.MERCHANDISER)
    assert browser.post("/admin/reports/sales/file", {"format": "csv"}).status == 403
    assert browser.post("/admin/reports/goods/offers/file", {"format": "csv"}).status == 404
    assert Shopper(app).post("/admin/reports/sales/file", {"format": "csv"}).location.startswith("/admin/sign-in")


def _sell(product, total: int, at: datetime, *, quantity: int = 1) -> None:  # type: ignore[no-untyped-def]
    order = make_order(total * quantity, placed_at=at)
    variant = variant_of(product)
    line = order.lines[0]
    line.product_id, line.variant_id, line.quantity, line.unit_price_minor = product.id, variant.id, quantity, total
    db.session.flush()
