"""Places, days and prices in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_skeleton
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.countries import country_name
from storefront.places.regions import city_name, parts, region_name
from storefront.shipping.offers import Offer
from storefront.shipping.rules import EVERYWHERE, Destination
from storefront.web.filters import money_text
from storefront.web.locale import babel_locale, current_locale


def place_words(place: str | Destination) -> str:
    """Return what a place is called: the largest first in Chinese, last in English; "*" is everywhere else."""
    if place == EVERYWHERE:
        return str(_("Everywhere else"))
    names = (place.country, place.region, place.city) if isinstance(place, Destination) else parts(place)
    country, region, city = names
    chinese = current_locale() == "zh"
    named = [country_name(country, babel_locale())]
    if region:
        named.append(region_name(country, region, chinese=chinese))
    if city and city != region:
        named.append(city_name(country, city, chinese=chinese))
    if chinese and not any(part.isascii() for part in named):
        return "".join(named)
    return str(_(", ")).join(reversed(named))


def arrival_words(offer: Offer, at: datetime) -> str:
    """Return when something arrives that is ordered at `at`: "Arrives Mon, Dec 1 to Wed, Dec 3"."""
    days = offer.arrives(at)
    first, last = (_day(day, babel_locale()) for day in (days.earliest, days.latest))
    when = first if first == last else _("%(first)s to %(last)s", first=first, last=last)
    return str(_("Arrives %(days)s", days=when))


@lru_cache(maxsize=1_000)
def _day(day: date, locale: str) -> str:
    return format_skeleton("MMMEd", day, locale=locale)


def price_words(offer: Offer) -> str:
    """Return what an offer costs; nothing is "Free"."""
    return money_text(offer.price) if offer.price else str(_("Free"))


def surcharge_words(offer: Offer) -> str:
    """Return what of the price is for a remote place; "" where nothing is."""
    if not offer.charge.surcharge:
        return ""
    return str(_("including %(price)s for a remote area", price=money_text(offer.charge.surcharge)))


def free_words(offer: Offer) -> str:
    """Return from when on an offer is free; "" where it never is, or already is."""
    if not offer.charge.freight:
        return ""
    said = []
    if offer.free_from is not None:
        price = money_text(offer.free_from)
        remote = bool(offer.charge.surcharge)
        said.append(_("the rest free from %(price)s", price=price) if remote else _("free from %(price)s", price=price))
    if offer.free_from_pieces is not None:
        count = offer.free_from_pieces
        said.append(ngettext("free from %(num)s piece", "free from %(num)s pieces", count))
    return str(_(", ")).join(map(str, said))
