"""Files change exactly what they say, a row wholly or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.accounts.models import StaffRole
from storefront.accounts.permissions import Permission, Role
from storefront.audit.models import AuditEntry
from storefront.catalog import services as catalog
from storefront.catalog.models import Product, Variant
from storefront.catalog.services import VariantPrice
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports import applying, exporting, queries, services, writing
from storefront.imports.states import ImportState
from storefront.inventory.models import StockLevel, StockMovement
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.pricing.models import PriceChange
from storefront.shop.queries import get_settings
from tests.factories import make_category, make_product, make_variant, variant_of
from tests.storefront.imports.files import book_of, brought, checked, clerk, csv_of, imported, rows_of, said, started


def _goods(count: int = 3) -> None:
    with transaction():
        for number in range(count):
            make_product(f"Cup {number}", sku=f"CUP-{number}", price=1000 + number, stock=5)


def _variant(sku: str) -> Variant:
    db.session.expire_all()
    return db.session.scalars(select(Variant).where(Variant.sku == sku)).one()


def test_prices_and_stock_come_in_with_history_ledger_and_movements(any_app: Flask) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        _goods()
        run = imported(csv_of([("SKU", "Price", "Stock: MAIN"), ("cup-0", "12.50", 9), ("CUP-1", "10.01", "")]), staff)
        assert (run.state, run.unchanged) == (ImportState.FINISHED, 1)
        counts = queries.counts_of(run.id)
        assert (counts.changed, counts.done, counts.bad) == (1, 1, 0)
        variant = _variant("CUP-0")
        assert variant.price_minor == 1250
        assert db.session.scalar(select(StockLevel.on_hand).where(StockLevel.variant_id == variant.id)) == 9
        moved = select(func.sum(StockMovement.on_hand_delta)).where(StockMovement.variant_id == variant.id)
        assert db.session.scalar(moved) == 9
        history = db.session.scalars(select(PriceChange).where(PriceChange.variant_id == variant.id)).all()
        assert [(each.before_minor, each.after_minor, each.actor) for each in history] == [(1000, 1250, staff.actor)]
        actions = set(db.session.scalars(select(AuditEntry.action)))
        assert {"import.bring", "import.start", "import.finish", "prices.change", "stock.count"} <= actions


def test_what_was_exported_changes_nothing_when_it_comes_back(any_app: Flask) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        with transaction():
            parent = make_category("Kitchen")
            product = make_product(
                "=cmd  |' /C calc'!A0",
                category=make_category("Cups; and more", parent=parent),
                sku="A-1",
                description="  two\nlines, with “marks”\tand\ttabs ",
                translations={"zh": {"name": "杯子", "description": "“好”，杯子"}},
                attributes={"Material: fine": "Glass | steel", "Care": "30\\°"},
            )
            variant = variant_of(product)
            variant.options, variant.barcode, variant.compare_at_minor = {"Size": "11 oz"}, "0012345678905", 2000
            variant.cost_minor, variant.minimum_price_minor, variant.name = 300, 500, "-5 cold"
            make_variant(product, sku="A-2", price=1, is_active=False)
            make_product("'quoted", sku="B-1", is_published=False)
        sheet = exporting.catalogue("all", with_costs=True)
        content = b"".join(writing.as_csv(sheet.headers, list(sheet.rows)))
        assert content.startswith(b"\xef\xbb\xbfSKU,")
        assert b",'=cmd" in content
        run = checked(content, staff)
        assert (run.state, run.read, run.unchanged) == (ImportState.CHECKED, 3, 3), said(run.id, "changed")
        assert "" not in run.mapping
        sheet = exporting.catalogue("all", with_costs=True)
        run = checked(b"".join(writing.as_xlsx(sheet.headers, sheet.rows, sheet.keys)), staff)
        assert (run.read, run.unchanged) == (3, 3), [row.changes for row in rows_of(run.id, "changed")]


def test_rows_that_are_wrong_are_told_by_column_and_the_others_come_in(app: Flask) -> None:
    with app.app_context():
        staff = clerk(app)
        _goods()
        table = [
            ("SKU", "Price", "Price before, struck through"),
            ("CUP-0", "¥12", ""),
            ("CUP-1", "$1,234.50", "$2,000"),
            ("CUP-2", "12.345", ""),
            ("CUP-1", "5", ""),
            ("NOPE", "5", ""),
            ("", "5", ""),
            ("CUP-2", "-5", ""),
            ("CUP-9", "99999999999999", "1"),
        ]
        run = checked(csv_of(table, by=";"), staff)
        assert said(run.id, "bad") == [
            "Amounts are in USD here, without “¥”.",
            "USD has 2 decimals at most.",
            "Row 3 is about this SKU already.",
            "There is nothing with the SKU “NOPE”.",
            "Every row needs a SKU.",
            "A price cannot be negative. Row 4 is about this SKU already.",
            "This amount is too high. There is nothing with the SKU “CUP-9”.",
        ]
        row = rows_of(run.id, "bad")[0]
        assert (row.position, row.errors[0][:3]) == (2, [1, "price", "¥12"])
        started(run.id, staff)
        assert _variant("CUP-1").price_minor == 123450
        assert _variant("CUP-0").price_minor == 1000


def test_the_file_of_wrong_rows_is_mended_and_comes_in(app: Flask) -> None:
    with app.app_context():
        staff = clerk(app)
        _goods()
        run = imported(csv_of([("SKU", "Preis", "Price"), ("CUP-0", "x", "abc"), ("CUP-1", "y", "7")]), staff)
        sheet = exporting.wrong_rows(run)
        content = b"".join(writing.as_csv(sheet.headers, sheet.rows))
        assert b'What is wrong\r\nCUP-0,x,abc,"Enter an amount such as 1,250.00."\r\n' in content
        run = imported(content.replace(b"abc", b"8"), staff)
        assert queries.counts_of(run.id).done == 1
        assert _variant("CUP-0").price_minor == 800


def test_what_somebody_else_changed_meanwhile_is_told_and_not_overwritten(any_app: Flask) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        _goods()
        run = checked(csv_of([("SKU", "Price", "Weight"), ("CUP-0", "12", "7"), ("CUP-1", "13", "7")]), staff)
        product = db.session.scalars(select(Product).where(Product.name == "Cup 0")).one()
        with transaction():
            new = {_variant("CUP-0").id: VariantPrice(Money(1100, get_settings().currency))}
            catalog.change_prices(product_id=product.id, version=product.version, prices=new, by="staff:9", at=now())
        started(run.id, staff)
        assert said(run.id, "refused") == [
            "“Price” is “11.00” by now; when the file was checked it was “10.00”. The row is left as it is."
        ]
        assert (_variant("CUP-0").price_minor, _variant("CUP-0").weight_grams) == (1100, 500)
        assert (_variant("CUP-1").price_minor, _variant("CUP-1").weight_grams) == (1300, 7)


def test_an_import_is_taken_back_but_for_rows_that_changed_since(any_app: Flask) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        _goods()
        table = [("SKU", "Price", "Compare at", "Stock"), *((f"CUP-{n}", "20", "30", n) for n in range(3))]
        run = imported(csv_of(table), staff)
        assert queries.counts_of(run.id).done == 3
        sheet = exporting.undoing(run)
        undo_file = b"".join(writing.as_csv(sheet.headers, sheet.rows))
        assert b"CUP-1,10.01,[empty],5\r\n" in undo_file
        assert queries.counts_of(imported(csv_of([("SKU", "Price"), ("CUP-2", "21")]), staff).id).done == 1
        with transaction():
            back = services.undo(import_id=run.id, locale="en", by=staff, at=now()).id
        applying.work_off(back)
        assert len(said(back, "refused")) == 1
        assert (_variant("CUP-0").price_minor, _variant("CUP-0").compare_at_minor) == (1000, None)
        assert _variant("CUP-2").price_minor == 2100
        assert queries.undone_by(run.id) == back
        again = imported(csv_of([("SKU", "Price"), ("CUP-0", "20")]), staff)
        assert queries.counts_of(again.id).done == 1
        run = imported(undo_file, staff)
        assert [row.sku for row in rows_of(run.id, "done")] == ["CUP-0", "CUP-2"]
        assert _variant("CUP-2").compare_at_minor is None


def test_products_are_made_with_their_variants_and_withdrawn_again(any_app: Flask) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        with transaction():
            make_category("Cups", parent=make_category("Kitchen"))
            make_product(sku="OLD")
        table = [
            (
                "SKU",
                "Product name",
                "中文名称",
                "Category",
                "Brand",
                "Price",
                "Option: Size",
                "Attribute: Material",
                "Stock",
            ),
            ("N-1", "Blue cup", "蓝色杯子", "kitchen > CUPS", "Acme", "10", "S", "Glass", "3"),
            ("N-2", "Blue cup", "蓝色杯子", "kitchen > CUPS", "Acme", "12", "L", "Glass", "4"),
            ("N-3", "红色杯子", "", "Nowhere", "", "12", "", "", ""),
            ("N-4", "Red cup", "", "kitchen > CUPS", "", "", "", "", ""),
        ]
        run = imported(book_of(table), staff)
        assert queries.counts_of(run.id).new == 2
        assert said(run.id) == [
            "There is no such category. Write its path, such as Kitchen > Cups, or its address.",
            "There is nothing with the SKU “N-4” yet. To make it, “Price” is needed.",
        ]
        first, second = _variant("N-1"), _variant("N-2")
        assert first.product_id == second.product_id
        assert (first.options, first.position, second.options, second.position) == ({"Size": "S"}, 0, {"Size": "L"}, 1)
        product = db.session.get(Product, first.product_id)
        assert product is not None
        assert (product.slug, product.is_published, product.attributes) == ("blue-cup", False, {"Material": "Glass"})
        assert product.translations == {"zh": {"name": "蓝色杯子"}}
        assert db.session.scalar(select(StockLevel.on_hand).where(StockLevel.variant_id == second.id)) == 4
        with transaction():
            back = services.undo(import_id=run.id, locale="en", by=staff, at=now()).id
        applying.work_off(back)
        assert (_variant("N-1").is_active, _variant("N-2").is_active) == (False, False)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        (Permission.PRICES_EDIT, ["Your role may not change “Price”."]),
        (Permission.STOCK_EDIT, ["Your role may not change “Stock”."]),
    ],
)
def test_a_column_that_somebody_may_not_change_is_refused_where_it_would_change(
    app: Flask, missing: Permission, says: list[str]
) -> None:
    with app.app_context():
        staff = clerk(app, Role.MERCHANDISER)
        may = sorted({*staff.permissions, Permission.STOCK_EDIT} - {missing, Permission.PRODUCTS_EDIT})
        with transaction():
            db.session.add(StaffRole(key=Role.MERCHANDISER, permissions=may, updated_at=now()))
        staff = replace(staff, permissions=frozenset(may))
        _goods()
        table = [("SKU", "Price", "Stock"), ("CUP-0", "10.00", "5"), ("CUP-1", "9", "4"), ("NEW", "1", "1")]
        run = checked(csv_of(table), staff)
        assert run.unchanged == 1
        assert said(run.id)[:1] == says


def test_a_price_below_cost_waits_for_a_second_person(app: Flask) -> None:
    with app.app_context():
        staff = clerk(app)
        _goods()
        with transaction():
            db.session.execute(db.text("UPDATE variant SET cost_minor = 900"))
        run = checked(csv_of([("SKU", "Price"), ("CUP-0", "8.00"), ("CUP-1", "9.50")]), staff)
        if get_settings().below_cost_approval:
            assert "below cost" in said(run.id)[0]
        assert queries.counts_of(run.id).changed >= 1


def test_a_run_that_was_cut_off_goes_on_and_one_that_was_stopped_does_not(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_app.app_context():
        staff = clerk(any_app)
        _goods(5)
        monkeypatch.setattr(applying, "AT_ONCE", 2)
        monkeypatch.setattr(applying, "LONGEST", 60)  # how fast a machine is decides no test
        run = checked(csv_of([("SKU", "Price"), *((f"CUP-{n}", "33") for n in range(5))]), staff)
        with transaction():
            services.start(import_id=run.id, by=staff, at=now())
        around = applying.facts.look_around()
        assert applying._some(run.id, around)
        assert queries.counts_of(run.id).waiting == 3
        applying.work_off(run.id)
        applying.work_off(run.id)
        assert queries.counts_of(run.id).done == 5
        assert db.session.scalar(select(func.count()).select_from(PriceChange)) == 5
        run = checked(csv_of([("SKU", "Price"), *((f"CUP-{n}", "34") for n in range(5))]), staff)
        with transaction():
            services.start(import_id=run.id, by=staff, at=now())
        assert applying._some(run.id, around)
        with transaction():
            services.cancel(import_id=run.id, by=staff, at=now())
        applying.work_off(run.id)
        counts = queries.counts_of(run.id)
        assert (counts.done, counts.waiting) == (2, 3)


def test_what_columns_meant_is_remembered_for_the_person(app: Flask) -> None:
    with app.app_context():
        staff = clerk(app)
        _goods()
        checked(csv_of([("Nr", "EK"), ("CUP-0", "3")]), staff, ["sku", "cost"])
        number = brought(csv_of([("EK", "Nr"), ("3", "CUP-0")]), staff)
        assert queries.get_import(number).mapping == ["cost", "sku"]
        assert queries.get_import(brought(csv_of([("Nr", "EK"), ("a", "3")]), clerk(app, Role.FINANCE))).mapping == [
            "",
            "",
        ]


def test_each_transaction_takes_at_least_a_row_and_no_more_than_shoppers_can_wait_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        staff = clerk(app)
        _goods()
        monkeypatch.setattr(applying, "LONGEST", 0)
        run = checked(csv_of([("SKU", "Price"), *((f"CUP-{n}", "33") for n in range(3))]), staff)
        with transaction():
            services.start(import_id=run.id, by=staff, at=now())
        assert applying._some(run.id, applying.facts.look_around())
        assert queries.counts_of(run.id).done == 1
