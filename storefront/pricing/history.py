"""The history of a variant's price, read as statements: pure, so that it can be tested against a walk through days.

A statement says that one source (the base price, a list, a flash sale) asks `price_minor` from the moment `at` on, or
no longer asks anything (None). It overrules every statement of the same source that was made before it, as far as those
are about moments from `at` on. So a list that ends on Friday is two statements when it is written, and a change of its
end is two more. The catalogue price is the lowest of what the sources ask, and what everybody is asked is what the
offers of the moment leave of that (`Reductions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

BASE = ("base", "")
"""The source of a variant's own price, as (kind, key)."""
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Statement:
    """From `at` on `source` asks `price_minor`; `before_minor` is what it asked until then."""

    source: tuple[str, str]
    at: datetime
    price_minor: int | None
    before_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Everybody was asked `price_minor` in [start, end); None for a start before all statements."""

    start: datetime | None
    end: datetime
    price_minor: int


@dataclass(frozen=True, slots=True)
class Reductions:
    """What offers left of a price: `left(price_minor, at)` is another only from one of `moments`, in order, to the
    next, and before the first it is the price.
    """

    moments: tuple[datetime, ...]
    left: Callable[[int, datetime], int]


@dataclass(frozen=True, slots=True)
class Lowest:
    """The lowest price of `days` days; `is_before` says that they end where the present price began, not today."""

    price_minor: int
    days: int
    is_before: bool


def standing(statements: Sequence[Statement]) -> list[Statement]:
    """Return those statements, by time, that a later one of the same source did not overrule."""
    kept: list[Statement] = []
    earliest: dict[tuple[str, str], datetime] = {}
    for statement in reversed(statements):
        first = earliest.get(statement.source)
        if first is None or statement.at < first:
            kept.append(statement)
            earliest[statement.source] = statement.at
    return sorted(kept, key=lambda statement: statement.at)


def spans(statements: Sequence[Statement], *, base_minor: int, until: datetime) -> list[Span]:
    """Return what everybody was asked up to `until`, without a gap; `statements` are in the order they were made.

    A base price of which nothing is known was always `base_minor`, today's; there always is one.
    """
    stands = [statement for statement in standing(statements) if statement.at < until]
    opening = next((each.before_minor for each in stands if each.source == BASE), None)
    asked: dict[tuple[str, str], int] = {BASE: base_minor if opening is None else opening}
    found: list[Span] = []
    start: datetime | None = None
    for at, group in _by_moment(stands):
        _note(found, start, at, min(asked.values()))
        for statement in group:
            if statement.price_minor is not None:
                asked[statement.source] = statement.price_minor
            elif statement.source != BASE:
                asked.pop(statement.source, None)
        start = at
    _note(found, start, until, min(asked.values()))
    return found


def lowered(found: Iterable[Span], reductions: Reductions) -> list[Span]:
    """Return spans at what offers left of each price."""
    after: list[Span] = []
    for span in found:
        cuts = [at for at in reductions.moments if (span.start is None or at > span.start) and at < span.end]
        for start, end in pairwise((span.start, *cuts, span.end)):
            assert end is not None
            price = span.price_minor if start is None else reductions.left(span.price_minor, start)
            _note(after, start, end, price)
    return after


def lowest_of(found: Iterable[Span], *, start: datetime, end: datetime) -> int | None:
    """Return the lowest price in [start, end)."""
    prices = [span.price_minor for span in found if span.end > start and (span.start is None or span.start < end)]
    return min(prices, default=None)


def lowest_before(
    statements: Sequence[Statement],
    *,
    base_minor: int,
    at: datetime,
    days: int,
    reductions: Reductions | None = None,
) -> Lowest:
    """Return the lowest price of `days` days before the price of this moment began.

    That is what a reduced price is to be compared with (EU 2019/2161). A price that always was, as far as is known, is
    compared with the days up to now.
    """
    found = spans(statements, base_minor=base_minor, until=at + MOMENT)
    if reductions is not None:
        found = lowered(found, reductions)
    began = found[-1].start
    end = began if began is not None else at
    lowest = lowest_of(found, start=end - timedelta(days=days), end=end)
    return Lowest(found[-1].price_minor if lowest is None else lowest, days, is_before=began is not None)


def _by_moment(statements: Sequence[Statement]) -> Iterator[tuple[datetime, list[Statement]]]:
    groups: dict[datetime, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(statement.at, []).append(statement)
    yield from groups.items()


def _note(found: list[Span], start: datetime | None, end: datetime, price: int) -> None:
    """Add a span; one at the same price as that before it makes that longer."""
    if found and found[-1].price_minor == price:
        found[-1] = Span(found[-1].start, end, price)
    else:
        found.append(Span(start, end, price))
