"""What an inbox proves: a forgotten password set anew, another e-mail confirmed, an account elsewhere connected.

Whoever asks for a letter learns nothing about who has an account: the answer and the work are the same, and only the
inbox tells. A link works once, its digest alone is kept, and what it changes ends every link and session before it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from storefront.accounts import letters, links, passwords, queries, signed_in, throttle, tries
from storefront.accounts.emails import email_key, fold_email
from storefront.accounts.errors import EmailTaken, LinkOver, TooManyTries
from storefront.accounts.links import Link
from storefront.accounts.models import Customer
from storefront.accounts.signed_in import Owner
from storefront.accounts.states import Change, Purpose
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.mail import choices


def refuse_too_many_letters(*, email: str, address: str, at: datetime) -> None:
    """Raise TooManyTries when this inbox or network address has been asked letters for too often lately."""
    if tries.are_too_many(throttle.LETTERS, who=email, address=address, at=at):
        raise TooManyTries(minutes=throttle.LETTERS.minutes)


def note_letter(*, email: str, address: str, at: datetime) -> None:
    """Count a letter that was asked for."""
    tries.note(throttle.LETTERS, who=email, address=address, at=at)


def ask_reset(*, email: str, locale: str, at: datetime) -> None:
    """Write to an inbox how to set a new password, or that nobody has an account with this address."""
    customer = queries.find_customer_by_email(email)
    known = customer is not None and customer.is_active
    owner_id = customer.id if customer is not None and known else None
    token = links.make_link(purpose=Purpose.RESET, customer_id=owner_id, email=email, at=at)
    template = "accounts/mail/reset" if known else "accounts/mail/nobody"
    path = f"/password-reset/{token}" if known else "/register"
    letters.send_link(template, recipient=email, locale=locale, path=path, at=at)


def customer_of(link: Link) -> Customer:
    """Return whose link it is; LinkOver when their e-mail is another one by now, or their account is closed."""
    customer = queries.get_customer(link.customer_id)
    if not customer.is_active:
        raise LinkOver
    return customer


def hash_for(*, token: str, password: str, at: datetime) -> str:
    """Return the hash of a password that a reset link may set. Reads only: hashing is slow."""
    customer = _reader_of(links.read_link(token, purpose=Purpose.RESET, at=at))
    passwords.check_password(password, email=customer.email or "")
    return passwords.hash_password(password)


def reset_password(*, token: str, password_hash: str, at: datetime) -> Customer:
    """Use a reset link: the password is another one, and every session and link of before has ended."""
    customer = _reader_of(links.use_link(token, purpose=Purpose.RESET, at=at))
    set_password(customer=customer, password_hash=password_hash, at=at)
    customer.email_verified_at = customer.email_verified_at or at
    db.session.flush()
    return customer


def set_password(*, customer: Customer, password_hash: str, at: datetime) -> None:
    """Set another password, end what was before, and tell the owner."""
    customer.password_hash = password_hash
    end_before(customer=customer, at=at)
    letters.tell_changed(recipient=customer.email, locale=customer.locale, change=Change.PASSWORD, at=at)


def end_before(*, customer: Customer, at: datetime) -> None:
    """End every session and every open link of a customer."""
    customer.session_version += 1
    db.session.flush()
    signed_in.end_all(owner=Owner("customer", customer.id), at=at)
    links.end_links(customer_id=customer.id, at=at)


def ask_email(*, customer_id: int, email: str, locale: str, at: datetime) -> None:
    """Write to a new address for a confirmation; where it is somebody else's, tell them, and the asker nothing."""
    customer, folded = queries.get_customer(customer_id), fold_email(email)
    if folded == customer.email and customer.email_verified_at is not None:
        raise Invalid(N_("This is your e-mail already."), field="email")
    other = queries.find_customer_by_email(folded)
    facts = {"email": folded}
    token = links.make_link(purpose=Purpose.EMAIL, customer_id=customer_id, email=folded, facts=facts, at=at)
    is_free = other is None or other.id == customer_id
    template = "accounts/mail/confirm" if is_free else "accounts/mail/taken"
    path = f"/confirmations/{token}" if is_free else "/sign-in"
    letters.send_link(template, recipient=folded, locale=locale, path=path, at=at)


def confirm_email(*, token: str, customer_id: int, at: datetime) -> Customer:
    """Use a confirmation: the account has the address it went to, and the one before is told."""
    link = _own(links.use_link(token, purpose=Purpose.EMAIL, at=at), customer_id)
    customer, email = customer_of(link), str(link.facts["email"])
    other = queries.find_customer_by_email(email)
    if other is not None and other.id != customer.id:
        raise EmailTaken(field="email")
    before, customer.email, customer.email_verified_at = customer.email, email, at
    if before == email:
        db.session.flush()
        return customer
    try:
        db.session.flush()
    except IntegrityError:
        raise EmailTaken(field="email") from None
    end_before(customer=customer, at=at)
    if before:
        choices.move(before=before, email=email, at=at)
    letters.tell_changed(recipient=before, locale=customer.locale, change=Change.EMAIL, at=at)
    return customer


def ask_orders(*, customer_id: int, email: str, locale: str, at: datetime) -> None:
    """Write to the account's own inbox, so that a link from there can bring in what was ordered without signing in."""
    token = links.make_link(purpose=Purpose.ORDERS, customer_id=customer_id, email=email, at=at)
    letters.send_link("accounts/mail/orders", recipient=email, locale=locale, path=f"/confirmations/{token}", at=at)


def prove_email(*, token: str, customer_id: int, at: datetime) -> Customer:
    """Use a link that only shows whose inbox it is."""
    customer = _reader_of(_own(links.use_link(token, purpose=Purpose.ORDERS, at=at), customer_id))
    customer.email_verified_at = customer.email_verified_at or at
    db.session.flush()
    return customer


def _own(link: Link, customer_id: int) -> Link:
    """A confirmation counts for who is signed in to the account it was asked for: an inbox alone must not prove it, or
    whoever asks could have a stranger confirm."""
    if link.customer_id != customer_id:
        raise LinkOver
    return link


def _reader_of(link: Link) -> Customer:
    customer = customer_of(link)
    if email_key(customer.email or "") != link.email_key:
        raise LinkOver
    return customer
