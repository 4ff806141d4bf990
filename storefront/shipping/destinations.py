"""Where somebody wants goods to go, as they type it."""

from __future__ import annotations

from storefront.accounts.rules import COUNTRIES, UNKNOWN_CITY, UNKNOWN_COUNTRY, UNKNOWN_REGION, normal_area
from storefront.kernel.errors import Invalid
from storefront.kernel.text import squeeze
from storefront.places.regions import CHINA, cities_of, is_region, regions_of
from storefront.shipping.rules import Destination

LONGEST = 60


def as_typed(country: str, region: str = "", city: str = "") -> Destination:
    """Return where an address lies, however its region is spelled; what nobody knows is kept as it is typed.

    A region or a city counts only in countries of which they are known: nothing can depend on them elsewhere.
    """
    typed = {"country": squeeze(country).upper()[:LONGEST], "region": squeeze(region)[:LONGEST]}
    area = normal_area({**typed, "city": squeeze(city)[:LONGEST], "district": ""})
    if not regions_of(typed["country"]):
        return Destination(typed["country"])
    return Destination(typed["country"], area["region"], area["city"] if typed["country"] == CHINA else "")


def read_destination(country: str, region: str = "", city: str = "") -> Destination:
    """Return a destination that exists; refuses a country, region or city that does not with Invalid."""
    found = as_typed(country, region, city)
    if found.country not in COUNTRIES:
        raise Invalid(UNKNOWN_COUNTRY, field="country")
    if found.region and not is_region(found.country, found.region):
        raise Invalid(UNKNOWN_REGION, field="region", name=found.region)
    known = cities_of(found.country, found.region)
    if found.city and known and found.city not in known:
        raise Invalid(UNKNOWN_CITY, field="city", name=found.city)
    return found
