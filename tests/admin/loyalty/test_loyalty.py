"""Tiers, points and what is owed, as staff see and change them."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask

from admin.loyalty.liability import get_liability, months_until
from storefront.accounts.models import Customer
from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.loyalty import ledgers, queries, services
from storefront.loyalty.models import Tier, TierChange
from storefront.loyalty.rules import Balance
from storefront.shop.services import change_settings
from tests.admin.people import at_work
from tests.browser import Page
from tests.counting import queries_of
from tests.factories import make_customer

GOLD = {"key": "gold", "name": "Gold", "name_zh": "黄金会员", "spend": "500", "rate": "150"}


def the_tier(app: Flask, key: str = "gold") -> Tier:
    with app.app_context():
        return db.session.scalars(db.select(Tier).where(Tier.key == key)).one()


def test_a_tier_is_added_changed_and_removed_with_its_history(any_app: Flask) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    assert "There are no tiers yet" in browser.get("/admin/loyalty").said
    assert browser.post("/admin/loyalty/tiers", GOLD | {"key": "silver", "spend": "100", "rate": "120"}).status == 303
    assert browser.post("/admin/loyalty/tiers", GOLD).status == 303
    with any_app.app_context(), transaction():
        member = make_customer(tier="gold").id
    tier = the_tier(any_app)
    assert (tier.spend_minor, tier.earn_basis_points, tier.translations) == (50000, 15000, {"zh": {"name": "黄金会员"}})
    page = browser.get(f"/admin/loyalty/tiers/{tier.id}")
    version = page.one("input[name=version]")["value"]
    changed = GOLD | {"key": "ignored", "spend": "600.50", "version": version}
    assert browser.post(f"/admin/loyalty/tiers/{tier.id}", changed).status == 303
    assert (the_tier(any_app).spend_minor, the_tier(any_app).key) == (60050, "gold")
    slower = browser.post(f"/admin/loyalty/tiers/{tier.id}", changed | {"name": "Golden"})
    assert slower.status == 409
    assert "Somebody else has changed this tier meanwhile" in slower.said
    with any_app.app_context(), transaction():
        db.session.execute(db.update(Customer).where(Customer.id == member).values(tier="gold"))
    assert browser.post(f"/admin/loyalty/tiers/{tier.id}/removal", {}).status == 303
    with any_app.app_context():
        assert db.session.scalar(db.select(Customer.tier).where(Customer.id == member)) == ""
        first = db.session.scalars(
            db.select(TierChange).where(TierChange.customer_id == member, TierChange.before == "gold")
        ).all()[-1]
        assert first.after in {"silver", ""}
        assert list(ledgers.discrepancies()) == []
        actions = db.session.scalars(
            db.select(AuditEntry.action).where(AuditEntry.object_kind == "tier").order_by(AuditEntry.id)
        ).all()
        assert actions == ["tier.add", "tier.add", "tier.change", "tier.remove"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key": ""}, "Give the tier a short key"),
        ({"key": "Gold Plus"}, "Use small letters, digits and hyphens"),
        ({"name": " "}, "Give the tier a name"),
        ({"spend": "-1"}, "A spend cannot be less than nothing"),
        ({"spend": "a lot"}, "Enter an amount, such as 500"),
        ({"spend": "1.005"}, "This currency has fewer decimals"),
        ({"rate": "1001"}, "Enter 0 to 1000"),
        ({"rate": "twice"}, "Enter a number, such as 150"),
        ({"rate": "100.005"}, "Use at most two decimals"),
        ({"spend": "100"}, "There is a tier for this amount already"),
        ({"key": "silver"}, "There is a tier with this key already"),
    ],
)
def test_a_wrong_tier_is_refused_and_nothing_typed_is_lost(app: Flask, wrong: dict[str, str], words: str) -> None:
    browser = at_work(app, Role.OPERATIONS)
    browser.post("/admin/loyalty/tiers", GOLD | {"key": "silver", "spend": "100"})
    page = browser.post("/admin/loyalty/tiers", GOLD | wrong)
    assert page.status == 422
    assert words in page.said
    assert page.one("input[name=name_zh]")["value"] == "黄金会员"


def test_service_finds_a_customer_and_moves_points_with_a_reason(any_app: Flask) -> None:
    browser = at_work(any_app, Role.CUSTOMER_SERVICE, "Cleo")
    with any_app.app_context(), transaction():
        customer = make_customer("ada@example.com").id
    address = f"/admin/loyalty/customers/{customer}"
    assert browser.get("/admin/loyalty/customers?email=nobody@example.com").status == 404
    assert "Nobody has an account" in browser.get("/admin/loyalty/customers?email=nonsense").said
    assert browser.get("/admin/loyalty/customers?email=ADA@example.com").status == 303
    for typed, words in (
        ({"points": "200", "reason": ""}, "Please say why"),
        ({"points": "lots", "reason": "x"}, "a whole number of points"),
        ({"points": "0", "reason": "x"}, "how many points to give"),
        ({"points": "-5", "reason": "x"}, "The customer has 0 points to spend"),
        ({"points": "1,5", "reason": "x"}, "a whole number of points"),
        ({"points": "99999999999999999999", "reason": "x"}, "At most 1,000,000,000 points fit here"),
        ({"points": "5", "reason": "x", "seen": "7"}, "have changed meanwhile: 0 to spend"),
    ):
        page = browser.post(f"{address}/adjustments", typed)
        assert page.status == 422
        assert words in page.said
    gift = {"points": "２００", "reason": "a broken cup", "seen": "0"}
    assert browser.post(f"{address}/adjustments", gift).status == 303
    assert "have changed meanwhile" in browser.post(f"{address}/adjustments", gift).said, "the same form gives once"
    page = browser.get(address)
    assert page.one("input[name=seen]")["value"] == "200"
    assert "a broken cup" in page.said
    assert "Cleo" in page.said
    with any_app.app_context():
        assert queries.balance_of(customer) == Balance(available=200)
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "points.adjust")).one()
        assert entry.changes["reason"] == ["", "a broken cup"]


def test_points_that_are_worth_much_wait_for_somebody_else(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        customer = make_customer("ada@example.com").id
        change_settings(values={"refund_approval_above": 5, "points_worth": 100}, at=now())
    maker, checker = at_work(any_app, Role.CUSTOMER_SERVICE, "Cleo"), at_work(any_app, Role.FINANCE, "Finn")

    def give(points: str, reason: str = "a broken cup") -> Page:
        page = maker.get(f"/admin/loyalty/customers/{customer}")
        return maker.submit(page, "form[action$='/adjustments']", points=points, reason=reason)

    assert "The points are changed" in give("300").said
    assert "does not decide this alone" in give("201").said
    said = checker.get("/admin/approvals/1").said
    for words in ("Points +201", "Worth $2.01", "To spend before 300", "The customer reads a broken cup"):
        assert words in said
    assert "The points are changed" in give("-100").said, "to take some needs nobody else"
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    with any_app.app_context():
        assert queries.balance_of(customer) == Balance(available=401)
        told = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "points.adjust")).all()
        assert [entry.actor for entry in told] == ["staff:1", "staff:1", "approval:1"]


def test_finance_reads_what_is_owed_and_it_adds_up(any_app: Flask) -> None:
    browser, at = at_work(any_app, Role.FINANCE), now()
    with any_app.app_context(), transaction():
        for number in range(3):
            customer = make_customer().id
            services.adjust(customer_id=customer, points=100, reason="welcome", by="staff:1", at=at)
            services.earn(customer_id=customer, order_number=f"O{number}", points=50, available_at=None, at=at)
            services.redeem(customer_id=customer, points=10 * number, order_number=f"P{number}", at=at) if number else 0
    with any_app.app_context():
        report = get_liability(at)
    assert (report.customers, report.available, report.pending, report.worth.minor) == (3, 270, 150, 420)
    assert sum(each.points for each in report.expiring) == report.available
    assert (report.months[-1].earned, report.months[-1].redeemed, report.months[-1].adjusted) == (150, 30, 300)
    assert "worth $4.20" in browser.get("/admin/loyalty").said
    rows = list(csv.DictReader(StringIO(browser.get("/admin/loyalty/liability.csv").text)))
    assert {"part": "pending", "month": "", "points": "150", "worth_USD": "1.50"} in rows
    assert sum(int(row["points"]) for row in rows if row["part"] == "expires") == 270


def test_the_page_keeps_what_is_owed_for_a_while_and_the_sheet_does_not(any_app: Flask) -> None:
    browser = at_work(any_app, Role.FINANCE)

    def give(points: int) -> None:
        with any_app.app_context(), transaction():
            number = make_customer().id
            services.adjust(customer_id=number, points=points, reason="welcome", by="staff:1", at=now())

    def ledger_reads(address: str) -> int:
        with queries_of(any_app) as asked:
            browser.get(address)
        return sum("points_entry" in statement for statement in asked)

    give(100)
    page = browser.get("/admin/loyalty")
    assert "worth $1.00" in page.said
    assert "As of" in page.said
    give(200)
    assert ledger_reads("/admin/loyalty") == 0
    assert "worth $1.00" in browser.get("/admin/loyalty").said
    assert ledger_reads("/admin/loyalty/liability.csv") > 0
    rows = list(csv.DictReader(StringIO(browser.get("/admin/loyalty/liability.csv").text)))
    assert rows[0]["points"] == "300"
    Kept.forget_all()
    assert "worth $3.00" in browser.get("/admin/loyalty").said


def test_months_are_those_of_the_shops_zone() -> None:
    new_year = now().replace(year=2026, month=1, day=1, hour=0, minute=30)
    assert [f"{day:%Y-%m}" for day in months_until(new_year, "UTC", 2)] == ["2025-12", "2026-01"]
    assert [f"{day:%Y-%m}" for day in months_until(new_year, "America/New_York", 2)] == ["2025-11", "2025-12"]
    assert f"{months_until(new_year - timedelta(days=1), 'Asia/Tokyo', 1)[0]:%Y-%m}" == "2025-12"
