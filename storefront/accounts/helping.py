"""What customer service does to somebody's account: closed for a while and opened again, and every session ended.

Nobody but the owner changes what they sign in with; staff have a letter sent to the inbox that proves who they are.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storefront.accounts import inbox
from storefront.accounts.errors import TooManyTries
from storefront.accounts.models import Customer
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound, ShopError
from storefront.kernel.text import squeeze

LONGEST_REASON = 255


class AccountGone(ShopError):
    """What was personal in the account is deleted; there is nobody left to let in."""

    message = N_("This account was deleted and cannot be opened again.")


def block(*, customer_id: int, reason: str, by: str, at: datetime) -> Customer:
    """Close an account: its owner is signed out everywhere and cannot come in again. Orders go on."""
    said = squeeze(reason)
    if not said:
        raise Invalid(N_("Say why; your colleagues read it in the list of changes."), field="reason")
    if len(said) > LONGEST_REASON:
        raise Invalid(N_("Use at most %(count)d characters."), field="reason", count=LONGEST_REASON)
    customer = get_locked(customer_id)
    if customer.is_active:
        customer.is_active = False
        inbox.end_before(customer=customer, at=at)
        _note("customer.block", customer, {"is_active": (True, False), "reason": (None, said)}, by, at)
    return customer


def unblock(*, customer_id: int, by: str, at: datetime) -> Customer:
    """Let the owner of an account in again."""
    customer = get_locked(customer_id)
    if is_gone(customer):
        raise AccountGone
    if not customer.is_active:
        customer.is_active = True
        _note("customer.unblock", customer, {"is_active": (False, True)}, by, at)
    return customer


def end_sessions(*, customer_id: int, by: str, at: datetime) -> Customer:
    """Sign somebody out everywhere, as when they say that a device was stolen."""
    customer = get_locked(customer_id)
    inbox.end_before(customer=customer, at=at)
    _note("customer.end_sessions", customer, {}, by, at)
    return customer


def send_reset(*, customer_id: int, by: str, at: datetime) -> Customer:
    """Write to somebody's inbox how to set a new password; as many letters an hour as they may ask for themselves."""
    customer = get_locked(customer_id)
    if not customer.email or not customer.is_active:
        raise Invalid(N_("There is no inbox to write to."), field="email")
    try:
        inbox.refuse_too_many_letters(email=customer.email, address=by, at=at)
    except TooManyTries:
        raise Invalid(
            N_("Several such letters went out already. Wait an hour, then try again."), field="email"
        ) from None
    inbox.note_letter(email=customer.email, address=by, at=at)
    inbox.ask_reset(email=customer.email, locale=customer.locale, at=at)
    _note("customer.send_reset", customer, {}, by, at)
    return customer


def is_gone(customer: Customer) -> bool:
    """Say whether an account was emptied: there is no way left by which somebody could come in."""
    return not (customer.is_active or customer.email or customer.verified_phone or customer.password_hash)


def get_locked(customer_id: int) -> Customer:
    """Return a customer whose row nobody else changes until this transaction ends, or NotFound."""
    statement = select(Customer).where(Customer.id == customer_id).with_for_update()
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _note(action: str, customer: Customer, changes: dict[str, tuple[object, object]], by: str, at: datetime) -> None:
    db.session.flush()
    audit.record(actor=by, action=action, about=("customer", str(customer.id)), changes=changes, at=at)
