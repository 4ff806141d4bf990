"""Writes of people and their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from storefront.accounts import passwords, queries, throttle, tries
from storefront.accounts.emails import email_key, fold_email
from storefront.accounts.errors import CannotRegister, TooManyTries, WorksHere, WrongCredentials
from storefront.accounts.events import CustomerRegistered
from storefront.accounts.invitations import Invitation
from storefront.accounts.models import Address, Customer, CustomerIdentity, Staff
from storefront.accounts.oauth.person import Person
from storefront.accounts.permissions import Role
from storefront.accounts.rules import PostalAddress
from storefront.accounts.throttle import Limits
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.events import publish
from storefront.kernel.text import squeeze
from storefront.mail import services as mail
from storefront.mail.services import Letter

LONGEST_BOOK = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """A checked e-mail and the hash of a checked password; made before the transaction, because hashing is slow."""

    email: str
    password_hash: str
    proven_at: datetime | None = None
    """When a letter to the e-mail was answered, if one was."""


def make_credentials(*, email: str, password: str, shortest: int = passwords.SHORTEST) -> Credentials:
    """Check what somebody wants to sign in with; the same work whether or not the e-mail is taken."""
    folded = fold_email(email)
    passwords.check_password(password, email=folded, shortest=shortest)
    return Credentials(folded, passwords.hash_password(password))


def invite(*, invited: Invitation, url: str, locale: str, at: datetime) -> None:
    """Write to the address that wants an account: with the link, or, where there is an account, that there is one.

    One letter an hour to an address: the same template about the same reference is one letter. It repeats nothing that
    was typed, since whoever typed it may not be whoever reads it.
    """
    known = queries.find_customer_by_email(invited.email)
    template = "accounts/mail/known" if known else "accounts/mail/invitation"
    reference = f"{email_key(invited.email)[:40]}-{at:%Y%m%d%H}"
    mail.put_in(letter=Letter(template, invited.email, locale, reference, {"url": url}), at=at)


def register(*, credentials: Credentials, name: str, locale: str, at: datetime) -> Customer:
    """Open an account; a taken e-mail is refused in words that do not say so outright."""
    if queries.find_customer_by_email(credentials.email) is not None:
        raise CannotRegister
    customer = Customer(
        email=credentials.email,
        email_verified_at=credentials.proven_at,
        name=squeeze(name)[:120],
        password_hash=credentials.password_hash,
        locale=locale,
        traits={},
        created_at=at,
    )
    return _open(customer)


def open_by_phone(*, phone: str, locale: str, at: datetime) -> Customer:
    """Open an account for who has just proven a number; there is neither e-mail nor password yet."""
    return _open(Customer(phone=phone, verified_phone=phone, locale=locale, traits={}, created_at=at))


def open_by_person(*, person: Person, locale: str, at: datetime) -> Customer:
    """Open an account for who has one elsewhere; CannotRegister where their e-mail has an account already."""
    if person.email and queries.find_customer_by_email(fold_email(person.email)) is not None:
        raise CannotRegister
    email = fold_email(person.email) if person.email else None
    name, proven_at = squeeze(person.name)[:120], at if email else None
    customer = _open(
        Customer(email=email, email_verified_at=proven_at, name=name, locale=locale, traits={}, created_at=at)
    )
    who = {"provider": person.provider, "subject": person.subject, "label": person.label}
    db.session.add(CustomerIdentity(customer_id=customer.id, **who, created_at=at))
    db.session.flush()
    return customer


def _open(customer: Customer) -> Customer:
    db.session.add(customer)
    try:
        db.session.flush()
    except IntegrityError:
        raise CannotRegister from None
    publish(CustomerRegistered(customer.id))
    return customer


def refuse_who_works_here(*, email: str) -> None:
    """Raise WorksHere when a member of staff has this e-mail, Invalid when nobody can have it."""
    folded = fold_email(email)
    if queries.find_staff_by_email(folded) is not None:
        raise WorksHere(field="email", email=folded)


def hire(*, credentials: Credentials, name: str, role: Role, at: datetime) -> Staff:
    """Give somebody access to the back office, unless they have it already."""
    refuse_who_works_here(email=credentials.email)
    staff = Staff(
        email=credentials.email,
        name=squeeze(name)[:120],
        password_hash=credentials.password_hash,
        role=role.value,
        created_at=at,
    )
    db.session.add(staff)
    db.session.flush()
    return staff


def refuse_too_many_tries(*, email: str, address: str, at: datetime, limits: Limits = throttle.SIGN_IN) -> None:
    """Raise TooManyTries when this e-mail and network address have failed too often lately."""
    if tries.are_too_many(limits, who=email, address=address, at=at):
        raise TooManyTries(minutes=limits.minutes)


def note_failure(*, email: str, address: str, at: datetime, limits: Limits = throttle.SIGN_IN) -> None:
    """Remember a failed try, and forget those long past."""
    tries.note(limits, who=email, address=address, at=at)


def forget_failures(*, email: str, address: str, limits: Limits = throttle.SIGN_IN) -> None:
    """Start counting anew after a success, for this e-mail from this address only."""
    tries.forget(limits, who=email, address=address)


def check_customer(*, email: str, password: str) -> Customer:
    """Return the customer whose e-mail and password these are, or refuse; the work is the same for a stranger.

    Reads only: call it outside a transaction, hashing is slow.
    """
    found = queries.find_customer_by_email(folded_or_raw(email))
    known = found is not None and found.is_active
    if not passwords.matches(found.password_hash if found and known else None, password) or found is None:
        raise WrongCredentials
    return found


def check_staff(*, email: str, password: str) -> Staff:
    """Return the member of staff whose e-mail and password these are, or refuse, as `check_customer` does."""
    found = queries.find_staff_by_email(folded_or_raw(email))
    known = found is not None and found.is_active
    if not passwords.matches(found.password_hash if found and known else None, password) or found is None:
        raise WrongCredentials
    return found


def renew_hash(*, account: Customer | Staff, password_hash: str) -> None:
    """Store the same password hashed with today's parameters; sessions stay."""
    account.password_hash = password_hash
    db.session.flush()


