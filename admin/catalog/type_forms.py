"""A type of goods as it is typed: its names, and a row for each fact. New rows are at the end, to be left empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from admin.merging import SEEN
from storefront.catalog.matrix import split_values
from storefront.catalog.models import ProductType
from storefront.catalog.product_types import TypePlan
from storefront.catalog.states import AttributeKind
from storefront.catalog.types import Attribute, Choice
from storefront.kernel.errors import Invalid
from storefront.kernel.text import squeeze
from storefront.web.errors import message_of

NEW_ROWS = ("new1", "new2", "new3")
TEXTS = ("name", "name_zh", "kind", "unit", "choices", "place")
BOXES = ("required", "filter")
_ROW = re.compile(r"\d{1,9}|new[1-3]")
_PLACE = re.compile(r"-?\d{1,4}")


@dataclass(slots=True)
class TypeForm:
    """What was typed, by name; `rows` are the facts' keys: ids, or "new1" for one that there was not."""

    typed: dict[str, str]
    rows: list[str]
    version: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> dict[str, str]:
        return {SEEN + name: text for name, text in self.typed.items()}

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """Yield (name, words, value) of every field, for `merging`."""
        words = {"name": gettext("Name of the type"), "name_zh": gettext("Name in Chinese")}
        for name, text in self.typed.items():
            row = name.partition("-")[2]
            told = self.typed.get(f"name-{row}") or gettext("New fact")
            yield name, words.get(name) or f"{told}: {labels()[name.partition('-')[0]]}", text

    def read(self) -> TypePlan:
        """Return the type; raises Invalid with everything that is wrong beside its field."""
        found = []
        for row in self.rows:
            if not squeeze(self.typed.get(f"name-{row}", "")):
                continue
            try:
                found.append((self._place(row), int(row) if row.isdigit() else None, self._attribute(row)))
            except Invalid as refusal:
                self.errors[f"{refusal.field or 'name'}-{row}"] = message_of(refusal)
        if self.errors:
            raise Invalid(gettext("Please check what is marked."))
        ordered = sorted(found, key=lambda each: each[0])
        return TypePlan(
            self.typed["name"], self.typed["name_zh"], tuple((number, fact) for _place, number, fact in ordered)
        )

    def _attribute(self, row: str) -> Attribute:
        typed = {name: self.typed.get(f"{name}-{row}", "") for name in TEXTS}
        if typed["kind"] not in set(AttributeKind):
            raise Invalid(gettext("Choose how it is typed."), field="kind")
        return Attribute(
            name=squeeze(typed["name"]),
            name_zh=squeeze(typed["name_zh"]),
            kind=AttributeKind(typed["kind"]),
            unit=squeeze(typed["unit"]) if typed["kind"] == AttributeKind.NUMBER else "",
            choices=_choices(typed["choices"]) if typed["kind"] == AttributeKind.CHOICE else (),
            is_required=self.typed.get(f"required-{row}") == "yes",
            is_filter=self.typed.get(f"filter-{row}") == "yes",
        )

    def _place(self, row: str) -> int:
        text = self.typed.get(f"place-{row}", "").strip()
        if text and not _PLACE.fullmatch(text):
            raise Invalid(gettext("Enter a whole number that is not negative."), field="place")
        return int(text) if text else 9_999


def labels() -> dict[str, str]:
    """Return what the columns of the facts are called."""
    return {
        "place": gettext("Position in the list"),
        "name": gettext("Name of the fact"),
        "name_zh": gettext("Name in Chinese"),
        "kind": gettext("Kind"),
        "unit": gettext("Unit"),
        "choices": gettext("Values"),
        "required": gettext("Required"),
        "filter": gettext("Filter"),
    }


def stored_type(row: ProductType) -> TypeForm:
    """Return the form that shows a type as it is stored."""
    plan = TypePlan.of(row)
    typed = {"name": plan.name, "name_zh": plan.name_zh}
    rows = []
    for place, (number, fact) in enumerate(plan.attributes, 1):
        rows.append(str(number))
        typed |= _typed(str(number), fact, place)
    for new in NEW_ROWS:
        rows.append(new)
        typed |= {f"{name}-{new}": "" for name in (*TEXTS, *BOXES)} | {f"kind-{new}": "text", f"filter-{new}": "yes"}
    return TypeForm(typed, rows, row.version)


def read_type(args: Mapping[str, Any], stored: TypeForm) -> TypeForm:
    """Return what was sent; facts that came since the page was fetched are as they are stored."""
    sent = {name.removeprefix("name-") for name in args if name.startswith("name-")}
    rows = [row for row in dict.fromkeys((*stored.rows, *sorted(sent))) if _ROW.fullmatch(row)]
    typed = {name: str(args.get(name, "")).strip() for name in ("name", "name_zh")}
    for row in rows:
        for name in (*TEXTS, *BOXES):
            key = f"{name}-{row}"
            typed[key] = str(args.get(key, "")).strip() if row in sent else stored.typed.get(key, "")
    version = str(args.get("version", ""))
    return TypeForm(typed, rows, int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1)


def _typed(row: str, fact: Attribute, place: int) -> dict[str, str]:
    return {
        f"place-{row}": str(place),
        f"name-{row}": fact.name,
        f"name_zh-{row}": fact.name_zh,
        f"kind-{row}": fact.kind.value,
        f"unit-{row}": fact.unit,
        f"choices-{row}": ", ".join(f"{en} = {zh}" if zh else en for en, zh in fact.choices),
        f"required-{row}": "yes" if fact.is_required else "",
        f"filter-{row}": "yes" if fact.is_filter else "",
    }


def _choices(text: str) -> tuple[Choice, ...]:
    """Read values with commas between them, each with its Chinese after an equals sign: "Cotton = 棉, Wool"."""
    pairs = [value.replace("＝", "=").partition("=") for value in split_values(text)]
    found = {en.strip(): zh.strip() for en, _sign, zh in pairs if en.strip()}
    return tuple(found.items())
