"""Tables of curated pages."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import json_object, moment, pk, refers

ENDS_AFTER = "ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at"


class Slot(Base):
    """A place on a page that merchandisers fill."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("page", "key"),)

    id: Mapped[pk]
    page: Mapped[str] = mapped_column(String(64), default="home")
    """"home", "category:<id>" or "campaign:<id>"."""
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """What colleagues call it; "" for those that are known by their key."""
    kind: Mapped[str] = mapped_column(String(24))
    """banner | product_grid | collection | recommendation | flash | rich_text | categories"""
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    entries: Mapped[list[SlotEntry]] = relationship(
        lazy="raise", order_by="SlotEntry.priority.desc()", cascade="all, delete-orphan"
    )

    @property
    def known_as(self) -> str:
        """Its name among all slots of all pages, for ledgers."""
        return self.key if self.page == "home" else f"{self.page}/{self.key}"


class SlotEntry(Base):
    """One thing that a slot may show, for whom and when: as it was let through, or before that as it was drafted."""

    __tablename__ = "slot_entry"
    __table_args__ = (CheckConstraint(ENDS_AFTER, name="ends_after"),)

    id: Mapped[pk]
    slot_id: Mapped[int] = refers("slot.id", on_delete="CASCADE")
    name: Mapped[str] = mapped_column(String(120))
    priority: Mapped[int] = mapped_column(default=0)
    is_fallback: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    audience: Mapped[json_object]
    """{"visitor": "new"|"returning", "tier": ..., "group": ..., "device": ...}; empty is everyone."""
    status: Mapped[str] = mapped_column(String(16), default="approved")
    """A value of `states.EntryStatus`."""
    content: Mapped[json_object]
    """{"en": {"title", "text", "link", "label", "alt"}, "zh": {...}, "picture", "source", "product_ids"}"""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    versions: Mapped[list[SlotEntryVersion]] = relationship(
        lazy="raise", order_by="SlotEntryVersion.number.desc()", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class SlotEntryVersion(Base):
    """What an entry said, says or is to say."""

    __tablename__ = "slot_entry_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"), Index("ix_slot_entry_version_stage", "stage"))

    id: Mapped[pk]
    entry_id: Mapped[int] = refers("slot_entry.id", on_delete="CASCADE", index=False)
    number: Mapped[int]
    stage: Mapped[str] = mapped_column(String(16))
    """A value of `states.Stage`."""
    plan: Mapped[json_object]
    """The entry's name, priority, starts_at, ends_at (ISO 8601), audience and content."""
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[moment]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[moment | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    """What whoever looked at it had to say."""


class Campaign(Base):
    """A page with an address and a time of its own; its slots hold what it shows."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint(ENDS_AFTER, name="ends_after"),)

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    texts: Mapped[json_object]
    """{"en": {"title", "description"}, "zh": {...}}"""
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    is_published: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}
