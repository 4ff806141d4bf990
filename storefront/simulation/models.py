"""Tables of simulation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_object, moment, pk, refers


class Simulation(Base):
    """One run of a promotion over past orders: what was asked, how far it is, and what came out."""

    __tablename__ = "simulation"
    __table_args__ = (Index("ix_simulation_promotion_asked", "promotion_id", "asked_at"),)

    id: Mapped[pk]
    promotion_id: Mapped[int | None] = refers("promotion.id", on_delete="SET NULL", index=False)
    draft: Mapped[json_object]
    """The promotion as it was when it was asked: `promotions.rules.promotion_to_data`."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    status: Mapped[str] = mapped_column(String(16))
    """"waiting", "running", "done", "failed" or "stopped"; see `simulation.states.RunStatus`."""
    orders_done: Mapped[int] = mapped_column(default=0)
    orders_total: Mapped[int] = mapped_column(default=0)
    figures: Mapped[json_object]
    error: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[str] = mapped_column(String(120), default="")
    asked_at: Mapped[moment]
    updated_at: Mapped[moment]
    ended_at: Mapped[moment | None]
