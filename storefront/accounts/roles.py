"""Roles as the merchant wants them: changed, made, deleted. Nobody grants what they do not have, nor raises themselves.

A default role stands in `permissions`; a row holds only what was changed about it, so that a role which nobody touched
grows with the shop. The super admin may always do everything.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.accounts.errors import BeyondYou, RoleInUse
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.models import Staff, StaffInvitation, StaffRole
from storefront.accounts.permissions import ROLE_NAMES, Permission, Role, effective_permissions
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import squeeze

LONGEST_NAME = 60
_DEFAULTS = frozenset(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A role as it is now."""

    key: str
    name: str
    """As the merchant wrote it; the words to translate for a default role."""
    permissions: frozenset[Permission]
    is_default: bool
    is_changed: bool
    """Whether a default role is no longer as it came."""
    needs_factor: bool

    @property
    def is_fixed(self) -> bool:
        """Say whether its permissions can never change."""
        return self.key == Role.SUPER_ADMIN


def list_roles() -> Sequence[KnownRole]:
    """Return every role: the default ones first, then those the merchant made, by name."""
    rows = {row.key: row for row in db.session.scalars(select(StaffRole).execution_options(populate_existing=True))}
    made = sorted((row for key, row in rows.items() if key not in _DEFAULTS), key=lambda row: row.name)
    return [*(_default(role, rows.get(role.value)) for role in Role), *map(_made, made)]


def get_role(key: str) -> KnownRole:
    """Return one role, or NotFound."""
    row = db.session.get(StaffRole, key, populate_existing=True)
    if key in _DEFAULTS:
        return _default(Role(key), row)
    if row is None:
        raise NotFound
    return _made(row)


def count_people() -> Mapping[str, int]:
    """Return how many people who work here have each role."""
    statement = select(Staff.role, func.count()).where(Staff.is_active).group_by(Staff.role)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def refuse_beyond(by: CurrentStaff, permissions: Collection[Permission]) -> None:
    """Raise BeyondYou when there is anything among `permissions` that `by` may not do."""
    if not by.permissions.issuperset(permissions):
        raise BeyondYou


def add_role(*, name: str, like: str, by: CurrentStaff, at: datetime) -> KnownRole:
    """Make a role that may do what another does, as far as whoever makes it may; "" begins with nothing."""
    checked = _check_name(name, but="")
    wanted = (get_role(like).permissions if like else frozenset[Permission]()) & by.permissions
    row = StaffRole(
        key=f"role-{secrets.token_hex(6)}", name=checked, permissions=sorted(wanted), needs_factor=False, updated_at=at
    )
    db.session.add(row)
    db.session.flush()
    _note(row.key, "role.add", {"name": (None, checked), "permissions": (None, _listed(wanted))}, by, at)
    return _made(row)


def change_role(
    *, key: str, permissions: Collection[Permission], name: str | None, by: CurrentStaff, at: datetime
) -> KnownRole:
    """Let a role do exactly this; only what `by` may do changes, the rest of it stays as it is."""
    row = _locked(key, at)
    before = get_role(key)
    if before.is_fixed:
        raise Invalid(N_("The super admin may always do everything, so that somebody can always help."))
    if key == by.role:
        raise BeyondYou(N_("Nobody changes their own role. Ask somebody else who may."))
    wanted = frozenset(permissions)
    refuse_beyond(by, wanted - before.permissions)
    after = wanted | (before.permissions - by.permissions)
    row.permissions, row.updated_at = sorted(after), at
    if not before.is_default and name is not None:
        row.name = _check_name(name, but=key)
    db.session.flush()
    changes: dict[str, tuple[object, object]] = {
        "name": (before.name, row.name or before.name),
        "allowed": (None, _listed(after - before.permissions) or None),
        "no_longer_allowed": (None, _listed(before.permissions - after) or None),
    }
    _note(key, "role.change", changes, by, at)
    return get_role(key)


def restore_role(*, key: str, by: CurrentStaff, at: datetime) -> KnownRole:
    """Let a default role do what it came with; as anybody's change it grants nothing that `by` may not do."""
    if key not in _DEFAULTS:
        raise NotFound
    came_with = effective_permissions(key, None)
    change_role(key=key, permissions=came_with, name=None, by=by, at=at)
    row = _locked(key, at)
    row.permissions = None if get_role(key).permissions == came_with else row.permissions
    db.session.flush()
    return get_role(key)


def require_factor(*, key: str, required: bool, by: CurrentStaff, at: datetime) -> KnownRole:
    """Say whether who has a role must sign in with a second factor."""
    row = _locked(key, at)
    before, row.needs_factor, row.updated_at = row.needs_factor, required, at
    db.session.flush()
    _note(key, "role.factor", {"needs_factor": (before, required)}, by, at)
    return get_role(key)


def delete_role(*, key: str, by: CurrentStaff, at: datetime) -> str:
    """Delete a role that the merchant made and nobody has, and return its name."""
    if key in _DEFAULTS:
        raise Invalid(N_("The roles that the shop came with stay."))
    row = _locked(key, at)
    holders = select(func.count()).select_from(Staff).where(Staff.role == key)
    invited = select(func.count()).select_from(StaffInvitation)
    count = db.session.scalar(holders) or db.session.scalar(
        invited.where(StaffInvitation.role == key, StaffInvitation.ended_at.is_(None), StaffInvitation.expires_at > at)
    )
    if count:
        raise RoleInUse
    refuse_beyond(by, get_role(key).permissions)
    name = row.name
    db.session.delete(row)
    db.session.flush()
    _note(key, "role.delete", {"name": (name, None)}, by, at)
    return name


def hold_role(key: str, at: datetime) -> KnownRole:
    """Return a role that cannot be deleted until this transaction ends."""
    if key not in _DEFAULTS:
        _locked(key, at)
    return get_role(key)


def _default(role: Role, row: StaffRole | None) -> KnownRole:
    stored = row.permissions if row else None
    permissions = effective_permissions(role, stored)
    changed = permissions != effective_permissions(role, None)
    return KnownRole(role.value, ROLE_NAMES[role], permissions, True, changed, bool(row and row.needs_factor))


def _made(row: StaffRole) -> KnownRole:
    permissions = effective_permissions(row.key, row.permissions or ())
    return KnownRole(row.key, row.name, permissions, False, False, row.needs_factor)


def _locked(key: str, at: datetime) -> StaffRole:
    found = db.session.scalar(
        select(StaffRole).where(StaffRole.key == key).with_for_update().execution_options(populate_existing=True)
    )
    if found is None and key in _DEFAULTS:
        found = StaffRole(key=key, name="", permissions=None, needs_factor=False, updated_at=at)
        db.session.add(found)
        db.session.flush()
    if found is None:
        raise NotFound
    return found


def _check_name(name: str, *, but: str) -> str:
    found = squeeze(name)
    if not found:
        raise Invalid(N_("Give the role a name."), field="name")
    if len(found) > LONGEST_NAME:
        raise Invalid(N_("Use at most %(count)d characters."), field="name", count=LONGEST_NAME)
    taken = {role.name.casefold() for role in list_roles() if role.key != but}
    if found.casefold() in taken:
        raise Invalid(N_("There is a role with this name already."), field="name")
    return found


def _listed(permissions: Collection[Permission]) -> str:
    return ", ".join(sorted(permissions))


def _note(key: str, action: str, changes: Mapping[str, tuple[object, object]], by: CurrentStaff, at: datetime) -> None:
    audit.record(actor=by.actor, action=action, about=("role", key), changes=changes, at=at)
