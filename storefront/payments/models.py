"""Tables of payments."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, minor, moment, pk, refers


class Payment(Base):
    """One attempt to pay an order with one provider."""

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    provider: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    """Ours, shown to the provider."""
    state: Mapped[str] = mapped_column(String(16))
    amount_minor: Mapped[minor]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[moment]


class Transaction(Base):
    """What a provider was asked or said; never edited."""

    __tablename__ = "payment_transaction"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    id: Mapped[pk]
    payment_id: Mapped[int] = refers("payment.id", on_delete="CASCADE")
    kind: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(16))
    amount_minor: Mapped[minor]
    psp_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    facts: Mapped[json_object]
    at: Mapped[moment]
