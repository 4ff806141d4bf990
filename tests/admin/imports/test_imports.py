"""Files are brought, looked at, checked, carried out and taken back on pages that say what happens."""

from __future__ import annotations

from io import BytesIO

from flask import Flask
from sqlalchemy import func, select

from storefront.accounts.permissions import Permission, Role
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports.models import Import
from tests.admin.people import at_work, at_work_with
from tests.browser import Page, Shopper
from tests.factories import make_product
from tests.storefront.imports.files import book_of, csv_of

HERE = {"Sec-Fetch-Site": "same-origin"}


def goods(app: Flask, count: int = 3) -> None:
    with app.app_context(), transaction():
        for number in range(count):
            make_product(f"Cup {number}", sku=f"CUP-{number}", price=1000 + number, stock=5)


def bring(staff: Shopper, content: bytes, name: str = "prices.csv") -> Page:
    return staff.post("/admin/imports", {"file": (BytesIO(content), name)}, follow=True)


def price_of(app: Flask, sku: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Variant.price_minor).where(Variant.sku == sku)).one()


def test_a_file_goes_through_columns_check_and_run_to_its_result(app: Flask) -> None:
    goods(app)
    staff = at_work(app, Role.MERCHANDISER)
    page = bring(
        staff, csv_of([("货号", "售价", "Note"), ("CUP-0", "12", "a"), ("CUP-1", "x", "b"), ("CUP-2", "10.02", "")])
    )
    chosen = [option["value"] for option in page.all(".mapping option[selected]")]
    assert chosen == ["sku", "price"]
    assert "CUP-0" in page.words(".mapping")
    page = staff.submit(page, "form[action$='/mapping']")
    assert "New: 0. Changed: 1. Unchanged: 1. With errors: 1. Nothing has changed yet." in page.said
    assert "售价 “x”: Enter an amount such as 1,250.00." in page.said
    assert price_of(app, "CUP-0") == 1000
    page = staff.submit(page, "form[action$='/run']")
    assert page.words("#import .notice") == "1 row is done. 1 changed nothing. 1 had errors."
    assert price_of(app, "CUP-0") == 1200
    links = [str(link["href"]) for link in page.all("a[download]")]
    wrong = staff.client.get(next(link for link in links if link.endswith("errors.csv"))).text
    assert wrong.startswith("\ufeff货号,售价,Note,What is wrong\r\nCUP-1,x,b,")
    assert staff.client.get(next(link for link in links if link.endswith("errors.xlsx"))).data.startswith(b"PK")
    page = staff.submit(page, "form[action$='/undo']")
    assert "1 row is done." in page.said
    assert price_of(app, "CUP-0") == 1000
    assert "This was undone." in staff.get(links[0].rpartition("/")[0]).said
    assert [row.get_text(" ", strip=True) for row in staff.get("/admin/imports").all("tbody .grow")] == [
        "prices.csv Taking back import 1",
        "prices.csv",
    ]


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(app: Flask) -> None:
    staff = at_work(app, Role.MERCHANDISER)
    for content, name, says in (
        (b"", "", "Choose a file first."),
        (b"", "x.csv", "This file is empty."),
        (b"\x89PNG....", "x.png", "This is not a table."),
        (b"PK\x03\x04junk", "x.xlsx", "This workbook is damaged."),
    ):
        page = bring(staff, content, name)
        assert page.status == 422
        assert says in page.words("#file-error")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Import)) == 0


def test_a_file_over_the_limit_is_refused(app: Flask) -> None:
    staff = at_work(app, Role.MERCHANDISER)
    page = bring(staff, b"SKU,Price\r\n" + b"A,1\r\n" * 5_400_000)
    assert page.status in {413, 422}
    assert "larger than" in page.said


def test_columns_that_make_no_sense_are_told_and_what_was_chosen_stays(app: Flask) -> None:
    goods(app)
    staff = at_work(app)
    page = bring(staff, book_of([("A", "B", "C"), ("CUP-0", 12, 13)]), "a.xlsx")
    for chosen, says in (
        (("", "price", ""), "Say which column is the SKU"),
        (("sku", "", ""), "at least one more column"),
        (("sku", "price", "price"), "Two columns are “Price”."),
    ):
        values = {f"column-{at}": key for at, key in enumerate(chosen)}
        page = staff.submit(page, "form[action$='/mapping']", **values)
        assert page.status == 422
        assert says in page.words(".notice--error")
        assert [option["value"] for option in page.all(".mapping option[selected]")] == [key for key in chosen if key]
    page = staff.submit(page, "form[action$='/mapping']", **{"column-2": "attribute:Colour"})
    assert "Changed: 1." in page.said
    assert "Attribute: Colour: 13" in page.said


def test_a_file_in_another_encoding_is_read_again(app: Flask) -> None:
    staff = at_work(app)
    page = bring(staff, csv_of([("SKU", "Größe"), ("CUP-0", "süß")], encoding="cp1252"))
    page = staff.submit(page, "form[action$='/reading']", encoding="cp1252", delimiter=",")
    assert "Größe" in page.words(".mapping")
    page = staff.submit(page, "form[action$='/reading']", encoding="utf-8", delimiter=",")
    assert page.status == 422
    assert "not text in the encoding" in page.said


def test_an_import_is_given_up_and_somebody_elses_is_left_alone(app: Flask) -> None:
    goods(app)
    staff, other = at_work(app, Role.MERCHANDISER), at_work_with(app, Permission.PRODUCTS_VIEW, Permission.STOCK_EDIT)
    page = bring(staff, csv_of([("SKU", "Price"), ("CUP-0", "12")]))
    page = staff.submit(page, "form[action$='/mapping']")
    assert other.get("/admin/imports/1").status == 403
    assert other.post("/admin/imports/1/run").status == 403
    page = staff.submit(page, "form[action$='/cancellation']")
    assert "The import is stopped." in page.said
    page = staff.post("/admin/imports/1/run")
    assert page.status == 409
    assert "moved on meanwhile" in page.said
    assert price_of(app, "CUP-0") == 1000


def test_the_catalogue_is_taken_and_brought_back_unchanged(app: Flask) -> None:
    goods(app)
    staff = at_work(app)
    for kind in ("csv", "xlsx"):
        file = staff.client.post("/admin/imports/export", data={"what": "all", "format": kind}, headers=HERE)
        assert file.status_code == 200
        page = staff.submit(bring(staff, file.data, f"all.{kind}"), "form[action$='/mapping']")
        assert "New: 0. Changed: 0. Unchanged: 3. With errors: 0. No row of this file changes anything." in page.said
        assert page.all("form[action$='/run']") == []
    some = staff.post("/admin/imports/export", {"what": "prices", "format": "csv", "query": "q=Cup 1"})
    assert "CUP-1" in some.text
    assert "CUP-2" not in some.text
    plain = at_work_with(app, Permission.PRODUCTS_VIEW, Permission.STOCK_EDIT).post(
        "/admin/imports/export", {"what": "all", "format": "csv"}
    )
    assert "Cost" not in plain.text.partition("\n")[0]
