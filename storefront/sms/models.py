"""The outbox of short messages."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk


class OutboxSms(Base):
    """A short message to be sent once, while it is of use."""

    __tablename__ = "outbox_sms"

    id: Mapped[pk]
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    phone: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[str] = mapped_column(Text)
    """What it says, sealed; "" once it has left or was given up."""
    status: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    next_try_at: Mapped[moment]
    expires_at: Mapped[moment]
    created_at: Mapped[moment]
    sent_at: Mapped[moment | None]
