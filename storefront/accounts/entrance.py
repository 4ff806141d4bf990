"""The door, for shoppers and staff alike: count failures, check, remember with today's hash. And the same question
again, before somebody who is in changes how they get in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from storefront.accounts import (
    factors,
    passwords,
    presence,
    queries,
    services,
    staff_letters,
    staffing,
    throttle,
    tries,
)
from storefront.accounts.errors import WrongCredentials, WrongFactor
from storefront.accounts.models import Customer, Staff
from storefront.accounts.throttle import Limits
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.web.addresses import network_here
from storefront.web.afterwards import afterwards

log = logging.getLogger(__name__)

Account = TypeVar("Account", Customer, Staff)


def admit_customer(*, email: str, password: str, device: str) -> Customer:
    """Return which customer this is, or refuse; a browser that they came in with before is counted by itself, so that
    nobody can lock them out of it. `device` is what that browser keeps."""
    known = presence.find_device(email=services.folded_or_raw(email), token=device)
    if known:
        limits = throttle.OWN_DEVICE
        return admit(services.check_customer, email=email, password=password, limits=limits, address=known[:32])
    return admit(services.check_customer, email=email, password=password)


def admit(
    check: Callable[..., Account],
    *,
    email: str,
    password: str,
    limits: Limits = throttle.SIGN_IN,
    address: str | None = None,
) -> Account:
    """Return whose credentials these are, or refuse; hashing happens outside any transaction. Failures count for the
    network that asks, unless `address` says from where."""
    address = network_here() if address is None else address
    services.refuse_too_many_tries(email=email, address=address, at=now(), limits=limits)
    try:
        account = check(email=email, password=password)
    except WrongCredentials:
        with transaction():
            services.note_failure(email=email, address=address, at=now(), limits=limits)
        log.info("A sign-in failed")
        raise
    renewed = passwords.renewed(account.password_hash, password)
    with transaction():
        services.forget_failures(email=email, address=address, limits=limits)
        if renewed:
            services.renew_hash(account=account, password_hash=renewed)
    return account


def admit_staff(*, email: str, password: str) -> Staff:
    """Return which member of staff this is, or refuse; whoever has failed too often is told by letter.

    The letter is written after the answer, so that the time it takes tells nobody who works here.
    """
    try:
        return admit(services.check_staff, email=email, password=password, limits=throttle.STAFF)
    except WrongCredentials:
        afterwards(partial(_tell_locked, email, network_here(), now()))
        raise


def pass_factor(*, staff_id: int, code: str) -> None:
    """Refuse what is neither a code of somebody's app nor one of their recovery codes; wrong ones are counted."""
    who, address = f"staff:{staff_id}", network_here()
    services.refuse_too_many_tries(email=who, address=address, at=now(), limits=throttle.FACTOR)
    with transaction():
        is_right = factors.take_code(staff=staffing.get_staff(staff_id), code=code, at=now())
        if is_right:
            services.forget_failures(email=who, address=address, limits=throttle.FACTOR)
        else:
            services.note_failure(email=who, address=address, at=now(), limits=throttle.FACTOR)
            if tries.are_too_many(throttle.FACTOR, who=who, address=address, at=now()):
                staff = staffing.get_staff(staff_id)
                staff_letters.tell_locked(staff=staff, minutes=throttle.FACTOR.minutes, at=now())
    if not is_right:
        raise WrongFactor(field="code")


def confirm_staff(*, staff_id: int, password: str, field: str) -> None:
    """Refuse, beside `field`, what is not the present password of a member of staff; wrong ones are counted."""
    who, address = f"staff:{staff_id}", network_here()
    services.refuse_too_many_tries(email=who, address=address, at=now(), limits=throttle.FACTOR)
    if passwords.matches(staffing.get_staff(staff_id).password_hash, password):
        return
    with transaction():
        services.note_failure(email=who, address=address, at=now(), limits=throttle.FACTOR)
    raise Invalid(N_("This is not your current password."), field=field)


def _tell_locked(email: str, address: str, at: datetime) -> None:
    staff = queries.find_staff_by_email(services.folded_or_raw(email))
    if (
        staff is None
        or not staff.is_active
        or not tries.are_too_many(throttle.STAFF, who=email, address=address, at=at)
    ):
        return
    with transaction():
        staff_letters.tell_locked(staff=staffing.get_staff(staff.id), minutes=throttle.STAFF.minutes, at=at)


def confirm_owner(*, customer_id: int, password: str, field: str) -> None:
    """Refuse, beside `field`, what is not the customer's present password; guesses in a session left open count too."""
    who, address = f"customer:{customer_id}", network_here()
    services.refuse_too_many_tries(email=who, address=address, at=now())
    try:
        services.check_own_password(customer_id=customer_id, password=password, field=field)
    except Invalid:
        with transaction():
            services.note_failure(email=who, address=address, at=now())
        raise
