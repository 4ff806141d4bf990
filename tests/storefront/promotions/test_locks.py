"""A code that can be used once is kept for one checkout at a time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.promotions import errors
from storefront.promotions.models import CouponCode, Promotion
from storefront.promotions.services import Use, give_back_uses, lock_codes, take_uses, unlock_codes
from tests.factories import make_code, make_promotion
from tests.storefront.promotions.builders import usd
from tests.storefront.promotions.coupons import AMOUNT_OFF, add_customer, adds_up, at_once, give

QUARTER = timedelta(minutes=15)
Refused = (errors.CodeInUse, errors.PromotionRanOut)


def add_code(app: Flask, code: str = "ONCE", *, usage_limit: int | None = 1) -> int:
    with app.app_context(), transaction():
        row = make_promotion(conditions=[], benefits=[AMOUNT_OFF], requires_code=True)
        make_code(row, code, usage_limit=usage_limit)
        return int(row.id)


def lock(token: str, code: str = "ONCE") -> int:
    with transaction():
        return lock_codes([code], token=token, until=now() + QUARTER, at=now())


def take(promotion_id: int, token: str, *, customer: str = "email:a@example.com", code: str = "ONCE") -> None:
    uses = [Use(promotion_id, code, usd(500))]
    with transaction():
        take_uses(uses=uses, customer_key=customer, order_number=f"O-{token}", at=now(), checkout=token)


def holder(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalar(db.select(CouponCode.locked_by)))


def test_a_locked_code_serves_its_checkout_and_no_other(app: Flask) -> None:
    number = add_code(app)
    with app.app_context():
        assert lock("one") == 1
        with pytest.raises(errors.CodeInUse, match="ONCE"):
            lock("two")
        with pytest.raises(errors.CodeInUse):
            take(number, "two")
        with pytest.raises(errors.CodeInUse):
            take(number, "")
        assert lock("one") == 1, "going on renews it"
        take(number, "one")
        with pytest.raises(errors.PromotionRanOut):
            take(number, "three")
    assert holder(app) == ""
    assert adds_up(app)


def test_a_lock_that_has_run_out_holds_nothing(app: Flask) -> None:
    number = add_code(app)
    with app.app_context():
        with transaction():
            lock_codes(["ONCE"], token="one", until=now() - timedelta(seconds=1), at=now() - QUARTER)
        take(number, "two")


def test_a_lock_ends_at_its_very_second(app: Flask) -> None:
    add_code(app)
    with app.app_context():
        until = now() + QUARTER
        with transaction():
            lock_codes(["ONCE"], token="one", until=until, at=now())
        before = until - timedelta(microseconds=1)
        with pytest.raises(errors.CodeInUse), transaction():
            lock_codes(["ONCE"], token="two", until=until + QUARTER, at=before)
        with transaction():
            assert lock_codes(["ONCE"], token="two", until=until + QUARTER, at=until) == 1


def test_codes_for_many_need_no_lock(app: Flask) -> None:
    add_code(app, usage_limit=None)
    add_code(app, "TWICE", usage_limit=2)
    with app.app_context():
        assert lock("one") == lock("two") == 0
        assert lock("one", "TWICE") == 0


def test_what_is_given_up_is_free(app: Flask) -> None:
    number = add_code(app)
    with app.app_context():
        lock("one")
        with transaction():
            assert unlock_codes(tokens=["one"], but=["ONCE"]) == 0
            assert unlock_codes(tokens=["two"]) == 0
            assert unlock_codes(tokens=["one"]) == 1
            assert unlock_codes(tokens=[]) == 0
        take(number, "two")


def test_a_cancelled_order_gives_a_coupon_back_to_its_wallet(app: Flask) -> None:
    ada = add_customer(app)
    code = give(app, ada)
    with app.app_context():
        number = db.session.scalars(db.select(Promotion.id)).one()
        with pytest.raises(errors.PromotionRanOut):
            take(number, "bob", customer="email:bob@example.com", code=code)
        take(number, "ada", customer=f"customer:{ada}", code=code)
        with pytest.raises(errors.PromotionRanOut):
            take(number, "again", customer=f"customer:{ada}", code=code)
        with transaction():
            give_back_uses(order_number="O-ada", at=now())
        take(number, "later", customer=f"customer:{ada}", code=code)
    assert adds_up(app)


def test_of_twelve_checkouts_one_locks_the_code(any_app: Flask) -> None:
    add_code(any_app)
    jobs = [partial(lock, f"checkout-{number}") for number in range(12)]
    assert at_once(any_app, jobs, errors.CodeInUse) == (1, 11)
    assert holder(any_app).startswith("checkout-")


def test_of_twelve_guests_one_uses_the_code(any_app: Flask) -> None:
    number = add_code(any_app)
    jobs = [partial(take, number, f"{each}", customer=f"email:{each}@example.com") for each in range(12)]
    assert at_once(any_app, jobs, *Refused) == (1, 11)
    assert adds_up(any_app)


def test_who_holds_the_lock_wins_over_all_that_press_at_once(any_app: Flask) -> None:
    number = add_code(any_app)
    with any_app.app_context():
        lock("mine")
    others = [partial(take, number, f"{each}", customer=f"email:{each}@example.com") for each in range(6)]
    assert at_once(any_app, [partial(take, number, "mine"), *others], *Refused) == (1, 6)
    with any_app.app_context():
        assert db.session.scalar(db.text("SELECT order_number FROM promotion_use")) == "O-mine"
    assert adds_up(any_app)
