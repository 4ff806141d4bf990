"""What one reader asked of a list: search, filters, order and page, as one address that can be shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlencode

from admin.tables.describing import LONGEST_SEARCH, Column, Days, Table
from storefront.kernel.paging import page_number
from storefront.kernel.text import squeeze

DAY_LENGTH = len("2026-05-10")


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, and the address of the list without it."""

    label: str
    value: str
    url: str
    is_data: bool


@dataclass(frozen=True, slots=True)
class ListState:
    """What one reader asked of a table."""

    table: Table
    search: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.values)

    def value(self, key: str) -> str:
        """Return a filter's value, empty when it is not set."""
        return self.values.get(key, "")

    def day(self, key: str) -> date | None:
        """Return a day filter's value."""
        return date.fromisoformat(self.values[key][:DAY_LENGTH]) if key in self.values else None

    def minute(self, key: str) -> datetime | None:
        """Return a day filter's value where it is a minute of the shop's clock, without its zone."""
        value = self.value(key)
        return datetime.fromisoformat(value) if len(value) > DAY_LENGTH else None

    def query(self) -> dict[str, str]:
        """Return the state as query parameters, defaults left out."""
        query = {"q": self.search, **self.values}
        if self.sort != self.table.default_sort:
            query["sort"] = self.sort
        if self.page > 1:
            query["page"] = str(self.page)
        return {key: value for key, value in query.items() if value}

    def url(self) -> str:
        """Return the address that shows this state."""
        query = urlencode(self.query())
        return f"{self.table.url}?{query}" if query else self.table.url

    def page_url(self, number: int) -> str:
        """Return the address of another page."""
        return replace(self, page=number).url()

    def sort_url(self, key: str) -> str:
        """Return the address sorted by a column: the other way round when it is sorted by it already."""
        turned = f"-{key}" if self.sort == key else key
        return replace(self, sort=turned, page=1).url()

    def aria_sort(self, column: Column) -> str:
        """Return what to tell assistive technology about a column's order; empty when it is not the one."""
        if not column.sort or column.sort != self.sort_key:
            return ""
        return "descending" if self.descending else "ascending"

    @property
    def folded(self) -> int:
        """How many of the filters are set that are folded away."""
        return sum(key in self.values for each in self.table.more_filters for key in each.fields)

    def without(self, *keys: str) -> str:
        """Return the address with these filters taken off; `q` is the search."""
        kept = {key: value for key, value in self.values.items() if key not in keys}
        return replace(self, search="" if "q" in keys else self.search, values=kept, page=1).url()

    def chips(self) -> Sequence[Chip]:
        """Return the active filters as chips, in the table's order."""
        chips = [Chip("", self.search, self.without("q"), True)] if self.search else []
        for filter_ in self.table.filters:
            if isinstance(filter_, Days):
                for key in filter_.fields:
                    if key in self.values:
                        sign = "≥" if key.endswith("_from") else "≤"
                        words = f"{sign} {self.values[key].replace('T', ' ')}"
                        chips.append(Chip(filter_.label, words, self.without(key), True))
            elif filter_.key in self.values:
                words = dict(filter_.options)[self.values[filter_.key]]
                chips.append(Chip(filter_.label, words, self.without(filter_.key), filter_.is_data))
        return chips


def read_state(table: Table, args: Mapping[str, str]) -> ListState:
    """Read a query string; what makes no sense is left out rather than refused, since addresses get old."""
    values: dict[str, str] = {}
    for filter_ in table.filters:
        if isinstance(filter_, Days):
            for key in filter_.fields:
                values[key] = _day(args.get(key, ""))
        elif args.get(filter_.key, "") in dict(filter_.options):
            values[filter_.key] = args[filter_.key]
    values = {key: value for key, value in values.items() if value}
    sort = args.get("sort", "")
    sorts = {column.sort for column in table.columns if column.sort}
    return ListState(
        table=table,
        search=squeeze(args.get("q", ""))[:LONGEST_SEARCH],
        values=values,
        sort=sort if sort.removeprefix("-") in sorts else table.default_sort,
        page=page_number(args.get("page")),
    )


def _day(text: str) -> str:
    try:
        minute = datetime.strptime(text, "%Y-%m-%dT%H:%M") if len(text) > DAY_LENGTH else None  # noqa: DTZ007
        found = minute or date.fromisoformat(text)
    except ValueError:
        return ""
    if not 1970 <= found.year < 2200:
        return ""
    return found.isoformat(timespec="minutes") if isinstance(found, datetime) else found.isoformat()
