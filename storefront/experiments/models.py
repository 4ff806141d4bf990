"""Tables of experiments, who saw what of them, and whose devices belong together.

Customers lie in a higher room, so they are remembered by number.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Float, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, moment, pk, refers

UNIT = String(22)
LONGEST_KEY = 48
LONGEST_SURFACE = 64


class Experiment(Base):
    """A question put to visitors, and its plan; once it runs, only its coverage grows."""

    __tablename__ = "experiment"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name="ends_after"),
        CheckConstraint("coverage BETWEEN 0 AND 100", name="coverage_percent"),
        CheckConstraint("share BETWEEN 1 AND 100", name="share_percent"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    hypothesis: Mapped[str] = mapped_column(Text, default="")
    surface: Mapped[str] = mapped_column(String(LONGEST_SURFACE), index=True)
    namespace: Mapped[str] = mapped_column(String(LONGEST_SURFACE), index=True)
    """Experiments of one namespace share its visitors out among themselves: nobody is in two of them."""
    salt: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16), default="draft", index=True)
    share: Mapped[int] = mapped_column(SmallInteger, default=100)
    """Percent of its namespace that it may have."""
    slices: Mapped[json_list]
    """[[start, stop], ...]: the buckets of its namespace that it owns, given to it when it starts."""
    coverage: Mapped[int] = mapped_column(SmallInteger, default=100)
    """Percent of its part that takes part now."""
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    started_at: Mapped[moment | None]
    stopped_at: Mapped[moment | None]
    primary_metric: Mapped[str] = mapped_column(String(32))
    guardrails: Mapped[json_list]
    """[["margin", 0.02], ...]: what must not become worse, and by which share at most."""
    mde: Mapped[float] = mapped_column(Float)
    """The smallest relative lift worth knowing of, as a share."""
    days: Mapped[int]
    """For how long it is planned to run: whole weeks."""
    watching: Mapped[str] = mapped_column(String(16))
    planned_visitors: Mapped[int] = mapped_column(default=0)
    """How many it needs by its plan and the traffic on the day of its start."""
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[moment]
    updated_at: Mapped[moment]
    stop_reason: Mapped[str] = mapped_column(String(300), default="")
    decision: Mapped[str] = mapped_column(String(16), default="")
    winner: Mapped[str] = mapped_column(String(32), default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    concluded_by: Mapped[str] = mapped_column(String(120), default="")
    concluded_at: Mapped[moment | None]
    result: Mapped[json_object]
    """The figures on which it was concluded: they stay when old exposures go."""
    follows_id: Mapped[int | None] = refers("experiment.id", on_delete="SET NULL", nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    variations: Mapped[list[ExperimentVariation]] = relationship(
        lazy="raise", order_by="ExperimentVariation.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class ExperimentVariation(Base):
    """One of the things that are compared."""

    __tablename__ = "experiment_variation"
    __table_args__ = (UniqueConstraint("experiment_id", "key"),)

    id: Mapped[pk]
    experiment_id: Mapped[int] = refers("experiment.id", on_delete="CASCADE", index=False)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    weight: Mapped[int]
    """Percent of those who take part."""
    params: Mapped[json_object]
    """What is different, in the terms of the surface; the control's are empty."""
    is_control: Mapped[bool] = mapped_column(default=False)


class ExperimentRamp(Base):
    """A step of the coverage."""

    __tablename__ = "experiment_ramp"

    id: Mapped[pk]
    experiment_id: Mapped[int] = refers("experiment.id", on_delete="CASCADE")
    at: Mapped[moment]
    coverage: Mapped[int] = mapped_column(SmallInteger)
    by: Mapped[str] = mapped_column(String(120))


class ExperimentExposure(Base):
    """A unit that was shown a variation, and when first; whoever has two rows is left out of the reading."""

    __tablename__ = "experiment_exposure"
    __table_args__ = (
        Index("ix_experiment_exposure_unit", "unit"),
        Index("ix_experiment_exposure_day", "experiment_id", "day"),
    )

    experiment_id: Mapped[int] = refers("experiment.id", on_delete="CASCADE", index=False, primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, primary_key=True)
    variation_id: Mapped[int] = mapped_column(primary_key=True)
    first_at: Mapped[moment]
    day: Mapped[date]
    """The day of the shop."""


class ExperimentCustomer(Base):
    """The unit that an account keeps on every device it signs in on."""

    __tablename__ = "experiment_customer"

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(UNIT, index=True)
    at: Mapped[moment]


class ExperimentDevice(Base):
    """A visitor's number that counts as another unit, since both belong to one account."""

    __tablename__ = "experiment_device"

    visitor: Mapped[str] = mapped_column(UNIT, primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, index=True)
    at: Mapped[moment]
