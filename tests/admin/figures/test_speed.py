"""First views ask little, and read ranges by an index: no page goes through all orders to say what today was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.transaction import transaction
from storefront.figures import jobs
from tests.admin.orders_made import make_order, pay_back
from tests.admin.people import at_work
from tests.admin.test_plans import MOST_QUERIES, statements_of, whole_reads

AT = datetime(2026, 11, 8, 20, tzinfo=UTC)
PAGES = (
    *("/admin/", "/admin/checks", "/admin/reports/sales", "/admin/reports/sales?days=90"),
    *("/admin/reports/products", "/admin/reports/categories", "/admin/reports/stock", "/admin/reports/customers"),
    *("/admin/reports/offers", "/admin/reports/visitors"),
    *("/admin/orders?counts=yes&placed_from=2026-11-07&placed_to=2026-11-07T12:00",),
    *("/admin/orders?refunded_from=2026-11-07&refunded_to=2026-11-08", "/admin/orders?waiting=late"),
)


@pytest.fixture
def open_shop(any_app: Flask) -> Flask:
    """A shop with some days behind it, all but today summed up, and one that has changed since."""
    with time_machine.travel(AT, tick=False):
        with any_app.app_context(), transaction():
            for days in range(6):
                pay_back(make_order(1000, placed_at=AT - timedelta(days=days)), 100, AT - timedelta(days=days))
        any_app.test_client().get("/", headers={"User-Agent": "Mozilla/5.0 (X11) Chrome"}).close()
        with any_app.app_context():
            jobs.sum_up_days.call_local()
            jobs.sum_up_days.call_local()
    return any_app


@pytest.mark.parametrize("url", PAGES)
@time_machine.travel(AT, tick=False)
def test_a_first_view_asks_little_and_reads_no_big_table_whole(open_shop: Flask, url: str) -> None:
    browser = at_work(open_shop)
    browser.get("/admin/approvals")
    with statements_of(open_shop) as asked:
        assert browser.get(url).status == 200
    assert len(asked) <= MOST_QUERIES, [statement[:200] for statement, _ in asked]
    found = {statement: scans for statement, values in asked if (scans := whole_reads(open_shop, statement, values))}
    assert found == {}
