"""Sets on a product's page: what to buy together with it, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from storefront.catalog import queries as catalog
from storefront.catalog.cards import Card, promoted_prices
from storefront.catalog.collections import Marks, marks_of
from storefront.catalog.models import Product, Variant
from storefront.catalog.product_facts import ProductFacts, VariantFacts
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot, SnapshotLine, Stage
from storefront.promotions.goods import IN_STOCK, IS_SOLD, in_scope
from storefront.promotions.queries import open_offers
from storefront.promotions.rules import Bundle, BundlePart, Promotion, evaluate
from storefront.shop.queries import get_settings

MOST_SETS = 2
NO_MARKS = Marks()
_ROW = (
    select(
        Variant.id,
        Variant.sku,
        Variant.name.label("note"),
        Variant.price_minor,
        Variant.minimum_price_minor,
        Product.id.label("product_id"),
        Product.category_id,
        Product.brand_id,
    )
    .join(Product, Product.id == Variant.product_id)
    .where(*IS_SOLD)
)
_ONE = _ROW.where(Variant.id == bindparam("variant"))
_BEST = _ROW.where(IN_STOCK).order_by(Product.popularity.desc(), Product.id, Variant.position).limit(1)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the goods of a set."""

    card: Card
    sku: str
    note: str
    count: int


@dataclass(frozen=True, slots=True)
class GoodsSet:
    """Goods that cost `price` together, and `before` one by one at today's catalogue prices."""

    promotion: Promotion
    parts: tuple[Part, ...]
    price: Money
    before: Money

    @property
    def saving(self) -> Money:
        return self.before - self.price


def sets_for(product: ProductFacts, variant: VariantFacts, locale: str) -> list[GoodsSet]:
    """Return the sets on offer that a variant is part of, with the best sold goods for its other parts."""
    if variant.available <= 0:
        return []
    offers = [promotion for promotion in open_offers() if isinstance(promotion.benefit, Bundle)]
    made = (_set_of(promotion, promotion.benefit, product, variant, locale) for promotion in offers)
    return [found for found in made if found is not None][:MOST_SETS]


def _set_of(
    promotion: Promotion, bundle: Any, product: ProductFacts, variant: VariantFacts, locale: str
) -> GoodsSet | None:
    own = marks_of((product.id,)).get(product.id, NO_MARKS)
    mine = next((part for part in bundle.parts if _covers(part, product, variant, own)), None)
    if mine is None or mine.count > variant.available:
        return None
    rows = list(_fill(bundle.parts, mine, variant))
    cards = {card.product_id: card for card in catalog.cards_by_ids([row.product_id for row, _ in rows], locale)}
    if len(rows) < len(bundle.parts) or any(row.product_id not in cards for row, _ in rows):
        return None
    lines = _lines(rows)
    result = evaluate(Snapshot(now(), get_settings().currency, lines), _beside(promotion))
    if promotion.id not in {applied.promotion.id for applied in result.applied}:
        return None
    before = Money(sum(line.goods.minor for line in lines), result.currency)
    return GoodsSet(promotion, tuple(_parts(rows, cards)), before - result.saved, before)


def _covers(part: BundlePart, product: ProductFacts, variant: VariantFacts, marks: Marks) -> bool:
    return part.scope.covers(
        product_id=product.id,
        sku=variant.sku,
        category_ids=catalog.category_tree().line(product.category_id),
        brand_id=product.brand_id,
        collection_ids=marks.collection_ids,
        attributes=marks.attributes,
    )


def _fill(parts: Sequence[BundlePart], mine: BundlePart, variant: VariantFacts) -> Iterator[tuple[Any, int]]:
    """Yield a row and a count for each part: the variant itself once, for others the best sold that is not taken."""
    taken = [variant.id]
    for part in parts:
        if part is mine:
            row = db.session.execute(_ONE, {"variant": variant.id}).one_or_none()
        else:
            row = db.session.execute(_BEST.where(in_scope(part.scope), Variant.id.not_in(taken))).one_or_none()
        if row is None:
            return
        taken.append(row.id)
        yield row, part.count


def _lines(rows: Sequence[tuple[Any, int]]) -> tuple[SnapshotLine, ...]:
    currency = get_settings().currency
    today = promoted_prices({row.id: row.price_minor for row, _ in rows})
    marks = marks_of(row.product_id for row, _ in rows)
    return tuple(
        SnapshotLine(
            line_id=row.sku,
            sku=row.sku,
            quantity=count,
            unit_price=Money(today[row.id].price_minor if row.id in today else row.price_minor, currency),
            base_price=Money(row.price_minor, currency),
            minimum_price=None if row.minimum_price_minor is None else Money(row.minimum_price_minor, currency),
            product_id=row.product_id,
            brand_id=row.brand_id,
            category_ids=catalog.category_tree().line(row.category_id),
            collection_ids=marks.get(row.product_id, NO_MARKS).collection_ids,
            attributes=marks.get(row.product_id, NO_MARKS).attributes,
        )
        for row, count in rows
    )


def _beside(promotion: Promotion) -> list[Promotion]:
    """Return the offers on single goods that the set meets in a cart; those on the whole order are told there."""
    return [each for each in open_offers() if (each.stage is Stage.ITEM and not each.is_gift) or each is promotion]


def _parts(rows: Sequence[tuple[Any, int]], cards: Mapping[int, Card]) -> Iterator[Part]:
    for row, count in rows:
        yield Part(cards[row.product_id], row.sku, row.note, count)
