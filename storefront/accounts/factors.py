"""The second factor of staff: codes that change with the time (RFC 6238), and codes on paper for a phone that is gone.

A code counts in its own half minute and the one before and after, and only once: the step that was used is kept, and
nothing up to it works again. What the app counts with is kept enciphered with the shop's secret; of recovery codes
there are digests only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import CursorResult, delete, func, select, update

from storefront.accounts.models import RecoveryCode, Staff
from storefront.database.base import db
from storefront.kernel.errors import N_, ShopError

STEP_SECONDS = 30
WINDOW = (0, -1, 1)
"""Steps beside the present one whose code counts too, because clocks differ."""
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike on paper."""
_GROUPS, _GROUP = 4, 4
CODE = re.compile(rf"[{_ALPHABET}]{{{_GROUP}}}(?:-[{_ALPHABET}]{{{_GROUP}}}){{{_GROUPS - 1}}}")


class FactorUnreadable(ShopError):
    """What the app counts with was enciphered with another secret."""

    message = N_("Your second factor cannot be read. Use a recovery code, or ask a super admin to reset it.")


def new_secret() -> str:
    """Return what an app could count with, in base 32 (160 bits)."""
    return pyotp.random_base32()


def app_address(*, secret: str, email: str, shop: str) -> str:
    """Return the address that authenticator apps read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=shop)


def step_of(secret: str, code: str, *, after: int, at: datetime) -> int | None:
    """Return the time step whose code this is, among those near `at` and later than `after`; None for a wrong one."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch("[0-9]{6}", typed):
        return None
    present, counter = int(at.timestamp()) // STEP_SECONDS, pyotp.HOTP(secret)
    for step in (present + offset for offset in WINDOW):
        if hmac.compare_digest(counter.at(step), typed) and step > after:
            return step
    return None


def enrol(*, staff: Staff, secret: str, code: str, at: datetime) -> Sequence[str] | None:
    """Give somebody a second factor, if they can show a code of it, and return their recovery codes; else None."""
    step = step_of(secret, code, after=0, at=at)
    if step is None:
        return None
    staff.factor_secret, staff.factor_step, staff.factor_since = _sealed(secret), step, at
    db.session.flush()
    return renew_recovery_codes(staff_id=staff.id)


def take_code(*, staff: Staff, code: str, at: datetime) -> bool:
    """Use a code of somebody's app, or one of their recovery codes; of two at once one counts.

    The app's secret is sealed anew each time, so whoever works here soon no longer needs a SECRET_KEY from before.
    """
    if _take_recovery_code(staff.id, code, at):
        return True
    if staff.factor_secret is None or not re.fullmatch(r"[0-9\s]{6,12}", code):
        return False
    secret = _read(staff.factor_secret)
    step = step_of(secret, code, after=staff.factor_step, at=at)
    if step is None:
        return False
    mine = (Staff.id == staff.id, Staff.factor_step < step)
    statement = update(Staff).where(*mine).values(factor_step=step, factor_secret=_sealed(secret))
    taken = db.session.execute(statement.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[object]", taken).rowcount)


def forget(*, staff: Staff) -> None:
    """Take somebody's second factor away, and their recovery codes."""
    staff.factor_secret, staff.factor_step, staff.factor_since = None, 0, None
    db.session.flush()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


def renew_recovery_codes(*, staff_id: int) -> Sequence[str]:
    """Make new recovery codes and return them: they are shown this once. Those of before work no more."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_digest(code)) for code in codes)
    db.session.flush()
    return codes


def count_recovery_codes(staff_id: int) -> int:
    """Return how many recovery codes somebody has left."""
    left = RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*left)) or 0


def are_codes_of(staff_id: int, codes: Sequence[str]) -> bool:
    """Say whether these are unused recovery codes of somebody, all of them."""
    digests = {_digest(code) for code in codes}
    statement = select(func.count()).select_from(RecoveryCode)
    mine = (RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None), RecoveryCode.code_hash.in_(digests))
    return bool(digests) and db.session.scalar(statement.where(*mine)) == len(digests)


def _take_recovery_code(staff_id: int, code: str, at: datetime) -> bool:
    typed = re.sub(r"[^a-z0-9]", "", code.lower()[:80])
    if len(typed) != _GROUPS * _GROUP:
        return False
    whole = "-".join(typed[start : start + _GROUP] for start in range(0, len(typed), _GROUP))
    mine = (RecoveryCode.staff_id == staff_id, RecoveryCode.code_hash == _digest(whole), RecoveryCode.used_at.is_(None))
    statement = update(RecoveryCode).where(*mine).values(used_at=at).execution_options(synchronize_session=False)
    return bool(cast("CursorResult[object]", db.session.execute(statement)).rowcount)


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _cipher() -> MultiFernet:
    secrets_known: tuple[str, ...] = current_app.config["SHOP"].secrets
    sums = (hashlib.sha256(f"second-factor:{secret}".encode()).digest() for secret in secrets_known)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in sums])


def _sealed(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def _read(stored: str) -> str:
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise FactorUnreadable from None
