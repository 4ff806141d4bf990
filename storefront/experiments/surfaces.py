"""The places of the shop that may vary, each declared by the room that it lies in, with what may be different there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import fold

Params = Mapping[str, object]
Options = Sequence[tuple[str, str]]
_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,6})?")


class Kind(StrEnum):
    """What a field holds."""

    CHOICE = "choice"
    NUMBER = "number"
    WHOLE = "whole"


def _no_options(_surface: str) -> Options:
    return ()


def _nothing_usual(_surface: str) -> object:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that may be different: one of `options` (value and words; asked often, so from memory), or a number
    from `least` to `most`. `usual` is what everybody gets now; None where a variation may be that on purpose."""

    key: str
    label: str
    kind: Kind
    hint: str = ""
    least: float = 0.0
    most: float = 1.0
    options: Callable[[str], Options] = _no_options
    usual: Callable[[str], object] = _nothing_usual

    def read(self, typed: str, surface: str) -> object:
        """Return what was typed as it is stored; raises Invalid."""
        typed = typed.strip()
        if self.kind is Kind.CHOICE:
            value: object = typed
        elif _NUMBER.fullmatch(typed):
            number = float(typed.replace(",", "."))
            value = int(number) if number.is_integer() else number
        else:
            raise Invalid(N_("%(label)s: enter a number."), field=self.key, label=self.label)
        self.check(value, surface)
        return value

    def check(self, value: object, surface: str) -> None:
        """Refuse with Invalid what the surface would not understand, or what is gone since."""
        if self.kind is Kind.CHOICE:
            if str(value) not in {key for key, _ in self.options(surface)}:
                raise Invalid(N_("What a variation names is not there: it was removed, or it is not shown now."))
            return
        fits = isinstance(value, int | float) and not isinstance(value, bool) and self.least <= value <= self.most
        if not fits or (self.kind is Kind.WHOLE and not isinstance(value, int)):
            raise Invalid(
                N_("Enter a number from %(least)s to %(most)s."), least=f"{self.least:g}", most=f"{self.most:g}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A place ("search:ranking"), or a family of them whose name ends with a colon ("slot:home:"). `places` lists the
    members (name after the colon, words), `fields` is what may be different."""

    name: str
    label: str
    fields: tuple[Field, ...]
    places: Callable[[], Options] = lambda: ()

    def covers(self, surface: str) -> bool:
        """Say whether this is the place that is named; a family has to hold it now."""
        if not self.name.endswith(":"):
            return surface == self.name
        return surface.startswith(self.name) and surface.removeprefix(self.name) in {key for key, _ in self.places()}


_declared: dict[str, Surface] = {}


def declare(surface: Surface) -> None:
    """Make known a place that may vary; said again, the last word stands."""
    _declared[surface.name] = surface


def find_surface(name: str) -> Surface | None:
    """Return what was declared of a place; None where there is none."""
    return next((each for each in _declared.values() if each.covers(name)), None)


def list_surfaces() -> list[tuple[str, str, str]]:
    """Return every place that may vary: its name, its family's words (untranslated) and its own."""
    found = []
    for surface in sorted(_declared.values(), key=lambda each: each.name):
        if surface.name.endswith(":"):
            found += [(surface.name + key, surface.label, words) for key, words in surface.places()]
        else:
            found.append((surface.name, surface.label, ""))
    return found


def check_params(surface: str, params: Params, *, is_control: bool) -> None:
    """Refuse params with Invalid: the control has none, others have what the surface asks for and nothing else."""
    found = find_surface(surface)
    if found is None:
        raise Invalid(N_("There is no place called “%(surface)s” that could vary."), field="surface", surface=surface)
    if is_control:
        if params:
            raise Invalid(N_("The control is what everybody sees now: nothing is different in it."))
        return
    fields = {field.key: field for field in found.fields}
    for key in params:
        if key not in fields:
            raise Invalid(N_("“%(key)s” is nothing that may vary there."), key=key)
    for key, field in fields.items():
        if key not in params:
            raise Invalid(N_("A variation does not say what is different."), field=key)
        field.check(params[key], surface)


def check_apart(surface: str, variations: Sequence[tuple[str, Params]]) -> None:
    """Refuse with Invalid variations (names and params, the control first) that cannot be told apart, or do not differ.

    Params are those that `check_params` lets through.
    """
    if len({fold(name) for name, _ in variations}) != len(variations):
        raise Invalid(N_("Two variations have the same name, the control's included. Give each its own."))
    found, seen = find_surface(surface), list[Params]()
    for name, params in variations[1:]:
        usual = {field.key: field.usual(surface) for field in found.fields} if found else {}
        if usual and dict(params) == usual:
            words = N_("“%(name)s” is what everybody sees now, as the control is. Say what is different in it.")
            raise Invalid(words, name=name)
        if params in seen:
            raise Invalid(N_("“%(name)s” does the same as another variation. Say what is different in it."), name=name)
        seen.append(params)
