"""Tables of flash sales."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, minor, moment, name, pk, refers


class FlashSale(Base):
    """An activity, which runs in sessions."""

    __tablename__ = "flash_sale"

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class FlashSession(Base):
    """One run of an activity: [starts_at, ends_at)."""

    __tablename__ = "flash_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_flash_session_times", "starts_at", "ends_at"),
    )

    id: Mapped[pk]
    flash_sale_id: Mapped[int] = refers("flash_sale.id", on_delete="CASCADE")
    starts_at: Mapped[moment]
    ends_at: Mapped[moment]
    updated_at: Mapped[moment]


class FlashItem(Base):
    """A variant in a session: its price, how many there are altogether and for each customer."""

    __tablename__ = "flash_item"
    __table_args__ = (
        UniqueConstraint("flash_session_id", "variant_id"),
        CheckConstraint("quota >= 1", name="quota_positive"),
        CheckConstraint("sold >= 0 AND sold <= quota", name="sold_within_quota"),
        CheckConstraint("per_customer IS NULL OR per_customer >= 1", name="at_least_one_each"),
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
    )

    id: Mapped[pk]
    flash_session_id: Mapped[int] = refers("flash_session.id", on_delete="CASCADE", index=False)
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE")
    price_minor: Mapped[minor]
    quota: Mapped[int]
    sold: Mapped[int] = mapped_column(default=0)
    per_customer: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


class FlashTake(Base):
    """The ledger of quotas: + when an order takes pieces, - when a cancellation gives them back; never edited.

    Money that comes late may open a cancelled order again: then + once more.
    """

    __tablename__ = "flash_take"

    id: Mapped[pk]
    flash_item_id: Mapped[int] = refers("flash_item.id")
    customer_key: Mapped[str] = mapped_column(String(300), index=True)
    """"customer:12", or "email:..." for a guest."""
    order_number: Mapped[str] = mapped_column(String(32), index=True)
    pieces: Mapped[int]
    at: Mapped[moment]
