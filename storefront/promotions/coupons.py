"""Coupons as the merchant makes them: how they come to people, batches of codes, and gifts to single customers."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm.exc import StaleDataError

from storefront.accounts import queries as people
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import code_key, first_free, slugify, squeeze
from storefront.promotions import errors, letters
from storefront.promotions.claims import Granted, get_offer, grant, terms_of_template
from storefront.promotions.codemaking import make_codes
from storefront.promotions.models import CouponBatch, CouponCode, CouponTemplate, Promotion
from storefront.promotions.states import CouponWay
from storefront.promotions.validity import coupon_end
from storefront.shop.queries import get_settings

LARGEST_BATCH = 50_000
MOST_COUPONS = 1_000_000_000
MOST_EACH = 100
LONGEST_DAYS = 3_650
LONGEST_PREFIX = 16
INSERTED_AT_ONCE = 5_000
_PREFIX = re.compile(r"[A-Z0-9-]*")
"""It does not begin with a hyphen: a spreadsheet would take its codes for formulas."""


@dataclass(frozen=True, slots=True)
class TemplatePlan:
    """How a promotion's coupons come to people, as staff mean it."""

    promotion_id: int
    way: CouponWay
    claim_limit: int | None = None
    per_customer_claims: int = 1
    claim_starts_at: datetime | None = None
    claim_ends_at: datetime | None = None
    valid_days: int | None = None
    valid_until: datetime | None = None
    is_active: bool = True

    def __post_init__(self) -> None:
        _check_range("claim_limit", self.claim_limit, MOST_COUPONS)
        _check_range("per_customer_claims", self.per_customer_claims, MOST_EACH)
        _check_range("valid_days", self.valid_days, LONGEST_DAYS)
        starts, ends = self.claim_starts_at, self.claim_ends_at
        if starts is not None and ends is not None and ends <= starts:
            raise Invalid(N_("The end must be after the start."), field="claim_ends_at")
        if starts is not None and self.valid_until is not None and self.valid_until <= starts:
            raise Invalid(N_("The coupons would end before they can be claimed."), field="valid_until")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """So many codes to make: what the batch is called, and what each code begins with."""

    name: str
    size: int
    prefix: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise Invalid(N_("Please give the batch a name."), field="name")
        _check_range("size", self.size, LARGEST_BATCH)
        if self.prefix.startswith("-"):
            raise Invalid(N_("A prefix begins with a letter or a digit, not with a hyphen."), field="prefix")
        if len(self.prefix) > LONGEST_PREFIX or not _PREFIX.fullmatch(self.prefix):
            raise Invalid(
                N_("A prefix has at most %(most)s letters A to Z, digits and hyphens."),
                field="prefix",
                most=LONGEST_PREFIX,
            )

    @classmethod
    def of(cls, *, name: str, size: int, prefix: str) -> BatchPlan:
        """Read a plan as people type it."""
        return cls(squeeze(name)[:255], size, code_key(prefix))


def add_template(*, plan: TemplatePlan, by: str, at: datetime) -> CouponTemplate:
    """Let a promotion's coupons come to people."""
    promotion = _get_promotion(plan.promotion_id)
    template = CouponTemplate(key=_free_key(promotion.key), created_at=at, updated_at=at, claimed_count=0)
    _fill(template, plan)
    db.session.add(template)
    db.session.flush()
    changes = {field: (None, value) for field, value in _told(template).items() if value not in {None, ""}}
    _record("coupon.add", template, changes, by, at)
    return template


