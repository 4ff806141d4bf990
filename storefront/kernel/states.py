"""State machines as tables: `(state, action) -> state`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from storefront.kernel.errors import N_, ShopError

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


class NotAllowed(ShopError):
    """The thing is in a state that does not permit this action."""

    message = N_("This can no longer be done: things have moved on since. Please load the page again.")


@dataclass(frozen=True, slots=True)
class Transitions(Generic[State, Action]):
    """A transition table that can be asked what may happen next."""

    table: Mapping[tuple[State, Action], State]

    def next(self, state: State, action: Action) -> State:
        """Return the state after `action`, or refuse with NotAllowed."""
        try:
            return self.table[state, action]
        except KeyError:
            raise NotAllowed(state=state.value, action=action.value) from None

    def allowed(self, state: State) -> frozenset[Action]:
        """Return the actions that `state` permits."""
        return frozenset(action for (source, action) in self.table if source == state)
