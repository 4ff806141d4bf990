"""What every page may say about promotions: their words as filters, badges on cards, offers on product pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import flask_babel
from babel.dates import format_date
from flask import Flask

from storefront.catalog import cards
from storefront.catalog import queries as catalog
from storefront.catalog.cards import Badge, Card
from storefront.catalog.collections import Marks, marks_of, members_now
from storefront.catalog.product_facts import ProductFacts, VariantFacts
from storefront.kernel.money import Money
from storefront.pricing import queries as pricing
from storefront.pricing.allocation import TraceStep
from storefront.pricing.catalogue import Break
from storefront.pricing.chain import full_chain
from storefront.promotions.claims import Claimable, open_claims
from storefront.promotions.every_piece import deals_for
from storefront.promotions.naming import Names
from storefront.promotions.past_offers import reductions_of
from storefront.promotions.queries import open_offers, running_offers
from storefront.promotions.rules import Promotion, Scope
from storefront.promotions.rules.promotion import EVERYONE
from storefront.promotions.sets import sets_for
from storefront.promotions.summary import audience_words, gives_words, moment_words, scope_words
from storefront.promotions.validity import Terms, last_day
from storefront.promotions.words import Offer, name_of, near_words, price_words, rejection_words, step_words, terms_of
from storefront.shop.queries import get_settings
from storefront.web import kept_pages
from storefront.web.locale import babel_locale

MOST_BADGES = 1
NO_MARKS = Marks()
_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
MOST_CLAIMS = 3
"""How many coupons to claim a product page shows; the page of all coupons has the rest."""


def badges_for(found: Sequence[Card]) -> Mapping[int, tuple[Badge, ...]]:
    """Return the badges of products by id: offers for just these goods, not those for the whole shop."""
    offers = [promotion for promotion in open_offers() if _particular(promotion)]
    if not offers or not found:
        return {}
    texts = {promotion.id: Badge("promo", terms_of(promotion.label)) for promotion in offers}
    marks = marks_of(card.product_id for card in found)
    badges: dict[int, tuple[Badge, ...]] = {}
    for card in found:
        facts = _facts(card.category_id, marks.get(card.product_id, NO_MARKS))
        mine = [
            texts[promotion.id]
            for promotion in offers
            if any(
                scope.covers(product_id=card.product_id, sku=card.sku, brand_id=card.brand_id, **facts)
                for scope in _particular(promotion)
            )
        ]
        if mine:
            badges[card.product_id] = tuple(mine[:MOST_BADGES])
    return badges


def offers_for(*, product_id: int, sku: str, category_id: int, brand_id: int | None) -> list[Offer]:
    """Return every offer that holds for one variant, those for the whole shop too."""
    facts = _facts(category_id, marks_of((product_id,)).get(product_id, NO_MARKS))
    return [
        Offer(
            promotion.key,
            name_of(promotion.label),
            terms_of(promotion.label),
            ends_at=promotion.ends_at,
            is_gift=promotion.is_gift,
        )
        for promotion in open_offers()
        if any(scope.covers(product_id=product_id, sku=sku, brand_id=brand_id, **facts) for scope in promotion.scopes)
    ]


def claims_for(*, product_id: int, sku: str, category_id: int, brand_id: int | None) -> list[Claimable]:
    """Return a few of the coupons that can be claimed for one variant: those for just these goods first."""
    facts = _facts(category_id, marks_of((product_id,)).get(product_id, NO_MARKS))
    found = [
        offer
        for offer in open_claims()
        if any(
            scope.covers(product_id=product_id, sku=sku, brand_id=brand_id, **facts) for scope in offer.promotion.scopes
        )
    ]
    return sorted(found, key=lambda offer: offer.promotion.scope.is_everything)[:MOST_CLAIMS]


def price_chains(steps: Iterable[TraceStep]) -> list[tuple[TraceStep, ...]]:
    """Return the chains of a trace's steps, each from the price that it starts from."""
    found: dict[str | None, list[TraceStep]] = {}
    for step in steps:
        found.setdefault(step.line_id, []).append(step)
    return [full_chain(chain) for chain in found.values()]


