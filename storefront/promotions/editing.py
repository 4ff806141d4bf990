"""Making and changing promotions. A promotion begins as a draft; activating it is a step of its own.

What staff mean is a `PromotionPlan`: the pure promotion, checked by its own rules, with the limits and codes that the
pure value does not know. Every change is written to the ledger of changes in the shop's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.money import Money
from storefront.kernel.text import code_key, first_free, slugify
from storefront.promotions import errors, limits
from storefront.promotions.models import CouponCode, CouponTemplate, PromotionUse
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.past_offers import state_offer, state_offer_so_far
from storefront.promotions.queries import find_made_with
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Promotion
from storefront.promotions.rules.promotion import EVERYONE
from storefront.promotions.rules.serial import audience_to_data, benefit_to_data, condition_to_data, scope_to_data
from storefront.promotions.telling import Said, told_of
from storefront.shop.queries import get_settings

MOST_USES = 1_000_000_000
LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class CodePlan:
    """A public code, and how often it may be used; None is without limit."""

    code: str
    usage_limit: int | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.code) <= LONGEST_CODE or self.code != code_key(self.code):
            raise ValueError("a code is written as `code_key` writes it")
        _check_count("codes", self.usage_limit)


@dataclass(frozen=True, slots=True)
class PromotionPlan:
    """A promotion as staff mean it; its `id`, `key` and `version` are those of the row once it has one."""

    promotion: Promotion
    usage_limit: int | None = None
    per_customer_limit: int | None = None
    budget: Money | None = None
    codes: tuple[CodePlan, ...] = ()

    def __post_init__(self) -> None:
        _check_count("usage_limit", self.usage_limit)
        _check_count("per_customer_limit", self.per_customer_limit)
        if self.budget is not None and self.budget.minor <= 0:
            raise Invalid(N_("A budget is more than nothing."), field="budget")


def add_promotion(*, plan: PromotionPlan, token: str = "", by: str, at: datetime) -> PromotionRow:
    """Store a new promotion as a draft; the form with this `token` that was sent before has made it already."""
    known = find_made_with(token)
    if known is not None and known.name == plan.promotion.name:
        return known
    row = PromotionRow(key=_free_key(plan.promotion.name), is_active=False, created_at=at, used_count=0, spent_minor=0)
    row.form_token = (token or None) if known is None else None
    _fill(row, plan, at)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same form was sent twice at once, and this is the second
        if (known := find_made_with(token)) is None:
            raise
        return known
    _store_codes(row, plan.codes)
    changes = {field: (None, words) for field, words in _told(row).items() if words}
    _record("promotion.add", row, changes, by, at)
    return row


def change_promotion(*, promotion_id: int, version: int, plan: PromotionPlan, by: str, at: datetime) -> PromotionRow:
    """Change a promotion as it was at `version`; what was used stays used, and limits may not fall below it."""
    row = _get(promotion_id, version)
    before = _told(row)
    limits.refuse_change(row=row, budget=plan.budget, by=by)
    if plan.usage_limit is not None and plan.usage_limit < row.used_count:
        raise Invalid(
            N_("It has been used %(count)s times already; the limit cannot be lower."),
            field="usage_limit",
            count=row.used_count,
        )
    if plan.budget is not None and plan.budget.minor < row.spent_minor:
        raise Invalid(N_("More than that has been given away already; the budget cannot be lower."), field="budget")
    _fill(row, plan, at)
    _flush()
    _store_codes(row, plan.codes)
    _record("promotion.change", row, _differences(before, _told(row)), by, at)
    return row


def activate_promotion(
    *, promotion_id: int, version: int, expected: Money | None = None, by: str, at: datetime
) -> PromotionRow:
    """Let a promotion run from its start on. The caller has shown what the check found, and says what it will cost
    where a trial has told; beyond what one person decides alone it is refused with NeedsApproval."""
    row = _get(promotion_id, version)
    if find_promotion(row, get_settings().currency) is None:
        raise errors.PromotionNotReady
    if not row.is_active:
        limits.refuse_alone(row=row, expected=expected, by=by)
        row.is_active, row.activated_at, row.updated_at = True, row.activated_at or at, at
        _flush()
        _record("promotion.activate", row, {}, by, at)
    return row


def version_of(promotion_id: int) -> int:
    """Return a promotion's version now, for who saw no older one; NotFound for one that there is not."""
    version = db.session.scalar(select(PromotionRow.version).where(PromotionRow.id == promotion_id))
    if version is None:
        raise NotFound
    return version


