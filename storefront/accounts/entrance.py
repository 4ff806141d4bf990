"""The door, for shoppers and staff alike: count failures, check, remember with today's hash. And the same question
again, before somebody who is in changes how they get in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from flask import request

from storefront.accounts import passwords, services
from storefront.accounts.errors import WrongCredentials
from storefront.accounts.models import Customer, Staff
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid

log = logging.getLogger(__name__)

Account = TypeVar("Account", Customer, Staff)


def admit(check: Callable[..., Account], *, email: str, password: str) -> Account:
    """Return whose credentials these are, or refuse; hashing happens outside any transaction."""
    address = request.remote_addr or ""
    services.refuse_too_many_tries(email=email, address=address, at=now())
    try:
        account = check(email=email, password=password)
    except WrongCredentials:
        with transaction():
            services.note_failure(email=email, address=address, at=now())
        log.info("A sign-in failed")
        raise
    renewed = passwords.renewed(account.password_hash, password)
    with transaction():
        services.forget_failures(email=email, address=address)
        if renewed:
            services.renew_hash(account=account, password_hash=renewed)
    return account


def confirm_owner(*, customer_id: int, password: str, field: str) -> None:
    """Refuse, beside `field`, what is not the customer's present password; guesses in a session left open count too."""
    who, address = f"customer:{customer_id}", request.remote_addr or ""
    services.refuse_too_many_tries(email=who, address=address, at=now())
    try:
        services.check_own_password(customer_id=customer_id, password=password, field=field)
    except Invalid:
        with transaction():
            services.note_failure(email=who, address=address, at=now())
        raise
