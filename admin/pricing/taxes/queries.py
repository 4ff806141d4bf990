"""Reads of taxes for their pages: classes with what is in them, rates with whether they hold, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from admin.pricing.taxes.changed import moved
from admin.pricing.taxes.returned import KEY, Key, returned
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.kernel.errors import N_, NotFound
from storefront.kernel.money import Money
from storefront.orders.models import Order, OrderTax
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.queries import get_table
from storefront.pricing.taxes.rules import Rate
from storefront.shop.queries import get_settings
from storefront.web.locale import localized

HOLDS: dict[str, tuple[str, str]] = {
    "now": (N_("In force"), "positive"),
    "later": (N_("Later"), "new"),
    "over": (N_("Over"), "soft"),
}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One tax in a period: on how much in how many orders, how much it was, and what of it refunds took back."""

    country: str
    region: str
    rate: Rate
    orders: int
    net: Money
    tax: Money
    net_back: Money
    tax_back: Money

    @property
    def due(self) -> Money:
        """The tax less that of refunds; below zero where more went back than came in."""
        return self.tax - self.tax_back


@dataclass(frozen=True, slots=True)
class Report:
    """The tax of the orders that were paid in a period, less that of what went back in the same period."""

    lines: tuple[ReportLine, ...]
    orders: int
    total: Money
    tax: Money
    refunded: Money
    tax_back: Money

    @property
    def due(self) -> Money:
        return self.tax - self.tax_back


def list_classes() -> Sequence[Any]:
    """Return every class with how many products name it (the default one is that of all others, too)."""
    named = (
        select(Product.tax_class.label("code"), Product.id.label("product_id"))
        .where(Product.tax_class != "")
        .union(select(Variant.tax_class, Variant.product_id).where(Variant.tax_class != ""))
        .subquery()
    )
    return db.session.execute(
        select(
            TaxClass.id,
            TaxClass.code,
            TaxClass.name,
            TaxClass.translations,
            TaxClass.is_default,
            TaxClass.is_for_delivery,
            func.count(named.c.product_id).label("products"),
        )
        .outerjoin(named, named.c.code == TaxClass.code)
        .group_by(TaxClass.id)
        .order_by(TaxClass.is_default.desc(), TaxClass.name, TaxClass.id)
    ).all()


def holds(row: Any, day: date) -> str:
    """Return whether a rate holds on a day, will or did."""
    if row.valid_from and row.valid_from > day:
        return "later"
    return "over" if row.valid_to and row.valid_to < day else "now"


def get_class(class_id: int) -> TaxClass:
    """Return a class, or NotFound."""
    row = db.session.get(TaxClass, class_id)
    if row is None:
        raise NotFound
    return row


def get_rate(rate_id: int) -> TaxRate:
    """Return a rate, or NotFound."""
    row = db.session.get(TaxRate, rate_id)
    if row is None:
        raise NotFound
    return row


def class_choices() -> list[tuple[str, str]]:
    """Return (code, name) of every class, the default one first."""
    table = get_table()
    return [(code, localized(table.names[code], dict(table.translations[code]))) for code in table.classes]


def tax_report(since: datetime, until: datetime) -> Report:
    """Return the taxes of orders paid in [since, until), by place, name and rate, less those of refunds made then.

    A sale counts when it was paid and a refund when it went back, so a period that was reported stays as it was,
    whatever is cancelled or refunded later.
    """
    currency = get_settings().currency
    counted = (Order.paid_at >= since, Order.paid_at < until, Order.currency == currency)
    rows = db.session.execute(
        select(
            *KEY,
            func.count(Order.id.distinct()).label("orders"),
            func.sum(OrderTax.net_minor).label("net"),
            func.sum(OrderTax.tax_minor).label("tax"),
        )
        .join(Order, Order.id == OrderTax.order_id)
        .where(*counted)
        .group_by(*KEY)
    )
    sold: dict[Key, tuple[int, int, int]] = {
        (row.country, row.region, row.name, row.millionths): (row.orders, int(row.net), int(row.tax)) for row in rows
    }
    back, later = returned(since, until, currency), moved(since, until, currency)
    for key, (net, tax) in later.by_rate.items():
        count, had_net, had_tax = sold.get(key, (0, 0, 0))
        sold[key] = (count, had_net + net, had_tax + tax)
    totals = func.coalesce(func.sum(Order.total_minor), 0), func.coalesce(func.sum(Order.tax_minor), 0)
    orders, total, tax = db.session.execute(select(func.count(Order.id), *totals).where(*counted)).one()
    total, tax = total + later.total, tax + later.tax
    lines = tuple(
        _line(key, sold.get(key, (0, 0, 0)), back.by_rate.get(key, (0, 0)), currency)
        for key in sorted({*sold, *back.by_rate})
    )
    money = (Money(int(minor), currency) for minor in (total, tax, back.amount, back.tax))
    return Report(lines, orders, *money)


def _line(key: Key, sold: tuple[int, int, int], back: tuple[int, int], currency: str) -> ReportLine:
    country, region, name, millionths = key
    amounts = (Money(minor, currency) for minor in (*sold[1:], *back))
    return ReportLine(country, region, Rate(country, region, name, millionths), sold[0], *amounts)