def change_template(*, template_id: int, version: int, plan: TemplatePlan, by: str, at: datetime) -> CouponTemplate:
    """Change a template as it was at `version`; coupons that people have already keep their own dates."""
    template = db.session.get(CouponTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFound
    if template.version != version:
        raise errors.StaleTemplate
    _get_promotion(plan.promotion_id)
    if plan.claim_limit is not None and plan.claim_limit < template.claimed_count:
        raise Invalid(
            N_("%(count)s have been given out already; the limit cannot be lower."),
            field="claim_limit",
            count=template.claimed_count,
        )
    if (plan.promotion_id, plan.way) != (template.promotion_id, template.way) and _has_coupons(template_id):
        raise Invalid(
            N_("People have coupons of it already, so what it gives and how it comes to them stay."), field="way"
        )
    before = _told(template)
    _fill(template, plan)
    template.updated_at = at
    try:
        db.session.flush()
    except StaleDataError:
        raise errors.StaleTemplate from None
    after = _told(template)
    _record("coupon.change", template, {field: (before[field], after[field]) for field in after}, by, at)
    return template


def switch_template(*, template_id: int, is_active: bool, by: str, at: datetime) -> CouponTemplate:
    """Let a template's coupons come to people, or no longer; refuse what is so already."""
    template = db.session.get(CouponTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFound
    if template.is_active == is_active:
        raise errors.SwitchedAlready
    plan = replace(_plan_of(template), is_active=is_active)
    return change_template(template_id=template_id, version=template.version, plan=plan, by=by, at=at)


def make_batch(*, template_id: int, plan: BatchPlan, by: str, at: datetime) -> CouponBatch:
    """Make so many single-use codes that nobody can guess."""
    template = _get_template(template_id)
    if template.way != CouponWay.BATCH:
        raise errors.NoBatches
    batch = CouponBatch(
        template_id=template_id, name=plan.name, prefix=plan.prefix, size=plan.size, made_by=by, made_at=at
    )
    db.session.add(batch)
    db.session.flush()
    ends_at = coupon_end(terms_of_template(template), at, get_settings().timezone)
    common: dict[str, Any] = {
        "promotion_id": template.promotion_id,
        "usage_limit": 1,
        "used_count": 0,
        "is_active": True,
    }
    common |= {"template_id": template_id, "batch_id": batch.id, "ends_at": ends_at, "locked_by": ""}
    codes = make_codes(plan.size, plan.prefix)
    for first in range(0, len(codes), INSERTED_AT_ONCE):
        rows = [{**common, "code": code} for code in codes[first : first + INSERTED_AT_ONCE]]
        db.session.execute(insert(CouponCode), rows)
    _record("coupon.batch", template, {N_("Batch"): (None, plan.name), N_("Codes"): (None, plan.size)}, by, at)
    return batch


def withdraw_batch(*, batch_id: int, by: str, at: datetime) -> int:
    """Let no code of a batch be used that was not used yet; return how many those were."""
    batch = db.session.get(CouponBatch, batch_id)
    if batch is None:
        raise NotFound
    withdrawn = db.session.execute(
        update(CouponCode)
        .where(CouponCode.batch_id == batch_id, CouponCode.is_active, CouponCode.used_count == 0)
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )
    count = int(withdrawn.rowcount)  # type: ignore[attr-defined]
    changes = {N_("Batch"): (batch.name, batch.name), N_("Withdrawn codes"): (None, count)}
    _record("coupon.withdraw", _get_template(batch.template_id), changes, by, at)
    return count


def note_export(*, batch_id: int, by: str, at: datetime) -> None:
    """Write down who took the codes of a batch out of the house."""
    batch = db.session.get_one(CouponBatch, batch_id)
    _record("coupon.export", _get_template(batch.template_id), {N_("Exported codes"): (None, batch.name)}, by, at)


def give(*, template_id: int, email: str, by: str, at: datetime) -> Granted:
    """Give one customer a coupon, however often they had it, and write to them."""
    customer = people.find_customer_by_contact(email, country=get_settings().country)
    if customer is None:
        raise errors.NoSuchCustomer(field="email")
    granted = grant(offer=get_offer(template_id, at), customer_id=customer.id, most=None, at=at)
    letters.tell_given("promotions/mail/given", customer_id=customer.id, given=[granted], at=at)
    changes = {N_("Given to customer"): (None, customer.id)}
    _record("coupon.give", _get_template(template_id), changes, by, at)
    return granted


def _get_promotion(promotion_id: int) -> Promotion:
    promotion = db.session.get(Promotion, promotion_id)
    if promotion is None or promotion.archived_at is not None:
        raise Invalid(N_("Please choose a promotion."), field="promotion_id")
    if not promotion.requires_code:
        raise Invalid(
            N_("“%(name)s” works without a code, so everybody has it already. Let it need a code first."),
            field="promotion_id",
            name=promotion.name,
        )
    return promotion


def _get_template(template_id: int) -> CouponTemplate:
    template = db.session.get(CouponTemplate, template_id)
    if template is None:
        raise NotFound
    return template


def _fill(template: CouponTemplate, plan: TemplatePlan) -> None:
    for field in fields(plan):
        setattr(template, field.name, getattr(plan, field.name))
    template.way = plan.way.value


def _plan_of(template: CouponTemplate) -> TemplatePlan:
    stored = {field.name: getattr(template, field.name) for field in fields(TemplatePlan)}
    return TemplatePlan(**{**stored, "way": CouponWay(template.way)})


def _told(template: CouponTemplate) -> dict[str, Any]:
    """Return a template's fields for the ledger of changes; times as text."""
    promotion = db.session.get(Promotion, template.promotion_id)
    return {
        N_("Promotion"): promotion.name if promotion else "",
        N_("Way"): template.way,
        N_("Claim limit"): template.claim_limit,
        N_("For each customer"): template.per_customer_claims,
        N_("Claims start"): _moment(template.claim_starts_at),
        N_("Claims end"): _moment(template.claim_ends_at),
        N_("Valid days"): template.valid_days,
        N_("Valid until"): _moment(template.valid_until),
        N_("Active"): template.is_active,
    }


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""


def _record(action: str, template: CouponTemplate, changes: dict[str, Any], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("coupon", str(template.id)), changes=changes, at=at)


def _has_coupons(template_id: int) -> bool:
    return db.session.scalar(select(CouponCode.id).where(CouponCode.template_id == template_id).limit(1)) is not None


def _free_key(name: str) -> str:
    """Return a public name that no template has: "spring", "spring-2"."""
    base = slugify(name, fallback="coupon", longest=48)
    taken = set(
        db.session.scalars(select(CouponTemplate.key).where(CouponTemplate.key.startswith(base, autoescape=True)))
    )
    return first_free(base, taken)


def _check_range(field: str, count: int | None, most: int) -> None:
    if count is not None and not 1 <= count <= most:
        raise Invalid(N_("This is a whole number from 1 to %(most)s."), field=field, most=most)
