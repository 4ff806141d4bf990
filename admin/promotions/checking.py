"""The linter over what is typed or stored, beside every other promotion that is not put away; its findings in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import flask_babel
from flask import g
from sqlalchemy import func, select

from admin.promotions.reach import MOST_TRIED, shelves
from storefront.accounts.models import CustomerGroup
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.loyalty.models import Tier
from storefront.promotions.editing import PromotionPlan, public_codes
from storefront.promotions.models import CouponCode
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Limits, Promotion
from storefront.promotions.rules.findings import Catalogue, Finding, Odd, Severity
from storefront.promotions.rules.linting import lint
from storefront.promotions.rules.trials import sides_of
from storefront.web.filters import money_text

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
__all__ = ["Finding", "blocks", "check", "check_stored", "finding_words", "warns"]


def check(plan: PromotionPlan, promotion_id: int) -> Sequence[Finding]:
    """Return what is odd about a plan; `promotion_id` is 0 for a new promotion."""
    row = db.session.get(PromotionRow, promotion_id) if promotion_id else None
    used, spent = (row.used_count, row.spent_minor) if row else (0, 0)
    limits = Limits(
        uses_left=None if plan.usage_limit is None else plan.usage_limit - used,
        per_customer=plan.per_customer_limit,
        budget_left=None if plan.budget is None else plan.budget - Money(spent, plan.budget.currency),
    )
    codes = frozenset(code.code for code in plan.codes)
    return _lint(replace(plan.promotion, id=promotion_id, limits=limits, codes=codes), promotion_id)


def check_stored(row: Any) -> Sequence[Finding]:
    """Return what is odd about a promotion as it is stored."""
    found = find_promotion(row, g.shop.currency)
    if found is None:
        return (Finding(Odd.UNREADABLE),)
    codes = frozenset(code.code for code in public_codes(row.id))
    return _lint(replace(found, codes=codes) if found.needs_code else found, row.id)


def blocks(plan: PromotionPlan, promotion_id: int) -> bool:
    """Say whether a plan must not run."""
    return any(finding.blocks for finding in check(plan, promotion_id))


def warns(findings: Sequence[Finding]) -> bool:
    """Say whether somebody must confirm what was found."""
    return any(finding.severity is Severity.WARNING for finding in findings)


def finding_words(finding: Finding) -> str:
    """Say what was found, and what to do about it."""
    facts = {name: money_text(value) if isinstance(value, Money) else value for name, value in finding.facts}
    return _(_WORDS[finding.kind], **facts) if finding.kind in _WORDS else _counted(finding, facts)


def _lint(promotion: Promotion, promotion_id: int) -> Sequence[Finding]:
    at, currency = now(), promotion.currency
    statement = select(PromotionRow.__table__).where(
        PromotionRow.is_active,
        PromotionRow.id != promotion_id,
        func.coalesce(PromotionRow.ends_at > at, True),
    )
    others = [find_promotion(row, currency) for row in db.session.execute(statement).all()]
    held = select(func.count()).select_from(CouponCode)
    codes = db.session.scalar(held.where(CouponCode.promotion_id == promotion_id, CouponCode.is_active)) or 0
    catalogue = Catalogue(
        now=at,
        goods=shelves().to_try(sides_of(promotion)),
        tiers=frozenset(db.session.scalars(select(Tier.key))),
        groups=frozenset(db.session.scalars(select(CustomerGroup.key))),
        codes=codes,
    )
    return lint(promotion, [other for other in others if other is not None], catalogue)


def _counted(finding: Finding, facts: dict[str, Any]) -> str:
    if finding.kind is Odd.BELOW_COST and facts["count"] >= MOST_TRIED:
        return _(
            "At least %(count)s products would be sold below their cost, worst of all %(sku)s at %(price)s, "
            "which costs %(cost)s.",
            **facts,
        )
    if finding.kind is Odd.BELOW_COST:
        return ngettext(
            "%(num)s product would be sold below its cost: %(sku)s at %(price)s, which costs %(cost)s.",
            "%(num)s products would be sold below their cost, worst of all %(sku)s at %(price)s, which costs %(cost)s.",
            facts["count"],
            **{name: facts[name] for name in ("sku", "price", "cost")},
        )
    if finding.kind is Odd.HELD_BY_MINIMUM:
        return ngettext(
            "%(num)s product has a minimum price that keeps it from being reduced in full.",
            "%(num)s products have a minimum price that keeps them from being reduced in full.",
            facts["count"],
        )
    return _("Step %(number)s saves less for the money than the one before.", number=facts["rung"])


_WORDS: dict[Odd, str] = {
    Odd.ENDS_BEFORE_START: N_("It ends before it starts."),
    Odd.PERCENT_OVER_100: N_("A percentage is above 100."),
    Odd.UNREADABLE: N_("Its terms cannot be read."),
    Odd.NO_GOODS: N_("There are no such goods in the shop, so it never applies. Choose other goods."),
    Odd.ENDED: N_("Its end has passed, so it does not run. Choose a later end."),
    Odd.UNREACHABLE: N_("No cart can reach what it asks for with these goods."),
    Odd.OUT_OF_STOCK: N_("There is not enough in stock of its goods for any cart to reach what it asks for."),
    Odd.NO_USES: N_("Its uses or its budget are used up, so it never applies. Raise the limit."),
    Odd.NOBODY: N_("Nobody can get it: there is no tier or group “%(who)s”."),
    Odd.NO_CODES: N_("It needs a code, and there is none yet: add a public code, or make coupons for it."),
    Odd.NO_GIFT: N_("There is no gift with the SKU %(skus)s."),
    Odd.GIFT_OUT_OF_STOCK: N_("None of the gifts is in stock."),
    Odd.ALWAYS: N_("Every cart gets it: everything, for everybody, without any condition."),
    Odd.THRESHOLD_ALWAYS_MET: N_("A condition is met by any of its goods, so it changes nothing."),
    Odd.BUDGET_TOO_SMALL: N_("The budget does not cover a single use, which takes at least %(needed)s."),
    Odd.TWO_EXCLUSIVE: N_("“%(name)s” runs at the same time for the same goods, and both stand alone."),
    Odd.NOT_TOGETHER: N_("A cart cannot have it together with “%(name)s”; it gets what saves more."),
    Odd.DUPLICATE: N_("It gives the same as “%(name)s”, at the same time."),
}
