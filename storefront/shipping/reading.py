"""Stored methods as the values that rules decide on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from storefront.kernel.money import Money
from storefront.shipping.rules import FreightTemplate, Measure, Surcharge, Tariff
from storefront.shipping.schedule import Schedule


def template_of(row: Any, currency: str) -> FreightTemplate:
    """Return a freight template; `row` has its columns, a method's or a freight class's."""
    return FreightTemplate(
        price=Money(row.price_minor, currency),
        first=row.first_units,
        additional=row.additional_units,
        additional_price=Money(row.additional_price_minor, currency),
        measure=Measure(row.measure),
    )


def tariff_of(row: Any, classes: Iterable[Any], currency: str) -> Tariff:
    """Return what a method asks; `row` has the columns of ShippingMethod, `classes` are its rows of FreightTemplate."""
    return Tariff(
        template=template_of(row, currency),
        class_templates={each.freight_class: template_of(each, currency) for each in classes},
        free_from=None if row.free_from_minor is None else Money(row.free_from_minor, currency),
        free_from_pieces=row.free_from_pieces,
        surcharges=tuple(
            Surcharge(tuple(map(str, each["places"])), Money(int(each["price"]), currency)) for each in row.surcharges
        ),
        excluded=frozenset(map(str, row.excluded)),
        most_grams=row.most_grams,
    )


def schedule_of(row: Any) -> Schedule:
    """Return how long a method takes."""
    weekdays = frozenset(int(day) for day in row.weekdays)
    return Schedule(row.min_days, row.max_days, row.lead_days, row.cutoff_hour, weekdays)
