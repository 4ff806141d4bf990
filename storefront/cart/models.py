"""Tables of carts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import json_list, minor, moment, pk, refers


class Cart(Base):
    """What somebody means to buy: a guest's by `token`, a customer's by `customer_id`."""

    __tablename__ = "cart"
    __table_args__ = (CheckConstraint("token IS NOT NULL OR customer_id IS NOT NULL", name="has_an_owner"),)

    id: Mapped[pk]
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="CASCADE", index=False, unique=True)
    codes: Mapped[json_list]
    """Coupon codes as entered, folded by `kernel.text.code_key`."""
    coupon_choice: Mapped[str] = mapped_column(String(64), default="")
    """Which coupon of the wallet is used: a code, "none", or "" for the best."""
    points: Mapped[int] = mapped_column(default=0)
    """How many points the customer means to spend."""
    created_at: Mapped[moment]
    updated_at: Mapped[moment] = mapped_column(index=True)

    lines: Mapped[list[CartLine]] = relationship(
        lazy="raise", order_by="CartLine.id", cascade="all, delete-orphan", passive_deletes=True
    )


class CartLine(Base):
    """A variant and how many of it."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[pk]
    cart_id: Mapped[int] = refers("cart.id", on_delete="CASCADE", index=False)
    variant_id: Mapped[int] = refers("variant.id", on_delete="CASCADE")
    quantity: Mapped[int]
    price_seen_minor: Mapped[minor]
    """The unit price when it was put in, so that a change can be told."""
    added_at: Mapped[moment]