def pause_promotion(*, promotion_id: int, version: int, by: str, at: datetime) -> PromotionRow:
    """Stop a promotion until it is activated again; orders that used it keep what they got."""
    row = _get(promotion_id, version)
    if row.is_active:
        row.is_active, row.activated_at, row.updated_at = False, row.activated_at or at, at
        _flush()
        _record("promotion.pause", row, {}, by, at)
    return row


def archive_promotion(*, promotion_id: int, version: int, by: str, at: datetime) -> PromotionRow:
    """Put a promotion away: it stops and leaves the lists, its figures stay."""
    row = _get(promotion_id, version)
    if row.is_active:
        row.activated_at = row.activated_at or at
    row.is_active, row.archived_at, row.updated_at = False, at, at
    _flush()
    _record("promotion.archive", row, {}, by, at)
    return row


def unarchive_promotion(*, promotion_id: int, version: int, by: str, at: datetime) -> PromotionRow:
    """Take a promotion out of the archive; it does not run until it is activated."""
    row = _get(promotion_id, version, archived=True)
    if row.archived_at is not None:
        row.archived_at, row.updated_at = None, at
        _flush()
        _record("promotion.unarchive", row, {}, by, at)
    return row


def duplicate_promotion(*, promotion_id: int, name: str, by: str, at: datetime) -> PromotionRow:
    """Make a draft that gives the same under `name`; uses, and codes, which are unique, are not copied."""
    row = db.session.get(PromotionRow, promotion_id)
    if row is None:
        raise NotFound
    kept = (
        *("promotion_class", "priority", "exclusive", "combines_with", "requires_code", "conditions", "benefits"),
        *("starts_at", "ends_at", "usage_limit", "per_customer_limit", "budget_minor"),
    )
    values: dict[str, Any] = {field: getattr(row, field) for field in kept}
    copy = PromotionRow(
        **values,
        key=_free_key(name),
        name=name[:255],
        translations={},
        is_active=False,
        created_at=at,
        updated_at=at,
        used_count=0,
        spent_minor=0,
    )
    db.session.add(copy)
    db.session.flush()
    changes = {field: (None, words) for field, words in _told(copy).items() if words}
    _record("promotion.add", copy, changes, by, at)
    return copy


def delete_promotion(*, promotion_id: int, version: int, by: str, at: datetime) -> None:
    """Delete a promotion that nobody has used and no coupon hangs on."""
    row = _get(promotion_id, version, archived=True)
    if is_bound(row.id):
        raise errors.PromotionInUse
    row.is_active = False
    _record("promotion.delete", row, {field: (words, None) for field, words in _told(row).items() if words}, by, at)
    db.session.delete(row)
    _flush()


def is_bound(promotion_id: int) -> bool:
    """Say whether uses or coupons hang on a promotion."""
    used = exists().where(PromotionUse.promotion_id == promotion_id)
    offered = exists().where(CouponTemplate.promotion_id == promotion_id)
    return bool(db.session.scalar(select(used | offered)))


def public_codes(promotion_id: int) -> list[CouponCode]:
    """Return the codes that anybody may type: those of no template and no customer."""
    statement = select(CouponCode).where(
        CouponCode.promotion_id == promotion_id,
        CouponCode.template_id.is_(None),
        CouponCode.customer_id.is_(None),
        CouponCode.is_active,
    )
    return list(db.session.scalars(statement.order_by(CouponCode.id)))


