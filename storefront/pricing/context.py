"""What pages show of prices: those of lists on cards and product pages, quantity breaks, the lowest price before."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, g

from storefront.catalog import cards
from storefront.catalog.cards import Badge, Promoted
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.pricing import queries
from storefront.pricing.catalogue import Break, catalogue_price, quantity_breaks
from storefront.pricing.history import Lowest
from storefront.pricing.snapshot import Shopper
from storefront.pricing.taxes import queries as taxes
from storefront.pricing.taxes.words import rate_words
from storefront.shop.queries import get_settings
from storefront.web import kept_pages
from storefront.web.locale import current_locale

ANYBODY = Shopper()


def prices_for(bases: Mapping[int, int]) -> Mapping[int, Promoted]:
    """Return what lists ask everybody for a single piece, by variant id, where that is less than the base price."""
    options, currency, locale = queries.options_for(bases, now()), get_settings().currency, current_locale()
    found: dict[int, Promoted] = {}
    for variant_id, mine in options.items():
        priced = catalogue_price(Money(bases[variant_id], currency), mine, shopper=ANYBODY, quantity=1)
        if priced.option is not None:
            found[variant_id] = Promoted(priced.unit_price.minor, Badge("promo", priced.option.title(locale)))
    return found


def quantity_breaks_of(variant_id: int, base_minor: int, price_minor: int) -> tuple[Break, ...]:
    """Return from how many pieces on everybody pays less for each; `price_minor` is what a single piece costs now."""
    options = queries.options_for((variant_id,), now()).get(variant_id, ())
    base, price = Money(base_minor, g.shop.currency), Money(price_minor, g.shop.currency)
    return quantity_breaks(base, options, shopper=ANYBODY, single=price)


def has_personal_prices(variant_id: int) -> bool:
    """Say whether some people are asked another price than everybody."""
    options = queries.options_for((variant_id,), now()).get(variant_id, ())
    return any(not option.is_public for option in options)


def lowest_price_of(variant_id: int) -> Lowest | None:
    """Return what a reduced price is to be compared with, if the merchant shows it."""
    if not g.shop.show_lowest_price:
        return None
    return queries.lowest_price(variant_id, now(), g.shop.lowest_price_days)


def init_app(app: Flask) -> None:
    """Give templates the above, cards their prices, and kept pages what they depend on."""
    app.jinja_env.globals.update(
        quantity_breaks_of=quantity_breaks_of,
        has_personal_prices=has_personal_prices,
        lowest_price_of=lowest_price_of,
        tax_is_added=taxes.is_added,
        has_taxes=taxes.is_taxed,
    )
    app.jinja_env.filters["rate_words"] = rate_words
    kept_pages.made_from(prices=queries.live_state)
    cards.bind(prices=prices_for)
