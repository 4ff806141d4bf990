"""Who works here: invited, given another role, dismissed. Nobody reaches for those who may do more than they do.

An invitation is a link that works once, for a while, and of which only a digest is kept. It lets somebody choose a
password; the same kind of link helps who works here and has forgotten theirs.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update

from storefront.accounts import factors, passwords, roles, signed_in, staff_letters, throttle, tries
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import InvitationGone, LastSuperAdmin, WorksHere
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.models import SignInSession, Staff, StaffInvitation
from storefront.accounts.permissions import Permission, Role
from storefront.accounts.signed_in import Owner
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import squeeze

VALID = timedelta(days=3)


def list_staff() -> Sequence[Any]:
    """Return everybody who works or worked here: id, name, email, role, is_active, has_factor, created_at, seen_at."""
    seen = (
        select(SignInSession.staff_id, func.max(SignInSession.last_seen_at).label("seen_at"))
        .where(SignInSession.staff_id.is_not(None))
        .group_by(SignInSession.staff_id)
        .subquery()
    )
    columns = (Staff.id, Staff.name, Staff.email, Staff.role, Staff.is_active, Staff.created_at)
    return db.session.execute(
        select(*columns, Staff.factor_secret.is_not(None).label("has_factor"), seen.c.seen_at)
        .outerjoin(seen, seen.c.staff_id == Staff.id)
        .order_by(Staff.is_active.desc(), Staff.name, Staff.id)
    ).all()


def get_staff(staff_id: int) -> Staff:
    """Return a row of staff, or NotFound."""
    found = db.session.get(Staff, staff_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def list_who_may(permission: Permission) -> Sequence[Any]:
    """Return who works here and may do something: id, email, locale, name."""
    allowed = [role.key for role in roles.list_roles() if permission in role.permissions]
    columns = (Staff.id, Staff.email, Staff.locale, Staff.name)
    return db.session.execute(select(*columns).where(Staff.is_active, Staff.role.in_(allowed)).order_by(Staff.id)).all()


def list_invitations(*, at: datetime) -> Sequence[StaffInvitation]:
    """Return the invitations that still work, the latest first."""
    open_ = StaffInvitation.ended_at.is_(None), StaffInvitation.expires_at > at
    return db.session.scalars(select(StaffInvitation).where(*open_).order_by(StaffInvitation.id.desc())).all()


def invite(*, email: str, name: str, role: str, by: CurrentStaff, locale: str, at: datetime) -> str:
    """Write to somebody with a link that lets them in, and return the token; an earlier invitation works no more."""
    folded = fold_email(email)
    roles.refuse_beyond(by, roles.hold_role(role, at).permissions)
    known = _by_email(folded)
    if known is not None and known.is_active:
        raise WorksHere(field="email", email=folded)
    token = _make_link(email=folded, name=squeeze(name)[:120], role=role, by=by, locale=locale, at=at)
    _note(folded, "staff.invite", {"name": (None, squeeze(name)[:120]), "role": (None, role)}, by, at)
    return token


def send_password_link(*, staff_id: int, by: CurrentStaff, locale: str, at: datetime) -> str:
    """Write to somebody who works here with a link that sets a new password, and return the token."""
    staff = _reachable(staff_id, by, at)
    token = _make_link(email=staff.email, name=staff.name, role=staff.role, by=by, locale=locale, at=at)
    _note(str(staff.id), "staff.password_link", {}, by, at)
    return token


def take_back(*, invitation_id: int, by: CurrentStaff, at: datetime) -> None:
    """Let an invitation work no more."""
    found = db.session.get(StaffInvitation, invitation_id, populate_existing=True)
    if found is None or not _end(StaffInvitation.id == invitation_id, at):
        raise NotFound
    _note(found.email, "staff.uninvite", {"role": (found.role, None)}, by, at)


def read_invitation(token: str, *, at: datetime) -> StaffInvitation:
    """Return an invitation that still works, without using it up; raises InvitationGone."""
    found = db.session.scalar(
        select(StaffInvitation).where(
            StaffInvitation.token_hash == _digest(token),
            StaffInvitation.ended_at.is_(None),
            StaffInvitation.expires_at > at,
        )
    )
    if found is None:
        raise InvitationGone
    return found


def hash_for(*, token: str, password: str, at: datetime) -> str:
    """Return the hash of a password that an invitation may set. Reads only: hashing is slow."""
    invited = read_invitation(token, at=at)
    passwords.check_password(password, email=invited.email, shortest=passwords.SHORTEST_OF_STAFF)
    return passwords.hash_password(password)


def accept(*, token: str, name: str, password_hash: str, at: datetime) -> Staff:
    """Use an invitation: they work here with this password, and every session of before has ended.

    Who works here already keeps role and second factor; who comes back gets the invited role and begins without one.
    """
    invited = read_invitation(token, at=at)
    if not _end(StaffInvitation.id == invited.id, at):
        raise InvitationGone
    staff = _by_email(invited.email, lock=True)
    if staff is None:
        staff = Staff(email=invited.email, name="", password_hash=password_hash, role=invited.role, created_at=at)
        db.session.add(staff)
    elif not staff.is_active:
        roles.hold_role(invited.role, at)
        staff.role, staff.is_active = invited.role, True
        factors.forget(staff=staff)
    staff.name, staff.password_hash = squeeze(name)[:120] or staff.name or invited.name, password_hash
    db.session.flush()
    _end_sessions(staff, at)
    tries.forget_person(throttle.STAFF, who=staff.email)
    audit.record(actor=f"staff:{staff.id}", action="staff.accept", about=("staff", str(staff.id)), changes={}, at=at)
    return staff


def change_role_of(*, staff_id: int, role: str, by: CurrentStaff, at: datetime) -> Staff:
    """Give somebody another role; it counts with their next click."""
    staff = _reachable(staff_id, by, at)
    roles.refuse_beyond(by, roles.hold_role(role, at).permissions)
    if role != Role.SUPER_ADMIN:
        _refuse_last(staff)
    before, staff.role = staff.role, role
    db.session.flush()
    _note(str(staff.id), "staff.role", {"role": (before, role)}, by, at)
    return staff


def dismiss(*, staff_id: int, reason: str, by: CurrentStaff, at: datetime) -> Staff:
    """Let somebody work here no more: their sessions end at once."""
    staff = _reachable(staff_id, by, at)
    _refuse_last(staff)
    staff.is_active = False
    factors.forget(staff=staff)
    _end_sessions(staff, at)
    _end(StaffInvitation.email == staff.email, at)
    _note(str(staff.id), "staff.dismiss", {"works_here": (True, False), "reason": (None, reason[:200] or None)}, by, at)
    return staff


def reset_factor(*, staff_id: int, by: CurrentStaff, at: datetime) -> Staff:
    """Take somebody's second factor away, because their phone is lost; their sessions end, and they are told."""
    staff = _reachable(staff_id, by, at)
    if staff.factor_secret is None:
        raise Invalid(N_("There is no second factor to take away."))
    factors.forget(staff=staff)
    _end_sessions(staff, at)
    _note(str(staff.id), "staff.factor_reset", {"second_factor": (True, False)}, by, at)
    staff_letters.tell_changed(staff=staff, words=staff_letters.FACTOR_RESET, at=at)
    return staff


