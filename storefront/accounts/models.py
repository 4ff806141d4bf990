"""Tables of people: customers who buy and staff who work here."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import Json, json_list, json_object, moment, name, pk, refers


class Customer(Base):
    """Somebody with an account."""

    __tablename__ = "customer"
    __table_args__ = (Index("ix_customer_email", "email", postgresql_ops={"email": "varchar_pattern_ops"}),)

    id: Mapped[pk]
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Folded to lower case; None for who signs in by phone or with an account elsewhere."""
    email_verified_at: Mapped[moment | None]
    """When a link in a letter to it, or a trusted provider, proved that it is theirs."""
    name: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    """How couriers reach them; nobody has proven it."""
    verified_phone: Mapped[str | None] = mapped_column(String(32), unique=True)
    """A number (E.164) that a code proved; its owner can sign in with a code."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """None: no password; a letter can set one where there is an e-mail."""
    locale: Mapped[str] = mapped_column(String(8), default="en")
    texts: Mapped[str] = mapped_column(String(8), default="")
    """When they get messages about orders on the phone: a value of `sms.states.Texts`."""
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

    @property
    def known_as(self) -> str:
        """How staff tell them apart: by e-mail, else by phone, else by number."""
        return self.email or self.verified_phone or f"#{self.id}"


class CustomerIdentity(Base):
    """An account elsewhere that a customer signs in with."""

    __tablename__ = "customer_identity"
    __table_args__ = (UniqueConstraint("provider", "subject"), UniqueConstraint("customer_id", "provider"))

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE", index=False)
    provider: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(255))
    """Who they are there; never changes."""
    label: Mapped[str] = mapped_column(String(254), default="")
    """How they know it: an e-mail or a nickname, as it was when it was connected."""
    created_at: Mapped[moment]


class OneTimeLink(Base):
    """A link that was sent to an inbox: it works once, for a while, and only its digest is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[pk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(24))
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="CASCADE")
    """Whose account it is about; None for a link that was made for the sake of equal work, and sent to nobody."""
    email_key: Mapped[str] = mapped_column(String(64))
    """A digest of the address it went to."""
    facts: Mapped[json_object]
    created_at: Mapped[moment]
    expires_at: Mapped[moment] = mapped_column(index=True)
    used_at: Mapped[moment | None]


class PhoneCode(Base):
    """A code that was sent to a phone; only its digest is kept, made with the shop's secret."""

    __tablename__ = "phone_code"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_not_negative"),)

    id: Mapped[pk]
    phone: Mapped[str] = mapped_column(String(32), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[moment]
    expires_at: Mapped[moment] = mapped_column(index=True)
    used_at: Mapped[moment | None]


class SignInRecord(Base):
    """A customer came in: when, how, on what kind of device. The latest are shown to them."""

    __tablename__ = "sign_in_record"

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE")
    way: Mapped[str] = mapped_column(String(16))
    device: Mapped[str] = mapped_column(String(80), default="")
    device_key: Mapped[str] = mapped_column(String(64), default="")
    """A digest of the number that the browser keeps, by which it is known again."""
    at: Mapped[moment] = mapped_column(index=True)


class SignInSession(Base):
    """Somebody is signed in somewhere: a customer or a member of staff, on one device, until it ends.

    The signed cookie holds its number, so nothing secret is kept here. `Customer.session_version` and
    `Staff.session_version` end all of somebody's at once.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (CheckConstraint("(customer_id IS NULL) != (staff_id IS NULL)", name="one_owner"),)

    id: Mapped[pk]
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="CASCADE")
    staff_id: Mapped[int | None] = refers("staff.id", on_delete="CASCADE")
    way: Mapped[str] = mapped_column(String(16))
    device: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    """The network address it began from; of customers without its end: it tells places apart, and nobody's door."""
    created_at: Mapped[moment]
    last_seen_at: Mapped[moment] = mapped_column(index=True)
    """Kept to within a few minutes for staff, an hour for customers."""
    ended_at: Mapped[moment | None]


class StandIn(Base):
    """A member of staff looks at the shop as a customer does: why, since when, and until when at the latest."""

    __tablename__ = "stand_in"

    id: Mapped[pk]
    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE")
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE")
    reason: Mapped[str] = mapped_column(String(255))
    began_at: Mapped[moment]
    ends_at: Mapped[moment]
    ended_at: Mapped[moment | None]


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


class StaffRole(Base):
    """A role that the merchant has made or changed; a default role without a row is as `permissions` says."""

    __tablename__ = "staff_role"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    """"" for a default role, which has its name in every language."""
    permissions: Mapped[list[str] | None] = mapped_column(Json)
    """None: those that the role has by default."""
    needs_factor: Mapped[bool] = mapped_column(default=False)
    """Whether who has it must sign in with a second factor."""
    updated_at: Mapped[moment]


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
    factor_secret: Mapped[str | None] = mapped_column(String(255))
    """What their authenticator app counts with, enciphered with the shop's secret; None without a second factor."""
    factor_step: Mapped[int] = mapped_column(default=0)
    """The latest time step whose code was used: it and those before it are refused."""
    factor_since: Mapped[moment | None]
    created_at: Mapped[moment]


class RecoveryCode(Base):
    """A code that stands in for the second factor, once; only its digest is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[pk]
    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE", index=False)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[moment | None]


class StaffInvitation(Base):
    """A letter that lets somebody in to the back office: it works once, for a while, and only its digest is kept."""

    __tablename__ = "staff_invitation"

    id: Mapped[pk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(32))
    invited_by: Mapped[int] = refers("staff.id")
    created_at: Mapped[moment]
    expires_at: Mapped[moment]
    ended_at: Mapped[moment | None]
    """When it was used or taken back."""


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
