"""Today's figures beside yesterday's and last week's, each over the same part of the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from admin.figures.links import behind_days, behind_span
from admin.figures.meaning import Figure, Time, figure_of
from admin.figures.plots import Plot, points_of
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.figures import queries
from storefront.figures.days import Days, Span, day_of, span_of, until
from storefront.figures.rules import Key, Sums
from storefront.kernel.errors import N_

DAYS = 30
FIGURES = (Key.GMV, Key.ORDERS, Key.AOV, Key.VISITORS, Key.CONVERSION, Key.REPURCHASE, Key.REFUNDS, Key.NEW)
PARTS = ("orders", "refunds", "buyers")
"""What they are counted from: no line of an order is read for them."""
MONEY_BACK = (Permission.REPORTS_VIEW, Permission.PAYMENTS_VIEW, Permission.RETURNS_VIEW)
"""Who sees what went back: finance, returns and analysts; whoever arranges pages need not."""
YESTERDAY, LAST_WEEK = N_("Yesterday by now"), N_("Last week by now")


def spans_to_compare(now: datetime, zone: str) -> tuple[Span, Span, Span]:
    """Return today, yesterday until the same minute, and the same weekday of last week until then."""
    today = day_of(now, zone)
    clock = now.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
    past = [until(today - timedelta(days=back), clock, zone) for back in (1, 7)]
    return span_of(today, zone), past[0], past[1]


def look(staff: CurrentStaff, now: datetime, zone: str) -> tuple[list[Figure], list[Plot]]:
    """Return today's figures that somebody may see, and the last thirty days as charts."""
    spans, today = spans_to_compare(now, zone), day_of(now, zone)
    sums, days = queries.spans_and_days(spans, Days(today - timedelta(days=DAYS - 1), today), PARTS)
    first = queries.first_day()
    here = Time("", sums[0], behind_days(staff, Days(today, today)))
    pasts = [
        Time(label, _if_open(each, span, first, zone), behind_span(staff, span, zone))
        for label, span, each in zip((YESTERDAY, LAST_WEEK), spans[1:], sums[1:], strict=True)
    ]
    keys = [key for key in FIGURES if key is not Key.REFUNDS or any(staff.may(each) for each in MONEY_BACK)]
    shown = [day for day in days if first is not None and day.day >= first]
    plots = [Plot(key, points_of([[day] for day in shown]), ()) for key in (Key.GMV, Key.ORDERS)]
    return [figure_of(key, here, pasts) for key in keys], plots


def _if_open(sums: Sums, span: Span, first: object, zone: str) -> Sums | None:
    """A day before the shop's first is nothing to compare with."""
    return sums if first is not None and day_of(span.starts, zone) >= first else None  # type: ignore[operator]
