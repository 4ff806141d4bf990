"""Tables of curated pages."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import json_object, moment, pk, refers


class Slot(Base):
    """A place on a page that merchandisers fill."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("page", "key"),)

    id: Mapped[pk]
    page: Mapped[str] = mapped_column(String(64), default="home")
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    """banner | product_grid | collection | recommendation | flash | rich_text | categories"""
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    entries: Mapped[list[SlotEntry]] = relationship(
        lazy="raise", order_by="SlotEntry.priority.desc()", cascade="all, delete-orphan"
    )


class SlotEntry(Base):
    """One thing that a slot may show, for whom and when."""

    __tablename__ = "slot_entry"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name="ends_after"),
    )

    id: Mapped[pk]
    slot_id: Mapped[int] = refers("slot.id", on_delete="CASCADE")
    name: Mapped[str] = mapped_column(String(120))
    priority: Mapped[int] = mapped_column(default=0)
    is_fallback: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    audience: Mapped[json_object]
    """{"visitor": "new"|"returning", "tier": ..., "device": ...}; empty is everyone."""
    status: Mapped[str] = mapped_column(String(16), default="approved")
    """draft | in_review | approved | paused | archived"""
    content: Mapped[json_object]
    """{"en": {"title": ..., "text": ..., "link": ..., "label": ...}, "zh": {...}, "picture": ..., "source": ...}"""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}
