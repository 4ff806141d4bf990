"""Coupons for tests: promotions that need a code, templates, wallets, and threads that all start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask

from storefront.accounts.passwords import hash_password
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.pricing.snapshot import Shopper as Buyer
from storefront.promotions import claims, ledgers
from storefront.promotions.models import CouponCode, CouponTemplate
from tests.browser import Shopper
from tests.factories import make_customer, make_promotion

PASSWORD = "correct horse battery"
AMOUNT_OFF = {"kind": "amount_off", "amount_minor": 500}


@lru_cache(maxsize=1)
def password_hash() -> str:
    """Hash once per process: hashing is slow on purpose."""
    return hash_password(PASSWORD)


def add_template(app: Flask, *, way: str = "claim", key: str = "spring", off: int = 500, **values: Any) -> int:
    """Return the id of a template of a promotion that takes `off` minor units off, if `need` is spent."""
    of_promotion = {name: values.pop(name) for name in ("starts_at", "ends_at", "usage_limit") if name in values}
    conditions = [{"kind": "spend_at_least", "amount_minor": values.pop("need")}] if "need" in values else []
    if "audience" in values:
        conditions.append({"kind": "audience", **values.pop("audience")})
    with app.app_context(), transaction():
        promotion = make_promotion(
            conditions=conditions,
            benefits=[{**AMOUNT_OFF, "amount_minor": off, **values.pop("benefit", {})}],
            requires_code=True,
            name=values.pop("name", "Spring coupon"),
            combines_with=values.pop("combines_with", ["item", "order", "shipping"]),
            **of_promotion,
        )
        template = CouponTemplate(
            promotion_id=promotion.id, key=key, way=way, created_at=now(), updated_at=now(), **values
        )
        db.session.add(template)
        db.session.flush()
        number = template.id
    Kept.forget_all()
    return number


def add_customer(app: Flask, email: str = "ada@example.com", **values: Any) -> int:
    with app.app_context(), transaction():
        return int(make_customer(email, password_hash=password_hash(), **values).id)


def sign_in(app: Flask, email: str = "ada@example.com", **options: Any) -> Shopper:
    """Return a browser in which a customer is signed in."""
    shopper = Shopper(app, **options)
    assert shopper.post("/sign-in", {"email": email, "password": PASSWORD}).status == 303
    return shopper


def claim(customer_id: int, key: str = "spring") -> str:
    """Claim a coupon and return its code."""
    with transaction():
        return claims.claim(key=key, shopper=Buyer(known=True), customer_id=customer_id, at=now()).code


def give(app: Flask, customer_id: int, **values: Any) -> str:
    """Put a coupon of a new template into a wallet and return its code."""
    key = f"gift-{values.get('off', 500)}-{values.get('need', 0)}"
    add_template(app, key=key, **values)
    with app.app_context():
        return claim(customer_id, key)


def held(app: Flask) -> list[CouponCode]:
    with app.app_context():
        return list(db.session.scalars(db.select(CouponCode).order_by(CouponCode.id)))


def claimed_count(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(db.select(CouponTemplate.claimed_count)) or 0)


def adds_up(app: Flask) -> bool:
    with app.app_context():
        found = list(ledgers.discrepancies())
        assert found == []
        return True


def at_once(app: Flask, jobs: list[Callable[[], None]], *refusals: type[BaseException]) -> tuple[int, int]:
    """Run jobs on threads of their own, all starting together; return how many won and how many were refused."""
    start, won, lost = threading.Barrier(len(jobs)), [], []
    faults: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        with app.app_context():
            start.wait()
            try:
                job()
                won.append(job)
            except refusals:
                lost.append(job)
            except BaseException as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return len(won), len(lost)
