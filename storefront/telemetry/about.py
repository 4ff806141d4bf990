"""What the present work is about: facts that every line of the log names, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_NOTHING: Mapping[str, str] = {}
_facts: ContextVar[Mapping[str, str]] = ContextVar("about", default=_NOTHING)


def facts() -> Mapping[str, str]:
    """Return what is known: `request_id`, `order`, `job` and `job_id`, those that there are."""
    return _facts.get()


def begin(**known: str) -> None:
    """Begin with these facts alone: a request, which finds its thread as the one before left it."""
    _facts.set(known)


def note(**known: str) -> None:
    """Add to what is known of a request or a job, until it ends; of work that is neither nothing is kept.

    Never a person: numbers that mean nothing elsewhere.
    """
    if before := _facts.get():
        _facts.set({**before, **known})


@contextmanager
def about(**known: str) -> Iterator[None]:
    """Add to what is known for a block; what is noted inside is forgotten after it."""
    token = _facts.set({**_facts.get(), **known})
    try:
        yield
    finally:
        _facts.reset(token)
