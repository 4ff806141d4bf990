"""The linter: what is odd about a promotion, before anybody orders with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import MAX_QUANTITY, Stage
from storefront.promotions.rules.benefits import WHOLE
from storefront.promotions.rules.conditions import BuyAtLeast, SpendAtLeast
from storefront.promotions.rules.count_ladder import CountLadder
from storefront.promotions.rules.findings import Catalogue, Finding, Odd, Severity
from storefront.promotions.rules.gift import Gift
from storefront.promotions.rules.promotion import EVERYONE, Promotion
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.spending import SpendLadder
from storefront.promotions.rules.trials import Trial, pieces_asked, rungs_of, sides_of, thresholds_of, trials


def lint(promotion: Promotion, others: Sequence[Promotion], catalogue: Catalogue) -> tuple[Finding, ...]:
    """Say what is odd about a promotion beside `others`, errors first."""
    others = [other for other in others if other.id != promotion.id]
    found = [
        *_never(promotion, catalogue),
        *_gifts(promotion, catalogue),
        *_always(promotion, catalogue),
        *_rungs(promotion),
        *_beside(promotion, others, catalogue),
    ]
    if not any(each.blocks for each in found):
        found += _tried(promotion, _trials(promotion, catalogue), catalogue.most_tried)
    ranks = list(Severity)
    return tuple(sorted(found, key=lambda each: ranks.index(each.severity)))


def _never(promotion: Promotion, catalogue: Catalogue) -> Iterator[Finding]:
    """What keeps a promotion from ever applying."""
    limits, audience = promotion.limits, promotion.audience
    if promotion.ends_at and promotion.ends_at <= catalogue.now:
        yield _found(Odd.ENDED)
    spent = limits.budget_left is not None and limits.budget_left.minor <= 0
    if spent or 0 in (limits.uses_left, limits.per_customer):
        yield _found(Odd.NO_USES)
    for asked, known in ((audience.tiers, catalogue.tiers), (audience.groups, catalogue.groups)):
        if asked and known is not None and not asked & known:
            yield _found(Odd.NOBODY, who=", ".join(sorted(asked)))
    if promotion.needs_code and not promotion.codes and catalogue.codes == 0:
        yield _found(Odd.NO_CODES)
    if not catalogue.goods:
        return
    goods = catalogue.goods
    if any(not goods.meant_by(scope).any() for scope in sides_of(promotion)):
        yield _found(Odd.NO_GOODS)
        return
    for scope, spend, pieces in _asked(promotion):
        meant = goods.meant_by(scope)
        prices, in_stock = goods.prices[meant], np.minimum(MAX_QUANTITY, goods.available[meant])
        if not goods.is_counted[meant].all():
            in_stock = np.full(prices.size, MAX_QUANTITY)
        if spend > int(prices.sum()) * MAX_QUANTITY:
            yield _found(Odd.UNREACHABLE)
        elif spend > int((prices * in_stock).sum()) or pieces > int(in_stock.sum()):
            yield _found(Odd.OUT_OF_STOCK)


def _asked(promotion: Promotion) -> Iterator[tuple[Scope, int, int]]:
    """Yield (scope, money, pieces) that must be in a cart at least before anything is given."""
    for condition in promotion.conditions:
        scope = condition.scope or promotion.scope
        if isinstance(condition, SpendAtLeast):
            yield scope, condition.amount.minor, 1
        else:
            yield scope, 0, condition.count
    rungs = rungs_of(promotion.benefit)
    if rungs:
        yield promotion.scope, min(rungs).minor, 1


def _gifts(promotion: Promotion, catalogue: Catalogue) -> Iterator[Finding]:
    benefit = promotion.benefit
    if isinstance(benefit, Gift) and catalogue.goods:
        places = {sku: catalogue.goods.find(sku) for sku in benefit.skus}
        missing = [sku for sku, place in places.items() if place is None]
        if missing:
            yield _found(Odd.NO_GIFT, skus=", ".join(missing))
        held = [catalogue.goods.at(place).available for place in places.values() if place is not None]
        if held and all(pieces is not None and pieces < benefit.count for pieces in held):
            yield _found(Odd.GIFT_OUT_OF_STOCK)


def _always(promotion: Promotion, catalogue: Catalogue) -> Iterator[Finding]:
    asks_nothing = not promotion.conditions and not thresholds_of(promotion) and pieces_asked(promotion) == 1
    if asks_nothing and promotion.scope.is_everything and promotion.audience == EVERYONE and not promotion.needs_code:
        yield _found(Odd.ALWAYS)
    for condition in promotion.conditions:
        if condition.scope not in (None, promotion.scope):
            continue
        cheapest = int(min(catalogue.goods.prices[catalogue.goods.meant_by(promotion.scope)], default=0))
        met = condition.count == 1 if isinstance(condition, BuyAtLeast) else condition.amount.minor <= cheapest
        if met:
            yield _found(Odd.THRESHOLD_ALWAYS_MET)


def _rungs(promotion: Promotion) -> Iterator[Finding]:
    """A higher rung that is worse than ordering twice on a lower one, or better than no lower one at all."""
    benefit = promotion.benefit
    if isinstance(benefit, SpendLadder):
        for number, (lower, upper) in enumerate(zip(benefit.rungs, benefit.rungs[1:], strict=False), 2):
            if upper.off.minor * lower.spend.minor < lower.off.minor * upper.spend.minor:
                yield _found(Odd.RUNG_NEVER_PAYS, rung=number, spend=upper.spend, off=upper.off)
    if isinstance(benefit, CountLadder):
        for number, (few, many) in enumerate(zip(benefit.rungs, benefit.rungs[1:], strict=False), 2):
            if many.basis_points <= few.basis_points:
                yield _found(Odd.RUNG_NEVER_PAYS, rung=number, pieces=many.count)


def _tried(promotion: Promotion, tries: Sequence[Trial], most: int | None) -> Iterator[Finding]:
    """What trial carts show."""
    budget = promotion.limits.budget_left
    if budget and tries and all(each.reduction > budget for each in tries) and not promotion.is_gift:
        yield _found(Odd.BUDGET_TOO_SMALL, needed=min(each.reduction for each in tries), budget=budget)
    if promotion.is_gift or promotion.falls_on is Stage.SHIPPING:
        return
    low = [each for each in tries if each.good.cost and each.paid < each.good.cost * each.quantity]
    if low:
        worst = min(low, key=lambda each: each.paid.minor / each.quantity - (each.good.cost or each.paid).minor)
        price = worst.paid.portion(1, worst.quantity)
        count = len({each.good.sku for each in low})
        assert worst.good.cost is not None
        yield _found(
            Odd.BELOW_COST,
            sku=worst.good.sku,
            price=price,
            cost=worst.good.cost,
            count=count,
            at_least=int(most is not None and count >= most),
        )
    free = [each for each in tries if each.good.price and not each.paid]
    if free and getattr(promotion.benefit, "basis_points", None) != WHOLE:
        cheapest = min(free, key=lambda each: (each.good.price.minor, each.good.sku)).good
        yield _found(Odd.COSTS_NOTHING, sku=cheapest.sku, price=cheapest.price)
    bound = [each for each in tries if each.good.minimum_price]
    held = {each.good.sku for each in bound if each.is_held or each.paid == each.good.minimum_price}
    if held:
        yield _found(Odd.HELD_BY_MINIMUM, count=len(held))


def _beside(promotion: Promotion, others: Sequence[Promotion], catalogue: Catalogue) -> Iterator[Finding]:
    for other in others:
        if not _meets(promotion, other, catalogue):
            continue
        is_same = (promotion.benefit, promotion.conditions, promotion.scope, promotion.audience, promotion.stage) == (
            *(other.benefit, other.conditions, other.scope, other.audience, other.stage),
        )
        if is_same and promotion.codes == other.codes:
            yield _found(Odd.DUPLICATE, other, name=other.name)
        elif promotion.exclusive and other.exclusive:
            yield _found(Odd.TWO_EXCLUSIVE, other, name=other.name)
        elif not promotion.combines(other):
            yield _found(Odd.NOT_TOGETHER, other, name=other.name)


def _meets(promotion: Promotion, other: Promotion, catalogue: Catalogue) -> bool:
    """Whether one cart can be about both: at one time, for one shopper, with goods that both mean."""
    begins = [each.starts_at for each in (promotion, other) if each.starts_at] + [catalogue.now]
    ends = [each.ends_at for each in (promotion, other) if each.ends_at]
    tiers = (promotion.audience.tiers, other.audience.tiers)
    if (ends and min(ends) <= max(begins)) or (all(tiers) and not tiers[0] & tiers[1]):
        return False
    mine, theirs = (catalogue.goods.meant_by(*each.scopes) for each in (promotion, other))
    return bool((mine & theirs).any())


def _trials(promotion: Promotion, catalogue: Catalogue) -> tuple[Trial, ...]:
    return tuple(trials(promotion, catalogue.goods, catalogue.now, catalogue.most_tried))


def _found(kind: Odd, other: Promotion | None = None, **facts: FactValue) -> Finding:
    return Finding(kind, tuple(sorted(facts.items())), other.id if other else None)
