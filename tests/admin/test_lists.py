"""What every list can do: columns, views, files, and actions on many rows."""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
from flask import Flask

from admin.listings import ALL, LISTINGS
from admin.tables import bulk, jobs
from storefront.accounts.permissions import GRANTS, Permission, Role
from storefront.audit.models import AuditEntry
from storefront.catalog.models import Category, Collection, CollectionProduct, Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.desk.models import BulkItem, BulkRun
from storefront.desk.services import Chosen, Plan, begin_run
from storefront.kernel.clock import now
from storefront.orders.models import Order
from tests.admin.orders_made import make_order
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_product

FORMULA = '=HYPERLINK("http://evil.example","Click")'
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def goods(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        for number in range(1, 5):
            make_product(f"Cup {number}", sku=f"CUP-{number}")
    return any_app


def published(app: Flask) -> dict[str, bool]:
    with app.app_context():
        return {row.name: row.is_published for row in db.session.execute(db.select(Product.name, Product.is_published))}


def ids(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {row.name: str(row.id) for row in db.session.execute(db.select(Product.id, Product.name))}


def act(browser: Shopper, name: str, action: str, *, value: str = "", **chosen: object) -> Page:
    """Choose rows, confirm, and follow to what came of it."""
    page = browser.post(f"/admin/lists/{name}/confirmation", {"action": action, **chosen})
    assert page.status == 200
    typed = {"value": value} if value else {}
    return browser.submit(page, f"form[action='/admin/lists/{name}/runs']", **typed)


def test_what_is_meant_is_said_before_it_is_done_and_told_afterwards(goods: Flask) -> None:
    browser, number = at_work(goods, Role.MERCHANDISER), ids(goods)
    chosen = [number["Cup 1"], number["Cup 2"], number["Cup 2"], "999999", "nonsense"]
    page = browser.post("/admin/lists/products/confirmation", {"action": "withdraw", "row": chosen})
    assert "2 rows are meant." in page.said
    assert "Shoppers no longer find them" in page.said
    assert "can be undone" in page.said
    assert all(published(goods).values())
    done = browser.submit(page, "form[action='/admin/lists/products/runs']")
    assert "2 rows are done." in done.said
    assert published(goods) == {"Cup 1": False, "Cup 2": False, "Cup 3": True, "Cup 4": True}
    with goods.app_context():
        told = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "product.change")).all()
        assert [(entry.object_key, entry.changes) for entry in told] == [
            (number["Cup 1"], {"is_published": [True, False]}),
            (number["Cup 2"], {"is_published": [True, False]}),
        ]
    again = act(browser, "products", "withdraw", row=[number["Cup 1"], number["Cup 3"]])
    assert "1 row is done. 1 was left as it is." in again.said
    assert "Cup 1 It is so already." in again.said
    undone = browser.submit(again, "form[action$='/undo']")
    assert "1 row is done." in undone.said
    assert published(goods) == {"Cup 1": False, "Cup 2": False, "Cup 3": True, "Cup 4": True}
    assert browser.post(again.response.request.path + "/undo", {}).status == 404


def test_all_that_match_are_meant_beyond_the_page_and_a_change_meanwhile_is_shown(goods: Flask) -> None:
    browser = at_work(goods, Role.MERCHANDISER)
    asked = {"action": "withdraw", "all": "yes", "query": "q=cup"}
    page = browser.post("/admin/lists/products/confirmation", asked)
    assert "4 rows are meant." in page.said
    with goods.app_context(), transaction():
        make_product("Cup 5", sku="CUP-5")
    told = browser.submit(page, "form[action='/admin/lists/products/runs']")
    assert told.status == 422
    assert "other rows match" in told.said
    assert "5 rows are meant." in told.said
    assert all(published(goods).values())
    assert "5 rows are done." in browser.submit(told, "form[action='/admin/lists/products/runs']").said
    assert not any(published(goods).values())