def forget_factor(*, staff_id: int, at: datetime) -> None:
    """Take a second factor away where nobody is left in the back office who could: done at the machine itself."""
    staff = get_staff(staff_id)
    factors.forget(staff=staff)
    _end_sessions(staff, at)
    changes = {"second_factor": (True, False)}
    audit.record(actor="console", action="staff.factor_reset", about=("staff", str(staff.id)), changes=changes, at=at)
    staff_letters.tell_changed(staff=staff, words=staff_letters.FACTOR_RESET, at=at)


def end_sessions_of(*, staff_id: int, session_id: int | None, by: CurrentStaff, at: datetime) -> None:
    """End one of somebody's sessions, or all of them."""
    staff = _reachable(staff_id, by, at)
    owner = Owner("staff", staff.id)
    if session_id is None:
        signed_in.end_all(owner=owner, at=at)
    else:
        signed_in.end(owner=owner, session_id=session_id, at=at)
    _note(str(staff.id), "staff.sessions_end", {}, by, at)


def unlock(*, staff_id: int, by: CurrentStaff, at: datetime) -> None:
    """Forget the failed tries of somebody who is locked out."""
    staff = get_staff(staff_id)
    tries.forget_person(throttle.STAFF, who=staff.email)
    tries.forget_person(throttle.FACTOR, who=f"staff:{staff.id}")
    _note(str(staff.id), "staff.unlock", {}, by, at)


