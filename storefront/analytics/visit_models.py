"""Tables of who opened the shop on a day. The key tells browsers apart for one day, and nobody after it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk

WAY = String(16)


class VisitRow(Base):
    """A browser that opened the shop on a day."""

    __tablename__ = "behaviour_visit"
    __table_args__ = (
        UniqueConstraint("day", "key"),
        Index("ix_behaviour_visit_at", "at", "converted_at"),
        Index("ix_behaviour_visit_ways", "day", "source", "device", "converted_at"),
    )

    id: Mapped[pk]
    day: Mapped[date]
    """The day of the shop."""
    key: Mapped[str] = mapped_column(String(22))
    """Address and browser under the day's salt, which goes when the day is over."""
    at: Mapped[moment]
    """When it first came."""
    source: Mapped[str] = mapped_column(WAY)
    device: Mapped[str] = mapped_column(WAY)
    converted_at: Mapped[moment | None]
    """When it first ordered that day."""


class SaltRow(Base):
    """What the keys of a day are made with; once it is gone nobody can say whose they were."""

    __tablename__ = "behaviour_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))


class VisitDayRow(Base):
    """How many browsers came on a day that is summed up, from where and on what, and how many of them ordered."""

    __tablename__ = "behaviour_visit_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(WAY, primary_key=True)
    device: Mapped[str] = mapped_column(WAY, primary_key=True)
    visitors: Mapped[int]
    converted: Mapped[int]
