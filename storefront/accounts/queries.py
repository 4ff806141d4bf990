"""Reads of people and their addresses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, func, or_, select

from storefront.accounts.emails import fold_email
from storefront.accounts.identity import CurrentCustomer, CurrentStaff, Identity
from storefront.accounts.models import Address, Customer, SignInFailure, SignInSession, Staff, StaffRole
from storefront.accounts.permissions import effective_permissions
from storefront.accounts.rules import PostalAddress, normal_phone
from storefront.accounts.signed_in import LASTS
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound

_PERSON = (
    Customer.id,
    Customer.email,
    Customer.name,
    Customer.phone,
    Customer.locale,
    Customer.tier,
    Customer.order_count,
    Customer.session_version,
    Customer.groups,
    Customer.verified_phone,
)
_CUSTOMER = select(*_PERSON).where(Customer.is_active, Customer.id == bindparam("id"))
_HOLDS = (
    SignInSession.id == bindparam("session"),
    SignInSession.ended_at.is_(None),
    SignInSession.created_at > bindparam("since"),
)
_SEATED_CUSTOMER = select(
    *_PERSON, SignInSession.id.label("session_id"), SignInSession.last_seen_at.label("seen_at")
).where(
    Customer.is_active,
    Customer.id == bindparam("id"),
    SignInSession.customer_id == Customer.id,
    *_HOLDS,
)
_WORKER = (
    Staff.id,
    Staff.email,
    Staff.name,
    Staff.role,
    Staff.locale,
    Staff.session_version,
    StaffRole.permissions,
    StaffRole.name.label("role_name"),
    StaffRole.needs_factor,
    Staff.factor_secret.is_not(None).label("has_factor"),
)
_STAFF = (
    select(*_WORKER)
    .outerjoin(StaffRole, StaffRole.key == Staff.role)
    .where(Staff.is_active, Staff.id == bindparam("id"))
)
_SEATED_STAFF = (
    select(*_WORKER, SignInSession.id.label("session_id"), SignInSession.last_seen_at.label("seen_at"))
    .outerjoin(StaffRole, StaffRole.key == Staff.role)
    .join(SignInSession, SignInSession.staff_id == Staff.id)
    .where(Staff.is_active, Staff.id == bindparam("id"), *_HOLDS)
)


@dataclass(frozen=True, slots=True)
class BookedAddress:
    """An entry of a customer's address book."""

    id: int
    is_default: bool
    address: PostalAddress


def find_identity(session_id: str) -> Identity | None:
    """Return who a session belongs to; None once the account is closed or its session version has moved on."""
    kind, number, version, row, *_ = [*session_id.split(":"), "", "", "", ""]
    if kind not in {"customer", "staff"} or not (number.isdecimal() and version.isdecimal()):
        return None
    found: Identity | None
    if row.isdecimal() and row != "0":
        values = {"id": int(number), "session": int(row), "since": now() - LASTS}
        found = _customer(_SEATED_CUSTOMER, values) if kind == "customer" else _staff(_SEATED_STAFF, values)
    else:  # from before sessions had rows; who works here signs in anew each day
        found = find_customer(int(number)) if kind == "customer" else None
    return found if found is not None and found.session_version == int(version) else None


def find_customer(customer_id: int) -> CurrentCustomer | None:
    """Return an active customer as a value."""
    return _customer(_CUSTOMER, {"id": customer_id})


def _customer(statement: Executable, values: Mapping[str, object]) -> CurrentCustomer | None:
    row = read(statement, values).first()
    if row is None:
        return None
    texts = {"email": row.email or "", "verified_phone": row.verified_phone or ""}
    return CurrentCustomer(**{**row._mapping, **texts, "groups": frozenset(row.groups or ())})


def get_customer(customer_id: int) -> Customer:
    """Return a customer's row, or NotFound."""
    found = db.session.get(Customer, customer_id)
    if found is None:
        raise NotFound
    return found


def has_password(customer_id: int) -> bool:
    """Say whether a customer signs in with a password at all; others come by phone or with an account elsewhere."""
    return get_customer(customer_id).password_hash is not None


def find_staff(staff_id: int) -> CurrentStaff | None:
    """Return an active member of staff as a value."""
    return _staff(_STAFF, {"id": staff_id})


def _staff(statement: Executable, values: Mapping[str, object]) -> CurrentStaff | None:
    row = read(statement, values).first()
    if row is None:
        return None
    made = {
        "permissions": effective_permissions(row.role, row.permissions),
        "role_name": row.role_name or "",
        "needs_factor": bool(row.needs_factor),
        "has_factor": bool(row.has_factor),
    }
    return CurrentStaff(**{**row._mapping, **made})


def keys_of(customer_key: str) -> tuple[str, ...]:
    """Return every key that counts one person's uses: the account's number, and its e-mail as a guest gives it."""
    kind, _, rest = customer_key.partition(":")
    if kind == "customer" and rest.isdecimal():
        email = db.session.scalar(select(Customer.email).where(Customer.id == int(rest)))
        return (customer_key, f"email:{email}") if email else (customer_key,)
    number = db.session.scalar(select(Customer.id).where(Customer.email == rest)) if kind == "email" else None
    return (customer_key, f"customer:{number}") if number is not None else (customer_key,)


def find_customer_by_email(email: str) -> Customer | None:
    """Return the account of a folded e-mail."""
    return db.session.scalar(select(Customer).where(Customer.email == email))


def find_customer_by_phone(phone: str) -> Customer | None:
    """Return the account whose owner proved that a number (E.164) is theirs."""
    return db.session.scalar(select(Customer).where(Customer.verified_phone == phone))


def find_customer_by_contact(text: str, *, country: str) -> Customer | None:
    """Return the account with an e-mail or a proven phone, however it was typed; raises Invalid for what is neither."""
    phone = normal_phone(text, country) if "@" not in text else None
    return find_customer_by_phone(phone) if phone else find_customer_by_email(fold_email(text))


def find_staff_by_email(email: str) -> Staff | None:
    """Return the member of staff with a folded e-mail."""
    return db.session.scalar(select(Staff).where(Staff.email == email))


def staff_names(ids: Collection[int]) -> dict[int, str]:
    """Return names by id, of people who left too."""
    if not ids:
        return {}
    rows = db.session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(ids)))
    return {row.id: row.name or row.email for row in rows}


def list_addresses(customer_id: int) -> Sequence[BookedAddress]:
    """Return a customer's address book, the default first."""
    rows = db.session.execute(
        select(Address.id, Address.is_default, Address.fields)
        .where(Address.customer_id == customer_id)
        .order_by(Address.is_default.desc(), Address.id)
    )
    return [BookedAddress(row.id, row.is_default, PostalAddress.from_fields(row.fields)) for row in rows]


def get_address(customer_id: int, address_id: int) -> Address:
    """Return an entry through its owner, or NotFound."""
    found = db.session.scalar(select(Address).where(Address.id == address_id, Address.customer_id == customer_id))
    if found is None:
        raise NotFound
    return found


def count_failures(*, email_key: str, address: str, since: datetime) -> tuple[int, int, int]:
    """Return failed sign-ins since a moment: with both, from the address at all, with the e-mail at all."""
    same_email, same_address = SignInFailure.email_key == email_key, SignInFailure.address == address
    row = db.session.execute(
        select(
            func.count().filter(same_email, same_address),
            func.count().filter(same_address),
            func.count().filter(same_email),
        ).where(SignInFailure.at > since, or_(same_email, same_address))
    ).one()
    return row[0], row[1], row[2]
