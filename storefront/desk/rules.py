"""What may be kept at a desk."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze

MOST_VIEWS = 30
LONGEST_NAME = 60
"""Characters of a view's name."""
LONGEST_QUERY = 1_000
"""Characters of a view's query."""
NOT_KEPT = frozenset({"page"})


def read_query(text: str) -> str:
    """Return a list's query without its page, in order, as it is kept; a query that is too long is Invalid."""
    pairs = [(key, value) for key, value in parse_qsl(text.removeprefix("?")) if key not in NOT_KEPT]
    query = urlencode(pairs)
    if len(query) > LONGEST_QUERY:
        raise Invalid(N_("This view is too long to be saved. Take a filter off."), field="name")
    return query


def with_view(views: Sequence[Sequence[str]], name: str, query: str) -> list[list[str]]:
    """Return a person's views with one more, by name; one of that name is replaced. Raises Invalid."""
    name = squeeze(name)
    if not name:
        raise Invalid(N_("Give the view a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(N_("Use at most %(count)d characters."), field="name", count=LONGEST_NAME)
    others = [list(view) for view in views if view[0].casefold() != name.casefold()]
    if len(others) >= MOST_VIEWS:
        raise Invalid(N_("You have %(count)d views of this list. Remove one first."), field="name", count=MOST_VIEWS)
    return sorted([*others, [name, query]], key=lambda view: view[0].casefold())


def without_view(views: Sequence[Sequence[str]], name: str) -> list[list[str]]:
    """Return a person's views without the one of this name."""
    return [list(view) for view in views if view[0] != name]
