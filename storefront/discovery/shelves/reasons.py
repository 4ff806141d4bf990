"""Pure: why goods stand on a shelf, for each card and for the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommend import Recommendation, Source
from storefront.discovery.shelves.shown import Reason, ShelfCard

TWICE = 2
"""From so many purchases on, a customer has a habit that can be told."""

_BY_SOURCE: Mapping[Source, Reason] = {
    Source.HABIT: Reason.HABIT,
    Source.TASTE: Reason.BECAUSE_BOUGHT,
    Source.CART: Reason.BOUGHT_WITH,
    Source.TOGETHER: Reason.BOUGHT_WITH,
    Source.SIMILAR: Reason.SIMILAR,
    Source.CATEGORY: Reason.SAME_CATEGORY,
    Source.POPULAR: Reason.BEST_SELLERS,
    Source.EXPLORED: Reason.NEW,
}
_NAMING = frozenset({Reason.BECAUSE_BOUGHT, Reason.BOUGHT_WITH, Reason.SIMILAR})
"""Reasons that speak of another product; without its name they cannot be said."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason with what it speaks of."""

    reason: Reason
    because: str = ""
    every_days: float | None = None
    due_days: float | None = None


def why_of(one: Recommendation, names: Mapping[int, str], times: Mapping[int, int], key: str) -> Why:
    """Return why one recommendation stands on shelf `key`.

    `names` are by product id; a product that is no longer there has none, and then the reason that would name it is not
    given. `times` says how often the customer bought it: an interval is told of a habit alone, from TWICE on.
    """
    if key == "recently-viewed":
        return Why(Reason.VIEWED)
    reason = _BY_SOURCE[one.source]
    if reason is Reason.HABIT:
        is_habit = times.get(int(one.item), 0) >= TWICE
        return Why(reason, "", one.every_days if is_habit else None, one.due_days if is_habit else None)
    if reason not in _NAMING:
        return Why(reason)
    name = names.get(int(one.because), "") if one.because is not None else ""
    if name:
        return Why(reason, name)
    return Why(Reason.HABIT if one.source is Source.CART and one.because is None else Reason.BEST_SELLERS)


def lead(items: Sequence[ShelfCard]) -> tuple[Reason, str]:
    """Return what speaks for the whole row, and the product that it speaks of where every card speaks of it.

    Goods that the merchant or chance put there and those that only fill up do not count while there are others.
    """
    told = [one for one in items if one.reason not in {Reason.PICKED, Reason.NEW}]
    own = [one for one in told if one.reason not in {Reason.BEST_SELLERS, Reason.SAME_CATEGORY}]
    if not own:
        first = told[0].reason if told else Reason.BEST_SELLERS
        return first, ""
    reasons = {one.reason for one in own}
    named = {(one.reason, one.because) for one in own}
    for reason in (Reason.BECAUSE_BOUGHT, Reason.BOUGHT_WITH, Reason.SIMILAR, Reason.VIEWED):
        if reason in reasons:
            return reason, own[0].because if len(named) == 1 else ""
    return Reason.HABIT, ""
