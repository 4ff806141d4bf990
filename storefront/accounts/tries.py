"""Failed tries, counted so that guessing gets slow: at passwords, at coupon codes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select

from storefront.accounts import queries, throttle
from storefront.accounts.emails import email_key
from storefront.accounts.models import SignInFailure
from storefront.accounts.throttle import Limits
from storefront.database.base import db


def are_too_many(limits: Limits, *, who: str, address: str, at: datetime) -> bool:
    """Say whether somebody at this network address has failed too often lately."""
    key, place = _places(limits, who, address)
    return limits.are_reached(*queries.count_failures(email_key=key, address=place, since=at - limits.window))


def note(limits: Limits, *, who: str, address: str, at: datetime) -> None:
    """Remember a failed try, and forget those long past."""
    key, place = _places(limits, who, address)
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < at - throttle.KEPT_FOR))
    db.session.add(SignInFailure(email_key=key, address=place, at=at))
    db.session.flush()


def forget(limits: Limits, *, who: str, address: str) -> None:
    """Start counting anew after a success, for this person at this address only."""
    key, place = _places(limits, who, address)
    db.session.execute(delete(SignInFailure).where(SignInFailure.email_key == key, SignInFailure.address == place))


def forget_person(limits: Limits, *, who: str) -> None:
    """Start counting anew for a person, wherever the tries came from."""
    key, _place = _places(limits, who, "")
    db.session.execute(delete(SignInFailure).where(SignInFailure.email_key == key))


def locked_out(limits: Limits, *, people: Collection[str], at: datetime) -> frozenset[str]:
    """Return who among these must wait, from somewhere or from anywhere."""
    keys = {_places(limits, who, "")[0]: who for who in people}
    rows = db.session.execute(
        select(SignInFailure.email_key, func.count())
        .where(SignInFailure.email_key.in_(keys), SignInFailure.at > at - limits.window)
        .group_by(SignInFailure.email_key, SignInFailure.address)
    ).all()
    totals: dict[str, int] = {}
    most: dict[str, int] = {}
    for key, count in rows:
        totals[key] = totals.get(key, 0) + count
        most[key] = max(most.get(key, 0), count)
    return frozenset(keys[key] for key in totals if limits.are_reached(most[key], 0, totals[key]))


def _places(limits: Limits, who: str, address: str) -> tuple[str, str]:
    """Return the digest of who it was, and where from, as rows of this kind say it."""
    return email_key(f"{limits.mark}{who}"), f"{limits.mark}{address}"[:64]
