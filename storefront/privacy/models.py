"""Tables of requests; neither holds a name or an address, except the copies while they wait."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk, refers

_UNDER_WAY = text("state IN ('waiting', 'running')")


class PrivacyRequest(Base):
    """Somebody asked for a copy of what is known of a customer, or for its deletion."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        Index(
            "ix_privacy_request_under_way",
            *("customer_id", "kind"),
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_privacy_request_due", "state", "due_at"),
    )

    id: Mapped[pk]
    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE")
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[moment]
    due_at: Mapped[moment]
    """When it is carried out; of a copy that is ready, when it goes."""
    begun_at: Mapped[moment | None]
    ended_at: Mapped[moment | None]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Stands in the link to a copy."""


class PrivacyCopy(Base):
    """The ZIP of a copy, until it goes."""

    __tablename__ = "privacy_copy"

    request_id: Mapped[int] = refers("privacy_request.id", on_delete="CASCADE", index=False, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