def test_many_are_done_by_a_job_and_a_run_that_was_cut_off_goes_on(
    goods: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, number = at_work(goods, Role.MERCHANDISER), ids(goods)
    monkeypatch.setattr(bulk, "DONE_AT_ONCE", 1)
    done = act(browser, "products", "withdraw", row=list(number.values()))
    assert "4 rows are done." in done.said
    chosen = [Chosen(key, name) for name, key in number.items()]
    with goods.app_context(), transaction():
        staff_id = db.session.scalars(db.select(BulkRun.staff_id)).one()
        run_id = begin_run(plan=Plan(staff_id, "products", "publish", "zh"), chosen=chosen, at=now()).id
    with goods.app_context():
        bulk._do_one(run_id, 0, LISTINGS["products"].action("publish"), (chosen[0].key, "", "staff:1", now()))  # type: ignore[arg-type]
    waiting = browser.get(f"/admin/runs/{run_id}")
    assert "1 of 4" in waiting.said
    monkeypatch.setattr(jobs, "STUCK", jobs.STUCK * 0)
    with goods.app_context():
        jobs.sweep_runs.call_local()
    assert "4 rows are done." in browser.get(f"/admin/runs/{run_id}").said
    with goods.app_context():
        told = db.session.scalars(db.select(AuditEntry.object_key).where(AuditEntry.action == "product.change")).all()
        assert len(told) == 8


def test_products_move_to_a_category_and_into_a_collection_and_back(goods: Flask) -> None:
    browser, number = at_work(goods, Role.MERCHANDISER), ids(goods)
    with goods.app_context(), transaction() as session:
        other = Category(slug="other", path="/", name="Other", translations={})
        shelf = Collection(slug="gifts", name="Gifts", translations={}, updated_at=now())
        session.add_all([other, shelf])
        session.flush()
        other.path = f"/{other.id}/"
        category, collection = str(other.id), str(shelf.id)
    row = [number["Cup 1"], number["Cup 2"]]

    def homes() -> list[str]:
        with goods.app_context():
            found = db.select(Category.slug).join(Product, Product.category_id == Category.id).order_by(Product.id)
            return list(db.session.scalars(found))

    before = homes()
    refused = browser.post("/admin/lists/products/runs", {"action": "move", "row": row, "count": "2", "value": "99"})
    assert (refused.status, "Please choose." in refused.said) == (422, True)
    moved = act(browser, "products", "move", value=category, row=row)
    assert "2 rows are done." in moved.said
    assert homes() == ["other", "other", *before[2:]]
    browser.submit(moved, "form[action$='/undo']")
    assert homes() == before
    put = act(browser, "products", "collect", value=collection, row=row)
    with goods.app_context():
        assert len(db.session.scalars(db.select(CollectionProduct.product_id)).all()) == 2
    assert "It is so already." in act(browser, "products", "collect", value=collection, row=row[:1]).said
    browser.submit(put, "form[action$='/undo']")
    with goods.app_context():
        assert db.session.scalars(db.select(CollectionProduct.product_id)).all() == []


def test_orders_are_cancelled_with_a_reason_and_what_cannot_be_is_left(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        numbers = [str(make_order(1000 + place).number) for place in range(2)]
    browser = at_work(any_app, Role.CUSTOMER_SERVICE)
    done = act(browser, "orders", "cancel", value="changed_mind", row=numbers)
    assert "2 rows are done." in done.said
    assert not done.all("form[action$='/undo']")
    with any_app.app_context():
        assert set(db.session.scalars(db.select(Order.status))) == {"cancelled"}
        told = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "order.cancel")).all()
        assert [entry.changes["reason"] for entry in told] == [[None, "changed_mind"]] * 2
    assert "2 were left as they are." in act(browser, "orders", "cancel", value="by_shop", row=numbers).said


@pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)
def test_who_may_not_see_a_list_may_do_nothing_with_it(app: Flask, listing: object) -> None:
    name, permission = listing.name, listing.permission  # type: ignore[attr-defined]
    for role in Role:
        browser, may = at_work(app, role), permission in GRANTS[role]
        for deed, form in (("columns", {}), ("views", {"name": "Mine"}), ("export", {"format": "csv"})):
            page = browser.post(f"/admin/lists/{name}/{deed}", form)
            is_offered = deed != "export" or listing.is_exported  # type: ignore[attr-defined]
            assert page.status == (403 if not may else 404 if not is_offered else page.status), (role, deed)
        for action in listing.actions:  # type: ignore[attr-defined]
            page = browser.post(f"/admin/lists/{name}/confirmation", {"action": action.key, "row": "1"})
            allowed = may and action.permission in GRANTS[role]
            assert page.status == (403 if not may else 404 if not action.is_offered else 303 if allowed else 403)


def test_nothing_chosen_and_nonsense_are_told_and_lose_nothing(goods: Flask) -> None:
    browser = at_work(goods, Role.MERCHANDISER)
    page = browser.post("/admin/lists/products/confirmation", {"action": "publish", "query": "q=cup"}, follow=True)
    assert "Choose at least one row first." in page.said
    assert page.response.request.args["q"] == "cup"
    assert browser.post("/admin/lists/products/confirmation", {"action": "explode", "row": "1"}).status == 404
    assert browser.post("/admin/lists/nothing/confirmation", {"action": "publish"}).status == 404
    assert browser.post("/admin/lists/products/export", {"format": "exe"}).status == 404
    huge = {"action": "publish", "row": ["9" * 30, "-1", "2147483648", "１"]}
    assert browser.post("/admin/lists/products/confirmation", huge, follow=True).status == 200


