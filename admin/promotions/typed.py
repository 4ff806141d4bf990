"""What somebody has typed into the builder, rows and all, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

MOST_ROWS = 20
MOST_VALUES = 500
LONGEST_VALUE = 20_000
_ROW = re.compile(r"(?P<list>.+)-(?P<number>\d{1,3})")


@dataclass(slots=True)
class Typed:
    """Values by field name ("benefit-rungs-0-spend"), and errors by the same names."""

    values: MultiDict[str, str] = field(default_factory=MultiDict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Typed:
        """Take over a request's form; nonsense of any size is cut short."""
        values: MultiDict[str, str] = MultiDict()
        for name, content in args.items(multi=True):
            if len(values.getlist(name)) < MOST_VALUES:
                values.add(name, content[:LONGEST_VALUE])
        return cls(values)

    def get(self, name: str) -> str:
        """Return a field's text, trimmed."""
        return self.values.get(name, "").strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may have several, without doubles and empty ones."""
        return list(dict.fromkeys(text for each in self.values.getlist(name) if (text := each.strip())))

    def has(self, name: str) -> bool:
        """Say whether a box is ticked."""
        return bool(self.get(name))

    def refuse(self, name: str, words: str) -> None:
        """Note what is wrong with a field; the first objection stands."""
        self.errors.setdefault(name, words)

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    @property
    def first_error(self) -> str:
        """The name of the first field that is wrong, in reading order."""
        return next(iter(self.errors), "")

    def rows(self, list_: str) -> list[int]:
        """Return the numbers of the rows of a list, in order."""
        start = f"{list_}-"
        numbers = set()
        for name in self.values:
            head = name[len(start) :].split("-", 1)[0] if name.startswith(start) else ""
            if head.isdecimal() and len(head) <= 3:
                numbers.add(int(head))
        return sorted(numbers)[:MOST_ROWS]

    def add_row(self, list_: str, fields: Iterable[tuple[str, str]]) -> int | None:
        """Append a row with these (name, value) fields and return its number; None when there are enough."""
        numbers = self.rows(list_)
        if len(numbers) >= MOST_ROWS:
            return None
        number = numbers[-1] + 1 if numbers else 0
        for name, value in fields:
            self.values[f"{list_}-{number}-{name}"] = value
        return number

    def remove_row(self, row: str) -> None:
        """Take a row ("conditions-2") away with everything in it, its hidden originals included."""
        if not _ROW.fullmatch(row):
            return
        for name in [name for name in self.values if name.startswith((f"{row}-", f"seen-{row}-"))]:
            self.values.poplist(name)

    def flat(self) -> dict[str, str]:
        """Return every field as one text: what two versions of a form are compared by."""
        return {name: "\n".join(self.all(name)) for name in self.values if not name.startswith(SKIPPED)}


SKIPPED = ("seen-", "do", "version", "id", "find-", "confirmed")
"""Fields that are not part of a promotion."""
