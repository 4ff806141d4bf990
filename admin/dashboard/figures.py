"""Pure: today's figures beside yesterday's and last week's, each over the same part of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from admin.days import day_of, start_of
from storefront.kernel.errors import N_
from storefront.kernel.money import Money

DAYS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts` up to but not including `ends`."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold in a span; cancelled orders do not count."""

    orders: int
    revenue: Money

    @property
    def average(self) -> Money:
        """The average order value; zero without orders."""
        return self.revenue.portion(1, self.orders) if self.orders else Money.zero(self.revenue.currency)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value of the past, and by which share today's differs (0.25 is a quarter more); None where it was nothing."""

    label: str
    value: int
    change: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the day. Amounts are minor units of the shop's currency."""

    label: str
    meaning: str
    value: int
    is_money: bool
    comparisons: tuple[Comparison, ...]


def spans_to_compare(now: datetime, zone: str) -> tuple[Span, Span, Span]:
    """Return today until now, yesterday until the same hour, and the same weekday of last week until then."""
    today = day_of(now, zone)
    clock = now.astimezone(ZoneInfo(zone)).time()
    spans = []
    for back in (0, 1, 7):
        day = today - timedelta(days=back)
        until = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(now.tzinfo)
        spans.append(Span(start_of(day, zone), max(until, start_of(day, zone))))
    return spans[0], spans[1], spans[2]


def days_until(now: datetime, zone: str, count: int = DAYS) -> list[Span]:
    """Return the last `count` days of the shop, today included and last."""
    today = day_of(now, zone)
    days = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    return [Span(start_of(day, zone), start_of(day + timedelta(days=1), zone)) for day in days]


def figures_of(sales: Sequence[Sales], customers: Sequence[int]) -> list[Figure]:
    """Return the figures from values of (today, yesterday, last week)."""
    return [
        _figure(
            N_("Revenue"),
            N_("Totals of the orders placed today until now, cancelled ones left out."),
            [each.revenue.minor for each in sales],
            is_money=True,
        ),
        _figure(
            N_("Orders"),
            N_("Orders placed today until now, cancelled ones left out."),
            [each.orders for each in sales],
            is_money=False,
        ),
        _figure(
            N_("Average order"), N_("Revenue divided by orders."), [each.average.minor for each in sales], is_money=True
        ),
        _figure(N_("New customers"), N_("Accounts opened today until now."), list(customers), is_money=False),
    ]


def _figure(label: str, meaning: str, values: Sequence[int], *, is_money: bool) -> Figure:
    now, *before = values
    labels = (N_("Yesterday by now"), N_("Last week by now"))
    comparisons = tuple(
        Comparison(words, value, (now - value) / value if value else None)
        for words, value in zip(labels, before, strict=True)
    )
    return Figure(label, meaning, now, is_money, comparisons)
