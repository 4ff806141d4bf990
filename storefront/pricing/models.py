"""Tables of prices: lists that ask less than the base price of some people or for some time, and every change."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, minor, moment, name, pk, refers


class PriceList(Base):
    """Other prices: for tiers of members, for groups of customers, for a time, or (empty) for everybody.

    `basis_points` is what every variant without an entry of its own costs: 9,500 of 10,000 is 95 % of the base price.
    """

    __tablename__ = "price_list"
    __table_args__ = (
        CheckConstraint("basis_points IS NULL OR (basis_points > 0 AND basis_points <= 10000)", name="a_share"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    tiers: Mapped[json_list]
    """Keys of loyalty tiers; with `groups`, one of both lists is enough."""
    groups: Mapped[json_list]
    basis_points: Mapped[int | None]
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class PriceEntry(Base):
    """What one variant costs in a list, from `min_quantity` pieces on."""

    __tablename__ = "price_entry"
    __table_args__ = (
        UniqueConstraint("price_list_id", "variant_id", "min_quantity"),
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        CheckConstraint("min_quantity >= 1", name="from_one_piece"),
    )

    id: Mapped[pk]
    price_list_id: Mapped[int] = refers("price_list.id", on_delete="CASCADE", index=False)
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE")
    min_quantity: Mapped[int] = mapped_column(default=1)
    price_minor: Mapped[minor]


class PriceChange(Base):
    """The history of prices: every change with who made it; never edited.

    `source` is "base" for the variant's own price, "list" for an entry of a list that is for everybody, "flash" for a
    flash sale. `after_minor` holds from `at`; None means that this price ended.
    """

    __tablename__ = "price_change"
    __table_args__ = (Index("ix_price_change_variant_at", "variant_id", "at"),)

    id: Mapped[pk]
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE", index=False)
    source: Mapped[str] = mapped_column(String(16))
    source_key: Mapped[str] = mapped_column(String(64), default="")
    before_minor: Mapped[minor | None]
    after_minor: Mapped[minor | None]
    actor: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[moment]
