"""Which tables a thread has written to since its transaction began: told by the statements, whoever sends them."""

from __future__ import annotations

import re
import threading

READS = frozenset({"SEL", "SAV", "REL", "ROL", "PRA", "SET", "BEG", "COM"})
"""How statements begin that change no row, as SQLAlchemy and we write them."""
UNKNOWN = ""
"""A table of which a statement does not say how it is called."""
_TARGET = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE(?: OR \w+)?|DELETE FROM) "?(\w+)')


class Written(threading.local):
    """What this thread has written to."""

    def __init__(self) -> None:
        self._tables: set[str] = set()

    def note(self, statement: str) -> None:
        """Look at a statement that is carried out."""
        if statement[:3] not in READS:
            found = _TARGET.match(statement)
            self._tables.add(found.group(1) if found else UNKNOWN)

    def take(self) -> frozenset[str]:
        """Return the tables, UNKNOWN among them where a statement did not say, and begin anew."""
        tables, self._tables = frozenset(self._tables), set()
        return tables


written = Written()