def _get(promotion_id: int, version: int, *, archived: bool = False) -> PromotionRow:
    row = db.session.get(PromotionRow, promotion_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise errors.StalePromotion
    if row.archived_at is not None and not archived:
        raise errors.PromotionArchived
    state_offer_so_far(row)
    return row


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError:
        raise errors.StalePromotion from None


def _fill(row: PromotionRow, plan: PromotionPlan, at: datetime) -> None:
    meant = plan.promotion
    scope = {} if meant.scope.is_everything else {"scope": scope_to_data(meant.scope)}
    audience = [] if meant.audience == EVERYONE else [{"kind": "audience", **audience_to_data(meant.audience)}]
    row.name = meant.name
    row.translations = {locale: {"name": name} for locale, name in meant.translations}
    row.promotion_class = meant.falls_on.value
    row.priority, row.exclusive = meant.priority, meant.exclusive
    row.combines_with = sorted(stage.value for stage in meant.combines_with or ())
    row.requires_code = meant.needs_code
    row.conditions = [condition_to_data(condition) for condition in meant.conditions] + audience
    row.benefits = [benefit_to_data(meant.benefit) | scope]
    row.starts_at, row.ends_at = meant.starts_at, meant.ends_at
    row.usage_limit, row.per_customer_limit = plan.usage_limit, plan.per_customer_limit
    row.budget_minor = plan.budget.minor if plan.budget else None
    row.updated_at = at


def _store_codes(row: PromotionRow, plans: tuple[CodePlan, ...]) -> None:
    """Make the public codes be `plans`; one that was used is switched off rather than deleted."""
    wanted = {plan.code: plan for plan in plans}
    taken = db.session.execute(
        select(CouponCode, PromotionRow.name)
        .join(PromotionRow, PromotionRow.id == CouponCode.promotion_id)
        .where(CouponCode.code.in_(list(wanted)))
    ).all()
    known: dict[str, CouponCode] = {code.code: code for code in public_codes(row.id)}
    for code, name in taken:
        if code.promotion_id != row.id or code.template_id is not None or code.customer_id is not None:
            raise errors.CodeTaken(code.code, name)
        known[code.code] = code
    for text, code in known.items():
        if text in wanted:
            _limit_code(code, wanted[text])
        elif code.used_count or _was_used(code.id):
            code.is_active = False
        else:
            db.session.delete(code)
    for text, plan in wanted.items():
        if text not in known:
            db.session.add(CouponCode(promotion_id=row.id, code=text, usage_limit=plan.usage_limit, used_count=0))
    db.session.flush()


def _limit_code(code: CouponCode, plan: CodePlan) -> None:
    if plan.usage_limit is not None and plan.usage_limit < code.used_count:
        raise Invalid(
            N_("The code “%(code)s” has been used %(count)s times already; its limit cannot be lower."),
            field="codes",
            code=code.code,
            count=code.used_count,
        )
    code.is_active, code.usage_limit = True, plan.usage_limit


def _was_used(code_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(PromotionUse.coupon_code_id == code_id))))


def _free_key(name: str) -> str:
    """Return a public name that no promotion has: "spring-sale", "spring-sale-2"."""
    base = slugify(name, fallback="promotion", longest=48)
    statement = select(PromotionRow.key).where(PromotionRow.key.startswith(base, autoescape=True))
    taken = set(db.session.scalars(statement))
    return first_free(base, taken)


def _told(row: PromotionRow) -> Mapping[str, Said]:
    return told_of(row, [(code.code, code.usage_limit) for code in public_codes(row.id)] if row.id else [])


def _differences(before: Mapping[str, Said], after: Mapping[str, Said]) -> dict[str, tuple[object, object]]:
    return {field: (before.get(field) or None, after.get(field) or None) for field in {**before, **after}}


def _record(
    action: str, row: PromotionRow, changes: Mapping[str, tuple[object, object]], by: str, at: datetime
) -> None:
    """Write down what was done, and what the offer makes of shown prices from now on."""
    audit.record(actor=by, action=action, about=("promotion", str(row.id)), changes=changes, at=at)
    state_offer(row, at)


def _check_count(field: str, count: int | None) -> None:
    if count is not None and not 1 <= count <= MOST_USES:
        raise Invalid(N_("A limit is a whole number of at least 1."), field=field)
