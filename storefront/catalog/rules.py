"""Pure decisions of the catalogue: which variant stands for a product, and what its options lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar


class Offered(Protocol):
    """What a decision needs to know of a variant."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str]: ...
    @property
    def available(self) -> int: ...


Some = TypeVar("Some", bound=Offered)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option, and the SKU that choosing it leads to."""

    label: str
    sku: str
    is_current: bool
    is_out: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """An option ("Size") with its choices; `name` is empty where variants differ by name alone."""

    name: str
    choices: tuple[Choice, ...] = field(default=())

    @property
    def current(self) -> str:
        return next((choice.label for choice in self.choices if choice.is_current), "")


def choose_variant(variants: Sequence[Some], sku: str | None = None) -> Some | None:
    """Return the variant asked for, else the first that can be bought, else the first; None of none."""
    asked = next((variant for variant in variants if variant.sku == sku), None) if sku else None
    return asked or next((variant for variant in variants if variant.available > 0), None) or next(iter(variants), None)


def option_groups(variants: Sequence[Offered], current: Offered, order: Sequence[str] = ()) -> tuple[OptionGroup, ...]:
    """Return each option that varies, those named in `order` first. A choice leads to the variant that keeps most of
    the other options as they are, one in stock before one that is not; a choice is out when no variant with it can be
    bought.
    """
    if len(variants) < 2:
        return ()
    known = dict.fromkeys(name for variant in variants for name in variant.options)
    names = [*(name for name in order if name in known), *(name for name in known if name not in order)]
    varying = [name for name in names if len({variant.options.get(name, "") for variant in variants}) > 1]
    if not varying or not _tell_apart(variants, varying):
        return (OptionGroup("", tuple(_by_name(variant, current) for variant in variants)),)
    return tuple(OptionGroup(name, tuple(_choices(name, variants, current))) for name in varying)


def _tell_apart(variants: Sequence[Offered], names: Sequence[str]) -> bool:
    return len({tuple(variant.options.get(name, "") for name in names) for variant in variants}) == len(variants)


def _by_name(variant: Offered, current: Offered) -> Choice:
    return Choice(variant.name or variant.sku, variant.sku, variant.sku == current.sku, variant.available <= 0)


def _choices(name: str, variants: Sequence[Offered], current: Offered) -> list[Choice]:
    values = list(dict.fromkeys(value for variant in variants if (value := variant.options.get(name))))
    result = []
    for value in values:
        having = [variant for variant in variants if variant.options.get(name) == value]
        best = max(having, key=lambda variant: (_kept_options(variant, current, name), variant.available > 0))
        out = all(variant.available <= 0 for variant in having)
        result.append(Choice(value, best.sku, current.options.get(name) == value, out))
    return result


def _kept_options(variant: Offered, current: Offered, changed: str) -> int:
    return sum(variant.options.get(name) == value for name, value in current.options.items() if name != changed)
