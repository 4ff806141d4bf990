"""Tables of the desk."""

from __future__ import annotations

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, moment, pk, refers


class ListDesk(Base):
    """How a member of staff likes one list."""

    __tablename__ = "list_desk"

    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE", index=False, primary_key=True)
    list_name: Mapped[str] = mapped_column(String(32), primary_key=True)
    hidden: Mapped[json_list]
    """Keys of the columns that they leave out: a column that comes later is seen."""
    views: Mapped[json_list]
    """[["Unpaid, this week", "payment=unpaid&placed_from=2026-05-04"]]: names and queries, as they were saved."""


class BulkRun(Base):
    """Something that is done to many things."""

    __tablename__ = "bulk_run"
    __table_args__ = (Index("ix_bulk_run_open", "finished_at", "started_at"),)

    id: Mapped[pk]
    staff_id: Mapped[int] = refers("staff.id", on_delete="CASCADE")
    list_name: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(8))
    """In which language reasons are kept: that of who started it."""
    started_at: Mapped[moment]
    finished_at: Mapped[moment | None]
    undoes_id: Mapped[int | None] = refers("bulk_run.id", on_delete="SET NULL", unique=True, index=False)
    """The run that this one takes back."""


class BulkItem(Base):
    """One thing of a run."""

    __tablename__ = "bulk_item"
    __table_args__ = (Index("ix_bulk_item_state", "run_id", "state", "position"),)

    run_id: Mapped[int] = refers("bulk_run.id", on_delete="CASCADE", index=False, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(String(255), default="")
    """What was chosen for it."""
    name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(8))
    was: Mapped[str] = mapped_column(String(255), default="")
    """What was there before, for undoing."""
    refusal: Mapped[str] = mapped_column(Text, default="")
