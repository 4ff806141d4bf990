"""What every page may say about promotions: their words as filters, badges on cards, offers on product pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask

from storefront.catalog import cards
from storefront.catalog import queries as catalog
from storefront.catalog.cards import Badge, Card
from storefront.promotions.queries import open_offers
from storefront.promotions.words import Offer, name_of, near_words, price_words, rejection_words, step_words, terms_of

MOST_BADGES = 1


def badges_for(found: Sequence[Card]) -> Mapping[int, tuple[Badge, ...]]:
    """Return the badges of products by id: offers for just these goods, not those for the whole shop."""
    offers = [promotion for promotion in open_offers() if not promotion.scope.is_everything]
    if not offers:
        return {}
    texts = {promotion.id: Badge("promo", terms_of(promotion.label)) for promotion in offers}
    badges = {}
    for card in found:
        above = _category_ids(card.category_id)
        mine = [
            texts[promotion.id]
            for promotion in offers
            if promotion.scope.covers(
                product_id=card.product_id, sku=card.sku, category_ids=above, brand_id=card.brand_id
            )
        ]
        if mine:
            badges[card.product_id] = tuple(mine[:MOST_BADGES])
    return badges


def offers_for(*, product_id: int, sku: str, category_id: int, brand_id: int | None) -> list[Offer]:
    """Return every offer that holds for one variant, those for the whole shop too."""
    above = _category_ids(category_id)
    return [
        Offer(promotion.key, name_of(promotion.label), terms_of(promotion.label))
        for promotion in open_offers()
        if promotion.scope.covers(product_id=product_id, sku=sku, category_ids=above, brand_id=brand_id)
    ]


def init_app(app: Flask) -> None:
    """Give templates the words, and cards their badges."""
    app.jinja_env.filters.update(
        promotion_name=name_of,
        promotion_terms=terms_of,
        near_words=near_words,
        price_words=price_words,
        rejection_words=rejection_words,
        step_words=step_words,
    )
    app.jinja_env.globals["offers_for"] = offers_for
    cards.bind(offers=badges_for)


def _category_ids(category_id: int) -> frozenset[int]:
    node = catalog.category_tree().find(category_id)
    return frozenset((*node.ancestor_ids, node.id)) if node else frozenset({category_id})
