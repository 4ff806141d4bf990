"""Tables of the stock room."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, moment, name, pk, refers


class Warehouse(Base):
    """A place that holds stock; a lower `priority` number ships first."""

    __tablename__ = "warehouse"

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[name]
    priority: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    zones: Mapped[json_list]
    """Where it sends to: countries and provinces ("CN", "CN-上海市"); an empty list is everywhere."""
    is_backup: Mapped[bool] = mapped_column(default=False)
    """It only sends what no other warehouse can."""


class StockLevel(Base):
    """How much of a variant one warehouse holds, and how much of it is spoken for."""

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("allocated >= 0", name="allocated_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("safety_stock >= 0", name="safety_stock_not_negative"),
        CheckConstraint("allocated + reserved <= on_hand", name="claims_within_on_hand"),
    )

    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE", index=False, primary_key=True)
    warehouse_id: Mapped[int] = refers("warehouse.id", primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    safety_stock: Mapped[int] = mapped_column(default=0)
    incoming: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[moment] = mapped_column(index=True)


class StockMovement(Base):
    """One change of a level; never edited. The sums of the three deltas are the level."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_kind", "kind", "id"),
        Index("ix_stock_movement_warehouse", "warehouse_id", "id"),
        Index("ix_stock_movement_at", "at"),
    )

    id: Mapped[pk]
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE")
    warehouse_id: Mapped[int] = refers("warehouse.id", index=False)
    kind: Mapped[str] = mapped_column(String(16))
    on_hand_delta: Mapped[int] = mapped_column(default=0)
    allocated_delta: Mapped[int] = mapped_column(default=0)
    reserved_delta: Mapped[int] = mapped_column(default=0)
    reference: Mapped[str] = mapped_column(String(64), default="", index=True)
    """The public number of what caused it, an order's for instance, or why somebody counted anew."""
    actor: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[moment]


class StockReservation(Base):
    """Units held for an unpaid order until `expires_at`: payment allocates them, expiry gives them back."""

    __tablename__ = "stock_reservation"
    __table_args__ = (
        UniqueConstraint("reference", "variant_id", "warehouse_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[pk]
    reference: Mapped[str] = mapped_column(String(64))
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE")
    warehouse_id: Mapped[int] = refers("warehouse.id", index=False)
    quantity: Mapped[int]
    expires_at: Mapped[moment] = mapped_column(index=True)
    at: Mapped[moment]
