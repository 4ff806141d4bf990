"""Taxes in the back office: what finance sets up, what is refused and why, and the report that adds up."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from admin.pricing.taxes.queries import Report, tax_report
from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.figures import queries as figures
from storefront.figures.days import Days
from storefront.invoicing import queries
from storefront.invoicing import services as invoices
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders.access import COOKIE
from storefront.orders.models import Order
from storefront.orders.rules import write_keys
from storefront.payments import services as payments
from storefront.payments.models import Refund
from storefront.pricing.taxes import services
from storefront.pricing.taxes.errors import AddedMeanwhile, StaleTax
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.plans import ClassPlan, RatePlan
from storefront.pricing.taxes.rules import TaxMode
from storefront.shop.queries import get_settings
from storefront.shop.services import change_settings
from tests import factories
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.amending.service import adds_up, change
from tests.storefront.checkout.desk import buy, open_shop, order, with_cart
from tests.storefront.checkout.test_placing import at_once

RATE = {
    "tax_class": "standard",
    "country": "DE",
    "region": "",
    "part": "1",
    "name": "VAT",
    "name_zh": "增值税",
    "percent": "19",
    "valid_from": "2021-01-01",
    "valid_to": "",
}


def finance(app: Flask) -> Shopper:
    return at_work(app, Role.FINANCE)


def set_up(app: Flask, *plans: RatePlan) -> None:
    with app.app_context(), transaction():
        for name in ("Standard", "Food"):
            services.add_class(plan=ClassPlan(name), by="test", at=now())
        for plan in plans:
            services.add_rate(plan=plan, by="test", at=now())


def add_rate(staff: Shopper, **values: str) -> Page:
    return staff.post("/admin/taxes/rates", {**RATE, **values})


def only(app: Flask, table: Any) -> Any:
    with app.app_context():
        return db.session.scalars(db.select(table)).one()


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return int(db.session.scalar(db.select(db.func.count()).select_from(table)) or 0)


def test_finance_sets_taxes_up_from_nothing(any_app: Flask) -> None:
    staff = finance(any_app)
    page = staff.get("/admin/taxes")
    assert "No tax is calculated yet" in page.said
    page = staff.get("/admin/taxes/classes/new")
    made = staff.submit(page, "form.form.panel", follow=False, name="Standard", name_zh="标准")
    assert made.location == "/admin/taxes"
    page = staff.get("/admin/taxes/rates/new")
    assert staff.submit(page, "form.form.panel", follow=False, **RATE).location == "/admin/taxes"
    said = staff.get("/admin/taxes").said
    for words in ("Germany", "Standard", "VAT", "19 %", "from Jan 1, 2021", "In force", "All other goods", "Delivery"):
        assert words in said
    with any_app.app_context():
        actions = set(db.session.scalars(db.select(AuditEntry.action)))
    assert {"tax_class.add", "tax_rate.add"} <= actions


def test_every_page_reads_in_chinese(app: Flask) -> None:
    set_up(app, RatePlan("standard", "US", "NY", "State tax", 40_000, name_zh="州税"))
    staff = finance(app)
    staff.post("/language", {"lang": "zh"})
    rate, group = only(app, TaxRate).id, 1
    for url, words in (
        ("/admin/taxes", "州税"),
        ("/admin/taxes/classes/new", "新建税类"),
        (f"/admin/taxes/classes/{group}", "保存税类"),
        ("/admin/taxes/rates/new", "新建税率"),
        (f"/admin/taxes/rates/{rate}", "州税"),
        ("/admin/taxes/report", "税务报表"),
    ):
        page = staff.get(url)
        assert page.status == 200
        assert words in page.said
    for percent in ("101", "-1", "x"):
        assert add_rate(staff, percent=percent).status == 422


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"percent": "100.5"}, "between 0 and 100 percent"),
        ({"percent": "-1"}, "between 0 and 100 percent"),
        ({"percent": "nineteen"}, "such as 19 or 8.875"),
        ({"percent": ""}, "such as 19 or 8.875"),
        ({"percent": "1.00001"}, "at most four decimals"),
        ({"name": " "}, "Give the tax its name"),
        ({"country": "XX"}, "choose a country"),
        ({"country": "US", "region": "Atlantis"}, "There is no region “atlantis”"),
        ({"tax_class": "books"}, "choose a tax class"),
        ({"part": "9"}, "choose which of the taxes"),
        ({"valid_from": "yesterday"}, "Enter a day, such as"),
        ({"valid_to": "2020-12-31"}, "ends before it starts"),
    ],
)
def test_a_rate_that_cannot_be_is_refused_in_words(app: Flask, typed: dict[str, str], words: str) -> None:
    set_up(app)
    page = add_rate(finance(app), **typed)
    assert page.status == 422
    assert words in page.said
    assert count(app, TaxRate) == 0


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, 422),
        ({"valid_from": "", "valid_to": ""}, 422),
        ({"valid_from": "2026-01-01", "percent": "21"}, 422),
        ({"valid_from": "2020-01-01", "valid_to": "2021-01-01"}, 422),
        ({"valid_from": "2020-07-01", "valid_to": "2020-12-31", "percent": "16"}, 303),
        ({"region": "Bayern"}, 303),
        ({"country": "AT"}, 303),
        ({"tax_class": "food"}, 303),
        ({"part": "2", "name": "Levy"}, 303),
        ({"part": "2", "name": "vat "}, 422),
    ],
)
def test_rates_of_one_class_and_place_never_overlap(any_app: Flask, typed: dict[str, str], status: int) -> None:
    set_up(any_app)
    staff = finance(any_app)
    assert add_rate(staff).status == 303
    page = add_rate(staff, **typed)
    assert page.status == status
    if status == 422:
        assert "“VAT” (19%) already holds for this class and place" in page.said


def test_two_people_at_once_do_not_make_rates_that_overlap(any_app: Flask) -> None:
    set_up(any_app)
    plan = RatePlan("standard", "DE", "", "VAT", 190_000)

    def add() -> None:
        with any_app.app_context(), transaction():
            services.add_rate(plan=plan, by="test", at=now())

    faults = at_once([add] * 4)
    assert [type(fault) for fault in faults] == [Invalid] * 3
    assert count(any_app, TaxRate) == 1


def test_a_rate_is_ended_changed_and_deleted(any_app: Flask) -> None:
    set_up(any_app)
    staff = finance(any_app)
    add_rate(staff)
    row = only(any_app, TaxRate)
    page = staff.get(f"/admin/taxes/rates/{row.id}")
    assert staff.submit(page, "form.form.panel", follow=False, valid_to="2026-12-31", percent="19.5").status == 303
    changed = only(any_app, TaxRate)
    assert (changed.millionths, str(changed.valid_to)) == (195_000, "2026-12-31")
    assert "19.5" in staff.get(f"/admin/taxes/rates/{row.id}").said
    stale = staff.submit(page, "form.form.panel", follow=False, percent="7")
    assert stale.status == 409
    assert "Somebody else changed this" in stale.said
    assert staff.post(f"/admin/taxes/rates/{row.id}/removal", {"version": "1"}).status == 409
    version = only(any_app, TaxRate).version
    assert staff.post(f"/admin/taxes/rates/{row.id}/removal", {"version": str(version)}).status == 303
    assert count(any_app, TaxRate) == 0


def test_a_class_in_use_is_not_deleted(any_app: Flask) -> None:
    set_up(any_app)
    staff = finance(any_app)
    with any_app.app_context():
        ids = {row.code: row.id for row in db.session.scalars(db.select(TaxClass))}

    def remove(code: str) -> Page:
        with any_app.app_context():
            row = db.session.get_one(TaxClass, ids[code])
            version = row.version
        return staff.post(f"/admin/taxes/classes/{ids[code]}/removal", {"version": str(version)})

    assert "Make another one the default first" in remove("standard").said
    with any_app.app_context(), transaction():
        product = factories.make_product("Soup", tax_class="food")
        factories.make_variant(product, tax_class="food")
    assert "1 products are in this class" in remove("food").said
    with any_app.app_context(), transaction():
        db.session.execute(db.update(Product).values(tax_class=""))
    assert "1 products are in this class" in remove("food").said
    with any_app.app_context(), transaction():
        db.session.execute(db.update(Variant).values(tax_class=""))
    add_rate(staff, tax_class="food")
    assert "There are rates for this class" in remove("food").said
    rate = only(any_app, TaxRate)
    staff.post(f"/admin/taxes/rates/{rate.id}/removal", {"version": str(rate.version)})
    assert remove("food").status == 303
    assert count(any_app, TaxClass) == 1


def test_the_default_and_the_class_of_delivery_pass_on(any_app: Flask) -> None:
    set_up(any_app)
    staff = finance(any_app)
    with any_app.app_context():
        food = db.session.scalars(db.select(TaxClass).where(TaxClass.code == "food")).one().id
    page = staff.get(f"/admin/taxes/classes/{food}")
    assert staff.submit(page, "form.form.panel", follow=False, is_default="y", is_for_delivery="y").status == 303
    with any_app.app_context():
        flags = {row.code: (row.is_default, row.is_for_delivery) for row in db.session.scalars(db.select(TaxClass))}
    assert flags == {"standard": (False, False), "food": (True, True)}
    old = staff.submit(page, "form.form.panel", follow=False, name="Groceries")
    assert old.status == 409


def test_prices_change_their_meaning_by_one_choice(any_app: Flask) -> None:
    set_up(any_app)
    staff = finance(any_app)
    assert staff.post("/admin/taxes/mode", {"mode": "exclusive"}).status == 303
    with any_app.app_context():
        assert get_settings().tax_mode == "exclusive"
    refused = staff.post("/admin/taxes/mode", {"mode": "sometimes"})
    assert refused.status == 422
    assert "Please choose one of these" in refused.said
    assert staff.post("/admin/taxes/mode", {"mode": "exclusive"}).status == 303
    with any_app.app_context():
        told = list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "tax.mode")))
    assert [entry.changes for entry in told] == [{"tax_mode": ["inclusive", "exclusive"]}]


def test_only_one_of_two_editors_wins(any_app: Flask) -> None:
    set_up(any_app, RatePlan("standard", "DE", "", "VAT", 190_000))
    plan = RatePlan("standard", "DE", "", "VAT", 200_000)
    with any_app.app_context(), pytest.raises(StaleTax), transaction():
        services.change_rate(rate_id=only(any_app, TaxRate).id, version=7, plan=plan, by="test", at=now())


def test_a_product_and_its_variants_are_given_classes(any_app: Flask) -> None:
    set_up(any_app)
    with any_app.app_context(), transaction():
        product = factories.make_product("Tea", sku="TEA")
        extra = factories.make_variant(product, sku="TEAPOT", name="With pot").id
        number = product.id
    staff = at_work(any_app, Role.MERCHANDISER)
    page = staff.get(f"/admin/products/{number}")
    assert "As all other goods (Standard)" in page.said
    form = f'form[action="/admin/products/{number}/tax-classes"]'
    typed = {"tax-class": "food", f"tax-{extra}": "standard"}
    assert staff.submit(page, form, follow=False, **typed).status == 303
    with any_app.app_context():
        assert db.session.get_one(Product, number).tax_class == "food"
        assert db.session.get_one(Variant, extra).tax_class == "standard"
    assert staff.submit(page, form, follow=False, **typed).status == 409
    fresh = staff.get(f"/admin/products/{number}")
    refused = staff.submit(fresh, form, follow=False, **{"tax-class": "books"})
    assert refused.status == 422
    assert "does not exist any more" in refused.said


def test_a_product_page_without_classes_says_nothing_of_tax(app: Flask) -> None:
    with app.app_context(), transaction():
        number = factories.make_product("Tea").id
    assert "tax-classes" not in at_work(app).get(f"/admin/products/{number}").text


def test_the_report_adds_up_by_rate_and_period(any_app: Flask) -> None:
    open_shop(any_app, stock=50)
    city = RatePlan("standard", "US", "NY", "City tax", 48_750, part=2)
    set_up(any_app, RatePlan("standard", "US", "NY", "State tax", 40_000), city)
    with any_app.app_context(), transaction():
        services.choose_mode(mode=TaxMode.INCLUSIVE, by="test", at=now())
    for moment, region in (("2026-03-31T23:30:00Z", "NY"), ("2026-04-01T00:30:00Z", "NY"), ("2026-04-02", "NJ")):
        with time_machine.travel(moment, tick=False):
            pay(any_app, region)
    with time_machine.travel(datetime(2026, 4, 20, 12, tzinfo=UTC), tick=False):
        staff = finance(any_app)
        page = staff.get("/admin/taxes/report?paid_from=2026-04-01&paid_to=2026-04-30")
        for words in ("State tax 4%", "City tax 4.875%", "Sales with tax $50.00", "Orders 2"):
            assert words in page.said
        assert "lies after" not in page.said
        turned = staff.get("/admin/taxes/report?paid_from=2026-04-30&paid_to=2026-04-01")
        assert "“From” lies after “To”, so they were exchanged." in turned.said
        assert [str(turned.one(f"[name={name}]")["value"])[-2:] for name in ("paid_from", "paid_to")] == ["01", "20"]
        assert "Sales with tax $50.00" in turned.said
        sheet = staff.get("/admin/taxes/report.csv?paid_from=2026-04-01&paid_to=2026-04-30")
        march = staff.get("/admin/taxes/report.csv?paid_from=2026-03-01&paid_to=2026-03-31")
        assert staff.get("/admin/taxes/report").status == 200
        before = staff.get("/admin/taxes/report?paid_from=2025-01-01&paid_to=2025-01-31")
        assert "No order of these days was taxed" in before.said
    lines = sheet.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Country,Region,Name of the tax,Percent,Orders,Net amount (USD),Tax (USD)")
    assert lines[1:] == [
        "US,NY,City tax,4.875,1,22.96,1.12,0.00,0.00",
        "US,NY,State tax,4,1,22.96,0.92,0.00,0.00",
    ]
    assert march.text.count("State tax,4,1,") == 1
    assert "attachment" in sheet.response.headers["Content-Disposition"]


def test_refunds_count_when_they_go_back_and_the_report_adds_up_with_the_ledgers(any_app: Flask) -> None:
    open_shop(any_app, stock=50)
    city = RatePlan("standard", "US", "NY", "City tax", 48_750, part=2)
    set_up(any_app, RatePlan("standard", "US", "NY", "State tax", 40_000), city)
    with any_app.app_context(), transaction():
        services.choose_mode(mode=TaxMode.INCLUSIVE, by="test", at=now())
    with time_machine.travel("2026-04-02", tick=False):
        pay(any_app, "NY")
        pay(any_app, "NY")
    with any_app.app_context():
        numbers = list(db.session.scalars(db.select(Order.number).order_by(Order.id)))
    for day, number, minor in (("2026-04-10", 0, 700), ("2026-05-03", 0, 1100), ("2026-05-04", 0, 700)):
        with time_machine.travel(day, tick=False):
            give_back(any_app, numbers[number], minor)
    with time_machine.travel("2026-05-05", tick=False):
        shopper = with_owner(any_app, numbers[1])
        shopper.post(f"/orders/{numbers[1]}/cancellation")
    april, may = (report_of(any_app, month) for month in (4, 5))
    assert (april.orders, april.total.minor, april.tax.minor, april.refunded.minor) == (2, 5000, 408, 700)
    assert (may.orders, may.tax.minor, may.refunded.minor) == (0, 0, 4300)
    with any_app.app_context():
        refunded, tax = db.session.execute(
            db.select(db.func.sum(Order.refunded_minor), db.func.sum(Order.tax_minor))
        ).one()
    assert april.refunded.minor + may.refunded.minor == refunded == 5000
    assert april.tax.minor == tax
    assert april.tax_back.minor + may.tax_back.minor == tax, "what went back whole bears all its tax"
    for report in (april, may):
        assert sum(line.tax_back.minor for line in report.lines) == report.tax_back.minor
        assert sum(line.tax.minor for line in report.lines) == report.tax.minor
        assert report.due == report.tax - report.tax_back
    by_rate = {line.rate.name: [0, 0] for line in april.lines}
    for report, sign in ((april, 1), (may, 1)):
        for line in report.lines:
            by_rate[line.rate.name][0] += sign * line.tax.minor
            by_rate[line.rate.name][1] += sign * line.tax_back.minor
    assert all(taken == back for taken, back in by_rate.values())


def test_money_beyond_what_an_order_costs_makes_no_sale_smaller(any_app: Flask) -> None:
    open_shop(any_app, stock=50)
    set_up(any_app, RatePlan("standard", "US", "NY", "State tax", 100_000))
    with any_app.app_context(), transaction():
        services.choose_mode(mode=TaxMode.INCLUSIVE, by="test", at=now())
        change_settings(values={"refund_approval_above": 1, "timezone": "UTC"}, at=now())
    with time_machine.travel("2026-04-02", tick=False):
        pay(any_app, "NY")
        number = only(any_app, Order).number
        with any_app.app_context(), transaction():
            invoices.issue(order_id=only(any_app, Order).id, company="", buyer_tax_id="", at=now())
    with time_machine.travel("2026-04-10", tick=False):
        waits = change(any_app, {"LAMP": 1})
        assert waits.approval is not None, "nobody sends this much back alone"
        give_back(any_app, number, 600)
        give_back(any_app, number, 700)
    kept = only(any_app, Order)
    assert (kept.total_minor, kept.tax_minor, kept.refunded_minor) == (1500, 136, 1300)
    with any_app.app_context():
        assert sorted(db.session.scalars(db.select(Refund.overpaid_minor))) == [400, 600]
        notes = queries.list_followers(kept.id)
        assert [(note.amount_minor, note.tax_minor) for note in notes] == [(600, 54), (700, 37 + 27)]
        day = figures.list_days(Days(date(2026, 4, 1), date(2026, 4, 30)))
        assert sum(each.sums.net for each in day) == 909 - 300 * 909 // 1500
    report = report_of(any_app, 4)
    assert (report.total.minor, report.tax.minor) == (1500, 136)
    assert (report.refunded.minor, report.tax_back.minor) == (300, 27)
    assert adds_up(any_app)


def report_of(app: Flask, month: int) -> Report:
    with app.test_request_context("/"):
        app.preprocess_request()
        return tax_report(datetime(2026, month, 1, tzinfo=UTC), datetime(2026, month + 1, 1, tzinfo=UTC))


def give_back(app: Flask, number: str, minor: int) -> None:
    with app.app_context(), transaction():
        order_id = db.session.scalars(db.select(Order.id).where(Order.number == number)).one()
        row = orders.get_whole(order_id)
        reference = f"test-{minor}-{now():%d}"
        payments.ask_refund(order=row, amount=Money(minor, "USD"), reference=reference, by="test", at=now())


def with_owner(app: Flask, number: str) -> Shopper:
    with app.app_context():
        key = db.session.scalars(db.select(Order.access_token).where(Order.number == number)).one()
    shopper = Shopper(app)
    shopper.client.set_cookie(COOKIE, write_keys({}, number, key))
    return shopper


def test_two_people_who_add_the_first_class_at_once_are_told(any_app: Flask) -> None:
    start, said = threading.Barrier(2), []

    def add(name: str) -> None:
        with any_app.app_context():
            start.wait()
            try:
                with transaction():
                    services.add_class(plan=ClassPlan(name), by="test", at=now())
                said.append("added")
            except AddedMeanwhile as refusal:
                said.append(str(refusal.status))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=add, args=("Standard",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2, "nobody gets an error that says nothing"
    assert "added" in said
    with any_app.app_context():
        defaults = db.select(db.func.count()).select_from(TaxClass).where(TaxClass.is_default)
        assert db.session.scalar(defaults) == 1


def pay(app: Flask, region: str) -> None:
    """Buy two lamps for a place, once its tax is seen, and pay for them."""
    shopper = with_cart(app)
    page = order(shopper, region=region)
    if page.status == 409:
        page = order(shopper, page, region=region)
    paid = shopper.post(page.location, {"amount": "2500", "currency": "USD", "decision": "approve"})
    assert "packing" in shopper.get(paid.location).said


def test_the_order_page_of_the_shop_names_taxes(app: Flask) -> None:
    open_shop(app)
    set_up(app, RatePlan("standard", "US", "", "Sales tax", 100_000))
    _, number = buy(app)
    said = finance(app).get(f"/admin/orders/{number}").said
    for words in ("includes Sales tax 10% on $22.73 net $2.27", "Total without tax $22.73"):
        assert words in said
