"""Tables of shipping."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, minor, name, pk, refers


class ShippingZone(Base):
    """Where a method applies: ISO 3166 country codes, or ["*"] for everywhere else."""

    __tablename__ = "shipping_zone"

    id: Mapped[pk]
    name: Mapped[name]
    countries: Mapped[json_list]


class ShippingMethod(Base):
    """One way to deliver within a zone, with its freight template."""

    __tablename__ = "shipping_method"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        CheckConstraint("additional_weight_grams >= 0 AND first_weight_grams >= 0", name="weights_not_negative"),
    )

    id: Mapped[pk]
    zone_id: Mapped[int] = refers("shipping_zone.id", on_delete="CASCADE")
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    position: Mapped[int] = mapped_column(default=0)
    price_minor: Mapped[minor]
    first_weight_grams: Mapped[int] = mapped_column(default=0)
    additional_weight_grams: Mapped[int] = mapped_column(default=0)
    """0: weight does not matter."""
    additional_price_minor: Mapped[minor] = mapped_column(default=0)
    free_from_minor: Mapped[minor | None]
    min_days: Mapped[int] = mapped_column(default=1)
    max_days: Mapped[int] = mapped_column(default=3)
    is_active: Mapped[bool] = mapped_column(default=True)
