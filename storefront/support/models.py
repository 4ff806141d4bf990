"""Tables of tickets."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk, refers


class Ticket(Base):
    """What somebody wrote to the shop about one thing."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'answered', 'closed')", name="state_known"),
        Index("ix_ticket_state_moved", "state", "moved_at"),
        Index("ix_ticket_customer", "customer_id", "moved_at"),
        Index("ix_ticket_email", "email", postgresql_ops={"email": "varchar_pattern_ops"}),
    )

    id: Mapped[pk]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    access_token: Mapped[str] = mapped_column(String(64))
    """Lets a guest read it: it goes to their inbox alone; compared in constant time."""
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="SET NULL", index=False)
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where answers go; a guest has typed it, and nothing proves that it is theirs."""
    name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    topic: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(120))
    order_number: Mapped[str] = mapped_column(String(32), default="", index=True)
    """As it was typed; it may be nobody's, or somebody else's."""
    state: Mapped[str] = mapped_column(String(16))
    assigned_to: Mapped[int | None] = refers("staff.id", on_delete="SET NULL")
    opened_at: Mapped[moment] = mapped_column(index=True)
    moved_at: Mapped[moment] = mapped_column(index=True)
    """When something was written last."""


class TicketMessage(Base):
    """One message of a ticket; never edited."""

    __tablename__ = "ticket_message"

    id: Mapped[pk]
    ticket_id: Mapped[int] = refers("ticket.id", on_delete="CASCADE")
    author: Mapped[str] = mapped_column(String(120))
    """"customer" or a member of staff ("staff:3")."""
    text: Mapped[str] = mapped_column(Text)
    is_note: Mapped[bool] = mapped_column(default=False)
    """Written for colleagues: no customer sees it."""
    at: Mapped[moment]
