"""How long a personal coupon holds, and whether one can be had: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from storefront.pricing.snapshot import Shopper
from storefront.promotions.rules import Promotion
from storefront.promotions.states import ClaimState


@dataclass(frozen=True, slots=True)
class Terms:
    """How a template gives its coupons away; None is without limit."""

    claim_limit: int | None = None
    per_customer: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    valid_days: int | None = None
    valid_until: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether nobody can claim any more, because the time for it has passed."""
        last = [moment for moment in (self.ends_at, self.valid_until) if moment is not None]
        return any(moment <= at for moment in last)


def coupon_end(terms: Terms, given_at: datetime, zone: str) -> datetime | None:
    """Return when a coupon given at `given_at` ends: with its last day in the shop's zone, or at a fixed moment.

    A coupon of 7 days given on 1 May holds all of 8 May.
    """
    ends = [terms.valid_until] if terms.valid_until else []
    if terms.valid_days is not None:
        first = given_at.astimezone(ZoneInfo(zone)).date()
        after = first + timedelta(days=terms.valid_days + 1)
        ends.append(datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)).astimezone(UTC))
    return min(ends, default=None)


def last_day(ends_at: datetime, zone: str) -> date:
    """Return the last day on which something that ends at a moment still holds."""
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def claim_state(
    terms: Terms, promotion: Promotion, *, claimed: int, mine: int, shopper: Shopper, at: datetime
) -> ClaimState:
    """Return whether this shopper, who has `mine` of the `claimed` coupons, can have one (more)."""
    limits = promotion.limits
    is_spent = limits.uses_left == 0 or (limits.budget_left is not None and not limits.budget_left)
    if mine >= terms.per_customer:
        return ClaimState.CLAIMED
    if terms.is_over(at) or (promotion.ends_at is not None and promotion.ends_at <= at):
        return ClaimState.OVER
    if terms.starts_at is not None and at < terms.starts_at:
        return ClaimState.NOT_YET
    if is_spent or (terms.claim_limit is not None and claimed >= terms.claim_limit):
        return ClaimState.USED_UP
    if not shopper.known:
        return ClaimState.SIGN_IN
    return ClaimState.NOT_FOR_YOU if promotion.audience.misses(shopper) else ClaimState.CLAIM
