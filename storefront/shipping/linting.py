"""What is odd about zones and methods, for the merchant to mend. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from storefront.shipping.rules import Tariff, Zone


class Odd(StrEnum):
    """What is odd."""

    SHARED_PLACE = "shared_place"
    """Two zones name one place; the older has it."""
    NO_METHOD = "no_method"
    """A zone in which nothing can be chosen: its places are not delivered to."""
    TWO_PARCELS_CHEAPER = "two_parcels_cheaper"
    """The first units cost less than later ones, so two orders may cost less than one."""
    WEIGHTLESS = "weightless"
    """Goods without a weight, which count 0 g where freight goes by weight."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One odd thing: `about` names the zone or the method, `what` the place or the number."""

    odd: Odd
    about: str = ""
    what: str = ""


def lint(
    zones: Iterable[tuple[str, Zone]], methods: Iterable[tuple[str, int, Tariff]], *, weightless: int = 0
) -> list[Finding]:
    """Return what is odd about active zones (name, zone) and active methods (name, zone id, tariff).

    `weightless` is how many variants on sale have no weight; that matters only if some method goes by weight.
    """
    zones, methods = list(zones), list(methods)
    found, seen = [], dict[str, str]()
    for name, zone in zones:
        for place in sorted(zone.places):
            if place in seen:
                found.append(Finding(Odd.SHARED_PLACE, seen[place], place))
            seen.setdefault(place, name)
    served = {zone_id for _, zone_id, _ in methods}
    found += [Finding(Odd.NO_METHOD, name) for name, zone in zones if zone.id not in served]
    found += [
        Finding(Odd.TWO_PARCELS_CHEAPER, name)
        for name, _, tariff in methods
        if any(template.punishes_one_parcel for template in tariff.templates.values())
    ]
    weighs = any(
        t.measure == "weight" and t.additional_price for _, _, each in methods for t in each.templates.values()
    )
    return [*found, Finding(Odd.WEIGHTLESS, "", str(weightless))] if weightless and weighs else found