def offer_terms(promotion: Promotion, names: Names) -> str:
    """Say what an offer gives, and on which goods where there are goods of several sorts."""
    if len(promotion.scopes) > 1:
        return gives_words(promotion, names)
    return terms_of(promotion.label)


def has_offers() -> bool:
    """Say whether the page of all offers holds any."""
    return bool(running_offers())


def offer_page(path: str) -> Callable[[int], str]:
    """Return what writes the address of a page of an offer's goods."""
    return lambda number: f"{path}?page={number}" if number > 1 else path


def after_offers(rows: Sequence[Break], product: ProductFacts, variant: VariantFacts) -> tuple[Break, ...]:
    """Return quantity breaks at what the offers leave of them that every single piece gets."""
    found = []
    for row in rows:
        price = row.unit_price
        minor = variant.after_offers(product, price.minor)
        found.append(replace(row, unit_price=Money(minor, price.currency)))
    return tuple(found)


def coupon_day(ends_at: datetime) -> str:
    """Write the last day on which a coupon holds."""
    return format_date(last_day(ends_at, get_settings().timezone), "medium", locale=babel_locale())


def validity_words(terms: Terms) -> str:
    """Say how long a coupon holds once somebody has it; "" for as long as its promotion runs."""
    days = terms.valid_days
    if days is None:
        return _("Valid until %(date)s", date=coupon_day(terms.valid_until)) if terms.valid_until else ""
    if terms.valid_until is None:
        return ngettext("Valid for %(num)s day once claimed", "Valid for %(num)s days once claimed", days)
    return ngettext(
        "Valid for %(num)s day once claimed, until %(date)s at the latest",
        "Valid for %(num)s days once claimed, until %(date)s at the latest",
        days,
        date=coupon_day(terms.valid_until),
    )


def init_app(app: Flask) -> None:
    """Give templates the words, and cards their badges; what can be claimed is part of kept pages."""
    app.jinja_env.filters.update(
        after_offers=after_offers,
        coupon_day=coupon_day,
        goods_words=scope_words,
        is_for_some=lambda promotion: promotion.audience != EVERYONE,
        offer_moment=moment_words,
        offer_terms=offer_terms,
        validity_words=validity_words,
        who_words=audience_words,
    )
    app.jinja_env.filters.update(
        promotion_name=name_of,
        promotion_terms=terms_of,
        near_words=near_words,
        price_words=price_words,
        rejection_words=rejection_words,
        step_words=step_words,
        price_chains=price_chains,
    )
    app.jinja_env.globals.update(offers_for=offers_for, claims_for=claims_for, open_claims=open_claims)
    app.jinja_env.globals.update(has_offers=has_offers, offer_page=offer_page, sets_for=sets_for)
    kept_pages.made_from(claims=open_claims, collections=_collections, running=running_offers)
    cards.bind(offers=badges_for, deals=deals_for)
    pricing.bind(offers=reductions_of)


def _collections() -> object:
    """Return another object once a collection changes, if what is on offer or to claim depends on one."""
    global _named  # noqa: PLW0603
    offers, claims = open_offers(), open_claims()
    if _named.offers is not offers or _named.claims is not claims:
        every = (*offers, *(offer.promotion for offer in claims))
        _named = _Named(offers, claims, any(_names_collections(scope) for each in every for scope in each.scopes))
    return members_now() if _named.is_any else None


class _Named(NamedTuple):
    """Whether some of these offers name a collection."""

    offers: object
    claims: object
    is_any: bool


_named = _Named((), (), is_any=False)


def _names_collections(scope: Scope) -> bool:
    return bool(scope.collection_ids) or (scope.exclude is not None and _names_collections(scope.exclude))


def _particular(promotion: Promotion) -> list[Scope]:
    """Return the goods that a promotion is about, as far as it does not mean everything."""
    return [scope for scope in promotion.scopes if not scope.is_everything]


def _facts(category_id: int, marks: Marks) -> dict[str, Any]:
    """Return what a scope may ask of a product beside its number, SKU and brand."""
    return {
        "category_ids": catalog.category_tree().line(category_id),
        "collection_ids": marks.collection_ids,
        "attributes": marks.attributes,
    }
