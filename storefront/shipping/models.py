"""Tables of shipping."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, minor, name, pk, refers


class ShippingZone(Base):
    """Where methods apply: places as `places.regions.place` writes them, or ["*"] for everywhere else."""

    __tablename__ = "shipping_zone"

    id: Mapped[pk]
    name: Mapped[name]
    places: Mapped[json_list]
    excluded: Mapped[json_list]
    """Places within that are not delivered to."""
    is_active: Mapped[bool] = mapped_column(default=True)


class ShippingMethod(Base):
    """One way to deliver within a zone, with its freight template; `rules.Tariff` and `rules.Schedule` say the rest."""

    __tablename__ = "shipping_method"
    __table_args__ = (
        CheckConstraint("price_minor >= 0 AND additional_price_minor >= 0", name="price_not_negative"),
        CheckConstraint("first_units >= 0 AND additional_units >= 0", name="units_not_negative"),
        CheckConstraint("additional_units > 0 OR additional_price_minor = 0", name="additional_says_how_many"),
        CheckConstraint("measure IN ('weight', 'piece')", name="measure_known"),
        CheckConstraint("0 <= min_days AND min_days <= max_days AND lead_days >= 0", name="days_in_order"),
        CheckConstraint("cutoff_hour BETWEEN 0 AND 23", name="cutoff_is_an_hour"),
        CheckConstraint("free_from_pieces > 0", name="free_from_a_piece"),
        CheckConstraint("most_grams > 0", name="carries_something"),
    )

    id: Mapped[pk]
    zone_id: Mapped[int] = refers("shipping_zone.id", on_delete="CASCADE")
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    position: Mapped[int] = mapped_column(default=0)
    measure: Mapped[str] = mapped_column(String(16), default="weight")
    price_minor: Mapped[minor]
    first_units: Mapped[int] = mapped_column(default=0)
    """Grams or pieces, as `measure` says."""
    additional_units: Mapped[int] = mapped_column(default=0)
    """0: more costs nothing more."""
    additional_price_minor: Mapped[minor] = mapped_column(default=0)
    free_from_minor: Mapped[minor | None]
    free_from_pieces: Mapped[int | None]
    most_grams: Mapped[int | None]
    excluded: Mapped[json_list]
    """Places of the zone that this method does not reach."""
    surcharges: Mapped[json_list]
    """[{"places": ["CN-西藏自治区"], "price": 1500}], prices in minor units."""
    min_days: Mapped[int] = mapped_column(default=1)
    max_days: Mapped[int] = mapped_column(default=3)
    lead_days: Mapped[int] = mapped_column(default=0)
    cutoff_hour: Mapped[int | None]
    weekdays: Mapped[str] = mapped_column(String(7), default="012345")
    """The working days, Monday 0."""
    is_active: Mapped[bool] = mapped_column(default=True)


class FreightTemplate(Base):
    """What a method asks for goods of one freight class, where that is not what it asks for the rest."""

    __tablename__ = "freight_template"
    __table_args__ = (
        CheckConstraint("price_minor >= 0 AND additional_price_minor >= 0", name="price_not_negative"),
        CheckConstraint("first_units >= 0 AND additional_units >= 0", name="units_not_negative"),
        CheckConstraint("additional_units > 0 OR additional_price_minor = 0", name="additional_says_how_many"),
        CheckConstraint("measure IN ('weight', 'piece')", name="measure_known"),
    )

    method_id: Mapped[int] = mapped_column(ForeignKey("shipping_method.id", ondelete="CASCADE"), primary_key=True)
    freight_class: Mapped[str] = mapped_column(String(32), primary_key=True)
    """As products name it."""
    measure: Mapped[str] = mapped_column(String(16), default="weight")
    price_minor: Mapped[minor]
    first_units: Mapped[int] = mapped_column(default=0)
    additional_units: Mapped[int] = mapped_column(default=0)
    additional_price_minor: Mapped[minor] = mapped_column(default=0)
