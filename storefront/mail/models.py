"""The outbox."""

from __future__ import annotations

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk


class OutboxMail(Base):
    """A letter to be sent once."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_recipient", "recipient"),
        Index("ix_outbox_mail_created_at", "created_at"),
    )

    id: Mapped[pk]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(24), default="")
    """A value of `states.Topic` where its reader may not want it."""
    reference: Mapped[str] = mapped_column(String(64), default="", index=True)
    holds_secret: Mapped[bool] = mapped_column(default=False)
    """Whether it has a link that opens a door: its words go from the outbox once it has left."""
    status: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    """"queued", "sent", "failed" (given up) or "unwanted"."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    next_try_at: Mapped[moment]
    created_at: Mapped[moment]
    sent_at: Mapped[moment | None]


class MailChoice(Base):
    """Somebody said that they do or do not want letters of a topic; never edited, the latest counts.

    Who it was is a digest of the address, so a no outlives the account without naming anybody.
    """

    __tablename__ = "mail_choice"
    __table_args__ = (Index("ix_mail_choice_address", "address_key", "topic", "id"),)

    id: Mapped[pk]
    address_key: Mapped[str] = mapped_column(String(64))
    topic: Mapped[str] = mapped_column(String(24))
    is_wanted: Mapped[bool]
    version: Mapped[str] = mapped_column(String(16), default="")
    """Of the words that were agreed to."""
    source: Mapped[str] = mapped_column(String(16))
    moved_to: Mapped[str] = mapped_column(String(64), default="")
    """Set when the address gave way to another one: its digest. Such a row says nothing of the address itself."""
    at: Mapped[moment]
