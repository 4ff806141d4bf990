"""What can run out runs out exactly once: limits, budgets and codes, also when everybody comes at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.pricing.snapshot import Shopper
from storefront.promotions import errors, queries
from storefront.promotions.models import CouponCode, Promotion, PromotionUse
from storefront.promotions.services import Use, give_back_uses, take_uses
from tests.factories import make_code, make_customer, make_promotion
from tests.storefront.promotions.builders import usd

TEN_PERCENT = [{"kind": "percent_off", "basis_points": 1000}]
WORKERS = 8


def a_promotion(app: Flask, **values: object) -> int:
    with app.app_context(), transaction():
        return make_promotion(conditions=[], benefits=TEN_PERCENT, **values).id


def take(promotion_id: int, order: str, *, customer: str = "customer:1", amount: int = 100, code: str = "") -> None:
    with transaction():
        take_uses(uses=[Use(promotion_id, code, usd(amount))], customer_key=customer, order_number=order, at=now())


def counters(promotion_id: int) -> tuple[int, int]:
    row = db.session.execute(
        db.select(Promotion.used_count, Promotion.spent_minor).where(Promotion.id == promotion_id)
    ).one()
    return row.used_count, row.spent_minor


def test_the_last_use_is_taken_once(app: Flask) -> None:
    number = a_promotion(app, usage_limit=1, name="Spring")
    with app.app_context():
        take(number, "A")
        with pytest.raises(errors.PromotionRanOut, match="Spring"):
            take(number, "B")
        assert counters(number) == (1, 100)


def test_a_budget_is_never_overspent(app: Flask) -> None:
    number = a_promotion(app, budget_minor=250)
    with app.app_context():
        take(number, "A", amount=200)
        with pytest.raises(errors.PromotionRanOut):
            take(number, "B", amount=51)
        take(number, "C", amount=50)
        assert counters(number) == (2, 250)


def test_a_customer_uses_it_as_often_as_allowed(app: Flask) -> None:
    number = a_promotion(app, per_customer_limit=1)
    with app.app_context():
        take(number, "A", customer="email:a@example.com")
        with pytest.raises(errors.PromotionRanOut):
            take(number, "B", customer="email:a@example.com")
        take(number, "C", customer="email:b@example.com")
        live = queries.live_promotions(at=now())
        assert queries.uses_of("email:a@example.com", live) == ((number, 1),)


def test_one_refusal_takes_nothing_of_the_others(app: Flask) -> None:
    plenty, none = a_promotion(app), a_promotion(app, usage_limit=0)
    with app.app_context():
        with pytest.raises(errors.PromotionRanOut), transaction():
            uses = [Use(plenty, "", usd(10)), Use(none, "", usd(10))]
            take_uses(uses=uses, customer_key="customer:1", order_number="A", at=now())
        assert counters(plenty) == (0, 0)
        assert db.session.scalar(db.select(db.func.count()).select_from(PromotionUse)) == 0


def test_a_cancelled_order_gives_back_what_it_took_and_only_once(app: Flask) -> None:
    number = a_promotion(app, usage_limit=1, per_customer_limit=1, budget_minor=100, requires_code=True)
    with app.app_context():
        with transaction():
            make_code(db.session.get_one(Promotion, number), "ONCE", usage_limit=1)
        take(number, "A", code="ONCE")
        with transaction():
            assert give_back_uses(order_number="A", at=now()) == 1
        with transaction():
            assert give_back_uses(order_number="A", at=now()) == 0
        assert counters(number) == (0, 0)
        assert db.session.scalar(db.select(CouponCode.used_count)) == 0
        take(number, "B", code="ONCE")
        assert counters(number) == (1, 100)


def test_a_codes_own_limit_holds_too(app: Flask) -> None:
    number = a_promotion(app, requires_code=True)
    with app.app_context():
        with transaction():
            make_code(db.session.get_one(Promotion, number), "ONCE", usage_limit=1)
        take(number, "A", code="ONCE")
        with pytest.raises(errors.PromotionRanOut, match="ONCE"):
            take(number, "B", code="ONCE", customer="customer:2")
        with pytest.raises(errors.PromotionRanOut):
            take(number, "C", code="OTHER")


@pytest.mark.parametrize(
    ("limits", "winners"),
    [({"usage_limit": 1}, 1), ({"usage_limit": 3}, 3), ({"budget_minor": 250}, 2), ({"per_customer_limit": 1}, 1)],
)
def test_in_a_race_exactly_as_many_win_as_there_is(any_app: Flask, limits: dict[str, int], winners: int) -> None:
    number = a_promotion(any_app, **limits)
    start, won, lost = threading.Barrier(WORKERS), [], []

    def order(worker: int) -> None:
        with any_app.app_context():
            start.wait()
            try:
                take(number, f"ORDER-{worker}")
                won.append(worker)
            except errors.PromotionRanOut:
                lost.append(worker)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=order, args=(worker,)) for worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (winners, WORKERS - winners)
    with any_app.app_context():
        assert counters(number) == (winners, 100 * winners)
        assert db.session.scalar(db.select(db.func.sum(PromotionUse.uses))) == winners


def test_changed_promotions_are_read_anew_and_used_up_ones_are_known(app: Flask) -> None:
    number = a_promotion(app, usage_limit=1)
    with app.app_context():
        [before] = queries.live_promotions(at=now())
        with transaction():
            db.session.get_one(Promotion, number).benefits = [{"kind": "percent_off", "basis_points": 2000}]
        [changed] = queries.live_promotions(at=now())
        assert (before.benefit.basis_points, changed.benefit.basis_points) == (1000, 2000)
        assert (changed.version, changed.limits.uses_left) == (before.version + 1, 1)
        take(number, "A")
        assert queries.live_promotions(at=now())[0].limits.uses_left == 0
        with transaction():
            db.session.get_one(Promotion, number).is_active = False
        assert queries.live_promotions(at=now()) == ()


def test_a_promotion_that_nobody_can_read_is_left_out_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    good = a_promotion(app)
    with app.app_context(), transaction():
        make_promotion(conditions=[], benefits=[{"kind": "moon"}])
        make_promotion(conditions=[{"kind": "audience"}, {"kind": "audience"}], benefits=TEN_PERCENT)
        make_promotion(conditions=[], benefits=[])
    with app.app_context():
        assert [promotion.id for promotion in queries.live_promotions(at=now())] == [good]
    assert sum("cannot be read" in record.message for record in caplog.records) == 3


def test_codes_are_refused_with_the_reason(app: Flask) -> None:
    today, day = now(), timedelta(days=1)

    def with_code(code: str, *, conditions: tuple[dict[str, object], ...] = (), **values: object) -> None:
        ends_at = values.pop("promotion_ends_at", None)
        promotion = make_promotion(
            conditions=list(conditions), benefits=TEN_PERCENT, requires_code=True, ends_at=ends_at
        )
        make_code(promotion, code, **values)

    with app.app_context(), transaction():
        with_code("GOOD")
        with_code("ENDED", promotion_ends_at=today - day)
        with_code("SOON", starts_at=today + day)
        with_code("USED", usage_limit=0)
        with_code("OFF", is_active=False)
        with_code("MEMBERS", conditions=({"kind": "audience", "members_only": True},))
    expected = {
        "": errors.NoCode,
        " \t": errors.NoCode,
        "WHO": errors.UnknownCode,
        "x" * 5000: errors.UnknownCode,
        "OFF": errors.UnknownCode,
        "ended": errors.CodeEnded,
        "soon": errors.CodeNotStarted,
        "ＵＳＥＤ": errors.CodeUsedUp,
        "members": errors.CodeNotForYou,
    }
    with app.app_context():
        for code, refusal in expected.items():
            with pytest.raises(refusal):
                queries.check_code(code, shopper=Shopper(), at=today)
        assert queries.check_code(" good ", shopper=Shopper(), at=today).codes == {"GOOD"}
        assert queries.check_code("members", shopper=Shopper(known=True), at=today).codes == {"MEMBERS"}


@pytest.mark.parametrize("first_signed_in", [True, False])
def test_signing_out_does_not_make_a_new_customer(any_app: Flask, first_signed_in: bool) -> None:
    number = a_promotion(any_app, per_customer_limit=1)
    with any_app.app_context(), transaction():
        account = f"customer:{make_customer('ada@example.com').id}"
    keys = [account, "email:ada@example.com"] if first_signed_in else ["email:ada@example.com", account]
    with any_app.app_context():
        take(number, "A", customer=keys[0])
        with pytest.raises(errors.PromotionRanOut):
            take(number, "B", customer=keys[1])
        live = queries.live_promotions(at=now())
        assert [queries.uses_of(key, live) for key in keys] == [((number, 1),)] * 2
        take(number, "C", customer="email:grace@example.com")
        with transaction():
            give_back_uses(order_number="A", at=now())
        take(number, "D", customer=keys[1])


def test_a_personal_limit_that_is_reached_says_so(app: Flask) -> None:
    number = a_promotion(app, requires_code=True, per_customer_limit=1)
    with app.app_context():
        with transaction():
            make_code(db.session.get_one(Promotion, number), "ONCE")
        take(number, "A", code="ONCE")
        with pytest.raises(errors.CodeAlreadyUsed):
            queries.check_code("once", shopper=Shopper(known=True), customer_key="customer:1", at=now())
