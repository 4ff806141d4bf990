"""Reads of promotions: rows in, pure values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import bindparam, func, or_, select

from storefront.accounts.queries import keys_of
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.text import code_key
from storefront.pricing.snapshot import Shopper
from storefront.promotions import errors
from storefront.promotions.models import CouponCode, PromotionUse
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion, limits_of, with_code
from storefront.promotions.rules import Promotion
from storefront.promotions.rules.promotion import EVERYONE
from storefront.shop.queries import get_settings
from storefront.web.locale import babel_locale

LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class _Read:
    """The promotions as last read, and the state of the table that they were read from."""

    state: tuple[object, ...]
    promotions: tuple[Promotion, ...]
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Offered:
    """What is on offer at the moment, and what of it is for everybody."""

    every: tuple[Promotion, ...]
    to_everybody: tuple[Promotion, ...]


def live_promotions(*, codes: Collection[str] = (), at: datetime) -> tuple[Promotion, ...]:
    """Return the promotions that need no code and have not ended, and those that `codes` unlock.

    The table is asked only what has changed since this process last read it. A code's promotion is returned even when
    it is over or used up, so that the evaluation can say so; where several codes unlock one promotion it is the first
    of `codes` that can be used.
    """
    is_new = _read.is_empty
    kept = _read.get()
    rows = kept.rows if is_new else _state(at)
    if kept.state != _state_of(rows):
        _read.forget()
        kept = _read.get()
    currency = get_settings().currency
    limits = {row.id: limits_of(row, currency) for row in rows if _is_limited(row)}
    fresh = tuple(
        replace(promotion, limits=limits[promotion.id]) if promotion.id in limits else promotion
        for promotion in kept.promotions
    )
    return fresh + _unlocked(codes, currency, at)


def open_offers() -> tuple[Promotion, ...]:
    """Return what is on offer to everybody right now, for badges and product pages; up to two seconds old."""
    return _offered.get().to_everybody


def running_offers() -> tuple[Promotion, ...]:
    """Return what is on offer right now without a code, to members and groups of customers too."""
    return _offered.get().every


def uses_of(customer_key: str, promotions: Iterable[Promotion], *, alone: bool = False) -> tuple[tuple[int, int], ...]:
    """Return how often a customer used those promotions that are limited per customer, signed in or not.

    `alone` counts what was used under this key only.
    """
    ids = [promotion.id for promotion in promotions if promotion.limits.per_customer is not None]
    if not ids or not customer_key:
        return ()
    keys = (customer_key,) if alone else keys_of(customer_key)
    statement = (
        select(PromotionUse.promotion_id, func.sum(PromotionUse.uses))
        .where(PromotionUse.customer_key.in_(keys), PromotionUse.promotion_id.in_(ids))
        .group_by(PromotionUse.promotion_id)
    )
    return tuple((promotion_id, int(uses)) for promotion_id, uses in db.session.execute(statement))


def check_code(code: str, *, shopper: Shopper, customer_key: str = "", at: datetime) -> Promotion:
    """Return the promotion that a typed code unlocks, or refuse with the reason."""
    key = code_key(code)
    if not key:
        raise errors.NoCode
    found = _unlocked((key,), get_settings().currency, at) if len(key) <= LONGEST_CODE else ()
    if not found:
        raise errors.UnknownCode(code=key[:LONGEST_CODE])
    holder = db.session.scalar(select(CouponCode.customer_id).where(CouponCode.code == key))
    if holder is not None and customer_key != f"customer:{holder}":
        raise errors.CodeOfAnother(code=key)
    promotion = found[0]
    if promotion.starts_at and at < promotion.starts_at:
        raise errors.CodeNotStarted(code=key, date=day_words(promotion.starts_at))
    if promotion.ends_at and at >= promotion.ends_at:
        raise errors.CodeEnded(code=key, date=day_words(promotion.ends_at))
    budget = promotion.limits.budget_left
    if promotion.limits.uses_left == 0 or (budget is not None and not budget):
        raise errors.CodeUsedUp(code=key)
    if promotion.audience.misses(shopper):
        raise errors.CodeNotForYou(code=key)
    used = dict(uses_of(customer_key, (promotion,))).get(promotion.id, 0)
    if promotion.limits.per_customer is not None and used >= promotion.limits.per_customer:
        raise errors.CodeAlreadyUsed(code=key)
    return promotion


def find_made_with(token: str) -> PromotionRow | None:
    """Return the promotion that a form of a new one has made, None for a form that was not sent yet."""
    return db.session.scalar(select(PromotionRow).where(PromotionRow.form_token == token)) if token else None


def day_words(moment: datetime) -> str:
    """Write the day of a moment in the shop's zone, as the reader's language does."""
    day = moment.astimezone(ZoneInfo(get_settings().timezone)).date()
    return format_date(day, "long", locale=babel_locale())


_LIVE = (
    PromotionRow.is_active,
    ~PromotionRow.requires_code,
    or_(PromotionRow.ends_at.is_(None), PromotionRow.ends_at > bindparam("at")),
)
_STATE = (
    select(
        PromotionRow.id,
        PromotionRow.version,
        PromotionRow.updated_at,
        PromotionRow.usage_limit,
        PromotionRow.used_count,
        PromotionRow.per_customer_limit,
        PromotionRow.budget_minor,
        PromotionRow.spent_minor,
    )
    .where(*_LIVE)
    .order_by(PromotionRow.id)
)
_ALL = select(PromotionRow.__table__).where(*_LIVE).order_by(PromotionRow.id)


def _state(at: datetime) -> Sequence[Any]:
    return read(_STATE, {"at": at}).all()


def _read_all() -> _Read:
    rows = read(_ALL, {"at": now()}).all()
    currency = get_settings().currency
    found = (find_promotion(row, currency) for row in rows)
    return _Read(_state_of(rows), tuple(promotion for promotion in found if promotion is not None), rows)


def _state_of(rows: Sequence[Any]) -> tuple[object, ...]:
    return tuple((row.id, row.version, row.updated_at) for row in rows)


def _read_offered() -> _Offered:
    at = now()
    every = tuple(
        promotion
        for promotion in live_promotions(at=at)
        if promotion.limits.uses_left != 0
        and (promotion.limits.budget_left is None or promotion.limits.budget_left)
        and not (promotion.starts_at and at < promotion.starts_at)
    )
    return _Offered(every, tuple(promotion for promotion in every if promotion.audience == EVERYONE))


def _is_limited(row: Any) -> bool:
    return row.usage_limit is not None or row.budget_minor is not None


def _unlocked(codes: Collection[str], currency: str, at: datetime) -> tuple[Promotion, ...]:
    keys = [key for key in dict.fromkeys(code_key(code) for code in codes) if key]
    if not keys:
        return ()
    code = CouponCode.__table__.c
    statement = (
        select(
            PromotionRow.__table__,
            code.code.label("coupon"),
            code.usage_limit.label("coupon_limit"),
            code.used_count.label("coupon_used"),
            code.starts_at.label("coupon_starts"),
            code.ends_at.label("coupon_ends"),
        )
        .join(CouponCode, CouponCode.promotion_id == PromotionRow.id)
        .where(
            CouponCode.code.in_(keys),
            CouponCode.is_active,
            PromotionRow.is_active,
            PromotionRow.archived_at.is_(None),
            PromotionRow.requires_code,
        )
    )
    rows = [(row, _Coupon(*row[-5:])) for row in db.session.execute(statement)]
    rows.sort(key=lambda found: (found[0].id, not found[1].is_usable(at), keys.index(found[1].code)))
    found: dict[int, Promotion] = {}
    for row, coupon in rows:
        promotion = None if row.id in found else find_promotion(row, currency)
        if promotion is not None:
            found[row.id] = with_code(promotion, coupon)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Coupon:
    code: str
    usage_limit: int | None
    used_count: int
    starts_at: datetime | None
    ends_at: datetime | None

    def is_usable(self, at: datetime) -> bool:
        return (
            (self.usage_limit is None or self.used_count < self.usage_limit)
            and (self.starts_at is None or self.starts_at <= at)
            and (self.ends_at is None or at < self.ends_at)
        )


_read = Kept(_read_all, seconds=3600)
_offered = Kept(_read_offered, seconds=2)
