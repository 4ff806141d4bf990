"""Whoever ordered without an account: a letter to the orders' inbox has a link, which gives the copy or lets them go.

Whoever asks learns nothing: the answer and the work are the same for every address, and only the inbox tells.
"""

from __future__ import annotations

from datetime import datetime

from storefront.accounts import links
from storefront.accounts.states import Purpose
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.personal import Person
from storefront.privacy import letters
from storefront.privacy.copying import copy_of
from storefront.privacy.errors import UnderWay
from storefront.privacy.gathering import find_obstacles, get_guest, list_keepers

ACTOR = "guest"


def ask(*, email: str, locale: str, at: datetime) -> None:
    """Write to an inbox how to get at its orders, or that nobody has ordered with this address without an account."""
    is_known = bool(get_guest(email).orders)
    facts = {"email": email} if is_known else {}
    token = links.make_link(purpose=Purpose.GUEST, customer_id=None, email=email, facts=facts, at=at)
    letters.answer_guest(email=email, locale=locale, token=token if is_known else "", at=at)


def person_of(token: str, *, at: datetime) -> tuple[str, Person]:
    """Return the address that a link went to, and who it is, without using the link up; raises LinkOver."""
    email = str(links.read_link(token, purpose=Purpose.GUEST, at=at).facts["email"])
    return email, get_guest(email)


def hand_over(*, token: str, locale: str, at: datetime) -> bytes:
    """Use a link up and return the copy of what is known."""
    _email, person = _use(token, at)
    _note(person, "copy", at)
    return copy_of(person, locale=locale, at=at)


def forget(*, token: str, at: datetime) -> int:
    """Use a link up and let every room forget, all in this transaction; return of how many orders.

    UnderWay while something is not finished: then the link still works later.
    """
    email, person = _use(token, at)
    if find_obstacles(person):
        raise UnderWay
    _note(person, "delete", at)
    for keeper in list_keepers():
        keeper.forget(person, at)
    links.end_guest_links(email=email, at=at)
    db.session.flush()
    return len(person.orders)


def _use(token: str, at: datetime) -> tuple[str, Person]:
    email = str(links.use_link(token, purpose=Purpose.GUEST, at=at).facts["email"])
    return email, get_guest(email)


def _note(person: Person, what: str, at: datetime) -> None:
    """Noted at each order, since a guest has no number of their own."""
    for number in sorted(person.numbers):
        audit.record(actor=ACTOR, action=f"guest.{what}", about=("order", number), changes={}, at=at)
