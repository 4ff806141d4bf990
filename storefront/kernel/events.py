"""Facts, published once they are true; what follows from them is one table in `storefront.reactions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence


class Fact:
    """Base of every event: frozen, past tense, ids and plain values only."""

    __slots__ = ()


Reaction = Callable[..., object]
_reactions: dict[type[Fact], tuple[Reaction, ...]] = {}


def bind(table: Mapping[type[Fact], Sequence[Reaction]]) -> None:
    """Install the table of reactions; called once, by the factory."""
    _reactions.clear()
    _reactions.update({fact: tuple(reactions) for fact, reactions in table.items()})


def publish(fact: Fact) -> None:
    """Run what follows from `fact`, in the caller's transaction, in the table's order."""
    for reaction in _reactions.get(type(fact), ()):
        reaction(fact)
