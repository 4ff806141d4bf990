"""Today's page, and the search at the top."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.orders_made import make_order
from tests.admin.people import PASSWORD, at_work, hire
from tests.browser import Shopper
from tests.factories import make_customer, make_product

ELEVEN, NOON = "2026-05-10T11:00:00Z", "2026-05-10T12:00:00Z"


@pytest.fixture
def busy(any_app: Flask) -> Flask:
    with time_machine.travel(ELEVEN, tick=False), any_app.app_context(), transaction():
        make_order(2000)
        make_order(1000)
        make_order(9999, status="cancelled")
        make_order(1500, placed_at=now() - timedelta(days=1))
        make_order(7777, placed_at=now() - timedelta(days=1) + timedelta(hours=2))
        make_order(500, placed_at=now() - timedelta(days=7), payment_status="unpaid", paid_minor=0)
        make_customer("new@example.com")
        make_product(stock=2)
        make_product(stock=100)
    return any_app


def test_today_stands_beside_yesterday_by_now_and_last_week(busy: Flask) -> None:
    hire(busy)
    with time_machine.travel(NOON, tick=False):
        browser = Shopper(busy)
        browser.post("/admin/sign-in", {"email": "super-admin@example.com", "password": PASSWORD})
        page = browser.get("/admin/")
    figures = {figure.select_one("dt").get_text(): figure for figure in page.all(".figure")}
    assert [data["value"] for data in figures["Revenue"].select("data")] == ["3000", "1500", "500"]
    assert "▲ 100%" in figures["Revenue"].get_text()
    assert figures["Orders"].select("dd")[0].get_text() == "2"
    assert figures["Average order"].select_one("data")["value"] == "1500"
    assert figures["New customers"].select("dd")[0].get_text() == "1"
    assert figures["Unpaid orders"].select("dd")[0].get_text() == "1"
    assert figures["Low on stock"].select("dd")[0].get_text() == "1"
    rows = page.all(".days tbody tr")
    assert len(rows) == 30
    assert [data["value"] for data in rows[0].select("data")] == ["3000", "1500"]
    assert len(page.all(".chart rect")) == 60
    assert all(float(rect["height"]) >= 0 for rect in page.all(".chart rect"))


def test_an_empty_shop_has_a_today_too(app: Flask) -> None:
    page = at_work(app).get("/admin/")
    assert page.status == 200
    assert "Revenue" in page.said


def test_a_role_without_figures_begins_at_its_own_work(app: Flask) -> None:
    assert at_work(app, Role.CUSTOMER_SERVICE).get("/admin/").location == "/admin/orders"


def test_the_search_finds_orders_and_products_but_only_what_one_may_see(busy: Flask) -> None:
    with busy.app_context(), transaction():
        make_product("Blue teapot", sku="TEA-1")
        number = str(make_order(1234, email="grace@example.com").number)
    manager, analyst = at_work(busy), at_work(busy, Role.ANALYST)
    assert number in manager.get(f"/admin/search?q={number.lower()}", follow=True).said
    assert number in manager.get("/admin/search?q=Grace@").said
    assert number not in analyst.get("/admin/search?q=grace@").said
    for text in ("teapot", "tea-1"):
        assert "Blue teapot" in analyst.get(f"/admin/search?q={text}", follow=True).said
    assert "Nothing found" in manager.get("/admin/search?q=%25").said
    assert "looking for" in manager.get("/admin/search").said


@pytest.mark.parametrize("url", ["/admin/", "/admin/orders", "/admin/products", "/admin/home-slots", "/admin/audit"])
def test_first_pages_ask_few_questions(busy: Flask, url: str) -> None:
    browser, asked = at_work(busy), []
    with busy.app_context():
        engine = db.engine
    browser.get(url)

    def note(*facts: object) -> None:
        asked.append(facts[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get(url).status == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= 8, asked
