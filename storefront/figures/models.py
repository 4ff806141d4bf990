"""Sums of days that are over, and of months in which customers first ordered. They hold nobody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import minor, moment


class DayRow(Base):
    """What was counted of a day; the fields are those of `rules.Sums`."""

    __tablename__ = "figures_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    """The day of the shop."""
    basis: Mapped[str] = mapped_column(String(80), default="")
    """In which zone and currency, and whether the shop sold for real; "" is not summed up yet."""
    is_stale: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Something of it has changed since, or it is not summed up yet."""
    orders: Mapped[int] = mapped_column(default=0)
    gmv: Mapped[minor] = mapped_column(default=0)
    discounts: Mapped[minor] = mapped_column(default=0)
    delivery: Mapped[minor] = mapped_column(default=0)
    tax: Mapped[minor] = mapped_column(default=0)
    goods: Mapped[minor] = mapped_column(default=0)
    units: Mapped[int] = mapped_column(default=0)
    known: Mapped[minor] = mapped_column(default=0)
    cost: Mapped[minor] = mapped_column(default=0)
    refunds: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[minor] = mapped_column(default=0)
    refunded_goods: Mapped[minor] = mapped_column(default=0)
    buyers: Mapped[int] = mapped_column(default=0)
    newcomers: Mapped[int] = mapped_column(default=0)
    repeaters: Mapped[int] = mapped_column(default=0)


class ProductDayRow(Base):
    """What was sold of a variant on a day that is summed up."""

    __tablename__ = "figures_product_day"
    __table_args__ = {"sqlite_with_rowid": False}

    day: Mapped[date] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for variants that are gone, of each product together."""
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 where it is not known."""
    units: Mapped[int]
    """Without gifts."""
    goods: Mapped[minor]
    known: Mapped[minor]
    cost: Mapped[minor]


class OfferDayRow(Base):
    """What a promotion, a coupon or points took off on a day that is summed up."""

    __tablename__ = "figures_offer_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    promotion_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(255))
    """What receipts last called it, for promotions that are gone."""
    orders: Mapped[int]
    amount: Mapped[minor]


class CohortRow(Base):
    """Customers who first ordered in a month, and those of them who ordered in a month since."""

    __tablename__ = "figures_cohort"

    first: Mapped[str] = mapped_column(String(7), primary_key=True)
    """"2026-05"."""
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    buyers: Mapped[int]
    counted_at: Mapped[moment]
