"""Tables of taxes: classes of goods, and what is asked of each at a place for a time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, moment, name, pk, refers


class TaxClass(Base):
    """A sort of goods for the tax office: standard, reduced, books. Products name it by its code."""

    __tablename__ = "tax_class"
    __table_args__ = (
        Index(
            "ix_tax_class_one_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
        Index(
            "ix_tax_class_one_delivery",
            "is_for_delivery",
            unique=True,
            sqlite_where=text("is_for_delivery"),
            postgresql_where=text("is_for_delivery"),
        ),
    )

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    is_default: Mapped[bool] = mapped_column(default=False)
    """Of everything that says nothing about its class; exactly one is."""
    is_for_delivery: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class TaxRate(Base):
    """So many millionths of the net amount of one class, in a country or a region of it, from a day to a day."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        CheckConstraint("millionths >= 0 AND millionths <= 1000000", name="a_share"),
        CheckConstraint("part >= 1 AND part <= 3", name="part_known"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="ends_after"),
    )

    id: Mapped[pk]
    tax_class_id: Mapped[int] = refers("tax_class.id")
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(60), default="")
    """Empty for the whole country."""
    part: Mapped[int] = mapped_column(default=1)
    """Which of the taxes that hold side by side: those of one part follow each other and never overlap."""
    name: Mapped[name]
    translations: Mapped[json_object]
    millionths: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    """The last day, included."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}
