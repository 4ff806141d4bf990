"""How personal coupons come to people: what can be claimed, claiming it, and what a new customer is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from storefront.accounts.events import CustomerRegistered
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.pricing.snapshot import Shopper
from storefront.promotions import errors, letters
from storefront.promotions.codemaking import make_codes
from storefront.promotions.models import CouponCode, CouponTemplate
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.queries import day_words
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Limits, Promotion
from storefront.promotions.states import ClaimState, CouponWay
from storefront.promotions.validity import Terms, claim_state, coupon_end
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Claimable:
    """A coupon that people can have: what it gives, and on which terms."""

    template_id: int
    key: str
    promotion: Promotion
    terms: Terms


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A coupon as one reader sees it: whether they can have it, and how many are left if that is limited."""

    offer: Claimable
    state: ClaimState
    claimed: int
    mine: int

    @property
    def left(self) -> int | None:
        limit = self.offer.terms.claim_limit
        return None if limit is None else max(0, limit - self.claimed)


@dataclass(frozen=True, slots=True)
class Granted:
    """A coupon that somebody has just got."""

    code: str
    promotion: Promotion
    ends_at: datetime | None


_template = CouponTemplate.__table__.c
_GIVEN = (
    select(
        PromotionRow.__table__,
        _template.id.label("template_id"),
        _template.key.label("template_key"),
        *(_template[name] for name in ("claim_limit", "claimed_count", "per_customer_claims", "claim_starts_at")),
        *(_template[name] for name in ("claim_ends_at", "valid_days", "valid_until")),
    )
    .join(PromotionRow, PromotionRow.id == CouponTemplate.promotion_id)
    .where(
        CouponTemplate.is_active,
        PromotionRow.is_active,
        PromotionRow.requires_code,
        PromotionRow.archived_at.is_(None),
        or_(PromotionRow.ends_at.is_(None), PromotionRow.ends_at > bindparam("at")),
        or_(CouponTemplate.valid_until.is_(None), CouponTemplate.valid_until > bindparam("at")),
    )
    .order_by(CouponTemplate.id)
)
_OFFERS = _GIVEN.where(
    CouponTemplate.way == bindparam("way"),
    or_(CouponTemplate.claim_ends_at.is_(None), CouponTemplate.claim_ends_at > bindparam("at")),
)
_ONE = _GIVEN.where(CouponTemplate.id == bindparam("id"))


def open_claims() -> tuple[Claimable, ...]:
    """Return what can be claimed right now by whoever it is for, for pages that are the same for all; up to 2 s old."""
    return _open_claims.get()


def list_claims(*, shopper: Shopper, customer_id: int | None, at: datetime) -> list[ClaimView]:
    """Return every coupon to claim as this reader sees it: first what they can have, then the rest."""
    found = _offers(CouponWay.CLAIM, at)
    mine = _held_by(customer_id, [offer.template_id for offer, _ in found])
    views = [_view(offer, claimed, mine, shopper, at) for offer, claimed in found]
    return sorted(views, key=lambda view: _SHOWN_IN.index(view.state))


def get_claim(key: str, *, shopper: Shopper, customer_id: int | None, at: datetime) -> ClaimView:
    """Return one coupon to claim as this reader sees it."""
    found = next(((offer, claimed) for offer, claimed in _offers(CouponWay.CLAIM, at) if offer.key == key), None)
    if found is None:
        raise errors.NoSuchCoupon
    return _view(*found, _held_by(customer_id, [found[0].template_id]), shopper, at)


def claim(*, key: str, shopper: Shopper, customer_id: int, at: datetime) -> Granted:
    """Put a coupon into a customer's wallet, or refuse with the reason."""
    view = get_claim(key, shopper=shopper, customer_id=customer_id, at=at)
    if view.state is ClaimState.NOT_YET and view.offer.terms.starts_at is not None:
        raise errors.NotYetClaimable(date=day_words(view.offer.terms.starts_at))
    if view.state is not ClaimState.CLAIM:
        raise _REFUSALS.get(view.state, errors.NotClaimable)
    return grant(offer=view.offer, customer_id=customer_id, most=view.offer.terms.per_customer, at=at)


