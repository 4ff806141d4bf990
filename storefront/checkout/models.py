"""The checkout under way."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, moment, pk, refers


class CheckoutSession(Base):
    """What the shopper has told so far on the way from one cart to one order."""

    __tablename__ = "checkout_session"

    id: Mapped[pk]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The idempotency key of the order to come."""
    cart_id: Mapped[int | None] = refers("cart.id", on_delete="SET NULL")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    address: Mapped[json_object]
    shipping_method_code: Mapped[str] = mapped_column(String(32), default="")
    payment_provider: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    order_number: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[moment]
    updated_at: Mapped[moment]
