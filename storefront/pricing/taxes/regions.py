"""The place of an address as taxes name it: "new york", "NY" and "N.Y." are one state, 广东 and 广东省 one province."""

from __future__ import annotations

from storefront.kernel.text import fold, squeeze
from storefront.places import regions
from storefront.pricing.taxes.rules import Place


def normal_region(country: str, typed: str) -> str:
    """Return a region as rates name it: as addresses store it where regions are known, else folded text.

    So where nobody knows the regions, only spaces, width and case do not matter.
    """
    region = regions.normal_region(country, squeeze(typed))
    known = regions.regions_of(country) and regions.is_region(country, region)
    return region if known else fold(region)


def place_of(country: str, region: str) -> Place:
    """Return the place of an address as it was typed."""
    code = squeeze(country).upper()
    return Place(code, normal_region(code, region))
