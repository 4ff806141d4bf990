"""Tables of parcels, their carriers, and the news of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, name, pk, refers


class Parcel(Base):
    """Goods of one order that leave one warehouse together."""

    __tablename__ = "parcel"
    __table_args__ = (
        CheckConstraint(
            "state IN ('packed', 'unpacked', 'shipped', 'delivered', 'lost', 'returned')", name="state_known"
        ),
        CheckConstraint("state IN ('packed', 'unpacked') OR shipped_at IS NOT NULL", name="has_left"),
        CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name="has_arrived"),
        Index("ix_parcel_state_shipped", "state", "shipped_at"),
        Index("ix_parcel_tracking", "tracking_number", "carrier"),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """The order's number and a count: "7KQM-3XPD-1"."""
    warehouse_id: Mapped[int | None] = refers("warehouse.id", index=False)
    state: Mapped[str] = mapped_column(String(16))
    holds_all: Mapped[bool] = mapped_column(default=False)
    """Everything that was ordered, with no lines of its own: an order that was sent before parcels were kept."""
    carrier: Mapped[str] = mapped_column(String(32), default="")
    """The carrier's code; "" is the shop itself."""
    tracking_number: Mapped[str] = mapped_column(String(40), default="")
    packed_by: Mapped[str] = mapped_column(String(120), default="")
    packed_at: Mapped[moment]
    shipped_at: Mapped[moment | None]
    delivered_at: Mapped[moment | None]
    ended_at: Mapped[moment | None]
    """When it was found to be lost, or came back."""
    resent_at: Mapped[moment | None]
    """When what was in it began to be sent once more; it no longer counts as sent since."""
    poll_at: Mapped[moment | None] = mapped_column(index=True)
    """When its carrier is asked next; None where nobody asks."""


class ParcelLine(Base):
    """So many of a line are in a parcel."""

    __tablename__ = "parcel_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    parcel_id: Mapped[int] = refers("parcel.id", on_delete="CASCADE", index=False, primary_key=True)
    order_line_id: Mapped[int] = refers("order_line.id", on_delete="CASCADE", primary_key=True)
    quantity: Mapped[int]


class TrackingEvent(Base):
    """One piece of a carrier's news about a parcel, kept once however often it is told."""

    __tablename__ = "tracking_event"
    __table_args__ = (UniqueConstraint("parcel_id", "key"),)

    id: Mapped[pk]
    parcel_id: Mapped[int] = refers("parcel.id", on_delete="CASCADE", index=False)
    key: Mapped[str] = mapped_column(String(64))
    """A hash of when and what, which is all that carriers give to tell one from another."""
    status: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(String(500))
    place: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[moment]
    told_at: Mapped[moment]


class CarrierChoice(Base):
    """A carrier that the merchant added, or changed among those that the shop knows; `carriers.known` has the rest."""

    __tablename__ = "carrier"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[name]
    url: Mapped[str] = mapped_column(String(500), default="")
    """Where a parcel can be followed; {number} stands for its tracking number."""
    kuaidi100: Mapped[str] = mapped_column(String(32), default="")
    """What kuaidi100 calls it; "" where it is not asked there."""
    is_active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[moment]
