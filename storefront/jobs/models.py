"""What could not be done, and when periodic work was last done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import Json, json_list, moment, pk
from storefront.jobs.states import LetterState


class DeadLetter(Base):
    """A job that failed on its last try."""

    __tablename__ = "dead_letter"
    __table_args__ = (Index("ix_dead_letter_state", "state", "at"),)

    id: Mapped[pk]
    job: Mapped[str] = mapped_column(String(120), index=True)
    arguments: Mapped[json_list]
    """As text, to be read."""
    payload: Mapped[list[Any] | None] = mapped_column(Json)
    """As they were, to try again with; None where they are not plain values."""
    error: Mapped[str] = mapped_column(Text)
    at: Mapped[moment] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), default=LetterState.DEAD, server_default=LetterState.DEAD)
    settled_at: Mapped[moment | None]
    settled_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(255), default="", server_default="")


class JobRun(Base):
    """The last time that a periodic job ran."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[moment]
    finished_at: Mapped[moment | None]
    """When it last came to its end without a fault."""
    failed_at: Mapped[moment | None]
    error: Mapped[str] = mapped_column(Text, default="")
    """What went wrong the last time that something did."""
