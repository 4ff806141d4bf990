"""Files for tests, and the way of one through the shop."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import Flask
from xlsxwriter import Workbook

from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Role, permissions_of
from storefront.accounts.queries import find_staff, find_staff_by_email
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports import applying, checking, queries, services
from storefront.imports.models import Import, ImportRow
from storefront.imports.services import Brought
from storefront.kernel.clock import now
from tests.admin.people import hire

Table = Sequence[Sequence[object]]


def csv_of(table: Table, *, by: str = ",", encoding: str = "utf-8") -> bytes:
    return "".join(by.join(str(cell) for cell in row) + "\r\n" for row in table).encode(encoding)


def book_of(table: Table, *, merged: str = "") -> bytes:
    room = BytesIO()
    with Workbook(room, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        if merged:
            sheet.merge_range(0, 0, 0, 2, merged)
        for down, row in enumerate(table, start=1 if merged else 0):
            for across, cell in enumerate(row):
                sheet.write(down, across, cell)
    return room.getvalue()


def clerk(app: Flask, role: Role = Role.SUPER_ADMIN) -> CurrentStaff:
    """Return somebody who works here; call within an app context."""
    db.session.commit()
    email = hire(app, role)
    row = find_staff_by_email(email)
    assert row is not None
    staff = find_staff(row.id)
    assert staff is not None
    assert staff.permissions == permissions_of(role)
    return staff


def brought(content: bytes, by: CurrentStaff, name: str = "table.csv") -> int:
    with transaction():
        return services.bring(brought=Brought(name, content), locale="en", by=by, at=now()).id


def checked(content: bytes, by: CurrentStaff, mapping: Sequence[str] | None = None) -> Import:
    """Bring a file and have it checked, its columns as guessed or as given."""
    number = brought(content, by)
    meant = list(mapping if mapping is not None else queries.get_import(number).mapping)
    with transaction():
        services.understand(import_id=number, mapping=meant, by=by, at=now())
    checking.check(number)
    return queries.get_import(number)


def imported(content: bytes, by: CurrentStaff, mapping: Sequence[str] | None = None) -> Import:
    """Bring a file, check it, and carry it out."""
    run = checked(content, by, mapping)
    started(run.id, by)
    return queries.get_import(run.id)


def started(number: int, by: CurrentStaff) -> None:
    with transaction():
        services.start(import_id=number, by=by, at=now())
    applying.work_off(number)


def rows_of(number: int, wanted: str) -> list[ImportRow]:
    return list(queries.each_row(number, wanted))


def said(number: int, wanted: str = "wrong") -> list[str]:
    """Return what is said about rows, as a person reads it."""
    return [" ".join(error[3] for error in row.errors) for row in rows_of(number, wanted)]