def change_own_password(*, staff_id: int, password_hash: str, but_session: int, at: datetime) -> Staff:
    """Set one's own password; every other session ends, and a letter tells."""
    staff = get_staff(staff_id)
    staff.password_hash = password_hash
    db.session.flush()
    signed_in.end_all(owner=Owner("staff", staff.id), but=but_session, at=at)
    audit.record(actor=f"staff:{staff.id}", action="staff.password", about=("staff", str(staff.id)), changes={}, at=at)
    staff_letters.tell_changed(staff=staff, words=staff_letters.PASSWORD, at=at)
    return staff


def _make_link(*, email: str, name: str, role: str, by: CurrentStaff, locale: str, at: datetime) -> str:
    _end(StaffInvitation.email == email, at)
    token = secrets.token_urlsafe(32)
    db.session.add(
        StaffInvitation(
            token_hash=_digest(token),
            email=email,
            name=name,
            role=role,
            invited_by=by.id,
            created_at=at,
            expires_at=at + VALID,
        )
    )
    db.session.flush()
    staff_letters.send_invitation(email=email, name=name, token=token, locale=locale, at=at)
    return token


def _reachable(staff_id: int, by: CurrentStaff, at: datetime) -> Staff:
    """Return somebody whom `by` may change: another, who works here and may do nothing that `by` may not.

    All super admins are locked with them, everybody in the same order: two who dismiss each other wait in line.
    """
    wanted = (Staff.id == staff_id) | ((Staff.role == Role.SUPER_ADMIN.value) & Staff.is_active)
    locked = select(Staff).where(wanted).order_by(Staff.id).with_for_update()
    found = db.session.scalars(locked.execution_options(populate_existing=True)).all()
    staff = next((each for each in found if each.id == staff_id), None)
    if staff is None or not staff.is_active:
        raise NotFound
    if staff.id == by.id:
        raise Invalid(N_("Nobody does this to themselves. Ask somebody else who may."))
    roles.refuse_beyond(by, roles.get_role(staff.role).permissions)
    return staff


def _refuse_last(staff: Staff) -> None:
    """Refuse to lose the last super admin; all of them are locked."""
    if staff.role != Role.SUPER_ADMIN:
        return
    holders = select(Staff.id).where(Staff.role == Role.SUPER_ADMIN.value, Staff.is_active)
    if set(db.session.scalars(holders)) <= {staff.id}:
        raise LastSuperAdmin


def _end_sessions(staff: Staff, at: datetime) -> None:
    staff.session_version = (staff.session_version or 0) + 1
    db.session.flush()
    signed_in.end_all(owner=Owner("staff", staff.id), at=at)


def _by_email(email: str, *, lock: bool = False) -> Staff | None:
    statement = select(Staff).where(Staff.email == email).execution_options(populate_existing=True)
    return db.session.scalar(statement.with_for_update() if lock else statement)


def _end(condition: Any, at: datetime) -> bool:
    ended = db.session.execute(
        update(StaffInvitation)
        .where(condition, StaffInvitation.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(cast("CursorResult[object]", ended).rowcount)


def _digest(token: str) -> str:
    return hashlib.sha256(token[:128].encode()).hexdigest()


def _note(key: str, action: str, changes: Mapping[str, tuple[object, object]], by: CurrentStaff, at: datetime) -> None:
    audit.record(actor=by.actor, action=action, about=("staff", key[:64]), changes=changes, at=at)
