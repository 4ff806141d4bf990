"""The calendar's month, gathered: rows with their bars, and with what gets in their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.months import Bar, Month, bar_of
from admin.promotions.calendar import clashes
from admin.promotions.queries import PromotionRow, list_between, rows_of
from admin.promotions.reach import goods_now
from admin.promotions.standing import Standing

MOST_COMPARED = 200
OVER = frozenset({Standing.DRAFT, Standing.PAUSED, Standing.USED_UP})
"""What does not run, or no longer, and so is in nobody's way."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another promotion that gets in the way."""

    id: int
    name: str
    is_exclusive: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the calendar."""

    each: PromotionRow
    bar: Bar
    rivals: tuple[Rival, ...]


def month_of(month: Month, at: datetime, *, kinds: Sequence[str] = (), with_drafts: bool = True) -> list[Planned]:
    """Return what is about in a month, in order of start."""
    rows = rows_of(list_between(month.starts, month.ends, kinds), at)
    rows = [each for each in rows if with_drafts or each.standing not in {Standing.DRAFT, Standing.PAUSED}]
    goods = goods_now()
    live = [each for each in rows if each.value is not None and each.standing not in OVER][:MOST_COMPARED]
    pairs = clashes([(each.value, goods.meant_by(*each.value.scopes)) for each in live if each.value])
    names = {each.row.id: each.name for each in rows}
    rivals: dict[int, list[Rival]] = {}
    for clash in pairs:
        for mine, other in ((clash.first, clash.second), (clash.second, clash.first)):
            rivals.setdefault(mine, []).append(Rival(other, names[other], clash.is_exclusive))
    return [
        Planned(each, bar_of(month, each.row.starts_at, each.row.ends_at), tuple(rivals.get(each.row.id, ())))
        for each in rows
    ]
