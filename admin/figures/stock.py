"""The report on stock: how many days the stock lasts at the pace of the last thirty, and what to order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Float, case, cast, func, select

from admin.access import staff_here
from admin.days import day_of
from admin.figures.asking import Asked
from admin.figures.reporting import Link, Made, columns
from storefront.accounts.permissions import Permission
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.figures import queries
from storefront.figures.days import Days
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.web.locale import localized

LOOKED_AT = 30
TARGETS = (14, 30, 60, 90)
USUAL = 30
MOST, MOST_IN_FILE = 100, 20_000


def make(asked: Asked, args: dict[str, str]) -> Made:
    """Return the variants on sale whose stock does not last, the soonest gone first."""
    text = args.get("target", "")
    target = int(text) if text in {str(each) for each in TARGETS} else USUAL
    days = _days()
    rows = _rows(days, target, MOST_IN_FILE if args.get("file") else MOST) if days.count else []
    tabs = [
        (_("Enough for %(days)s days", days=each), f"/admin/reports/stock?target={each}", each == target)
        for each in TARGETS
    ]
    return Made(
        columns(
            (N_("Product"), False),
            (N_("SKU"), False),
            (N_("On sale"), True),
            (N_("On its way"), True),
            (N_("Sold in 30 days"), True),
            (N_("Days of cover"), True),
            (N_("To order"), True),
        ),
        [_cells(row, days.count, target) for row in rows],
        N_("What to order"),
        asked,
        notes=[
            N_("Days of cover: what can still be sold, divided by the pieces sold a day in the last 30 days."),
            N_("To order: what is missing to last that many days, less what is on its way. Gifts are left out."),
            N_("What was not sold in 30 days is not listed. The first 100 are shown; the file has all of them."),
        ],
        tabs=tabs,
        without_days=True,
    )


def _days() -> Days:
    """The last thirty days, today included; fewer in a shop that is younger."""
    today, first = day_of(now(), g.shop.timezone), queries.first_day()
    if first is None:
        return Days(today, today - timedelta(days=1))
    return Days(max(first, today - timedelta(days=LOOKED_AT - 1)), today)


def _rows(days: Days, target: int, most: int) -> Any:
    goods = queries.goods_in(days)
    sold = select(goods.c.variant_id, func.sum(goods.c.units).label("units")).group_by(goods.c.variant_id).subquery()
    levels = (
        select(
            StockLevel.variant_id,
            func.sum(sellable).label("free"),
            func.sum(StockLevel.incoming).label("incoming"),
        )
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(Warehouse.is_active)
        .group_by(StockLevel.variant_id)
        .subquery()
    )
    free, incoming = func.coalesce(levels.c.free, 0), func.coalesce(levels.c.incoming, 0)
    cover = case((sold.c.units > 0, cast(free, Float) / sold.c.units), else_=0.0)
    return db.session.execute(
        select(
            Product.id,
            Product.name,
            Product.translations,
            Variant.sku,
            Variant.name.label("variant"),
            free.label("free"),
            incoming.label("incoming"),
            sold.c.units,
        )
        .select_from(sold)
        .join(Variant, Variant.id == sold.c.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(levels, levels.c.variant_id == Variant.id)
        .where(
            *(Product.is_published, Variant.is_active, sold.c.units > 0),
            sold.c.units * target > (free + incoming) * days.count,
        )
        .order_by(cover, sold.c.units.desc(), Variant.id)
        .limit(most)
    ).all()


def _cells(row: Any, days: int, target: int) -> tuple[object, ...]:
    sold, free, incoming = int(row.units), int(row.free), int(row.incoming)
    name = localized(row.name, row.translations) + (f" · {row.variant}" if row.variant else "")
    product = Link(name, f"/admin/products/{row.id}") if staff_here().may(Permission.PRODUCTS_VIEW) else name
    return product, row.sku, free, incoming, sold, *to_order(sold, days, free, incoming, target)


def to_order(sold: int, days: int, free: int, incoming: int, target: int) -> tuple[int, int]:
    """Return how many whole days `free` pieces last when `sold` went in `days`, and how many more are needed to last
    `target` days with what is on its way."""
    return free * days // sold, max(0, -(-sold * target // days) - free - incoming)
