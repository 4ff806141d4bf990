"""A customer's wallet: which coupons are theirs, and how each stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from storefront.catalog import queries as catalog
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.paging import Page
from storefront.promotions.models import CouponCode, PromotionUse
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Promotion, Scope
from storefront.promotions.states import WalletTab
from storefront.shop.queries import get_settings

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class WalletCoupon:
    """A coupon in a wallet: what it gives, when it holds, and which order took it."""

    code: str
    promotion: Promotion
    starts_at: datetime | None
    ends_at: datetime | None
    is_over: bool
    order_number: str = ""


_code, _promotion = CouponCode, PromotionRow
_IS_MINE = _code.customer_id == bindparam("customer")
_IS_USED = and_(_code.usage_limit.is_not(None), _code.used_count >= _code.usage_limit)
_IS_LIVE = and_(
    _code.is_active,
    or_(_code.ends_at.is_(None), _code.ends_at > bindparam("at")),
    _promotion.is_active,
    _promotion.archived_at.is_(None),
    or_(_promotion.ends_at.is_(None), _promotion.ends_at > bindparam("at")),
)
_IN_TAB: dict[WalletTab, ColumnElement[bool]] = {
    WalletTab.USABLE: and_(~_IS_USED, _IS_LIVE),
    WalletTab.USED: _IS_USED,
    WalletTab.EXPIRED: and_(~_IS_USED, ~_IS_LIVE),
}
_SOONEST = func.coalesce(_code.ends_at, _promotion.ends_at).asc().nulls_last(), _code.id
_HAS_STARTED = and_(
    or_(_code.starts_at.is_(None), _code.starts_at <= bindparam("at")),
    or_(_promotion.starts_at.is_(None), _promotion.starts_at <= bindparam("at")),
)
_COUNTS = (
    select(*(func.count().filter(condition).label(tab.value) for tab, condition in _IN_TAB.items()))
    .select_from(_code)
    .join(_promotion, _promotion.id == _code.promotion_id)
    .where(_IS_MINE)
)
_AMONG = _code.code.in_(bindparam("codes", expanding=True))
_IS_LOCKED = and_(_code.locked_until > bindparam("at"), _code.locked_by != bindparam("checkout"))
_LOCKED = select(_code.code).where(_AMONG, _IS_LOCKED)
_OPEN = (
    select(_code.code)
    .join(_promotion, _promotion.id == _code.promotion_id)
    .where(
        or_(
            and_(_AMONG, or_(_code.customer_id.is_(None), _IS_MINE)),
            and_(_IS_MINE, _IN_TAB[WalletTab.USABLE], _HAS_STARTED),
        )
    )
    .order_by(*_SOONEST)
)
_OPEN_TO_CHECKOUT = _OPEN.where(or_(_code.locked_until.is_(None), ~_IS_LOCKED))


def open_codes(typed: Collection[str], *, customer_id: int | None, checkout: str = "", at: datetime) -> tuple[str, ...]:
    """Return the codes that a cart may count on: those typed in, however they stand, and a customer's usable coupons.

    A coupon of somebody else is left out and, if `checkout` is known, what another checkout has locked. A guest who
    typed nothing asks nothing.
    """
    if customer_id is None and not typed:
        return ()
    values: dict[str, object] = {"codes": list(typed), "customer": customer_id or 0, "at": at}
    statement = _OPEN_TO_CHECKOUT if checkout else _OPEN
    found = read(statement, {**values, "checkout": checkout} if checkout else values).scalars().all()
    return (*(code for code in typed if code in found), *(code for code in found if code not in typed))


def locked_codes(codes: Collection[str], *, checkout: str, at: datetime) -> frozenset[str]:
    """Return those of `codes` that another checkout than `checkout` has locked."""
    if not codes:
        return frozenset()
    return frozenset(read(_LOCKED, {"codes": list(codes), "checkout": checkout, "at": at}).scalars())


def count_coupons(customer_id: int, at: datetime) -> Mapping[WalletTab, int]:
    """Return how many coupons of a customer can be used, are used and are past."""
    row = read(_COUNTS, {"customer": customer_id, "at": at}).one()
    return {tab: int(getattr(row, tab.value)) for tab in WalletTab}


def page_of_coupons(customer_id: int, tab: WalletTab, number: int, at: datetime) -> Page[WalletCoupon]:
    """Return one page of a wallet: what can be used by its end, the rest by when it was given, the latest first."""
    values = {"customer": customer_id, "at": at}
    total = count_coupons(customer_id, at)[tab]
    statement = (
        select(
            _promotion.__table__,
            _code.id.label("coupon_id"),
            _code.code.label("coupon"),
            _code.starts_at.label("coupon_starts"),
            _code.ends_at.label("coupon_ends"),
        )
        .join(_promotion, _promotion.id == _code.promotion_id)
        .where(_IS_MINE, _IN_TAB[tab])
        .order_by(*(_SOONEST if tab is WalletTab.USABLE else (_code.given_at.desc(), _code.id.desc())))
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    rows = read(statement, values).all()
    orders = _orders_of([row.coupon_id for row in rows]) if tab is WalletTab.USED else {}
    currency = get_settings().currency
    found = [(row, find_promotion(row, currency)) for row in rows]
    items = [
        _coupon(row, promotion, tab is WalletTab.EXPIRED, orders.get(row.coupon_id, ""))
        for row, promotion in found
        if promotion is not None
    ]
    return Page(items, total, number, PAGE_SIZE)


def list_usable(customer_id: int, at: datetime) -> Sequence[WalletCoupon]:
    """Return the coupons that a customer can use, those that end first."""
    return page_of_coupons(customer_id, WalletTab.USABLE, 1, at).items


def goods_url(scope: Scope) -> str:
    """Return the page that shows the goods of a scope best: its one category or product, else the whole shop."""
    if len(scope.category_ids) == 1:
        node = catalog.category_tree().find(next(iter(scope.category_ids)))
        if node is not None:
            return node.url
    named = [Product.id.in_(scope.product_ids)] if scope.product_ids else []
    named += [Variant.sku.in_(scope.skus)] if scope.skus else []
    slug = None
    if named and not scope.category_ids:
        slug = db.session.scalar(
            select(Product.slug)
            .join(Variant, Variant.product_id == Product.id)
            .where(Product.is_published, or_(*named))
            .order_by(Product.id)
            .limit(1)
        )
    return f"/products/{slug}" if slug else "/categories"


def _coupon(row: Any, promotion: Promotion, is_over: bool, order_number: str) -> WalletCoupon:
    starts = [each for each in (row.coupon_starts, promotion.starts_at) if each is not None]
    ends = [each for each in (row.coupon_ends, promotion.ends_at) if each is not None]
    bare = replace(promotion, codes=frozenset({row.coupon}))
    return WalletCoupon(row.coupon, bare, max(starts, default=None), min(ends, default=None), is_over, order_number)


def _orders_of(coupon_ids: Collection[int]) -> dict[int, str]:
    """Return which order took each coupon, of those that did not give it back."""
    rows = db.session.execute(
        select(PromotionUse.coupon_code_id, PromotionUse.order_number)
        .where(PromotionUse.coupon_code_id.in_(coupon_ids))
        .group_by(PromotionUse.coupon_code_id, PromotionUse.order_number)
        .having(func.sum(PromotionUse.uses) > 0)
    )
    return {row.coupon_code_id: row.order_number for row in rows if row.coupon_code_id is not None}
