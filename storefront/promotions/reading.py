"""From a promotion's row to the pure value: conditions and benefits as JSON, read strictly.

`conditions` is a list of conditions of `rules`, and at most one {"kind": "audience", ...}. `benefits` holds one
benefit, whose `scope` says which goods the promotion is about. Amounts are in the shop's currency.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from storefront.kernel.money import Money
from storefront.promotions.rules import Limits, Promotion, promotion_from_data
from storefront.promotions.rules.serial import BadPromotion

log = logging.getLogger(__name__)


def read_promotion(row: Any, currency: str) -> Promotion:
    """Return the promotion that a row describes, with what is left of its limits; raises BadPromotion."""
    benefits, conditions = row.benefits or [], row.conditions or []
    if len(benefits) != 1 or not isinstance(benefits[0], dict):
        raise BadPromotion("benefits", "holds more or less than one benefit")
    audiences = [each for each in conditions if isinstance(each, dict) and each.get("kind") == "audience"]
    if len(audiences) > 1:
        raise BadPromotion("conditions", "holds more than one audience")
    data = {
        "id": row.id,
        "name": row.name,
        "key": row.key,
        "translations": _names(row.translations),
        "currency": currency,
        "falls_on": row.promotion_class,
        "benefit": {key: value for key, value in benefits[0].items() if key != "scope"},
        "scope": benefits[0].get("scope"),
        "conditions": [each for each in conditions if each not in audiences],
        "audience": {key: value for key, value in audiences[0].items() if key != "kind"} if audiences else None,
        "needs_code": row.requires_code,
        "priority": row.priority,
        "exclusive": row.exclusive,
        "combines_with": row.combines_with,
        "version": row.version,
    }
    read = promotion_from_data({key: value for key, value in data.items() if value is not None})
    return replace(read, starts_at=row.starts_at, ends_at=row.ends_at, limits=limits_of(row, currency))


def find_promotion(row: Any, currency: str) -> Promotion | None:
    """Return the promotion that a row describes, or None, with a line in the log, for one that nobody can read."""
    try:
        return read_promotion(row, currency)
    except (BadPromotion, ValueError) as error:
        log.error("Promotion %s cannot be read and is left out: %s", row.id, error)
        return None


def limits_of(row: Any, currency: str) -> Limits:
    """Return what is left of a row's limits."""
    return Limits(
        uses_left=None if row.usage_limit is None else max(0, row.usage_limit - row.used_count),
        per_customer=row.per_customer_limit,
        budget_left=None if row.budget_minor is None else Money(max(0, row.budget_minor - row.spent_minor), currency),
    )


def with_code(promotion: Promotion, code: Any) -> Promotion:
    """Return the promotion as a row of `coupon_code` unlocks it: within the code's own dates and uses."""
    limits = promotion.limits
    if code.usage_limit is not None:
        left = max(0, code.usage_limit - code.used_count)
        limits = replace(limits, uses_left=left if limits.uses_left is None else min(left, limits.uses_left))
    starts_at, ends_at = _latest(promotion.starts_at, code.starts_at), _earliest(promotion.ends_at, code.ends_at)
    if starts_at and ends_at and ends_at <= starts_at:
        starts_at = None
    return replace(promotion, codes=frozenset({code.code}), limits=limits, starts_at=starts_at, ends_at=ends_at)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _names(translations: dict[str, Any] | None) -> list[list[str]]:
    return sorted([locale, str(words["name"])] for locale, words in (translations or {}).items() if words.get("name"))
