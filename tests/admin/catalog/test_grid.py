"""The grid stores each row wholly or not at all, and says in its place what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.accounts.permissions import Permission, Role
from storefront.catalog.adjusting import Adjustment, How, read_adjustment
from storefront.catalog.errors import NothingLeft
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from tests.admin.people import at_work, at_work_with
from tests.factories import make_product

GRID = "/admin/products/grid"
FORM = "form[data-grid]"


def goods(app: Flask, count: int = 3) -> None:
    with app.app_context(), transaction():
        for number in range(count):
            make_product(f"Cup {number}", sku=f"CUP-{number}", price=1000 + number, stock=5)


def stands(app: Flask, sku: str) -> tuple[int, int | None, int]:
    with app.app_context():
        found = select(Variant.price_minor, Variant.compare_at_minor, StockLevel.on_hand)
        joined = found.join(StockLevel, StockLevel.variant_id == Variant.id).where(Variant.sku == sku)
        price, before, on_hand = db.session.execute(joined).one()
        return price, before, on_hand


def test_rows_that_are_right_are_stored_and_the_others_say_what_is_wrong(app: Flask) -> None:
    goods(app)
    staff = at_work(app)
    page = staff.get(GRID)
    cells = {"price|CUP-0": "12", "compare_at|CUP-0": "15", "stock:MAIN|CUP-0": "7"}
    cells |= {"price|CUP-1": "13", "stock:MAIN|CUP-1": "-1", "price|CUP-2": "", "cost|CUP-2": "abc"}
    page = staff.submit(page, FORM, **cells)
    assert page.status == 422
    assert "1 row is saved." in page.said
    assert "2 rows are not saved." in page.said
    assert [told.get_text(strip=True) for told in page.all("td .field__error")] == [
        "Enter a whole number that is not negative.",
        "This cannot be emptied.",
        "Enter an amount such as 1,250.00.",
    ]
    assert page.one("input[name='price|CUP-1']")["value"] == "13"
    assert page.one("input[name='cost|CUP-2']")["value"] == "abc"
    assert stands(app, "CUP-0") == (1200, 1500, 7)
    assert stands(app, "CUP-1") == (1001, None, 5)
    page = staff.submit(page, FORM, **{"stock:MAIN|CUP-1": "4", "price|CUP-2": "10.02", "cost|CUP-2": "3"})
    assert page.status == 200
    assert stands(app, "CUP-1") == (1301, None, 4) or stands(app, "CUP-1") == (1300, None, 4)


def test_what_somebody_else_changed_meanwhile_is_told_in_its_row(app: Flask) -> None:
    goods(app)
    staff, other = at_work(app, Role.MERCHANDISER), at_work(app)
    page = staff.get(GRID)
    other.submit(other.get(GRID), FORM, **{"price|CUP-0": "20"})
    page = staff.submit(page, FORM, **{"price|CUP-0": "30", "price|CUP-1": "31"})
    assert page.status == 422
    assert "“Price” is “20.00” by now" in page.said
    assert (stands(app, "CUP-0")[0], stands(app, "CUP-1")[0]) == (2000, 3100)
    page = staff.submit(page, FORM)
    assert page.status == 200
    assert stands(app, "CUP-0")[0] == 3000


def test_a_rule_shows_what_would_change_before_anything_is_stored(app: Flask) -> None:
    goods(app)
    staff = at_work(app, Role.MERCHANDISER)
    rule = {"then": "adjust", "column": "price", "how": "percent", "by": "5", "ending": "99"}
    page = staff.submit(staff.get(GRID), FORM, **rule, chosen=["CUP-1"])
    assert "1 cell would change. Nothing is saved yet." in page.said
    assert page.one("input[name='price|CUP-1']")["value"] == "10.99"
    assert "was 10.01" in page.said
    assert stands(app, "CUP-1")[0] == 1001
    staff.submit(page, FORM, chosen=[])
    assert (stands(app, "CUP-0")[0], stands(app, "CUP-1")[0]) == (1000, 1099)
    page = staff.submit(staff.get(GRID), FORM, **{**rule, "by": "much"})
    assert page.status == 422
    assert "Enter a number" in page.words("#by-error")


def test_a_rule_leaves_those_alone_of_which_it_would_leave_nothing(app: Flask) -> None:
    goods(app)
    staff = at_work(app, Role.MERCHANDISER)
    rule = {"then": "adjust", "column": "price", "how": "amount", "by": "-10.01", "ending": ""}
    page = staff.submit(staff.get(GRID), FORM, **rule)
    assert "1 cell would change. Nothing is saved yet. 2 cells stay as they are." in page.said
    assert "not saved. What is wrong" not in page.said
    told = [each.get_text(strip=True) for each in page.all("td .field__error")]
    assert told == ["Nothing would be left of this amount, so it stays as it is."] * 2
    assert page.one("input[name='price|CUP-1']")["value"] == "10.01"
    staff.submit(page, FORM)
    assert [stands(app, f"CUP-{number}")[0] for number in range(3)] == [1000, 1001, 1]


def test_goods_are_named_in_the_readers_language(app: Flask) -> None:
    with app.app_context(), transaction():
        make_product("Blue cup", translations={"zh": {"name": "蓝杯"}})
    staff = at_work(app, Role.MERCHANDISER)
    assert "Blue cup" in staff.get(GRID).words("tbody")
    staff.language = "zh"
    assert "蓝杯" in staff.get(GRID).words("tbody")


def test_a_lowest_price_above_the_price_is_refused(app: Flask) -> None:
    goods(app)
    staff = at_work(app, Role.MERCHANDISER)
    page = staff.submit(staff.get(GRID), FORM, **{"minimum|CUP-0": "10.01", "minimum|CUP-1": "10.01"})
    assert page.status == 422
    assert [each.get_text(strip=True) for each in page.all("td .field__error")] == [
        "The lowest price cannot be higher than the price."
    ]
    page = staff.submit(page, FORM, **{"minimum|CUP-0": "10", "price|CUP-1": "9"})
    assert page.status == 422
    assert page.one("#wrong-price\\|CUP-1").get_text() == "The lowest price cannot be higher than the price."
    assert stands(app, "CUP-1")[0] == 1001


def test_the_grid_holds_what_was_chosen_and_shows_only_what_one_may_change(app: Flask) -> None:
    goods(app, 55)
    staff = at_work_with(app, Permission.PRODUCTS_VIEW, Permission.STOCK_EDIT)
    assert len(staff.get(GRID).all("tbody tr")) == 50
    assert len(staff.get(f"{GRID}?page=2").all("tbody tr")) == 5
    page = staff.get(f"{GRID}?row=1&row=3")
    assert len(page.all("tbody tr")) == 2
    assert page.all("input[name^='price|']") == []
    assert len(page.all("input[name^='stock:MAIN|']")) == 2
    assert len(staff.get(f"{GRID}?query=q%3DCup+54&all=yes").all("tbody tr")) == 1
    page = staff.submit(page, FORM, **{"stock:MAIN|CUP-0": "9", "reason": ""})
    assert page.status == 422
    assert "Say why the stock changes" in page.said
    assert page.one("input[name='stock:MAIN|CUP-0']")["value"] == "9"
    page = staff.post(GRID, {"sku": "CUP-0", "price|CUP-0": "1", "seen-price|CUP-0": "10.00", "reason": "x"})
    assert page.status == 422
    assert "Your role may not change “Price”." in page.said
    assert "Prices and stock as a grid" in staff.get("/admin/products").said
    assert "Prices and stock as a grid" not in at_work(app, Role.ANALYST).get("/admin/products").said


@pytest.mark.parametrize(
    ("how", "by", "ending", "before", "after"),
    [
        ("percent", "5", "", 1000, 1050),
        ("percent", "-10%", "", 1001, 901),
        ("percent", "5", "99", 1000, 1099),
        ("percent", "1", "99", 1010, 999),
        ("amount", "0.5", "", 1000, 1050),
        ("amount", "-9.99", "", 1000, 1),
        ("set", "0", "", 1000, 0),
        ("percent", "5", "", 0, 0),
        ("set", "7.77", "95", 1000, 795),
        ("percent", "-50", "99", 20, 99),
        ("percent", "3.5", "00", 149, 200),
    ],
)
def test_rules_change_amounts_and_end_them(how: str, by: str, ending: str, before: int, after: int) -> None:
    rule = read_adjustment(how=how, by=by, ending=ending, currency="USD")
    assert rule.of(Money(before, "USD")) == Money(after, "USD")


@pytest.mark.parametrize(
    ("how", "by", "ending", "before"),
    [("amount", "-5", "", 500), ("amount", "-5", "99", 499), ("percent", "-60", "99", 1), ("amount", "-1", "", 0)],
)
def test_a_rule_that_leaves_nothing_of_an_amount_is_refused(how: str, by: str, ending: str, before: int) -> None:
    rule = read_adjustment(how=how, by=by, ending=ending, currency="USD")
    with pytest.raises(NothingLeft):
        rule.of(Money(before, "USD"))


@pytest.mark.parametrize(
    ("how", "by"), [("percent", "-100"), ("percent", "x"), ("amount", "1.234"), ("twist", "5"), ("set", "-1")]
)
def test_rules_that_make_no_sense_are_refused(how: str, by: str) -> None:
    with pytest.raises(Invalid):
        read_adjustment(how=how, by=by, ending="", currency="USD")
    assert Adjustment(How.PERCENT, Decimal(5), "JPY", "99").of(Money(100, "JPY")) == Money(105, "JPY")
