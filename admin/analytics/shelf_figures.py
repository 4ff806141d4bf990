"""Pure: the key figures of shelves, and days or weeks as points of their charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from admin.analytics.figures import Figure, Kind, Meant, compared
from admin.analytics.periods import groups_of
from storefront.analytics.shelf_reports import ShelfDay, ShelfFigures
from storefront.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class ShelfPoint:
    """One day, or some days, of a chart."""

    first: date
    last: date
    viewed: int
    clicked: int

    @property
    def per_mille(self) -> int:
        """The share of seen shelves of which something was opened, in thousandths."""
        return round(1000 * self.clicked / self.viewed) if self.viewed else 0


def shelf_points(days: Sequence[ShelfDay]) -> list[ShelfPoint]:
    """Return a point for each day, or for each seven where there are many."""
    return [
        ShelfPoint(group[0].day, group[-1].day, sum(day.viewed for day in group), sum(day.clicked for day in group))
        for group in groups_of(days)
    ]


def shelf_figures(now: ShelfFigures, before: ShelfFigures) -> list[Figure]:
    """Return the key figures in the order of the page."""
    return compared(SHELF_FIGURES, now, before)


SHELF_FIGURES: tuple[Meant, ...] = (
    (
        N_("Shown"),
        N_("How often a shelf was on a page with goods on it, whether or not anybody scrolled there."),
        Kind.COUNT,
        lambda figures: figures.impressions,
        1,
    ),
    (
        N_("Seen"),
        N_("How often at least half of a shelf was in view for a second, or something on it was used."),
        Kind.COUNT,
        lambda figures: figures.sums.viewed,
        1,
    ),
    (
        N_("Nothing to show"),
        N_("How often there was nothing to recommend, so that the shelf was hidden."),
        Kind.COUNT,
        lambda figures: figures.sums.empty,
        -1,
    ),
    (
        N_("Click rate"),
        N_(
            "The share of seen shelves of which something was opened, within a day. The ranges in the list below count"
            " each visitor once, however often they looked: the true rate lies within in 19 of 20 cases."
        ),
        Kind.SHARE,
        lambda figures: figures.click_rate,
        1,
    ),
    (
        N_("Visitors who clicked"),
        N_("Different browsers. Those that ask not to be followed cannot be told apart and are left out."),
        Kind.COUNT,
        lambda figures: figures.sums.clickers,
        1,
    ),
    (
        N_("Mean click rank"),
        N_("Where the opened goods stood on average: 1 is the first place. Lower is better."),
        Kind.RANK,
        lambda figures: figures.mean_rank,
        -1,
    ),
    (
        N_("Added to cart"),
        N_("How often goods were put into the cart from a shelf, or within seven days of a click on it."),
        Kind.COUNT,
        lambda figures: figures.sums.adds,
        1,
    ),
    (
        N_("Attributed revenue"),
        N_(
            "What goods were bought for after discounts, within seven days of a click or addition from a shelf, if no"
            " search or other shelf was used for them later. Cancelled orders are left out. That people buy after a"
            " click does not say that they would not have bought otherwise: only an experiment can."
        ),
        Kind.MONEY,
        lambda figures: figures.revenue,
        1,
    ),
    (
        N_("Share of revenue"),
        N_("Attributed revenue beside the goods of all orders that were placed on these days."),
        Kind.SHARE,
        lambda figures: figures.revenue_share,
        1,
    ),
)
