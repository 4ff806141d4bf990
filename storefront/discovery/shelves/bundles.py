"""What is bought with a product, to be put into the cart with it at once: what all of it costs today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select

from storefront.catalog.cards import Card, Piece, shown_prices, stock_of
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.discovery.shelves.shown import Reason, Shelf
from storefront.media.pictures import picture_url

WITH_ANCHOR = 2
"""How many goods are offered beside the product itself."""
MOST_CHOSEN = 20
PICTURE_SIZE = 320


@dataclass(frozen=True, slots=True)
class Sum:
    """What so many goods cost together, in minor units: each once, at the price that its page shows."""

    count: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A product with what goes with it. A product that is sold out stands there without being part of it."""

    anchor: Card
    others: tuple[Card, ...]

    @property
    def parts(self) -> tuple[Card, ...]:
        """What is shown, the product first."""
        return (self.anchor, *self.others)

    @property
    def cards(self) -> tuple[Card, ...]:
        """What can be bought."""
        return self.others if self.anchor.is_out else self.parts

    @property
    def other_ids(self) -> frozenset[int]:
        return frozenset(card.product_id for card in self.others)

    @property
    def sum(self) -> Sum:
        return Sum(len(self.cards), sum(card.price_minor for card in self.cards))


def bundle_of(shelf: Shelf, sku: str = "") -> Bundle | None:
    """Return what is really bought with the shelf's product, beside the variant `sku` of it; None where nothing is."""
    others = [one.card for one in shelf.items if one.reason is Reason.BOUGHT_WITH and not one.card.is_out]
    if shelf.anchor is None or not others:
        return None
    return Bundle(_chosen(shelf.anchor, sku), tuple(others[:WITH_ANCHOR]))


def sum_of(skus: Sequence[str]) -> Sum:
    """Return what these variants cost together; what is not for sale does not count."""
    wanted = list(dict.fromkeys(skus))[:MOST_CHOSEN]
    rows = read(_VARIANTS, {"skus": wanted}).all() if wanted else []
    prices = shown_prices([_piece(row) for row in rows])
    shown = [prices[row.id].price_minor if row.id in prices else row.price_minor for row in rows]
    return Sum(len(shown), sum(shown))


def _chosen(card: Card, sku: str) -> Card:
    """Return the card of another variant of the product, where the page shows that one."""
    if not sku or sku == card.sku:
        return card
    row = read(_VARIANTS, {"skus": [sku]}).one_or_none()
    if row is None or row.product_id != card.product_id:
        return card
    promoted = shown_prices([_piece(row)]).get(row.id)
    return replace(
        card,
        variant_id=row.id,
        sku=row.sku,
        note=row.name,
        picture_url=picture_url(row.picture, PICTURE_SIZE) if row.picture else card.picture_url,
        price_minor=promoted.price_minor if promoted else row.price_minor,
        is_out=stock_of([row.id]).get(row.id, 0) <= 0,
    )


def _piece(row: Any) -> Piece:
    return Piece(
        variant_id=row.id,
        product_id=row.product_id,
        sku=row.sku,
        category_id=row.category_id,
        brand_id=row.brand_id,
        price_minor=row.price_minor,
        minimum_minor=row.minimum_price_minor,
    )


_VARIANTS = (
    select(
        *(Variant.id, Variant.product_id, Variant.sku, Variant.name, Variant.price_minor, Variant.minimum_price_minor),
        *(Variant.picture, Product.category_id, Product.brand_id),
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.sku.in_(bindparam("skus", expanding=True)), Variant.is_active, Product.is_published)
)
