"""The report on offers: what promotions, coupons and points took off, and on how many orders."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import func, select

from admin.access import staff_here
from admin.figures.asking import Asked
from admin.figures.reporting import Link, Made, Share, columns
from storefront.accounts.permissions import Permission
from storefront.database.base import db
from storefront.figures import queries
from storefront.figures.rules import ratio
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.orders.states import AdjustmentKind
from storefront.promotions.models import Promotion
from storefront.web.locale import localized

KINDS: dict[str, str] = {
    AdjustmentKind.PROMOTION: N_("Promotion"),
    AdjustmentKind.COUPON: N_("Coupon"),
    AdjustmentKind.POINTS: N_("Points"),
    AdjustmentKind.SHIPPING_DISCOUNT: N_("Delivery"),
}


def make(asked: Asked, _args: dict[str, str]) -> Made:
    """Return what each offer cost, the dearest first, and its share of the whole."""
    taken = queries.offers_in(asked.days)
    sums = (
        select(
            taken.c.kind,
            taken.c.promotion_key,
            func.max(taken.c.label).label("label"),
            func.sum(taken.c.orders).label("orders"),
            func.sum(taken.c.amount).label("amount"),
        )
        .group_by(taken.c.kind, taken.c.promotion_key)
        .subquery()
    )
    rows = db.session.execute(
        select(sums, Promotion.id, Promotion.name, Promotion.translations)
        .outerjoin(Promotion, Promotion.key == sums.c.promotion_key)
        .order_by(sums.c.amount.desc(), sums.c.kind, sums.c.promotion_key)
    ).all()
    whole = sum(int(row.amount) for row in rows)
    return Made(
        columns(
            (N_("Offer"), False),
            (N_("Kind"), False),
            (N_("Orders"), True),
            (N_("Taken off"), True),
            (N_("Taken off per order"), True),
            (N_("Share of all"), True),
        ),
        [_cells(row, whole) for row in rows],
        N_("What offers cost"),
        asked,
        notes=[
            N_("What was taken off the orders that count, goods and delivery, by the day they were placed."),
            N_("An order with two offers counts with each of them. What was given back later is not taken off."),
        ],
    )


def _cells(row: Any, whole: int) -> tuple[object, ...]:
    amount, orders, currency = int(row.amount), int(row.orders), g.shop.currency
    per_order = Money(amount, currency).portion(1, orders) if orders else None
    return _name(row), _(KINDS[row.kind]), orders, Money(amount, currency), per_order, Share(ratio(amount, whole))


def _name(row: Any) -> object:
    if row.name is None:
        return row.label or _("Points")
    name = localized(row.name, row.translations)
    return Link(name, f"/admin/promotions/{row.id}") if staff_here().may(Permission.PROMOTIONS_VIEW) else name
