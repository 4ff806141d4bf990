"""The lists that were pages of their own before: each is searched, filtered and taken away as a file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import TrainingRun
from storefront.flash.models import FlashItem
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.states import MovementKind
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.pricing.models import PriceEntry, PriceList
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.shipping.models import ShippingMethod, ShippingZone
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.factories import make_flash_session, make_product


def rows(browser: Shopper, url: str) -> list[str]:
    page = browser.get(url)
    assert page.status == 200
    return [row.get_text(" ", strip=True) for row in page.all("[data-list] tbody tr")]


def in_file(browser: Shopper, name: str, query: str = "") -> list[list[str]]:
    page = browser.post(f"/admin/lists/{name}/export", {"format": "csv", "query": query})
    assert page.status == 200
    return list(csv.reader(StringIO(page.response.get_data().decode("utf-8-sig"))))[1:]


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        for name, price in (("Tea", 900), ("Milk", 300)):
            make_product(name, price=price, sku=f"{name.upper()}-1", stock=5)
        db.session.add(Warehouse(code="OLD", name="Old barn", is_active=False, priority=1))
    return any_app


def test_the_stock_ledger_is_read_by_article_order_kind_and_day(shop: Flask) -> None:
    with shop.app_context(), transaction():
        tea = db.session.scalars(db.select(Variant).where(Variant.sku == "TEA-1")).one()
        place = db.session.scalars(db.select(Warehouse.id).where(Warehouse.code == "MAIN")).one()
        same = {"variant_id": tea.id, "warehouse_id": place, "actor": "guest", "at": now()}
        db.session.add(StockMovement(kind=MovementKind.RESERVED, reserved_delta=2, reference="7KQM-3XPD", **same))
        db.session.execute(db.update(StockLevel).where(StockLevel.variant_id == tea.id).values(reserved=2))
    browser = at_work(shop, Role.OPERATIONS)
    url = "/admin/stock-movements"
    assert len(rows(browser, url)) == 3
    assert ["TEA-1" in row for row in rows(browser, f"{url}?q=tea-1")] == [True, True]
    (row,) = rows(browser, f"{url}?q=7kqm-3xpd")
    assert "0 → 2" in row
    assert len(rows(browser, f"{url}?kind=reserved")) == 1
    assert rows(browser, f"{url}?warehouse=OLD") == []
    assert rows(browser, f"{url}?at_to=2020-01-01") == []
    taken = in_file(browser, "movements", "q=tea-1")
    assert [line[5] for line in taken] == ["5", "5"]


def test_a_sale_while_the_stock_ledger_is_read_shifts_no_level_of_before(shop: Flask) -> None:
    with shop.app_context():
        engine = db.engine
        tea = db.session.scalars(db.select(Variant.id).where(Variant.sku == "TEA-1")).one()
        place = db.session.scalars(db.select(Warehouse.id).where(Warehouse.code == "MAIN")).one()
        db.session.remove()
    sold: list[str] = []

    def sell(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if sold or "stock_movement_1" not in statement:
            return
        sold.append(statement)
        told = {"variant_id": tea, "warehouse_id": place, "kind": MovementKind.ALLOCATED, "at": now()}
        with engine.begin() as beside:
            beside.execute(db.insert(StockMovement).values(allocated_delta=3, **told))
            beside.execute(db.update(StockLevel).where(StockLevel.variant_id == tea).values(allocated=3))

    browser = at_work(shop, Role.OPERATIONS)
    db.event.listen(engine, "after_cursor_execute", sell)
    try:
        (received,) = rows(browser, "/admin/stock-movements?q=tea-1")
    finally:
        db.event.remove(engine, "after_cursor_execute", sell)
    assert sold
    assert "0 → 3" not in received
    sold_since, still = rows(browser, "/admin/stock-movements?q=tea-1")
    assert (sold_since != received, still) == (True, received)


def test_warehouses_are_sorted_and_narrowed(shop: Flask) -> None:
    browser = at_work(shop, Role.OPERATIONS)
    assert ["Old barn" in row for row in rows(browser, "/admin/warehouses")] == [False, True]
    assert len(rows(browser, "/admin/warehouses?state=closed")) == 1
    assert len(rows(browser, "/admin/warehouses?q=main")) == 1
    assert "Old barn" in rows(browser, "/admin/warehouses?sort=on_hand")[0]


def test_prices_of_all_lists_stand_together(shop: Flask) -> None:
    with shop.app_context(), transaction():
        for name, price in (("Summer", 800), ("Members", 950)):
            row = PriceList(key=name.lower(), name=name, tiers=[], groups=[], updated_at=now())
            db.session.add(row)
            db.session.flush()
            tea = db.session.scalars(db.select(Variant).where(Variant.sku == "TEA-1")).one()
            db.session.add(PriceEntry(price_list_id=row.id, variant_id=tea.id, price_minor=price))
        summer = db.session.scalars(db.select(PriceList.id).where(PriceList.name == "Summer")).one()
    browser = at_work(shop, Role.MERCHANDISER)
    url = "/admin/price-entries"
    assert len(rows(browser, f"{url}?q=tea-1")) == 2
    (row,) = rows(browser, f"{url}?list={summer}")
    assert "Summer" in row
    (row,) = rows(browser, f"{url}?odd=idle")
    assert "Not lower than the base price" in row
    assert [line[2] for line in in_file(browser, "price-entries", "sort=price")] == ["Summer", "Members"]


def test_tax_rates_are_narrowed_to_what_holds(shop: Flask) -> None:
    with shop.app_context(), transaction():
        group = TaxClass(code="standard", name="Standard", is_default=True, updated_at=now())
        db.session.add(group)
        db.session.flush()
        today = now().date()
        for name, country, first, last in (
            ("VAT", "DE", None, None),
            ("Old VAT", "DE", None, today - timedelta(days=9)),
            ("GST", "SG", today + timedelta(days=9), None),
        ):
            db.session.add(
                TaxRate(
                    tax_class_id=group.id,
                    country=country,
                    name=name,
                    millionths=190000,
                    valid_from=first,
                    valid_to=last,
                    updated_at=now(),
                )
            )
    browser = at_work(shop)
    url = "/admin/taxes"
    assert len(rows(browser, url)) == 3
    for standing, name in (("now", "VAT"), ("later", "GST"), ("over", "Old VAT")):
        (row,) = rows(browser, f"{url}?state={standing}")
        assert f" {name} " in row
    assert len(rows(browser, f"{url}?q=sg")) == 1
    assert len(in_file(browser, "tax-rates", "class=standard")) == 3


def test_flash_sessions_are_narrowed_by_phase_and_name(shop: Flask) -> None:
    with shop.app_context(), transaction():
        tea = db.session.scalars(db.select(Variant).where(Variant.sku == "TEA-1")).one()
        for name, hours in (("Yesterday", -30), ("Now", -1), ("Tomorrow", 30)):
            begins = now() + timedelta(hours=hours)
            item = FlashItem(variant_id=tea.id, price_minor=500, quota=9)
            make_flash_session([item], starts_at=begins, ends_at=begins + timedelta(hours=2), name=name)
    browser = at_work(shop, Role.MERCHANDISER)
    assert ["Tomorrow" in row for row in rows(browser, "/admin/flash")] == [True, False, False]
    for phase, name in (("over", "Yesterday"), ("live", "Now"), ("coming", "Tomorrow")):
        (row,) = rows(browser, f"/admin/flash?state={phase}")
        assert name in row
    assert len(rows(browser, "/admin/flash?q=morrow")) == 1


def test_carriers_and_methods_are_found(shop: Flask) -> None:
    with shop.app_context(), transaction():
        for name, is_active in (("Near", True), ("Far", False)):
            zone = ShippingZone(name=name, places=["CN"], excluded=[], is_active=is_active)
            db.session.add(zone)
            db.session.flush()
            method = ShippingMethod(
                zone_id=zone.id, code=name.lower(), name=f"{name} post", translations={}, price_minor=500
            )
            db.session.add(method)
    browser = at_work(shop, Role.OPERATIONS)
    assert len(rows(browser, "/admin/shipping/methods")) == 2
    (row,) = rows(browser, "/admin/shipping/methods?state=no")
    assert "Far post" in row
    (row,) = rows(browser, "/admin/carriers?q=sf")
    assert "SF Express" in row
    assert rows(browser, "/admin/carriers?state=no") == []
    assert len(in_file(browser, "carriers")) == len(rows(browser, "/admin/carriers"))


def test_letters_are_found_by_their_reader_and_never_show_what_they_say(shop: Flask) -> None:
    with shop.app_context(), transaction():
        for number, (status, to) in enumerate((("sent", "ada@example.com"), ("failed", "bob@example.com"))):
            db.session.add(
                OutboxMail(
                    message_id=f"m{number}",
                    template="orders/mail/receipt",
                    recipient=to,
                    locale="en",
                    subject=f"Receipt {number}",
                    text="secret",
                    html="secret",
                    reference="7KQM-3XPD",
                    status=status,
                    next_try_at=now(),
                    created_at=now(),
                )
            )
    browser = at_work(shop, Role.CUSTOMER_SERVICE)
    url = "/admin/letters/sent"
    (row,) = rows(browser, f"{url}?q=ADA@example.com")
    assert "Receipt 0" in row
    assert len(rows(browser, f"{url}?q=7kqm-3xpd")) == 2
    assert len(rows(browser, f"{url}?state=failed")) == 1
    assert "secret" not in browser.get(url).text
    assert at_work(shop, Role.MERCHANDISER).get(url).status == 403


def test_trainings_are_narrowed_to_how_they_ended(shop: Flask) -> None:
    with shop.app_context(), transaction():
        for status in ("published", "failed"):
            db.session.add(
                TrainingRun(
                    status=status,
                    asked_by="system",
                    asked_at=now(),
                    version=f"{status}-1",
                    reasons=[],
                    remarks=[],
                    counts={"lines": 12},
                    metrics={},
                    error="no space left" if status == "failed" else "",
                )
            )
    browser = at_work(shop, Role.ANALYST)
    url = "/admin/recommendations/training-runs"
    assert len(rows(browser, url)) == 2
    (row,) = rows(browser, f"{url}?state=failed")
    assert "no space left" in row
    (row,) = rows(browser, f"{url}?q=published-1")
    assert "12" in row
