"""Pure decisions of the category tree's screen: which branches stand open, and where a category is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from storefront.kernel.text import fold, is_id

OPEN_UP_TO = 60
"""A tree of so many categories stands open until somebody closes a branch; of a larger one only the top does."""


def read_open(typed: Sequence[str]) -> frozenset[int] | None:
    """Return the ids in texts such as "3,17" and "4", None where there is no text; what is no id is passed over."""
    if not typed:
        return None
    return frozenset(int(part) for text in typed for part in text.split(",") if is_id(part))


def write_open(opened: AbstractSet[int]) -> str:
    """Return ids as `read_open` reads them."""
    return ",".join(str(number) for number in sorted(opened))


def open_branches(
    parents: Mapping[int, int | None], asked: AbstractSet[int] | None, at: int | None = None
) -> frozenset[int]:
    """Return the ids of the categories whose children are shown.

    `parents` has every category's parent (None at the top), `asked` the ids that somebody has opened (None: nobody has
    said), and `at` the id of a category that is to be seen: what is above it is open too. Ids of categories that are
    gone or have nothing below them are left out. A branch can be open in a closed one; it is then not to be seen.
    """
    branches = frozenset(parent for parent in parents.values() if parent is not None)
    if asked is None:
        asked = branches if len(parents) <= OPEN_UP_TO else frozenset()
    return branches & (asked | set(above(parents, at)))


def above(parents: Mapping[int, int | None], number: int | None) -> list[int]:
    """Return the ids above a category, the root first; nothing for one that is not there."""
    found: list[int] = []
    here = parents.get(number) if number is not None else None
    while here is not None:
        found.insert(0, here)
        here = parents.get(here)
    return found


def named(names: Mapping[int, Iterable[str]], wanted: str) -> list[int]:
    """Return the ids of what is called so: those whose name is `wanted`, those that begin with it, those that hold it.

    Case and width of letters do not count; within each of the three the order of `names` stays. An empty `wanted`
    finds nothing.
    """
    text = fold(wanted)
    ranks = {number: _rank([fold(name) for name in given], text) for number, given in names.items()} if text else {}
    return sorted((number for number, rank in ranks.items() if rank < 3), key=lambda number: ranks[number])


def _rank(names: Sequence[str], wanted: str) -> int:
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else 3
