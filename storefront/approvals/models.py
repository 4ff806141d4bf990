"""Tables of approvals."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, moment, pk


class ApprovalRequest(Base):
    """Something that one person wants and another decides."""

    __tablename__ = "approval_request"
    __table_args__ = (
        Index("ix_approval_request_state", "state", "expires_at"),
        CheckConstraint("answered_by = '' OR answered_by != asked_by OR state = 'withdrawn'", name="two_people"),
    )

    id: Mapped[pk]
    kind: Mapped[str] = mapped_column(String(32))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_key: Mapped[str] = mapped_column(String(64))
    payload: Mapped[json_object]
    seen: Mapped[json_list]
    """What the second person sees, as it was when it was asked for; `kinds.Seen`."""
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="")
    reason: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(120), index=True)
    asked_at: Mapped[moment]
    expires_at: Mapped[moment]
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    answered_at: Mapped[moment | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was rejected, in words; or what made it impossible, as `refused` keeps it."""
