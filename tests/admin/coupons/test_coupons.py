"""Coupons as merchandisers make them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.mail.models import OutboxMail
from storefront.promotions.models import CouponBatch, CouponCode, CouponTemplate
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_customer, make_promotion
from tests.storefront.promotions.coupons import AMOUNT_OFF, add_customer, add_template, adds_up, sign_in

FORM = "main form[data-guarded]"
BATCH = "#batches > form"


@pytest.fixture
def browser(any_app: Flask) -> Shopper:
    with any_app.app_context(), transaction():
        make_promotion(conditions=[], benefits=[AMOUNT_OFF], requires_code=True, name="Spring coupon", key="spring")
        make_promotion(conditions=[], benefits=[AMOUNT_OFF], name="For everybody")
    return at_work(any_app, Role.MERCHANDISER)


def add(browser: Shopper, **typed: Any) -> Page:
    return browser.submit(browser.get("/admin/coupons/new"), FORM, **{"promotion_id": "1", "way": "claim", **typed})


def template(app: Flask) -> CouponTemplate:
    with app.app_context():
        return db.session.scalars(db.select(CouponTemplate)).one()


def errors_of(page: Page) -> str:
    return " ".join(tag.get_text(" ", strip=True) for tag in page.all(".field__error"))


def test_a_coupon_is_made_changed_and_found(browser: Shopper) -> None:
    page = add(browser, claim_limit="100", valid_days="7", claim_ends_at="2099-01-01T00:00")
    assert page.status == 200, errors_of(page)
    assert page.words("h1") == "Spring coupon"
    assert template(browser.app).key == "spring"
    page = browser.submit(page, FORM, claim_limit="50")
    assert "Saved" in page.said
    assert template(browser.app).claim_limit == 50
    assert "Spring coupon" in browser.get("/admin/coupons?q=spring&way=claim&active=yes").words("#coupons")
    assert "No coupons match" in browser.get("/admin/coupons?way=batch").said
    with browser.app.app_context():
        assert {entry.action for entry in audit.list_entries_about("coupon", "1")} == {"coupon.add", "coupon.change"}
    assert "Spring coupon" in Shopper(browser.app).get("/coupons").said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"promotion_id": ""}, "choose a promotion"),
        ({"promotion_id": "999"}, "choose a promotion"),
        ({"promotion_id": "2"}, "works without a code"),
        ({"way": "magic"}, "how it comes to people"),
        ({"claim_limit": "0"}, "whole number from 1"),
        ({"claim_limit": "-5"}, "whole number from 1"),
        ({"claim_limit": "many"}, "whole number"),
        ({"claim_limit": "9" * 40}, "whole number from 1"),
        ({"per_customer_claims": "0"}, "whole number from 1 to 100"),
        ({"valid_days": "5000"}, "whole number from 1 to 3650"),
        ({"claim_starts_at": "2026-05-02T00:00", "claim_ends_at": "2026-05-02T00:00"}, "after the start"),
        ({"claim_starts_at": "2026-05-02T00:00", "valid_until": "2026-05-01T00:00"}, "end before they can be claimed"),
        ({"claim_ends_at": "soon"}, "Enter a day and a time"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_nothing_is_lost(
    browser: Shopper, typed: dict[str, str], words: str
) -> None:
    page = add(browser, **{"valid_days": "9", **typed})
    assert page.status == 422
    assert words in errors_of(page)
    assert page.one("#valid_days")["value"] == typed.get("valid_days", "9")
    with browser.app.app_context():
        assert db.session.scalars(db.select(CouponTemplate)).all() == []


def test_the_slower_of_two_is_told(browser: Shopper) -> None:
    page = add(browser)
    browser.submit(page, FORM, claim_limit="10")
    late = browser.submit(page, FORM, claim_limit="20")
    assert late.status == 409
    assert "Somebody else changed this coupon" in late.said
    browser.submit(late, FORM)
    assert template(browser.app).claim_limit == 20


def test_a_batch_is_unique_unguessable_and_counted(browser: Shopper) -> None:
    page = add(browser, way="batch", valid_days="30")
    page = browser.submit(page, BATCH, name="Flyers", size="1200", prefix=" ｓpring- ")
    assert "1200 codes were made" in page.said
    with browser.app.app_context():
        codes = db.session.scalars(db.select(CouponCode)).all()
        assert len({code.code for code in codes}) == 1200
        assert all(re.fullmatch(r"SPRING-[2-9A-HJKMNP-Z]{12}", code.code) for code in codes)
        assert {(code.usage_limit, code.customer_id) for code in codes} == {(1, None)}
        assert all(code.ends_at for code in codes)
        first = codes[0].code
        with transaction():
            db.session.execute(db.update(CouponCode).where(CouponCode.code == first).values(used_count=1))
    row = browser.get("/admin/coupons/1").all("#batches tbody tr")[0].get_text(" ", strip=True)
    assert "1 1,199 0" in row
    page = browser.submit(browser.get("/admin/coupons/1"), "#batches form[action$='/withdrawal']")
    assert "1199 codes were withdrawn" in page.said
    with browser.app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(CouponCode.is_active)) == 1


def test_an_export_holds_every_code_and_is_written_down(browser: Shopper) -> None:
    page = add(browser, way="batch")
    browser.submit(page, BATCH, name="Flyers", size="3", prefix="")
    answer = browser.post("/admin/coupons/1/batches/1/export")
    assert answer.response.mimetype == "text/csv"
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Code,State,Valid until"
    with browser.app.app_context():
        codes = set(db.session.scalars(db.select(CouponCode.code)))
        assert {line.split(",")[0] for line in lines[1:]} == codes
        with transaction():
            db.session.execute(db.update(CouponCode).where(CouponCode.code == min(codes)).values(code="-1+CMD"))
    assert "'-1+CMD,Unused," in browser.post("/admin/coupons/1/batches/1/export").text
    with browser.app.app_context():
        assert "coupon.export" in {entry.action for entry in audit.list_entries_about("coupon", "1")}
    assert browser.post("/admin/coupons/1/batches/9/export").status == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "give the batch a name"),
        ({"size": "0"}, "whole number from 1 to 50000"),
        ({"size": "50001"}, "whole number from 1 to 50000"),
        ({"size": "lots"}, "whole number"),
        ({"prefix": "SPRING!"}, "A prefix has at most 16"),
        ({"prefix": "x" * 17}, "A prefix has at most 16"),
        ({"prefix": "-SPRING"}, "A prefix begins with a letter or a digit"),
    ],
)
def test_a_batch_that_makes_no_sense_is_not_made(browser: Shopper, typed: dict[str, str], words: str) -> None:
    page = add(browser, way="batch")
    page = browser.submit(page, BATCH, **{"name": "Flyers", "size": "10", **typed})
    assert page.status == 422
    assert words in errors_of(page)
    with browser.app.app_context():
        assert db.session.scalars(db.select(CouponBatch)).all() == []


def test_a_customer_is_given_a_coupon_and_told(browser: Shopper) -> None:
    page = add(browser, claim_limit="1")
    with browser.app.app_context(), transaction():
        make_customer("grace@example.com")
    for email, words in (("", "enter an e-mail"), ("nobody@example.com", "No customer has"), ("what", "e-mail")):
        refused = browser.submit(page, "#gift form", email=email)
        assert refused.status == 422
        assert words in errors_of(refused)
    page = browser.submit(page, "#gift form", email=" Grace@Example.com ")
    assert "The coupon is in the account" in page.said
    with browser.app.app_context():
        letter = db.session.scalars(db.select(OutboxMail)).one()
        assert (letter.recipient, "Spring coupon" in letter.text) == ("grace@example.com", True)
    refused = browser.submit(page, "#gift form", email="grace@example.com")
    assert "All of these coupons have been claimed" in errors_of(refused)
    assert adds_up(browser.app)


def test_what_people_have_cannot_become_something_else(browser: Shopper) -> None:
    page = add(browser)
    add_customer(browser.app)
    sign_in(browser.app).post("/coupons/spring/claims")
    refused = browser.submit(browser.get("/admin/coupons/1"), FORM, way="batch")
    assert "so what it gives and how it comes to them stay" in errors_of(refused)
    assert page.status == 200


def test_who_may_look_may_not_change(any_app: Flask) -> None:
    add_template(any_app, way="batch")
    analyst = at_work(any_app, Role.ANALYST)
    page = analyst.get("/admin/coupons/1")
    assert page.status == 200
    assert not page.all("#gift, #batches form")
    assert analyst.post("/admin/coupons/1/gifts", {"email": "a@example.com"}).status == 403
