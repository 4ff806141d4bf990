"""Codes by SMS: six digits, good for five minutes and five tries, once; kept as a digest made with the shop's key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update

from storefront.accounts import throttle, tries
from storefront.accounts.errors import TooManyTries
from storefront.accounts.models import PhoneCode
from storefront.database.base import db
from storefront.sms import services as sms
from storefront.sms.services import Note
from storefront.sms.states import SmsKind

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
SIGN_IN = "sign-in"
KEPT_FOR = timedelta(days=1)


def for_change(customer_id: int) -> str:
    """Return the purpose of a code that sets a customer's phone."""
    return f"change:{customer_id}"


def is_offered() -> bool:
    """Say whether somebody carries short messages, so that codes can be sent at all."""
    return bool(current_app.config["SHOP"].sms.sender)


def refuse_too_many(*, phone: str, address: str, at: datetime) -> None:
    """Raise TooManyTries when this number or network address has asked for a code too often or a moment ago."""
    for limits in (throttle.SMS_AGAIN, throttle.SMS):
        if tries.are_too_many(limits, who=phone, address=address, at=at):
            raise TooManyTries(minutes=limits.minutes)


def send_code(*, phone: str, purpose: str, locale: str, address: str, at: datetime) -> None:
    """Send a new code, which ends those before it. The same work whether or not somebody has this number."""
    for limits in (throttle.SMS_AGAIN, throttle.SMS):
        tries.note(limits, who=phone, address=address, at=at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    _end(phone, purpose, at)
    row = PhoneCode(
        phone=phone,
        purpose=purpose,
        code_hash=_digest(phone, purpose, code),
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"code": code, "minutes": str(int(GOOD_FOR.total_seconds() // 60))}
    note = Note(SmsKind.CODE, phone, locale, f"code-{row.id}-{secrets.token_hex(6)}", facts)
    sms.put_in(note=note, expires_at=row.expires_at, at=at)


def refuse_too_many_guesses(*, phone: str, address: str, at: datetime) -> None:
    """Raise TooManyTries when too many wrong codes came in for this number or from this network address."""
    if tries.are_too_many(throttle.CODES, who=phone, address=address, at=at):
        raise TooManyTries(minutes=throttle.CODES.minutes)


def take_code(*, phone: str, purpose: str, code: str, address: str, at: datetime) -> bool:
    """Say whether `code` is the one that was sent, and use it up.

    The try is counted before it is looked at, by one conditional UPDATE, so no crowd of guesses gets a sixth. Commit
    whatever the answer is: a refused try counts.
    """
    typed = "".join(character for character in code if character.isdecimal())[: DIGITS + 1]
    row_id = db.session.scalar(
        select(PhoneCode.id)
        .where(PhoneCode.phone == phone, PhoneCode.purpose == purpose, PhoneCode.used_at.is_(None))
        .order_by(PhoneCode.id.desc())
        .limit(1)
    )
    fresh = (PhoneCode.used_at.is_(None), PhoneCode.expires_at > at)
    counted = row_id is not None and _changed(
        update(PhoneCode)
        .where(PhoneCode.id == row_id, PhoneCode.tries < MOST_TRIES, *fresh)
        .values(tries=PhoneCode.tries + 1)
    )
    kept = db.session.scalar(select(PhoneCode.code_hash).where(PhoneCode.id == row_id)) if counted else ""
    is_right = hmac.compare_digest(kept or "", _digest(phone, purpose, typed))
    if is_right and _changed(update(PhoneCode).where(PhoneCode.id == row_id, *fresh).values(used_at=at)):
        tries.forget(throttle.CODES, who=phone, address=address)
        return True
    tries.note(throttle.CODES, who=phone, address=address, at=at)
    return False


def forget_old(*, at: datetime) -> int:
    """Delete codes that are long over, and return how many."""
    gone = db.session.execute(delete(PhoneCode).where(PhoneCode.expires_at < at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _end(phone: str, purpose: str, at: datetime) -> None:
    db.session.execute(
        update(PhoneCode)
        .where(PhoneCode.phone == phone, PhoneCode.purpose == purpose, PhoneCode.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


def _changed(statement: object) -> bool:
    done = db.session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    return bool(cast("CursorResult[object]", done).rowcount)


def _digest(phone: str, purpose: str, code: str) -> str:
    secret = str(current_app.config["SHOP"].secret_key).encode()
    return hmac.new(secret, f"phone-code:{purpose}:{phone}:{code}".encode(), hashlib.sha256).hexdigest()
