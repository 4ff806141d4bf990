"""Tables of imports."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, moment, pk, refers
from storefront.imports.states import ImportState


class Import(Base):
    """A file that somebody brought, and how far it is."""

    __tablename__ = "catalog_import"
    __table_args__ = (Index("ix_catalog_import_open", "state", "touched_at"),)

    id: Mapped[pk]
    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE")
    file_name: Mapped[str] = mapped_column(String(255))
    shape: Mapped[json_object]
    """How the file is read: {"kind": "csv", "encoding": "gb18030", "delimiter": ","}."""
    headers: Mapped[json_list]
    sample: Mapped[json_list]
    """The first rows, to recognise columns by."""
    mapping: Mapped[json_list]
    """What each column means, by a field's key; "" is nothing."""
    state: Mapped[str] = mapped_column(String(16), default=ImportState.MAPPING)
    problem: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(8))
    read: Mapped[int] = mapped_column(default=0)
    """So many rows have been checked."""
    unchanged: Mapped[int] = mapped_column(default=0)
    """So many of them change nothing; they are not kept."""
    created_at: Mapped[moment] = mapped_column(index=True)
    touched_at: Mapped[moment]
    """When somebody last worked on it."""
    started_at: Mapped[moment | None]
    finished_at: Mapped[moment | None]
    undoes_id: Mapped[int | None] = refers("catalog_import.id", on_delete="SET NULL", unique=True, index=False)
    """The import that this one takes back."""


class ImportFile(Base):
    """What was brought, as it came: any worker can read it."""

    __tablename__ = "catalog_import_file"

    import_id: Mapped[int] = refers("catalog_import.id", on_delete="CASCADE", index=False, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """A row that changes something, or cannot."""

    __tablename__ = "catalog_import_row"
    __table_args__ = (
        Index("ix_catalog_import_row_verdict", "import_id", "verdict", "position"),
        Index("ix_catalog_import_row_state", "import_id", "state", "position"),
    )

    import_id: Mapped[int] = refers("catalog_import.id", on_delete="CASCADE", index=False, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The line in the file, as spreadsheets count."""
    sku: Mapped[str] = mapped_column(String(64))
    cells: Mapped[json_list]
    verdict: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    changes: Mapped[json_object]
    """{"price": ["10.00", "12.00"]}: before and after, as an export writes them."""
    errors: Mapped[json_list]
    """[[column, field, value, sentence]]: columns counted from 0, -1 for the row as a whole."""


class ImportHabit(Base):
    """What a column of this name meant when this person last imported one."""

    __tablename__ = "catalog_import_habit"

    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE", index=False, primary_key=True)
    header: Mapped[str] = mapped_column(String(120), primary_key=True)
    field: Mapped[str] = mapped_column(String(120))
