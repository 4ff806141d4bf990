"""Warehouses, goods that come in and move, and the stock ledger, as operations work with them."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import ledgers, queries, services
from storefront.inventory.models import Warehouse
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.factories import make_product, variant_of
from tests.storefront.inventory.shelves import add_warehouse, lamps
from tests.storefront.orders.drafts import place

FACTS = {"name": "East", "priority": "3", "zones": "CN-上海\nSG", "is_active": "y"}
GOODS = {"sku": "LAMP-1", "quantity": "7", "reason": "Delivery 7", "target": "EAST"}


@pytest.fixture
def lamp(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        id_ = variant_of(make_product("Blue lamp", stock=10, sku="LAMP-1")).id
        add_warehouse("EAST")
        return int(id_)


def shelves(app: Flask, variant_id: int) -> dict[str, int]:
    with app.app_context():
        assert list(ledgers.discrepancies()) == []
        return {row.code: row.on_hand for row in queries.list_levels([variant_id])}


def hidden(page: object, name: str) -> str:
    return str(page.one(f"[name='{name}']")["value"])  # type: ignore[attr-defined]


def test_a_warehouse_is_opened_shown_and_changed(any_app: Flask) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    assert "No warehouse yet" in browser.get("/admin/warehouses").said
    assert browser.get("/admin/warehouses/new").status == 200
    assert browser.post("/admin/warehouses", {**FACTS, "code": "east"}).status == 303
    page = browser.get("/admin/warehouses")
    assert "CN-上海市, SG" in page.said
    form = browser.get("/admin/warehouses/EAST")
    changed = {**FACTS, "name": "East coast", "zones": "", "is_backup": "y", "version": hidden(form, "version")}
    assert browser.post("/admin/warehouses/EAST", changed).status == 303
    page = browser.get("/admin/warehouses")
    assert "East coast EAST 3 Everywhere Backup" in page.said
    assert "East coast" in browser.get("/admin/warehouses/EAST").said
    log = at_work(any_app, Role.FINANCE).get("/admin/audit")
    assert "Warehouse changed" in log.said
    assert "Warehouse opened" in log.said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "东"}, "made of letters, digits and hyphens"),
        ({"code": "MAIN"}, "with this code already"),
        ({"name": " "}, "needs a name"),
        ({"priority": "-1"}, "from 0 to 999"),
        ({"priority": "1000"}, "from 0 to 999"),
        ({"priority": "first"}, "from 0 to 999"),
        ({"zones": "Narnia"}, "There is no place “Narnia”"),
        ({"zones": "CN-火星"}, "There is no place “CN-火星”"),
    ],
)
def test_nonsense_about_a_warehouse_is_said_beside_its_field(app: Flask, typed: dict[str, str], words: str) -> None:
    with app.app_context(), transaction():
        add_warehouse("MAIN")
    page = at_work(app).post("/admin/warehouses", {**FACTS, "code": "EAST", **typed})
    assert page.status == 422
    assert words in page.said
    assert page.one("[name=zones]").get_text().strip() == typed.get("zones", FACTS["zones"]), "nothing typed is lost"


def test_full_width_digits_are_digits(app: Flask, lamp_on_sqlite: int) -> None:
    browser = at_work(app)
    receipt = {**GOODS, "quantity": "１２", "sku": "ｌａｍｐ－１"}
    assert browser.post("/admin/stock-receipts", receipt).status == 303
    assert shelves(app, lamp_on_sqlite) == {"MAIN": 10, "EAST": 12}


@pytest.fixture
def lamp_on_sqlite(app: Flask) -> int:
    with app.app_context(), transaction():
        id_ = variant_of(make_product("Blue lamp", stock=10, sku="LAMP-1")).id
        add_warehouse("EAST")
        return int(id_)


def test_two_who_change_one_warehouse_lose_nothing(app: Flask) -> None:
    with app.app_context(), transaction():
        add_warehouse("EAST")
    browser = at_work(app)
    seen = browser.get("/admin/warehouses/EAST")
    version = hidden(seen, "version")
    shown = {each["name"]: each["value"] for each in seen.all("[name^='seen-']")}
    assert browser.post("/admin/warehouses/EAST", {**FACTS, "priority": "1", "version": version}).status == 303
    late = browser.post(
        "/admin/warehouses/EAST", {**FACTS, **shown, "name": "Ours", "version": version, "priority": "5"}
    )
    assert late.status == 409
    assert "changed this warehouse meanwhile" in late.said
    assert hidden(late, "priority") == "1", "what was left alone shows what they saved"
    again = {**FACTS, "name": "Ours", "version": hidden(late, "version"), "priority": "1"}
    assert browser.post("/admin/warehouses/EAST", again).status == 303


def test_a_warehouse_that_orders_wait_for_stays_open(any_app: Flask) -> None:
    place(any_app)
    browser = at_work(any_app)
    form = browser.get("/admin/warehouses/MAIN")
    closed = {"name": "Main warehouse", "priority": "0", "zones": "", "version": hidden(form, "version")}
    page = browser.post("/admin/warehouses/MAIN", closed)
    assert page.status == 409
    assert "2 pieces in this warehouse are promised to orders" in page.said
    with any_app.app_context():
        assert db.session.scalars(db.select(Warehouse.is_active)).one()


def test_goods_come_in_and_move_and_the_ledger_tells_it(any_app: Flask, lamp: int) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    assert browser.get("/admin/stock-receipts?sku=LAMP-1&warehouse=EAST").status == 200
    page = browser.post("/admin/stock-receipts", GOODS, follow=True)
    assert "Received. There are 7 pieces now." in page.said
    again = browser.post("/admin/stock-receipts", GOODS)
    assert (again.status, "You booked exactly this a moment ago." in again.said) == (422, True)
    move = {**GOODS, "quantity": "4", "source": "MAIN", "reason": "Closer"}
    page = browser.post("/admin/stock-transfers", move, follow=True)
    assert "Transferred." in page.said
    assert browser.post("/admin/stock-transfers", move).status == 422
    assert shelves(any_app, lamp) == {"MAIN": 6, "EAST": 11}
    rows = [row.get_text(" ", strip=True) for row in page.all("#movements tbody tr")]
    assert len(rows) == 4
    assert "Transferred East 7 → 11 0 0 Closer operations" in rows[0]
    assert "Transferred Main warehouse 10 → 6 0 0 Closer operations" in rows[1]
    assert "Received East 0 → 7 0 0 Delivery 7 operations" in rows[2]
    only = browser.get("/admin/stock-movements?q=lamp-1&kind=transferred&warehouse=EAST")
    assert len(only.all("#movements tbody tr")) == 1
    with any_app.app_context():
        actions = [entry.action for entry in db.session.execute(audit.entries(audit.Filter()))][::-1]
        assert actions[:2] == ["stock.transfer", "stock.receive"]


@pytest.mark.parametrize(
    ("url", "typed", "words"),
    [
        ("/admin/stock-receipts", {"quantity": "-3"}, "whole number of 1 or more"),
        ("/admin/stock-receipts", {"quantity": "0"}, "whole number of 1 or more"),
        ("/admin/stock-receipts", {"quantity": "1.5"}, "whole number of 1 or more"),
        ("/admin/stock-receipts", {"quantity": "二"}, "whole number of 1 or more"),
        ("/admin/stock-receipts", {"quantity": "9999999999"}, "whole number of 1 or more"),
        ("/admin/stock-receipts", {"sku": "NO-SUCH"}, "nothing with the SKU “NO-SUCH”"),
        ("/admin/stock-receipts", {"sku": "x" * 500}, "nothing with the SKU"),
        ("/admin/stock-receipts", {"target": "NOWHERE"}, "choose a warehouse"),
        ("/admin/stock-receipts", {"reason": " "}, "Say why"),
        ("/admin/stock-receipts", {"reason": "x" * 61}, "too long"),
        ("/admin/stock-transfers", {"quantity": "11"}, "Only 10 of these are free"),
        ("/admin/stock-transfers", {"target": "MAIN"}, "two different warehouses"),
        ("/admin/stock-transfers", {"source": ""}, "choose a warehouse"),
    ],
)
def test_nonsense_about_goods_is_said_and_moves_nothing(
    app: Flask, lamp_on_sqlite: int, url: str, typed: dict[str, str], words: str
) -> None:
    page = at_work(app).post(url, {**GOODS, "source": "MAIN", **typed})
    assert page.status == 422
    assert words in page.said
    assert shelves(app, lamp_on_sqlite) == {"MAIN": 10}


def test_the_ledger_of_a_busy_thing_has_pages_and_leads_to_orders(any_app: Flask) -> None:
    _, number, _ = place(any_app)
    with any_app.app_context(), transaction():
        sku, id_ = db.session.execute(db.text("SELECT sku, id FROM variant")).one()
        for _turn in range(30):
            services.allocate(wanted=lamps(id_), reference="E-1", by="guest", at=now())
            services.release(reference="E-1", by="system", at=now())
    browser = at_work(any_app)
    first = browser.get(f"/admin/stock-movements?q={sku}")
    assert len(first.all("#movements tbody tr")) == 50
    last = browser.get(f"/admin/stock-movements?q={sku}&page=2")
    rows = [row.get_text(" ", strip=True) for row in last.all("#movements tbody tr")]
    assert len(rows) == 12
    assert f"Reserved Main warehouse 5 0 0 → 2 {number} Guest" in rows[-2]
    assert last.one(f"a[href='/admin/orders/{number}']")
    for nonsense in ("NO-SUCH", "%F0%9F%8D%8E", "x" * 300):
        assert "nothing with this SKU" in browser.get(f"/admin/stock-movements?q={nonsense}").said


def test_staff_see_where_an_order_comes_from_and_why(any_app: Flask) -> None:
    _, number, _ = place(any_app)
    page = at_work(any_app).get(f"/admin/orders/{number}")
    assert "Main warehouse: it holds everything" in page.said
