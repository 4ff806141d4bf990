"""What there is to choose from for a shopper who says where goods shall go."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.accounts.countries import country_choices
from storefront.accounts.rules import COUNTRIES
from storefront.places.regions import cities_of, city_label, regions_of
from storefront.shipping import queries
from storefront.shipping.rules import Destination
from storefront.shipping.words import place_words
from storefront.shop.queries import get_settings
from storefront.web.locale import babel_locale, current_locale

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceChooser:
    """The form for a destination: what is chosen, and the choices. No cities where no zone tells them apart."""

    destination: Destination
    words: str
    countries: Choices
    regions: Choices
    cities: Choices
    error: str = ""
    field: str = ""
    is_open: bool = False


def place_chooser(destination: Destination, *, error: str = "", field: str = "", is_open: bool = False) -> PlaceChooser:
    """Return the form for a destination; `error` belongs to `field`."""
    chinese = current_locale() == "zh"
    country, region = destination.country, destination.region
    reached, told_apart = queries.list_countries(COUNTRIES), queries.cities_matter(country)
    countries = country_choices(babel_locale(), get_settings().country)
    names = [(each.key, each.label(chinese=chinese)) for each in regions_of(country)]
    cities = cities_of(country, region) if told_apart else ()
    return PlaceChooser(
        destination=destination,
        words=place_words(destination),
        countries=tuple(choice for choice in countries if choice[0] in reached or choice[0] == country),
        regions=tuple(names),
        cities=tuple((name, city_label(country, name, chinese=chinese)) for name in cities) if len(cities) > 1 else (),
        error=error,
        field=field,
        is_open=is_open or bool(error),
    )
