"""Trial carts: what a promotion makes of one sort of goods, bought just often enough, with nothing else applying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from storefront.promotions.rules.goods import Good, Goods
from storefront.promotions.rules.nth_item import NthItem
from storefront.promotions.rules.promotion import EVERYONE, Limits, Promotion
from storefront.promotions.rules.result import Result
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.spending import SpendLadder, SpendRepeat


@dataclass(frozen=True, slots=True)
class Trial:
    """So many pieces of one variant, what they cost with the promotion, and all that it takes off the cart."""

    good: Good
    quantity: int
    paid: Money
    reduction: Money
    is_held: bool
    """A minimum price kept the promotion from giving all that it says."""


def trials(promotion: Promotion, goods: Goods, at: datetime, most: int | None = None) -> Iterator[Trial]:
    """Try a promotion on variants it means, once for each of its thresholds, as if for anybody at any time.

    Tried are those whose cost or minimum price is known, at most so many that earn least, and the cheapest.
    """
    bare = replace(promotion, starts_at=None, ends_at=None, audience=EVERYONE, limits=Limits(), exclusive=False)
    bare = replace(bare, codes=frozenset(), needs_code=False)
    sides, meant = sides_of(promotion), goods.meant_by(*promotion.scopes)
    firsts = [goods.cheapest(goods.meant_by(scope)) for scope in sides]
    others = [goods.at(place) for place in firsts if place is not None]
    tried = {place for place in goods.earning_least(goods.meant_by(*sides), most) if meant[place]}
    tried.update(place for place in [goods.cheapest(meant)] if place is not None)
    for good in sorted(map(goods.at, tried), key=lambda good: (good.price.minor, good.sku)):
        for quantity in sorted(_quantities(bare, good)):
            trial = _try(bare, good, quantity, others, at)
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


def _try(promotion: Promotion, good: Good, quantity: int, others: Iterable[Good], at: datetime) -> Trial | None:
    lines = {good.sku: _line(good, quantity)}
    for other in others:
        if not any(good.is_in(scope) and other.is_in(scope) for scope in sides_of(promotion)):
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
