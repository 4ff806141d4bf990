"""Trial carts: what a promotion makes of one sort of goods, bought just often enough, with nothing else applying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.kernel.money import Money
from storefront.pricing.snapshot import MAX_QUANTITY, Delivery, GiftStock, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules.benefits import Benefit
from storefront.promotions.rules.bundle import Bundle
from storefront.promotions.rules.buy_get import BuyGet
from storefront.promotions.rules.conditions import BuyAtLeast, SpendAtLeast
from storefront.promotions.rules.count_ladder import CountLadder
from storefront.promotions.rules.count_price import CountPrice
from storefront.promotions.rules.evaluation import evaluate
from storefront.promotions.rules.nth_item import NthItem
from storefront.promotions.rules.promotion import EVERYONE, Limits, Promotion
from storefront.promotions.rules.result import Result
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.spending import SpendLadder, SpendRepeat


@dataclass(frozen=True, slots=True)
class Good:
    """One variant of the catalogue: what scopes look at, its price, and what is known of its cost and stock."""

    sku: str
    price: Money
    product_id: int = 0
    brand_id: int | None = None
    category_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    attributes: frozenset[str] = frozenset()
    cost: Money | None = None
    minimum_price: Money | None = None
    available: int | None = None
    """How many can be sold; None if nobody counts them."""

    def is_in(self, scope: Scope) -> bool:
        """Whether a scope means it."""
        return scope.covers(
            product_id=self.product_id,
            sku=self.sku,
            category_ids=self.category_ids,
            brand_id=self.brand_id,
            collection_ids=self.collection_ids,
            attributes=self.attributes,
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """So many pieces of one variant, what they cost with the promotion, and all that it takes off the cart."""

    good: Good
    quantity: int
    paid: Money
    reduction: Money
    is_held: bool
    """A minimum price kept the promotion from giving all that it says."""


def trials(promotion: Promotion, goods: Sequence[Good], at: datetime) -> Iterator[Trial]:
    """Try a promotion on variants it means, once for each of its thresholds, as if for anybody at any time.

    Tried are those whose cost or minimum price is known, and the cheapest.
    """
    bare = replace(promotion, starts_at=None, ends_at=None, audience=EVERYONE, limits=Limits(), exclusive=False)
    bare = replace(bare, codes=frozenset(), needs_code=False)
    priced = sorted((good for good in goods if good.price.minor > 0), key=lambda good: (good.price.minor, good.sku))
    cheapest = {scope: next((good for good in priced if good.is_in(scope)), None) for scope in sides_of(promotion)}
    meant = [good for good in priced if any(good.is_in(scope) for scope in promotion.scopes)]
    for good in [good for good in meant if good is meant[0] or good.cost or good.minimum_price]:
        for quantity in sorted(_quantities(bare, good)):
            trial = _try(bare, good, quantity, cheapest.values(), at)
            if trial is not None:
                yield trial


def sides_of(promotion: Promotion) -> tuple[Scope, ...]:
    """Return every scope that a promotion needs something of: of its benefit, and of its conditions."""
    asked = [condition.scope or promotion.scope for condition in promotion.conditions]
    return tuple(dict.fromkeys([*promotion.scopes, *asked]))


def pieces_asked(promotion: Promotion) -> int:
    """Return the most pieces that a promotion asks of one sort of goods."""
    benefit, asked = promotion.benefit, [1]
    if isinstance(benefit, NthItem):
        asked.append(benefit.nth)
    if isinstance(benefit, CountPrice):
        asked.append(benefit.count)
    if isinstance(benefit, CountLadder):
        asked += [rung.count for rung in benefit.rungs]
    if isinstance(benefit, BuyGet):
        asked.append(benefit.buy + benefit.get if benefit.get_scope is None else max(benefit.buy, benefit.get))
    if isinstance(benefit, Bundle):
        asked += [part.count for part in benefit.parts]
    asked += [condition.count for condition in promotion.conditions if isinstance(condition, BuyAtLeast)]
    return max(asked)


def thresholds_of(promotion: Promotion) -> list[Money]:
    """Return every amount that a promotion asks to spend."""
    asked = [condition.amount for condition in promotion.conditions if isinstance(condition, SpendAtLeast)]
    return [*asked, *rungs_of(promotion.benefit)]


def rungs_of(benefit: Benefit) -> list[Money]:
    """Return every amount that a benefit itself asks to spend."""
    if isinstance(benefit, SpendLadder):
        return [rung.spend for rung in benefit.rungs]
    return [benefit.spend] if isinstance(benefit, SpendRepeat) else []


def _quantities(promotion: Promotion, good: Good) -> set[int]:
    pieces = pieces_asked(promotion)
    needed = [-(-amount.minor // good.price.minor) for amount in thresholds_of(promotion)]
    return {min(MAX_QUANTITY, max(pieces, count)) for count in [pieces, *needed]}


def _try(promotion: Promotion, good: Good, quantity: int, others: Iterable[Good | None], at: datetime) -> Trial | None:
    lines = {good.sku: _line(good, quantity)}
    for other in others:
        if other is not None and not any(good.is_in(scope) and other.is_in(scope) for scope in sides_of(promotion)):
            lines.setdefault(other.sku, _line(other, min(MAX_QUANTITY, quantity)))
    currency = promotion.currency
    result = evaluate(_cart(tuple(lines.values()), promotion, at), [promotion])
    if not result.applied:
        return None
    applied = result.applied[0]
    return Trial(
        good,
        quantity,
        Money(good.price.minor * quantity - _borne(result, good.sku), currency),
        applied.amount,
        applied.label.get("wanted") is not None,
    )


def _cart(lines: tuple[SnapshotLine, ...], promotion: Promotion, at: datetime) -> Snapshot:
    skus = getattr(promotion.benefit, "skus", ()) if promotion.is_gift else ()
    delivery = Delivery("", Money(1_000_000, promotion.currency)) if promotion.falls_on is Stage.SHIPPING else None
    gifts = tuple(GiftStock(sku, MAX_QUANTITY, Money(1, promotion.currency)) for sku in skus)
    return Snapshot(now=at, currency=promotion.currency, lines=lines, delivery=delivery, gifts=gifts)


def _borne(result: Result, line_id: str) -> int:
    shares = [share for applied in result.applied for share in applied.allocations if share.line_id == line_id]
    return sum(share.total.minor for share in shares)


def _line(good: Good, quantity: int) -> SnapshotLine:
    return SnapshotLine(
        line_id=good.sku,
        sku=good.sku,
        quantity=quantity,
        unit_price=good.price,
        minimum_price=good.minimum_price,
        product_id=good.product_id,
        brand_id=good.brand_id,
        category_ids=good.category_ids,
        collection_ids=good.collection_ids,
        attributes=good.attributes,
    )
