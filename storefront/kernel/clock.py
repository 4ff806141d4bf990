"""The one source of the present: timezone-aware UTC, frozen in tests, told by somebody else in a rehearsal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Tell = Callable[[], datetime]


def _by_the_machine() -> datetime:
    return datetime.now(UTC)


_tell: Tell = _by_the_machine


def now() -> datetime:
    """Return the present moment in UTC."""
    return _tell()


@contextmanager
def told_by(tell: Tell) -> Iterator[None]:
    """Let `tell` say what time it is, for this whole process and as long as the block lasts."""
    global _tell  # noqa: PLW0603
    before, _tell = _tell, tell
    try:
        yield
    finally:
        _tell = before
