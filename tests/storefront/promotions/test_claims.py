"""Claiming coupons: who may have how many, until when, and what happens when everybody comes at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.pricing.snapshot import Shopper as Buyer
from storefront.promotions import claims, errors, ledgers
from storefront.promotions.models import CouponTemplate, Promotion
from storefront.promotions.states import ClaimState
from storefront.promotions.validity import Terms, coupon_end, last_day
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.storefront.promotions.coupons import (
    PASSWORD,
    add_customer,
    add_template,
    adds_up,
    at_once,
    claim,
    claimed_count,
    held,
    sign_in,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("terms", "given", "zone", "ends", "last"),
    [
        (Terms(valid_days=7), NOON, "UTC", "2026-05-09T00:00+00:00", "2026-05-08"),
        (Terms(valid_days=1), NOON, "Asia/Shanghai", "2026-05-02T16:00+00:00", "2026-05-02"),
        (
            Terms(valid_days=7, valid_until=NOON + timedelta(days=3)),
            NOON,
            "UTC",
            "2026-05-04T12:00+00:00",
            "2026-05-04",
        ),
        (Terms(valid_until=datetime(2026, 6, 1, tzinfo=UTC)), NOON, "UTC", "2026-06-01T00:00+00:00", "2026-05-31"),
    ],
)
def test_a_coupon_holds_to_the_end_of_its_last_day(
    terms: Terms, given: datetime, zone: str, ends: str, last: str
) -> None:
    end = coupon_end(terms, given, zone)
    assert end is not None
    assert end == datetime.fromisoformat(ends)
    assert last_day(end, zone).isoformat() == last


def test_a_coupon_without_an_end_ends_with_its_promotion(app: Flask) -> None:
    assert coupon_end(Terms(), NOON, "UTC") is None


def test_a_claimed_coupon_is_a_code_of_ones_own(any_app: Flask) -> None:
    add_template(any_app, valid_days=7)
    ada = add_customer(any_app)
    with any_app.app_context():
        code = claim(ada)
    [coupon] = held(any_app)
    assert (coupon.code, coupon.customer_id, coupon.usage_limit) == (code, ada, 1)
    assert len(code) == 12
    assert not set(code) & set("01OIL")
    assert coupon.ends_at is not None
    assert claimed_count(any_app) == 1
    assert adds_up(any_app)


@pytest.mark.parametrize(
    ("values", "buyer", "state"),
    [
        ({}, Buyer(known=True), ClaimState.CLAIM),
        ({}, Buyer(), ClaimState.SIGN_IN),
        ({"claim_limit": 0}, Buyer(known=True), ClaimState.USED_UP),
        ({"usage_limit": 0}, Buyer(known=True), ClaimState.USED_UP),
        ({"claim_starts_at": NOON + timedelta(days=1)}, Buyer(known=True), ClaimState.NOT_YET),
        ({"claim_starts_at": NOON}, Buyer(known=True), ClaimState.CLAIM),
        ({"audience": {"tiers": ["gold"]}}, Buyer(known=True), ClaimState.NOT_FOR_YOU),
        ({"audience": {"tiers": ["gold"]}}, Buyer(known=True, tier="gold"), ClaimState.CLAIM),
        ({"audience": {"most_orders": 0}}, Buyer(known=True, order_count=1), ClaimState.NOT_FOR_YOU),
    ],
)
def test_everybody_sees_whether_they_can_have_it(
    app: Flask, values: dict[str, object], buyer: Buyer, state: ClaimState
) -> None:
    with time_machine.travel(NOON, tick=False):
        add_template(app, **values)
        ada = add_customer(app)
        with app.app_context():
            [view] = claims.list_claims(shopper=buyer, customer_id=ada if buyer.known else None, at=now())
            assert view.state is state
            if buyer.known and state is not ClaimState.CLAIM:
                with pytest.raises(errors.NotClaimable), transaction():
                    claims.claim(key="spring", shopper=buyer, customer_id=ada, at=now())
    assert held(app) == []


@pytest.mark.parametrize(
    "values", [{"claim_ends_at": NOON}, {"valid_until": NOON}, {"ends_at": NOON}, {"is_active": False}]
)
def test_what_is_over_is_not_shown_and_not_given(app: Flask, values: dict[str, object]) -> None:
    add_template(app, **values)
    ada = add_customer(app)
    with time_machine.travel(NOON, tick=False), app.app_context():
        assert claims.list_claims(shopper=Buyer(known=True), customer_id=ada, at=now()) == []
        with pytest.raises(errors.NoSuchCoupon):
            claim(ada)


def test_a_customer_has_as_many_as_allowed(app: Flask) -> None:
    add_template(app, per_customer_claims=2)
    ada = add_customer(app)
    with app.app_context():
        assert claim(ada) != claim(ada)
        with pytest.raises(errors.AlreadyClaimed):
            claim(ada)
    assert claimed_count(app) == 2


def test_the_last_coupon_goes_to_one_of_twelve(any_app: Flask) -> None:
    add_template(any_app, claim_limit=1)
    people = [add_customer(any_app, f"shopper{number}@example.com") for number in range(12)]
    assert at_once(any_app, [partial(claim, person) for person in people], errors.ClaimedOut) == (1, 11)
    assert len(held(any_app)) == claimed_count(any_app) == 1
    assert adds_up(any_app)


def test_one_customer_in_twelve_tabs_gets_one(any_app: Flask) -> None:
    add_template(any_app, claim_limit=50)
    ada = add_customer(any_app)
    assert at_once(any_app, [partial(claim, ada)] * 12, errors.AlreadyClaimed) == (1, 11)
    assert len(held(any_app)) == claimed_count(any_app) == 1
    assert adds_up(any_app)


def test_who_opens_an_account_gets_the_coupons_for_new_customers_once(any_app: Flask) -> None:
    add_template(any_app, way="sign_up", key="new", name="First coupon", valid_days=30)
    add_template(any_app, way="sign_up", key="gone", claim_limit=0)
    add_template(any_app, way="claim", key="other")
    shopper = Shopper(any_app)
    page = shopper.submit(
        shopper.get("/register"), "form[action='/register']", name="Grace", email="grace@example.com", password=PASSWORD
    )
    assert "First coupon" in page.said
    [coupon] = held(any_app)
    with any_app.app_context(), transaction():
        claims.welcome(claims.CustomerRegistered(coupon.customer_id or 0))
    assert len(held(any_app)) == 1
    with any_app.app_context():
        letters = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)).all()
        about_coupons = [letter for letter in letters if letter.template.startswith("promotions/")]
        assert ["First coupon" in letter.text for letter in about_coupons] == [True]
    assert adds_up(any_app)
    assert "First coupon" in shopper.get("/account/coupons").said


def test_a_guest_signs_in_and_comes_back_to_the_coupon(app: Flask) -> None:
    add_template(app)
    add_customer(app)
    guest = Shopper(app)
    page = guest.get("/coupons")
    assert page.one("#claim-spring a")["href"] == "/sign-in?next=/coupons%23coupon-spring"
    answer = guest.post("/coupons/spring/claims", {"next": "/coupons#coupon-spring"})
    assert answer.location == "/sign-in?next=%2Fcoupons%23coupon-spring"
    back = guest.submit(
        guest.get(answer.location), "form[action='/sign-in']", email="ada@example.com", password=PASSWORD, follow=False
    )
    assert back.location == "/coupons#coupon-spring"
    page = guest.submit(guest.get("/coupons"), "#claim-spring form")
    assert "The coupon is in your account" in page.said
    assert "In your account" in page.words("#claim-spring")


def test_htmx_swaps_the_button_and_a_second_press_says_so(app: Flask) -> None:
    add_template(app)
    add_customer(app)
    ada = sign_in(app)
    assert "In your account" in ada.post("/coupons/spring/claims", htmx=True).words("#claim-spring")
    again = ada.post("/coupons/spring/claims", htmx=True)
    assert again.status == 409
    assert "You already have this coupon" in again.words("#claim-spring")
    plain = ada.post("/coupons/spring/claims")
    assert plain.status == 409
    assert "You already have this coupon" in plain.said


@pytest.mark.parametrize("key", ["nothing", "x" * 500, "%00", "'; drop table coupon_code; --"])
def test_a_coupon_that_is_not_there_is_not_found(app: Flask, key: str) -> None:
    add_customer(app)
    assert sign_in(app).post(f"/coupons/{key}/claims").status == 404


def test_the_page_says_what_is_left_and_for_whom(app: Flask) -> None:
    add_template(app, claim_limit=10, claimed_count=0, audience={"members_only": True}, valid_days=7)
    page = Shopper(app).get("/coupons")
    assert "10 coupons left" in page.said
    assert "members" in page.said
    assert "Valid for 7 days once claimed" in page.said
    assert page.one("#coupon-spring progress")["max"] == "10"


def test_the_shop_links_to_the_coupons_when_there_are_any(app: Flask) -> None:
    links = ".footer a[href='/coupons'], .category-bar a[href='/coupons']"
    assert not Shopper(app).get("/cart").all(links)
    add_template(app)
    assert len(Shopper(app).get("/cart").all(links)) == 2


def test_a_wallet_tells_used_from_expired(app: Flask) -> None:
    add_template(app, key="usable", name="Usable one", valid_days=3)
    add_template(app, key="short", name="Short one", valid_days=1)
    ada = add_customer(app)
    with time_machine.travel(NOON, tick=False), app.app_context():
        claim(ada, "usable")
        claim(ada, "short")
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        shopper = sign_in(app)
        page = shopper.get("/account/coupons")
        assert "Usable one" in page.words("#wallet")
        assert "Short one" not in page.words("#wallet")
        assert page.one("#wallet .ticket__action a")["href"] == "/categories"
        assert "Short one" in shopper.get("/account/coupons?show=expired").words("#wallet")
        assert "No coupons used yet" in shopper.get("/account/coupons?show=used").said
        assert shopper.get("/account/coupons?show=nonsense&page=-4").status == 200


def test_a_withdrawn_promotion_leaves_the_wallet_readable(app: Flask) -> None:
    add_template(app, name="Taken back")
    ada = add_customer(app)
    with app.app_context():
        claim(ada)
        with transaction():
            db.session.execute(db.update(Promotion).values(is_active=False, archived_at=now()))
    page = sign_in(app).get("/account/coupons?show=expired")
    assert "Taken back" in page.words("#wallet")
    assert "It was withdrawn." in page.words("#wallet")


def test_chinese_days_and_words(app: Flask) -> None:
    with app.app_context(), transaction():
        change_settings(values={"timezone": "Asia/Shanghai", "currency": "CNY"}, at=now())
    add_template(app, valid_days=7)
    page = Shopper(app, language="zh-CN").get("/coupons")
    assert page.words("h1") == "领券中心"


def test_a_ledger_that_lies_is_found(app: Flask) -> None:
    add_template(app)
    with app.app_context():
        with transaction():
            db.session.execute(db.update(CouponTemplate).values(claimed_count=3))
        assert [(each.ledger, each.expected, each.actual) for each in ledgers.discrepancies()] == [
            ("coupons claimed", 0, 3)
        ]
