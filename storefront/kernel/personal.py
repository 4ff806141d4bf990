"""What a room knows about a customer, and how it is forgotten.

A room that keeps something about people has a `personal.py` with `PERSONAL`, which the room `privacy` finds by name:
from `collect` it makes the copy of their data that customers may ask for, with `forget` it deletes an account.
`tables` says which tables are covered; a test looks for tables with people in them that nobody covers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Data = Mapping[str, object]
"""One row as a person may read it: plain values by name."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by everything that rooms know them by: with an account, or a guest who has proven an e-mail."""

    id: int
    """The account's; 0 for a guest."""
    email: str = ""
    """The account's own, or the guest's; "" without one, and where a guest's is another account's too."""
    emails: frozenset[str] = frozenset()
    """Every address that went with something they bought; it may be another person's."""
    phones: frozenset[str] = frozenset()
    """Those that were proven to be theirs."""
    numbers: frozenset[str] = frozenset()
    """The public numbers of what they bought."""
    orders: frozenset[int] = frozenset()
    """What they bought, by the orders' ids: signed in, and as a guest with an e-mail that is proven to be theirs."""
    keys: frozenset[str] = frozenset()
    """How limits per customer count them: "customer:7", "email:ada@example.com"."""

    @property
    def actor(self) -> str:
        """How ledgers name them; it says no more than a number, so it may stay."""
        return f"customer:{self.id}"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something under way that must end before the person can be forgotten: a sentence, its facts, where it is seen."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    url: str = ""


def _nothing_in_the_way(_person: Person) -> Sequence[Obstacle]:
    return ()


@dataclass(frozen=True, slots=True)
class Keeper:
    """One kind of thing that is known of people.

    `forget` may run more than once and stops halfway without harm. It leaves what ledgers add up from.
    """

    key: str
    """Names its file in a copy: "orders" is orders.json."""
    name: str
    """Its heading, to be translated."""
    tables: tuple[str, ...]
    collect: Callable[[Person], Sequence[Data]]
    forget: Callable[[Person, datetime], None]
    goes: str = ""
    """A sentence about what is deleted, to be translated."""
    stays: str = ""
    """A sentence about what has to stay, to be translated."""
    find_obstacles: Callable[[Person], Sequence[Obstacle]] = _nothing_in_the_way
    is_last: bool = False
    """Forgotten after all others: what they find the person by."""
