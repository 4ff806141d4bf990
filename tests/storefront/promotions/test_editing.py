"""Making, changing and putting away promotions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.promotions import editing, errors, services
from storefront.promotions.editing import CodePlan, PromotionPlan
from storefront.promotions.models import CouponCode, CouponTemplate
from storefront.promotions.models import Promotion as Row
from storefront.promotions.queries import live_promotions
from storefront.promotions.reading import read_promotion
from storefront.promotions.rules import Rung, Scope, SpendLadder, promotion_from_data

LADDER = {"kind": "spend_ladder", "rungs": [{"spend_minor": 19900, "off_minor": 2000}]}


def plan(name: str = "Spring", benefit: dict[str, Any] | None = None, **values: Any) -> PromotionPlan:
    terms = {key: values.pop(key) for key in list(values) if key in {"scope", "conditions", "audience", "needs_code"}}
    data = {"id": 0, "name": name, "currency": "USD", "falls_on": "order", "benefit": benefit or LADDER, **terms}
    return PromotionPlan(promotion_from_data(data), **values)


def made(app: Flask, meant: PromotionPlan | None = None) -> int:
    with app.app_context(), transaction():
        return editing.add_promotion(plan=meant or plan(), by="staff:1", at=now()).id


def row_of(promotion_id: int) -> Row:
    row = db.session.get(Row, promotion_id, populate_existing=True)
    assert row is not None
    return row


def step(app: Flask, service: Any, promotion_id: int, **values: Any) -> None:
    with app.app_context(), transaction():
        version = values.pop("version", None) or row_of(promotion_id).version
        service(promotion_id=promotion_id, version=version, by="staff:1", at=now(), **values)


def test_a_new_promotion_is_a_draft_that_no_cart_gets(any_app: Flask) -> None:
    meant = plan(scope={"category_ids": [3], "exclude": {"skus": ["CUP"]}}, audience={"members_only": True})
    promotion_id = made(any_app, meant)
    with any_app.app_context():
        row = row_of(promotion_id)
        assert (row.is_active, row.activated_at, row.key) == (False, None, "spring")
        stored = read_promotion(row, "USD")
        assert stored.benefit == SpendLadder((Rung(Money(19900, "USD"), Money(2000, "USD")),))
        assert stored.scope == Scope(category_ids=frozenset({3}), exclude=Scope(skus=frozenset({"CUP"})))
        assert stored.audience.members_only
        assert live_promotions(at=now()) == ()
        (entry,) = audit.list_entries_about("promotion", str(promotion_id))
        assert entry.changes["Gives"] == [
            None,
            {"en": "Spend $199.00, save $20.00.", "zh": "满US$199.00减US$20.00。"},
        ]
        assert entry.changes["For whom"] == [None, {"en": "For members.", "zh": "面向会员。"}]


def test_two_promotions_of_one_name_have_keys_of_their_own(any_app: Flask) -> None:
    keys = []
    for _number in range(3):
        promotion_id = made(any_app)
        with any_app.app_context():
            keys.append(row_of(promotion_id).key)
    assert keys == ["spring", "spring-2", "spring-3"]


def test_it_runs_once_activated_until_paused_and_tells_paused_from_draft(any_app: Flask) -> None:
    promotion_id = made(any_app)
    step(any_app, editing.activate_promotion, promotion_id)
    with any_app.app_context():
        assert [each.id for each in live_promotions(at=now())] == [promotion_id]
        began = row_of(promotion_id).activated_at
    step(any_app, editing.pause_promotion, promotion_id)
    with any_app.app_context():
        assert live_promotions(at=now()) == ()
        assert row_of(promotion_id).activated_at == began is not None
        actions = [entry.action for entry in audit.list_entries_about("promotion", str(promotion_id))]
        assert actions == ["promotion.pause", "promotion.activate", "promotion.add"]


def test_the_slower_of_two_editors_is_refused(any_app: Flask) -> None:
    promotion_id = made(any_app)
    with any_app.app_context():
        version = row_of(promotion_id).version
    step(any_app, editing.change_promotion, promotion_id, version=version, plan=plan("Summer"))
    for service, more in ((editing.change_promotion, {"plan": plan("Autumn")}), (editing.archive_promotion, {})):
        with pytest.raises(errors.StalePromotion):
            step(any_app, service, promotion_id, version=version, **more)
    with any_app.app_context():
        assert row_of(promotion_id).name == "Summer"


def test_limits_do_not_fall_below_what_was_used(any_app: Flask) -> None:
    promotion_id = made(any_app, plan(usage_limit=5, budget=Money(9000, "USD")))
    step(any_app, editing.activate_promotion, promotion_id)
    for number in ("A1", "A2"):
        use = services.Use(promotion_id, "", Money(2000, "USD"))
        with any_app.app_context(), transaction():
            services.take_uses(uses=[use], customer_key="email:a@example.com", order_number=number, at=now())
    for field, meant in (
        ("usage_limit", plan(usage_limit=1)),
        ("budget", plan(budget=Money(3999, "USD"))),
    ):
        with pytest.raises(Invalid) as refused:
            step(any_app, editing.change_promotion, promotion_id, plan=meant)
        assert refused.value.field == field
    step(any_app, editing.change_promotion, promotion_id, plan=plan(usage_limit=2, budget=Money(4000, "USD")))


def test_codes_are_added_limited_and_taken_away(any_app: Flask) -> None:
    promotion_id = made(any_app, plan(needs_code=True, codes=(CodePlan("SAVE10"), CodePlan("FRIENDS", 5))))
    with any_app.app_context(), transaction():
        db.session.execute(db.update(CouponCode).where(CouponCode.code == "FRIENDS").values(used_count=2))
    with pytest.raises(Invalid) as refused:
        step(
            any_app, editing.change_promotion, promotion_id, plan=plan(needs_code=True, codes=(CodePlan("FRIENDS", 1),))
        )
    assert refused.value.field == "codes"
    step(any_app, editing.change_promotion, promotion_id, plan=plan(needs_code=True, codes=(CodePlan("NEW", 3),)))
    with any_app.app_context():
        codes = {code.code: (code.is_active, code.usage_limit) for code in db.session.scalars(db.select(CouponCode))}
        assert codes == {"FRIENDS": (False, 5), "NEW": (True, 3)}
    step(any_app, editing.change_promotion, promotion_id, plan=plan(needs_code=True, codes=(CodePlan("FRIENDS", 9),)))
    with any_app.app_context():
        codes = {code.code: (code.is_active, code.usage_limit) for code in db.session.scalars(db.select(CouponCode))}
        assert codes == {"FRIENDS": (True, 9)}


def test_a_code_belongs_to_one_promotion_only(any_app: Flask) -> None:
    made(any_app, plan("First", needs_code=True, codes=(CodePlan("SAVE10"),)))
    with pytest.raises(errors.CodeTaken, match="First"):
        made(any_app, plan("Second", needs_code=True, codes=(CodePlan("SAVE10"),)))
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Row)) == 1


def test_a_copy_is_a_draft_without_codes_or_uses(any_app: Flask) -> None:
    promotion_id = made(any_app, plan(needs_code=True, usage_limit=5, codes=(CodePlan("SAVE10"),)))
    step(any_app, editing.activate_promotion, promotion_id)
    with any_app.app_context(), transaction():
        copy = editing.duplicate_promotion(promotion_id=promotion_id, name="Copy", by="staff:1", at=now()).id
    with any_app.app_context():
        row = row_of(copy)
        assert (row.is_active, row.used_count, row.usage_limit, row.requires_code) == (False, 0, 5, True)
        assert row.benefits == row_of(promotion_id).benefits
        assert editing.public_codes(copy) == []


def test_what_is_archived_is_left_alone_until_it_is_taken_out(any_app: Flask) -> None:
    promotion_id = made(any_app)
    step(any_app, editing.activate_promotion, promotion_id)
    step(any_app, editing.archive_promotion, promotion_id)
    with any_app.app_context():
        assert live_promotions(at=now()) == ()
    for service, more in ((editing.activate_promotion, {}), (editing.change_promotion, {"plan": plan()})):
        with pytest.raises(errors.PromotionArchived):
            step(any_app, service, promotion_id, **more)
    step(any_app, editing.unarchive_promotion, promotion_id)
    step(any_app, editing.activate_promotion, promotion_id)


def test_only_what_was_never_used_is_deleted(any_app: Flask) -> None:
    unused, used, offered = made(any_app), made(any_app), made(any_app)
    step(any_app, editing.activate_promotion, used)
    with any_app.app_context(), transaction():
        use = services.Use(used, "", Money(100, "USD"))
        services.take_uses(uses=[use], customer_key="email:a@example.com", order_number="A1", at=now())
        services.give_back_uses(order_number="A1", at=now())
        template = CouponTemplate(key="t", promotion_id=offered, way="claim", created_at=now(), updated_at=now())
        db.session.add(template)
    step(any_app, editing.delete_promotion, unused)
    for promotion_id in (used, offered):
        with pytest.raises(errors.PromotionInUse):
            step(any_app, editing.delete_promotion, promotion_id)
    with any_app.app_context():
        assert set(db.session.scalars(db.select(Row.id))) == {used, offered}


def test_what_is_changed_is_written_down_in_words(any_app: Flask) -> None:
    promotion_id = made(any_app)
    rungs = [{"spend_minor": 19900, "off_minor": 3000}]
    step(any_app, editing.change_promotion, promotion_id, plan=plan(benefit={**LADDER, "rungs": rungs}))
    step(any_app, editing.change_promotion, promotion_id, plan=plan(benefit={**LADDER, "rungs": rungs}))
    with any_app.app_context():
        changed = [
            e for e in audit.list_entries_about("promotion", str(promotion_id)) if e.action == "promotion.change"
        ]
        assert [entry.changes for entry in changed] == [
            {
                "Gives": [
                    {"en": "Spend $199.00, save $20.00.", "zh": "满US$199.00减US$20.00。"},
                    {"en": "Spend $199.00, save $30.00.", "zh": "满US$199.00减US$30.00。"},
                ]
            }
        ]


def test_a_plan_refuses_limits_that_are_none() -> None:
    for values in ({"usage_limit": 0}, {"per_customer_limit": -1}, {"budget": Money(0, "USD")}):
        with pytest.raises(Invalid):
            plan(**values)
    assert plan(usage_limit=1).usage_limit == 1


def test_a_promotion_that_nobody_can_read_does_not_start(any_app: Flask) -> None:
    promotion_id = made(any_app)
    with any_app.app_context(), transaction():
        row_of(promotion_id).benefits = [{"kind": "magic"}]
    with pytest.raises(errors.PromotionNotReady):
        step(any_app, editing.activate_promotion, promotion_id)


def test_a_change_of_times_is_kept(any_app: Flask) -> None:
    promotion_id, at = made(any_app), now()
    meant = plan()
    dated = PromotionPlan(
        promotion_from_data(
            {
                **{"id": 0, "name": "Spring", "currency": "USD", "falls_on": "order", "benefit": LADDER},
                **{"starts_at": at.isoformat(), "ends_at": (at + timedelta(days=3)).isoformat()},
            }
        )
    )
    step(any_app, editing.change_promotion, promotion_id, plan=dated)
    with any_app.app_context():
        row = row_of(promotion_id)
        assert row.ends_at is not None
        assert row.starts_at is not None
        assert row.ends_at - row.starts_at == timedelta(days=3)
    step(any_app, editing.change_promotion, promotion_id, plan=meant)
    with any_app.app_context():
        assert row_of(promotion_id).ends_at is None
