"""Pure: the key figures, each with what it means and beside that of the days before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storefront.analytics.reports import Figures
from storefront.kernel.errors import N_


class Kind(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    SHARE = "share"
    RANK = "rank"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; None where there is nothing to divide by.

    `change` is a share of the value before; between two shares it is their difference.

    `is_better` says whether the change is welcome; None where it is neither.
    """

    label: str
    meaning: str
    kind: Kind
    value: Any
    before: Any
    change: float | None = None
    is_better: bool | None = None


Meant = tuple[str, str, Kind, Callable[[Any], Any], int]
"""Label, meaning, kind, how it is read, and whether more of it is better (1) or worse (-1)."""
SEARCH_FIGURES: tuple[Meant, ...] = (
    (
        N_("Searches"),
        N_(
            "How often shoppers searched for words. The same words of the same visitor within half an hour are one"
            " search: turning pages, filtering and sorting do not count again."
        ),
        Kind.COUNT,
        lambda figures: figures.searches,
        1,
    ),
    (
        N_("Searchers"),
        N_(
            "Different browsers that searched. Those that ask not to be followed cannot be told apart and are left out."
        ),
        Kind.COUNT,
        lambda figures: figures.searchers,
        1,
    ),
    (
        N_("Without results"),
        N_("The share of searches that found nothing at all, without any filter."),
        Kind.SHARE,
        lambda figures: figures.without_share,
        -1,
    ),
    (
        N_("Nothing under filters"),
        N_("The share of searches that found nothing while filters were on; without them there may be goods."),
        Kind.SHARE,
        lambda figures: figures.filtered_share,
        -1,
    ),
    (
        N_("Click rate"),
        N_("The share of searches of which at least one result was opened, within a day."),
        Kind.SHARE,
        lambda figures: figures.click_rate,
        1,
    ),
    (
        N_("Mean click rank"),
        N_("Where the opened results stood on average: 1 is the first place. Lower is better."),
        Kind.RANK,
        lambda figures: figures.mean_rank,
        -1,
    ),
    (
        N_("Add-to-cart rate"),
        N_("The share of searches after which a found product was put into the cart, within seven days."),
        Kind.SHARE,
        lambda figures: figures.add_rate,
        1,
    ),
    (
        N_("Suggestions chosen"),
        N_("How often a line under the search box was chosen instead of typing on."),
        Kind.COUNT,
        lambda figures: figures.suggestions,
        1,
    ),
    (
        N_("Revenue per search"),
        N_(
            "What found products were bought for after discounts, within seven days of the last click or addition,"
            " divided by all searches. Cancelled orders are left out."
        ),
        Kind.MONEY,
        lambda figures: figures.revenue_per_search,
        1,
    ),
)


def figures_of(now: Figures, before: Figures) -> list[Figure]:
    """Return the key figures of searches in the order of the page."""
    return compared(SEARCH_FIGURES, now, before)


def compared(meant: Sequence[Meant], now: Any, before: Any) -> list[Figure]:
    """Return figures in their order, each beside that of the days before."""
    return [
        _compared(Figure(label, meaning, kind, read(now), read(before)), sign)
        for label, meaning, kind, read, sign in meant
    ]


def _compared(figure: Figure, sign: int) -> Figure:
    now, before = (getattr(value, "minor", value) for value in (figure.value, figure.before))
    if now is None or before is None or not (before or figure.kind is Kind.SHARE):
        return figure
    change = now - before if figure.kind is Kind.SHARE else (now - before) / before
    better = None if not change else (change > 0) == (sign > 0)
    return Figure(figure.label, figure.meaning, figure.kind, figure.value, figure.before, change, better)
