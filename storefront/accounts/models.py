"""Tables of people: customers who buy and staff who work here."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, moment, name, pk, refers


class Customer(Base):
    """Somebody with an account."""

    __tablename__ = "customer"

    id: Mapped[pk]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Folded to lower case."""
    name: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """None: an account without a way to sign in (imported)."""
    locale: Mapped[str] = mapped_column(String(8), default="en")
    tier: Mapped[str] = mapped_column(String(32), default="")
    groups: Mapped[json_list]
    """Keys of the customer groups that staff put them into."""
    traits: Mapped[json_object]
    """What is known of the household: {"age": "35-44", "income": "50-74K"}."""
    order_count: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    """Grows when the password changes, which ends every other session."""
    created_at: Mapped[moment] = mapped_column(index=True)


class CustomerGroup(Base):
    """A group that staff put customers into: it has its own prices and promotions."""

    __tablename__ = "customer_group"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[name]
    updated_at: Mapped[moment]


class Address(Base):
    """An address in a customer's book; the fields of `accounts.rules.PostalAddress`."""

    __tablename__ = "address"

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE")
    fields: Mapped[json_object]
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[moment]


class Staff(Base):
    """Somebody who works in the back office; what they may do follows from `role`."""

    __tablename__ = "staff"

    id: Mapped[pk]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(8), default="en")
    is_active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[moment]


class SignInFailure(Base):
    """One failed try to sign in, or with a coupon code; kept for an hour, so that guessing gets slow."""

    __tablename__ = "sign_in_failure"

    id: Mapped[pk]
    email_key: Mapped[str] = mapped_column(String(64), index=True)
    """A digest of the e-mail that was tried: it may be nobody's, or somebody's typing error. Of whose cart it was for a
    code, see `accounts.throttle.Limits.mark`."""
    address: Mapped[str] = mapped_column(String(64), index=True)
    """The network address it came from."""
    at: Mapped[moment] = mapped_column(index=True)
