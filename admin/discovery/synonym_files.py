"""Synonyms as a table: words, means (both with | between), language, note, active."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from admin.discovery.files import Line, LineError, read_lines
from storefront.discovery.synonyms import SEPARATOR, SynonymPlan, known_keys, split_words
from storefront.kernel.errors import Invalid
from storefront.kernel.sheets import MARK, sheet_line
from storefront.web.errors import message_of

COLUMNS = ("words", "means", "language", "note", "active")
NO = {"no", "0", "false", "off", "n", "否", "停用"}
EVERY_LANGUAGE = {"", "all", "*"}


@dataclass(frozen=True, slots=True)
class SynonymTable:
    """What a file holds: rows that are new, how many are there already, and lines that are wrong."""

    new: tuple[SynonymPlan, ...]
    known: int
    errors: tuple[LineError, ...]


def read_table(content: bytes) -> SynonymTable:
    """Read a file against what is stored; raises Invalid for one that cannot be read as a whole."""
    stored, first = known_keys(), dict[str, int]()
    new: list[SynonymPlan] = []
    errors: list[LineError] = []
    known = 0
    for line in read_lines(content, ("words",)):
        try:
            plan = _plan(line)
            if first.setdefault(plan.key, line.number) != line.number:
                raise Invalid(_("Line %(first)s says the same already.", first=first[plan.key]))
        except Invalid as refusal:
            errors.append(LineError(line.number, message_of(refusal)))
            continue
        if plan.key in stored:
            known += 1
        else:
            new.append(plan)
    return SynonymTable(tuple(new), known, tuple(errors))


def table_lines(rows: Iterable[Any]) -> Iterator[str]:
    """Yield the file that `read_table` reads."""
    yield MARK + sheet_line(COLUMNS)
    for row in rows:
        between = f" {SEPARATOR} "
        active = "yes" if row.is_active else "no"
        yield sheet_line((between.join(row.words), between.join(row.means), row.language or "all", row.note, active))


def _plan(line: Line) -> SynonymPlan:
    language = line.get("language").lower()
    return SynonymPlan(
        words=split_words(line.get("words")),
        means=split_words(line.get("means")),
        language="" if language in EVERY_LANGUAGE else language,
        note=line.get("note"),
        is_active=line.get("active").lower() not in NO,
    )
