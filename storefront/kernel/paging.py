"""Pages of a list: numbers that make sense, whatever was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page: `items` of `total`, `number` counted from 1."""

    items: Sequence[Item]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.count

    @property
    def first(self) -> int:
        """The position of the first item shown, counted from 1; 0 when the list is empty."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0

    def window(self, around: int = 2) -> list[int | None]:
        """Page numbers to link: the ends, those near this one, None for a gap."""
        wanted = sorted(
            {1, self.count} | set(range(max(1, self.number - around), min(self.count, self.number + around) + 1))
        )
        result: list[int | None] = []
        for number in wanted:
            if result and result[-1] is not None and number - result[-1] > 1:
                result.append(None)
            result.append(number)
        return result


def page_number(text: str | None, *, highest: int = 10_000) -> int:
    """Read a page number from a query string: anything unreadable or below 1 is page 1."""
    try:
        number = int(text or 1)
    except ValueError:
        return 1
    return min(max(number, 1), highest)
