"""What could not be done."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, moment, pk


class DeadLetter(Base):
    """A job that failed on its last try."""

    __tablename__ = "dead_letter"

    id: Mapped[pk]
    job: Mapped[str] = mapped_column(String(120))
    arguments: Mapped[json_list]
    error: Mapped[str] = mapped_column(Text)
    at: Mapped[moment] = mapped_column(index=True)
