"""Tables of invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import Json, json_object, minor, moment, pk, refers


class InvoiceCounter(Base):
    """The last number of a year."""

    __tablename__ = "invoice_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(Base):
    """An invoice or a credit note, as it was issued; never edited, until what it says of a forgotten person goes."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("year", "position", name="uq_invoice_number"),
        UniqueConstraint("order_id", "reference", name="uq_invoice_occasion"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("amount_minor >= 0 AND tax_minor >= 0", name="amounts_not_negative"),
    )

    id: Mapped[pk]
    year: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    order_id: Mapped[int] = refers("order.id", index=False)
    reference: Mapped[str] = mapped_column(String(80), default="")
    """Which refund a credit note is for; "" is the invoice itself."""
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[minor]
    tax_minor: Mapped[minor]
    """Contained in the amount."""
    seller: Mapped[json_object]
    """{"name": ..., "address": ..., "tax_id": ...} as they were."""
    buyer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Who bought, as a stored `accounts.rules.PostalAddress`; None on those issued before it was kept here."""
    company: Mapped[str] = mapped_column(String(160), default="")
    buyer_tax_id: Mapped[str] = mapped_column(String(40), default="")
    issued_at: Mapped[moment]
    keep_until: Mapped[moment | None] = mapped_column(index=True)
    """When the buyer goes from it, who asked to be forgotten; None for everybody else."""

    @property
    def number(self) -> str:
        """As it is printed: "2026-000001"."""
        return f"{self.year}-{self.position:06d}"
