"""The merchant's ledger of staff actions."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.audit import guard
from storefront.database.base import Base
from storefront.database.columns import json_object, moment, pk


class AuditEntry(Base):
    """One change by one member of staff; see `guard`: the database refuses to change or delete it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_kind", "object_key"),
        Index("ix_audit_entry_object_key", "object_key"),
    )

    id: Mapped[pk]
    at: Mapped[moment] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(120), index=True)
    action: Mapped[str] = mapped_column(String(64))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_key: Mapped[str] = mapped_column(String(64))
    changes: Mapped[json_object]
    """{"price": [1299, 1199]}: before and after, per field that changed."""


guard.attach(AuditEntry.__table__)
