"""Where this reader wants goods to go: what they chose, else their first address, else the shop's own country."""

from __future__ import annotations

from urllib.parse import quote, unquote

from flask import Flask, Response, g, request

from storefront.accounts import queries as people
from storefront.accounts.sessions import current_customer
from storefront.kernel.errors import Invalid
from storefront.places.regions import parts, place
from storefront.shipping.destinations import as_typed, read_destination
from storefront.shipping.rules import Destination
from storefront.shipping.words import arrival_words, free_words, place_words, price_words, surcharge_words
from storefront.web.cookies import is_secure_only
from storefront.web.errors import message_of

COOKIE = "deliver_to"
LONGEST = 400
YEAR_SECONDS = 365 * 24 * 3600


def current_destination() -> Destination:
    """Return where delivery is quoted to; found out once a request."""
    if "destination" not in g:
        g.destination = _chosen() or _of_the_book() or Destination(g.shop.country)
    found: Destination = g.destination
    return found


def remember(response: Response, destination: Destination) -> Response:
    """Keep a chosen destination with the browser."""
    response.set_cookie(
        COOKIE,
        quote(place(destination.country, destination.region, destination.city)),
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=is_secure_only(),
    )
    return response


def choose(country: str, region: str, city: str) -> Destination:
    """Read a destination as chosen and quote to it from here on; refuses one that does not exist with Invalid.

    A region left over from the country shown before is dropped, not refused.
    """
    before = current_destination()
    if country != before.country:
        region = city = ""
    elif region != before.region:
        city = ""
    g.destination = read_destination(country, region, city)
    found: Destination = g.destination
    return found


def init_app(app: Flask) -> None:
    """Give templates the words of shipping as filters."""
    app.jinja_env.filters.update(
        place_words=place_words,
        arrival_words=arrival_words,
        delivery_price=price_words,
        surcharge_words=surcharge_words,
        free_words=free_words,
        refusal_words=message_of,
    )


def _chosen() -> Destination | None:
    try:
        return read_destination(*parts(unquote(request.cookies.get(COOKIE, "")[:LONGEST])))
    except Invalid:
        return None


def _of_the_book() -> Destination | None:
    customer = current_customer()
    book = people.list_addresses(customer.id) if customer else ()
    if not book:
        return None
    address = book[0].address
    return as_typed(address.country, address.region, address.city)
