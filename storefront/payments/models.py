"""Tables of payments."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, minor, moment, pk, refers


class Payment(Base):
    """One attempt to pay an order with one provider."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint(
            "captured_minor >= 0 AND refunded_minor >= 0 AND refunding_minor >= 0", name="sums_not_negative"
        ),
        CheckConstraint("refunded_minor + refunding_minor <= captured_minor", name="refunds_within_captured"),
        Index("ix_payment_created", "created_at"),
        Index("ix_payment_amount", "amount_minor"),
        Index("ix_payment_state_created", "state", "created_at"),
        Index("ix_payment_provider_created", "provider", "created_at"),
        Index("ix_payment_handle", "handle"),
        Index("ix_payment_issue", "id", sqlite_where=text("issue <> ''"), postgresql_where=text("issue <> ''")),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    provider: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    """Ours, shown to the provider."""
    state: Mapped[str] = mapped_column(String(16))
    amount_minor: Mapped[minor]
    """What was asked for."""
    captured_minor: Mapped[minor] = mapped_column(default=0)
    refunded_minor: Mapped[minor] = mapped_column(default=0)
    refunding_minor: Mapped[minor] = mapped_column(default=0)
    """Set aside for refunds under way."""
    lost_minor: Mapped[minor] = mapped_column(default=0, server_default="0")
    """What a bank has taken back and not returned; beside refunds it can be more than came in."""
    currency: Mapped[str] = mapped_column(String(3))
    handle: Mapped[str] = mapped_column(String(255), default="")
    """The provider's own name for the attempt; empty until it was asked."""
    continue_url: Mapped[str] = mapped_column(Text, default="")
    qr: Mapped[str] = mapped_column(Text, default="")
    issue: Mapped[str] = mapped_column(String(255), default="")
    """What does not agree between our books and the provider's, for the back office; empty when all is well."""
    created_at: Mapped[moment]
    opened_at: Mapped[moment | None]
    """When the provider took the attempt on."""
    asked_at: Mapped[moment | None]
    next_ask_at: Mapped[moment | None] = mapped_column(index=True)
    """When the clock asks the provider what became of it; None when it does not."""


class Transaction(Base):
    """What a provider was asked or said; never edited."""

    __tablename__ = "payment_transaction"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    id: Mapped[pk]
    payment_id: Mapped[int] = refers("payment.id", on_delete="CASCADE")
    kind: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(16))
    amount_minor: Mapped[minor]
    currency: Mapped[str | None] = mapped_column(String(3))
    """Of the amount, where it is not the payment's: a fee is charged in the currency of the merchant's account."""
    psp_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    facts: Mapped[json_object]
    at: Mapped[moment]


class Refund(Base):
    """Money that goes back along the payment that it came with."""

    __tablename__ = "payment_refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        UniqueConstraint("payment_id", "reference", name="uq_payment_refund_reference"),
    )

    id: Mapped[pk]
    payment_id: Mapped[int] = refers("payment.id", on_delete="CASCADE")
    reference: Mapped[str] = mapped_column(String(80))
    """Whoever asked names it; asked again under the same name it is one refund."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Ours, shown to the provider, so that it too makes one refund of it."""
    amount_minor: Mapped[minor]
    overpaid_minor: Mapped[minor] = mapped_column(default=0, server_default="0")
    """How much of it was more than the order costs: the sale is no smaller by it."""
    freight_minor: Mapped[int | None] = mapped_column(BigInteger)
    """How much of it is what delivery had cost, where whoever asked for it knows."""
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(120), default="")
    psp_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[moment | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[moment] = mapped_column(index=True)
    ended_at: Mapped[moment | None] = mapped_column(index=True)


class Dispute(Base):
    """A payment that its payer contests at a bank or a provider."""

    __tablename__ = "payment_dispute"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("taken_minor >= 0", name="taken_not_negative"),
        Index("ix_payment_dispute_state_due", "state", "due_at"),
    )

    id: Mapped[pk]
    payment_id: Mapped[int] = refers("payment.id", on_delete="CASCADE")
    psp_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    """The provider's name for it; None where money was taken and no dispute was told of."""
    state: Mapped[str] = mapped_column(String(16))
    amount_minor: Mapped[minor]
    """What is contested."""
    taken_minor: Mapped[minor] = mapped_column(default=0)
    """What was taken for it and not returned."""
    fee_minor: Mapped[minor] = mapped_column(default=0)
    fee_currency: Mapped[str] = mapped_column(String(3), default="")
    reason: Mapped[str] = mapped_column(String(120), default="")
    """In the provider's words."""
    url: Mapped[str] = mapped_column(String(255), default="")
    """Where the merchant answers it."""
    due_at: Mapped[moment | None]
    """Until when."""
    opened_at: Mapped[moment]
    told_at: Mapped[moment]
    """How new what we know of it is: older news change nothing."""
    ended_at: Mapped[moment | None]


class PaymentMessage(Base):
    """What arrived at a webhook, as it arrived."""

    __tablename__ = "payment_message"
    __table_args__ = (Index("ix_payment_message_provider", "provider", "id"),)

    id: Mapped[pk]
    provider: Mapped[str] = mapped_column(String(32))
    headers: Mapped[json_object]
    query: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    """SHA-256 of the body: the same message once more is known by it."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    about: Mapped[str] = mapped_column(String(64), default="", index=True)
    """The number of the order that it turned out to speak of."""
    told: Mapped[str] = mapped_column(String(255), default="")
    """What it said, in a word or two of the provider's."""
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[moment | None] = mapped_column(index=True)
    received_at: Mapped[moment] = mapped_column(index=True)
    ended_at: Mapped[moment | None]
