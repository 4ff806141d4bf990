"""Two people, one form: what the other changed meanwhile beside what was typed, so that neither loses anything.

A page carries, hidden, what each field showed (`seen-<name>`). When the thing has moved on, a field that was left
alone takes the stored value; a field that both changed keeps what was typed, and the page shows the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wtforms import SelectField

SEEN = "seen-"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody else changed: what is stored now, and what was typed; `is_theirs`: it was left alone."""

    label: str
    now: str
    yours: str
    is_theirs: bool


def difference(label: str, *, seen: str, now: str, typed: str) -> Difference | None:
    """Compare one field; None when what is stored is what was seen, or what was typed."""
    if now in {seen, typed}:
        return None
    return Difference(label, now, typed, is_theirs=typed == seen)


def seen_values(form: Any) -> dict[str, str]:
    """Return what a WTForms form shows, under the names of its hidden fields."""
    return {SEEN + field.name: shown(field) for field in form if field.name != "version"}


def merge(form: Any, stored: Any, args: Mapping[str, str]) -> list[Difference]:
    """Take over into `form` what `stored` (the same form, filled from the database) has where nothing was typed."""
    found = []
    for field in stored:
        if field.name == "version":
            continue
        now, typed = shown(field), shown(form[field.name])
        seen = _plain(args.get(SEEN + field.name, now))
        told = difference(str(field.label.text), seen=seen, now=now, typed=typed)
        if told is not None:
            found.append(replace(told, now=_chosen(field, told.now), yours=_chosen(field, told.yours)))
            if told.is_theirs:
                form[field.name].data, form[field.name].raw_data = field.data, None
    return found


def take_over(
    typed: dict[str, str], cells: Iterable[tuple[str, str, str]], args: Mapping[str, str]
) -> list[Difference]:
    """Do the same for a grid of cells; `cells` are (cell's name, words, stored value)."""
    found = []
    for name, words, now in cells:
        told = difference(words, seen=args.get(SEEN + name, now), now=now, typed=typed.get(name, now))
        if told is not None:
            found.append(told)
            if told.is_theirs:
                typed[name] = now
    return found


def shown(field: Any) -> str:
    """Return a field's value as text; a ticked box is "yes"."""
    if isinstance(field.data, bool):
        return "yes" if field.data else ""
    if isinstance(field.data, list | tuple):
        return ", ".join(sorted(str(each) for each in field.data))
    value = field._value() if hasattr(field, "_value") else field.data
    return _plain(str(value if value is not None else ""))


def _chosen(field: Any, text: str) -> str:
    """Return what a value of a select field is called; of any other field, the value."""
    if not isinstance(field, SelectField):
        return text
    return next((str(label) for value, label, *_rest in field.iter_choices() if str(value) == text), text).strip()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