def check_own_password(*, customer_id: int, password: str, field: str) -> None:
    """Refuse, beside `field`, what is not the customer's present password; who has none is not asked. Reads only."""
    kept = queries.get_customer(customer_id).password_hash
    if kept is not None and not passwords.matches(kept, password):
        raise Invalid(N_("This is not your current password."), field=field)


def change_name(*, customer_id: int, name: str, phone: str) -> Customer:
    """Set how the shop addresses and reaches somebody; `phone` is E.164 or empty."""
    customer = queries.get_customer(customer_id)
    customer.name, customer.phone = squeeze(name)[:120], phone
    db.session.flush()
    return customer


def add_address(*, customer_id: int, address: PostalAddress, at: datetime) -> Address:
    """Put an address into the book; the first one is the default."""
    held = db.session.scalar(select(func.count()).where(Address.customer_id == customer_id)) or 0
    if held >= LONGEST_BOOK:
        raise Invalid(N_("Your address book is full. Delete an address that you no longer use."))
    entry = Address(customer_id=customer_id, fields=address.as_fields(), is_default=held == 0, created_at=at)
    db.session.add(entry)
    db.session.flush()
    return entry


def change_address(*, entry: Address, address: PostalAddress) -> Address:
    """Replace what an entry says."""
    entry.fields = address.as_fields()
    db.session.flush()
    return entry


def make_default(*, entry: Address) -> Address:
    """Let an entry be the one that checkout offers first."""
    db.session.execute(update(Address).where(Address.customer_id == entry.customer_id).values(is_default=False))
    db.session.execute(update(Address).where(Address.id == entry.id).values(is_default=True))
    db.session.flush()
    return entry


def delete_address(*, entry: Address) -> None:
    """Take an entry out; the oldest of the others becomes the default when it was that one."""
    customer_id, was_default = entry.customer_id, entry.is_default
    db.session.delete(entry)
    db.session.flush()
    if was_default:
        oldest = select(func.min(Address.id)).where(Address.customer_id == customer_id).scalar_subquery()
        db.session.execute(update(Address).where(Address.id == oldest).values(is_default=True))


def count_order(*, customer_id: int, by: int) -> None:
    """Count an order that was placed (1) or cancelled (-1); first-order offers look at this."""
    db.session.execute(update(Customer).where(Customer.id == customer_id).values(order_count=Customer.order_count + by))


def get_locked_tier(customer_id: int) -> str | None:
    """Return the tier of a customer whose row is locked until this transaction ends; None if there is none."""
    return db.session.scalar(select(Customer.tier).where(Customer.id == customer_id).with_for_update(key_share=True))


def set_tier(*, customer_id: int, tier: str) -> None:
    """Let a customer stand in a tier."""
    statement = update(Customer).where(Customer.id == customer_id).values(tier=tier)
    db.session.execute(statement.execution_options(synchronize_session=False))


def move_tier(*, before: str, after: str) -> int:
    """Let everybody who stands in one tier stand in another; return how many."""
    statement = update(Customer).where(Customer.tier == before).values(tier=after)
    moved = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(moved.rowcount)  # type: ignore[attr-defined]


def folded_or_raw(email: str) -> str:
    """Return an e-mail as accounts keep it; what is none as it was typed."""
    try:
        return fold_email(email)
    except Invalid:
        return email.strip().lower()[:254]