def test_another_persons_run_is_not_shown(goods: Flask) -> None:
    mine = at_work(goods, Role.MERCHANDISER)
    act(mine, "products", "withdraw", row=[ids(goods)["Cup 1"]])
    with goods.app_context():
        run_id = db.session.scalars(db.select(BulkRun.id)).one()
        assert db.session.scalars(db.select(BulkItem.state)).all() == ["done"]
    other = at_work(goods, Role.SUPER_ADMIN)
    assert other.get(f"/admin/runs/{run_id}").status == 404
    assert other.post(f"/admin/runs/{run_id}/undo", {}).status == 404


def test_columns_are_left_out_for_one_person_and_views_are_kept(goods: Flask) -> None:
    browser, other = at_work(goods, Role.MERCHANDISER), at_work(goods, Role.ANALYST)

    def heads(who: Shopper) -> list[str]:
        return [head.get_text(strip=True) for head in who.get("/admin/products").all("thead th")]

    before = heads(browser)
    page = browser.post("/admin/lists/products/columns", {"column": ["price", "state"], "query": "q=cup&sort=name"})
    assert page.location == "/admin/products?q=cup&sort=name"
    assert [head for head in heads(browser) if head in before][1:] == ["Product", "Price", "State"]
    assert "Stock" in heads(other)
    shown = browser.get("/admin/products?q=cup&stock=out")
    saved = browser.submit(shown, "form[action='/admin/lists/products/views']", name="Cups sold out")
    link = saved.one(".list-tools .listed a")
    assert (link.get_text(), link["href"], link["aria-current"]) == (
        "Cups sold out",
        "/admin/products?q=cup&stock=out",
        "page",
    )
    assert other.get(str(link["href"])).status == 200
    assert not other.get("/admin/products").all(".list-tools .listed a")
    refused = browser.submit(shown, "form[action='/admin/lists/products/views']", name="x" * 61)
    assert "at most 60" in refused.said
    gone = browser.submit(saved, "form[action='/admin/lists/products/views/removal']")
    assert not gone.all(".list-tools .listed a")


@pytest.fixture
def evil(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        for place, name in enumerate((FORMULA, "+1+2", "-cmd", "@sum", "\tx", "Ordinary, “quoted” 茶")):
            make_product(name, sku=f"EVIL-{place}")
    return any_app


def test_a_csv_file_runs_nothing_and_reads_as_utf8(evil: Flask) -> None:
    browser = at_work(evil, Role.MERCHANDISER)
    page = browser.post("/admin/lists/products/export", {"format": "csv", "query": "sort=name&published=yes"})
    raw = page.response.get_data()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert not [row["Product"] for row in rows if row["Product"].startswith(("=", "+", "-", "@", "\t"))]
    assert f"'{FORMULA}" in {row["Product"] for row in rows}
    assert rows[0]["State"] == "Published"
    assert "Picture" not in rows[0]
    with evil.app_context():
        told = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "list.export")).one()
        assert (told.object_key, told.changes["format"]) == ("products", [None, "csv"])
        assert told.changes["filters"] == [None, "published=yes"]


def test_an_excel_file_holds_text_as_text_and_numbers_as_numbers(evil: Flask) -> None:
    client = at_work(evil, Role.MERCHANDISER).client
    form, headers = {"format": "xlsx"}, {"Sec-Fetch-Site": "same-origin"}
    response = client.post("/admin/lists/products/export", data=form, headers=headers)
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    with zipfile.ZipFile(BytesIO(response.get_data())) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert "xl/externalLinks" not in " ".join(book.namelist())
    cells = list(sheet.iter(f"{SHEET}c"))
    assert not list(sheet.iter(f"{SHEET}f"))
    texts = {"".join(cell.itertext()) for cell in cells if cell.get("t") == "inlineStr"}
    assert {FORMULA, "+1+2", "-cmd", "@sum"} <= texts
    assert [cell for cell in cells if cell.get("t") is None and cell.find(f"{SHEET}v") is not None]


def test_a_file_of_many_rows_comes_while_it_is_read(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add_all(
            AuditEntry(at=now(), actor="staff:1", action="a.b", object_kind="x", object_key=str(place), changes={})
            for place in range(2500)
        )
    browser = at_work(app, Role.FINANCE)
    response = browser.client.post(
        "/admin/lists/audit/export",
        data={"format": "csv", "query": "kind=&q="},
        headers={"Sec-Fetch-Site": "same-origin"},
        buffered=False,
    )
    parts = list(response.iter_encoded())
    response.close()
    assert len(parts) > 4
    assert b"".join(parts).count(b"\r\n") == 1 + 2500 + 2
    assert Permission.AUDIT_VIEW in GRANTS[Role.FINANCE]