def grant(*, offer: Claimable, customer_id: int, most: int | None, at: datetime) -> Granted:
    """Take one of a template's coupons for a customer who may hold at most so many of them.

    One conditional UPDATE counts it and locks the template's row until the transaction ends, so what the customer
    holds cannot grow in between. Refuses with ClaimedOut or AlreadyClaimed; then the caller must undo the count, by
    ending the transaction or a savepoint.
    """
    taken = db.session.execute(
        update(CouponTemplate)
        .where(
            CouponTemplate.id == offer.template_id,
            CouponTemplate.is_active,
            or_(CouponTemplate.claim_limit.is_(None), CouponTemplate.claimed_count < CouponTemplate.claim_limit),
        )
        .values(claimed_count=CouponTemplate.claimed_count + 1)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise errors.ClaimedOut
    if most is not None and _held_by(customer_id, [offer.template_id]).get(offer.template_id, 0) >= most:
        raise errors.AlreadyClaimed
    [code] = make_codes(1)
    ends_at = coupon_end(offer.terms, at, get_settings().timezone)
    db.session.execute(
        insert(CouponCode).values(
            promotion_id=offer.promotion.id,
            code=code,
            usage_limit=1,
            starts_at=at,
            ends_at=ends_at,
            template_id=offer.template_id,
            customer_id=customer_id,
            given_at=at,
        )
    )
    own = [moment for moment in (ends_at, offer.promotion.ends_at) if moment is not None]
    return Granted(code, offer.promotion, min(own, default=None))


def welcome(fact: CustomerRegistered) -> None:
    """Give a new customer the coupons for new customers, once, and write to them about it."""
    at, newcomer = now(), Shopper(known=True)
    given = []
    for offer, claimed in _offers(CouponWay.SIGN_UP, at):
        state = claim_state(offer.terms, offer.promotion, claimed=claimed, mine=0, shopper=newcomer, at=at)
        if state is ClaimState.CLAIM:
            given += _grant_once(offer, fact.customer_id, at)
    if given:
        letters.tell_given("promotions/mail/welcome", customer_id=fact.customer_id, given=given, at=at)


def get_offer(template_id: int, at: datetime) -> Claimable:
    """Return a template's coupon however it comes to people, for staff who give one away; refuse one that is over."""
    row = read(_ONE, {"id": template_id, "at": at}).one_or_none()
    found = _read_offer(row, get_settings().currency) if row is not None else None
    if found is None:
        raise errors.NotClaimable
    return found


def terms_of_template(row: Any) -> Terms:
    """Return on which terms a template's row gives its coupons away."""
    return Terms(
        claim_limit=row.claim_limit,
        per_customer=row.per_customer_claims,
        starts_at=row.claim_starts_at,
        ends_at=row.claim_ends_at,
        valid_days=row.valid_days,
        valid_until=row.valid_until,
    )


def _grant_once(offer: Claimable, customer_id: int, at: datetime) -> list[Granted]:
    savepoint = db.session.begin_nested()
    try:
        granted = grant(offer=offer, customer_id=customer_id, most=1, at=at)
    except errors.NotClaimable:
        savepoint.rollback()
        return []
    savepoint.commit()
    return [granted]


def _offers(way: CouponWay, at: datetime) -> Sequence[tuple[Claimable, int]]:
    currency = get_settings().currency
    rows = read(_OFFERS, {"way": way.value, "at": at}).all()
    found = ((_read_offer(row, currency), int(row.claimed_count)) for row in rows)
    return [(offer, claimed) for offer, claimed in found if offer is not None]


def _read_offer(row: Any, currency: str) -> Claimable | None:
    promotion = find_promotion(row, currency)
    return Claimable(row.template_id, row.template_key, promotion, terms_of_template(row)) if promotion else None


def _held_by(customer_id: int | None, template_ids: Sequence[int]) -> dict[int, int]:
    """Return how many coupons of each template a customer has had."""
    if customer_id is None or not template_ids:
        return {}
    statement = (
        select(CouponCode.template_id, func.count().label("held"))
        .where(CouponCode.customer_id == customer_id, CouponCode.template_id.in_(template_ids))
        .group_by(CouponCode.template_id)
    )
    return {row.template_id: row.held for row in db.session.execute(statement)}


def _view(offer: Claimable, claimed: int, mine: dict[int, int], shopper: Shopper, at: datetime) -> ClaimView:
    own = mine.get(offer.template_id, 0)
    state = claim_state(offer.terms, offer.promotion, claimed=claimed, mine=own, shopper=shopper, at=at)
    return ClaimView(offer, state, claimed, own)


def _read_open() -> tuple[Claimable, ...]:
    """What is open to nobody in particular; counts are left out, so that a page changes only when an offer does."""
    at, anyone = now(), Shopper()
    return tuple(
        replace(offer, promotion=replace(offer.promotion, limits=Limits()))
        for offer, claimed in _offers(CouponWay.CLAIM, at)
        if claim_state(offer.terms, offer.promotion, claimed=claimed, mine=0, shopper=anyone, at=at)
        is ClaimState.SIGN_IN
    )


_open_claims = Kept(_read_open, seconds=2)
_SHOWN_IN = (
    *(ClaimState.CLAIM, ClaimState.SIGN_IN, ClaimState.NOT_YET, ClaimState.CLAIMED),
    *(ClaimState.NOT_FOR_YOU, ClaimState.USED_UP, ClaimState.OVER),
)
_REFUSALS = {
    ClaimState.CLAIMED: errors.AlreadyClaimed,
    ClaimState.USED_UP: errors.ClaimedOut,
    ClaimState.NOT_FOR_YOU: errors.NotForYou,
}
