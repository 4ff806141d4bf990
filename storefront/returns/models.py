"""Tables of returns."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, minor, moment, pk, refers

_OPEN = text("state IN ('requested', 'approved')")


class Return(Base):
    """What somebody wants to send back, exchange, or have put right; of one order."""

    __tablename__ = "return_request"
    __table_args__ = (
        CheckConstraint("kind IN ('return', 'exchange', 'claim')", name="kind_known"),
        CheckConstraint("remedy IN ('refund', 'replace')", name="remedy_known"),
        CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'received', 'refunding', 'refunded', 'replaced', 'closed',"
            " 'withdrawn')",
            name="state_known",
        ),
        CheckConstraint("policy IN ('share', 're-price', 'keep')", name="policy_known"),
        CheckConstraint(
            "goods_minor >= 0 AND freight_minor >= 0 AND fee_minor >= 0 AND gift_minor >= 0 AND suggested_minor >= 0",
            name="sums_not_negative",
        ),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= actual_minor", name="refunds_within_actual"),
        Index("uq_return_request_open", "order_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_return_request_state_requested", "state", "requested_at"),
        Index("ix_return_request_requested", "requested_at"),
        Index("ix_return_request_suggested", "suggested_minor"),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    root_order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    """Where the money first came in: the order itself, or the one whose goods it replaced."""
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """The order's number and a count: "7KQM-3XPD-R1"."""
    kind: Mapped[str] = mapped_column(String(16))
    remedy: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    policy: Mapped[str] = mapped_column(String(16))
    """As it was when it was asked for: what the shopper was shown holds."""
    note: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    """What the shop said when it decided."""
    goods_minor: Mapped[minor] = mapped_column(default=0)
    freight_minor: Mapped[minor] = mapped_column(default=0)
    fee_minor: Mapped[minor] = mapped_column(default=0)
    gift_minor: Mapped[minor] = mapped_column(default=0)
    before_minor: Mapped[minor] = mapped_column(default=0, server_default="0")
    """What of this had gone back before, without a return."""
    value_minor: Mapped[minor] = mapped_column(default=0)
    """What had been paid for what comes back, with points too; they go back pro rata to it."""
    suggested_minor: Mapped[minor] = mapped_column(default=0)
    """What the rules come to; first for what was asked, then for what was accepted."""
    actual_minor: Mapped[minor] = mapped_column(default=0)
    """What staff decided to pay back, in all."""
    actual_reason: Mapped[str] = mapped_column(String(255), default="")
    refunded_minor: Mapped[minor] = mapped_column(default=0)
    """What has gone back under this request's name."""
    attempts: Mapped[int] = mapped_column(default=0)
    gives_all_back: Mapped[bool] = mapped_column(default=False)
    """Whether nothing of the sale is left with it: then coupons can be used again."""
    kept_gifts: Mapped[json_object]
    """Gifts that were kept and deducted: {"order line": units}."""
    follow_up_number: Mapped[str] = mapped_column(String(32), default="", index=True)
    """The order that goes out in its place."""
    requested_at: Mapped[moment]
    decided_at: Mapped[moment | None]
    received_at: Mapped[moment | None]
    ended_at: Mapped[moment | None]
    """When the money had gone back or the replacement was on order, or when nothing came of it."""


class ReturnLine(Base):
    """So many of an order's line, why, and what came of them."""

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint("return_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("accepted IS NULL OR (accepted >= 0 AND accepted <= quantity)", name="accepted_within_asked"),
        CheckConstraint("restocked >= 0 AND restocked <= COALESCE(accepted, 0)", name="restocked_within_accepted"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    )

    id: Mapped[pk]
    return_id: Mapped[int] = refers("return_request.id", on_delete="CASCADE", index=False)
    order_line_id: Mapped[int] = refers("order_line.id", on_delete="CASCADE")
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(String(24))
    wanted_variant_id: Mapped[int | None] = refers("variant.id", on_delete="SET NULL", index=False)
    """What it is exchanged for."""
    condition: Mapped[str] = mapped_column(String(16), default="")
    accepted: Mapped[int | None]
    """How many count as returned; None until somebody has looked."""
    restocked: Mapped[int] = mapped_column(default=0)
    """How many went back on the shelf; the rest of what was accepted is written off."""
    amount_minor: Mapped[minor] = mapped_column(default=0)
    """This line's part of the suggestion."""


class ReturnPhoto(Base):
    """A photograph that the shopper added."""

    __tablename__ = "return_photo"

    return_id: Mapped[int] = refers("return_request.id", on_delete="CASCADE", index=False, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    picture: Mapped[str] = mapped_column(String(120))


class ReturnEvent(Base):
    """What happened to a request, when, and by whom; never edited."""

    __tablename__ = "return_event"

    id: Mapped[pk]
    return_id: Mapped[int] = refers("return_request.id", on_delete="CASCADE")
    state: Mapped[str] = mapped_column(String(16))
    """Where it stood afterwards."""
    actor: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[json_object]
    at: Mapped[moment]
