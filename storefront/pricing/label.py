"""Labels: what a number is for, as a kind and facts; the edge turns them into a sentence of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.kernel.money import Money

FactValue = Money | int | str
Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Label:
    """A `kind` of reason ("spend_ladder"), the merchant's `name` for it, and the facts that its sentence needs."""

    kind: str
    name: str = ""
    facts: tuple[tuple[str, FactValue], ...] = ()

    @classmethod
    def of(cls, kind: str, name: str = "", **facts: FactValue) -> Label:
        return cls(kind, name, tuple(sorted(facts.items())))

    def with_facts(self, **more: FactValue) -> Label:
        """Return the same label with facts added or replaced."""
        return Label.of(self.kind, self.name, **{**dict(self.facts), **more})

    def __getitem__(self, fact: str) -> FactValue:
        for name, value in self.facts:
            if name == fact:
                return value
        raise KeyError(fact)

    def get(self, fact: str) -> FactValue | None:
        return next((value for name, value in self.facts if name == fact), None)

    def to_data(self) -> Data:
        """Return this label as plain JSON-able data, to be stored with an order."""
        facts = {name: money_to_data(v) if isinstance(v, Money) else v for name, v in self.facts}
        return {"kind": self.kind, "name": self.name, "facts": facts}

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Label:
        """Read back what `to_data` wrote; raises ValueError for anything else."""
        kind, name, facts = data.get("kind"), data.get("name", ""), data.get("facts", {})
        if not isinstance(kind, str) or not isinstance(name, str) or not isinstance(facts, Mapping):
            raise ValueError(f"not a label: {data!r}")
        return cls.of(kind, name, **{str(key): _fact(value) for key, value in facts.items()})


def money_to_data(amount: Money) -> Data:
    return {"minor": amount.minor, "currency": amount.currency}


def money_from_data(data: object) -> Money:
    """Read back what `money_to_data` wrote; raises ValueError for anything else."""
    if not isinstance(data, Mapping) or set(data) != {"minor", "currency"}:
        raise ValueError(f"not an amount: {data!r}")
    try:
        return Money(data["minor"], data["currency"])
    except TypeError as error:
        raise ValueError(f"not an amount: {data!r}") from error


def _fact(value: object) -> FactValue:
    if isinstance(value, Mapping):
        return money_from_data(value)
    if isinstance(value, int | str):
        return value
    raise ValueError(f"not a fact: {value!r}")
