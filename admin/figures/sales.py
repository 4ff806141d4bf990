"""The report on sales: figures beside the days before, charts, and every day as a row."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g

from admin.access import staff_here
from admin.figures import links
from admin.figures.asking import Asked, grouped, size_of
from admin.figures.meaning import Figure, Time, figure_of
from admin.figures.plots import Plot, Point, points_of
from admin.figures.reporting import Made, Share, columns
from storefront.figures import queries
from storefront.figures.days import Days
from storefront.figures.rules import Key, Sums
from storefront.kernel.errors import N_
from storefront.kernel.money import Money

FIGURES = (
    *(Key.GMV, Key.NET, Key.ORDERS, Key.AOV, Key.VISITORS, Key.CONVERSION),
    *(Key.REPURCHASE, Key.REFUNDS, Key.REFUND_RATE, Key.MARGIN, Key.NEW, Key.RETURNING),
)
COLUMNS = columns(
    (N_("Day"), False),
    (N_("Orders"), True),
    (N_("GMV"), True),
    (N_("Average order"), True),
    (N_("Net sales"), True),
    (N_("Discounts"), True),
    (N_("Delivery"), True),
    (N_("Tax"), True),
    (N_("Refunds"), True),
    (N_("Gross margin"), True),
)


class Looked:
    """The days of a report and as many before, read once; days before the shop's first are left out."""

    def __init__(self, asked: Asked, first: object = None) -> None:
        self.days, before = asked.days, asked.days.before()
        self.first = queries.first_day() if first is None else first
        every = queries.list_days(Days(before.first, self.days.last))
        self.all = every
        self.here = [day for day in every if day.day >= self.days.first and self._was_open(day)]
        self.before = [day for day in every if day.day < self.days.first and self._was_open(day)]
        self.compares = bool(self.before) and self.before[0].day == before.first
        self.size = size_of(len(self.here))

    def _was_open(self, day: queries.Day) -> bool:
        return self.first is not None and day.day >= self.first  # type: ignore[operator]

    def plot(self, key: Key, looks: str = "bars") -> Plot:
        """Return a chart of a figure, beside the days before if the shop had all of them."""
        before = points_of(grouped(self.before, self.size)) if self.compares else ()
        return Plot(key, points_of(grouped(self.here, self.size)), before, looks)

    def figures(self, keys: Sequence[Key]) -> list[Figure]:
        """Return figures over all the days, beside those of the days before."""
        now, before = queries.whole_of(self.all, self.days, self.days.before())
        staff, past = staff_here(), self.days.before()
        here = Time("", now, links.behind_days(staff, self.days))
        there = Time(N_("The time before"), before if self.compares else None, links.behind_days(staff, past))
        return [figure_of(key, here, (there,)) for key in keys]


def make(asked: Asked, args: dict[str, str]) -> Made:
    """Return the report; its file has a row for each day, its page one for each point of the charts."""
    looked = Looked(asked)
    if args.get("file"):
        return Made(COLUMNS, _rows(points_of(grouped(looked.here, 1))), N_("Sales by day"), asked)
    plots = [looked.plot(key) for key in (Key.GMV, Key.NET, Key.ORDERS, Key.REFUNDS)]
    return Made(
        COLUMNS,
        _rows(plots[0].points),
        N_("Sales by day"),
        asked,
        figures=looked.figures(FIGURES),
        plots=plots,
        size=looked.size,
        is_empty=looked.first is None,
        table_open=False,
    )


def _rows(points: Sequence[Point]) -> list[tuple[object, ...]]:
    return [(point.first if point.first == point.last else point, *_cells(point.sums)) for point in reversed(points)]


def _cells(sums: Sums) -> tuple[object, ...]:
    def amount(minor: float | None) -> Money | None:
        return None if minor is None else Money(int(minor), g.shop.currency)

    money = (sums.gmv, sums.value(Key.AOV), sums.net, sums.discounts, sums.delivery, sums.tax, sums.refunded)
    return (sums.orders, *(amount(each) for each in money), Share(sums.value(Key.MARGIN)))
