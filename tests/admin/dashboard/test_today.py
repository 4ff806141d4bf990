"""Today's page, and the search at the top."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.orders_made import make_order, pay_back
from tests.admin.people import PASSWORD, at_work, hire
from tests.browser import Page, Shopper
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


def look(app: Flask, role: Role = Role.SUPER_ADMIN) -> tuple[Shopper, Page]:
    hire(app, role)
    browser = Shopper(app)
    email = f"{role.value.replace('_', '-')}@example.com"
    browser.post("/admin/sign-in", {"email": email, "password": PASSWORD})
    return browser, browser.get("/admin/")


def figures_on(page: Page) -> dict[str, Any]:
    return {each["data-figure"]: each for each in page.all(".figure")}


@time_machine.travel(NOON, tick=False)
def test_today_stands_beside_yesterday_by_now_and_last_week(busy: Flask) -> None:
    _, page = look(busy)
    figures = figures_on(page)
    assert [data["value"] for data in figures["gmv"].select("data")] == ["3000", "1500", "500"]
    assert "▲ 100% more" in figures["gmv"].get_text()
    assert figures["orders"].select("dd")[0].get_text() == "2"
    assert figures["aov"].select_one("data")["value"] == "1500"
    assert figures["visitors"].select("dd")[0].get_text() == "0"
    assert "Unpaid orders" in page.said
    rows = page.all(".days tbody tr")
    assert len(rows) == 8  # since the first order
    assert [data["value"] for data in rows[0].select("data")] == ["3000", "1500"]


@time_machine.travel(NOON, tick=False)
def test_each_figure_leads_to_just_the_orders_behind_it(busy: Flask) -> None:
    with busy.app_context(), transaction():
        make_order(800, placed_at=now(), idempotency_key="follow-7")
        make_order(800, placed_at=now() - timedelta(days=1, seconds=-30))
    browser, page = look(busy)
    figures = figures_on(page)
    for place, link in enumerate(figures["orders"].select("a")):
        listed = browser.get(link["href"])
        assert len(listed.all("#orders tbody tr")) == int(figures["orders"].select("a")[place].get_text())
    total = sum(int(data["value"]) for data in browser.get(figures["gmv"].select("a")[0]["href"]).all("td data"))
    assert total == int(figures["gmv"].select_one("data")["value"])
    yesterday = figures["orders"].select("a")[1]["href"]
    assert "placed_to=2026-05-09T12%3A00" in yesterday
    assert 'type="datetime-local"' in str(browser.get(yesterday).all("input[name=placed_to]")[0])


@time_machine.travel(NOON, tick=False)
def test_what_went_back_leads_to_the_orders_that_it_went_back_for(busy: Flask) -> None:
    with busy.app_context(), transaction():
        order = make_order(5000, placed_at=now() - timedelta(days=3))
        pay_back(order, 700, now() - timedelta(hours=1))
        pay_back(make_order(600, placed_at=now()), 100, now() - timedelta(days=1, hours=2))
        number = str(order.number)
    browser, page = look(busy)
    figure = figures_on(page)["refunds"]
    assert [data["value"] for data in figure.select("data")] == ["700", "100", "0"]
    listed = browser.get(figure.select("a")[0]["href"])
    assert len(listed.all("#orders tbody tr")) == 1
    assert number in listed.said


def test_an_empty_shop_has_a_today_too(app: Flask) -> None:
    page = at_work(app).get("/admin/")
    assert page.status == 200
    assert "GMV" in page.said
    assert "Nothing waits for you" in page.said


def test_what_a_figure_means_stands_beside_it(app: Flask) -> None:
    page = at_work(app).get("/admin/")
    boxes = page.all("details.meaning")
    assert len(boxes) == 8
    assert all("Not in it:" in box.get_text() for box in boxes)
    assert boxes[0].select_one("summary")["aria-label"] == "What “GMV” means"


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        (Role.FINANCE, ("refunds", "gmv"), ()),
        (Role.MERCHANDISER, ("gmv",), ("refunds",)),
        (Role.ANALYST, ("refunds", "visitors"), ()),
        (Role.CUSTOMER_SERVICE, (), ("gmv", "refunds")),
    ],
)
def test_a_role_sees_its_part_of_today(busy: Flask, role: Role, seen: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    page = at_work(busy, role).get("/admin/")
    assert page.status == 200
    shown = set(figures_on(page))
    assert set(seen) <= shown
    assert not set(hidden) & shown


def test_an_analyst_gets_no_link_to_orders(busy: Flask) -> None:
    page = at_work(busy, Role.ANALYST).get("/admin/")
    assert not [link for link in page.all("main a") if str(link["href"]).startswith("/admin/orders")]


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
