"""The outbox."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk


class OutboxMail(Base):
    """A letter to be sent once."""

    __tablename__ = "outbox_mail"

    id: Mapped[pk]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(String(64), default="", index=True)
    holds_secret: Mapped[bool] = mapped_column(default=False)
    """Whether it has a link that opens a door: its words go from the outbox once it has left."""
    status: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    """"queued", "sent" or "failed" (given up)."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    next_try_at: Mapped[moment]
    created_at: Mapped[moment]
    sent_at: Mapped[moment | None]
