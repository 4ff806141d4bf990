"""Tables of loyalty: tiers, balances of points, and the ledger behind them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, minor, moment, name, pk, refers


class Tier(Base):
    """A standing that customers earn by what they spent in the last year; the highest reached counts."""

    __tablename__ = "tier"
    __table_args__ = (
        CheckConstraint("spend_minor >= 0", name="spend_not_negative"),
        CheckConstraint("earn_basis_points >= 0", name="earning_not_negative"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    spend_minor: Mapped[minor] = mapped_column(unique=True)
    earn_basis_points: Mapped[int] = mapped_column(default=10_000)
    """How many points its members earn, of 10,000 for the usual."""
    updated_at: Mapped[moment]


class TierChange(Base):
    """Why a customer came to a tier: what they had spent by then; never edited."""

    __tablename__ = "tier_change"

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE")
    before: Mapped[str] = mapped_column(String(32), default="")
    after: Mapped[str] = mapped_column(String(32), default="")
    spent_minor: Mapped[minor]
    actor: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[moment]


class PointsAccount(Base):
    """A customer's points: `available` can be spent, `pending` waits for the after-sale window to end."""

    __tablename__ = "points_account"
    __table_args__ = (
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("pending >= 0", name="pending_not_negative"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
    )

    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE", index=False, primary_key=True)
    available: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    owed: Mapped[int] = mapped_column(default=0)
    """Points that were spent before the order that had earned them was given back; the next earnings pay them."""
    next_expiry: Mapped[moment | None] = mapped_column(index=True)
    """No points expire before then; None where none ever do. It may be too early (spent meanwhile), never too late."""
    updated_at: Mapped[moment]


class PointsEntry(Base):
    """One movement of points; never edited. The sums of the three deltas are the account."""

    __tablename__ = "points_entry"
    __table_args__ = (Index("ix_points_entry_customer_at", "customer_id", "at"),)

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(String(16))
    """"earn", "release", "redeem", "expire", "reverse" or "adjust"; see `loyalty.states.EntryKind`."""
    available_delta: Mapped[int] = mapped_column(default=0)
    pending_delta: Mapped[int] = mapped_column(default=0)
    owed_delta: Mapped[int] = mapped_column(default=0)
    order_number: Mapped[str] = mapped_column(String(32), default="", index=True)
    note: Mapped[str] = mapped_column(String(255), default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    available_at: Mapped[moment | None] = mapped_column(index=True)
    """When a pending earning can be spent."""
    expires_at: Mapped[moment | None] = mapped_column(index=True)
    at: Mapped[moment]
