"""The benefit's fields, by its pattern: read into data, or shown from a stored benefit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask_babel import gettext as _

from admin.promotions.cells import Cells
from admin.promotions.goods import PICKED, SAME, known_skus, read_goods, show_goods
from admin.promotions.patterns import Field, FieldKind, Pattern
from admin.promotions.typed import Typed
from admin.promotions.values import show_amount, show_percent
from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.promotions.rules import Benefit, Scope

PREFIX = "benefit"


def read_benefit(cells: Cells, pattern: Pattern) -> dict[str, Any]:
    """Return a benefit as data; notes what is wrong."""
    data: dict[str, Any] = {"kind": pattern.key}
    for field in pattern.fields:
        data |= _read(cells, field, f"{PREFIX}-{field.name}")
    if pattern.only_one_of:
        _check_only_one(cells.typed, pattern)
    _check_sense(cells.typed, pattern.key, data)
    return data


def show_benefit(typed: Typed, pattern: Pattern, benefit: Benefit) -> None:
    """Fill the fields of a stored benefit."""
    for field in pattern.fields:
        _show(typed, field, f"{PREFIX}-{field.name}", getattr(benefit, field.name, None))


def show_empty(typed: Typed, pattern: Pattern) -> None:
    """Fill the fields of a new benefit: one row of each list, and what is usual."""
    for field in pattern.fields:
        name = f"{PREFIX}-{field.name}"
        if field.kind is FieldKind.ROWS:
            add_row(typed, field)
            add_row(typed, field)
        elif field.kind is FieldKind.SKUS:
            typed.values[f"{name}-0-sku"] = ""
        elif field.kind is FieldKind.SCOPE:
            typed.values[f"{name}-all"] = SAME
        else:
            typed.values[name] = field.start


def add_row(typed: Typed, field: Field) -> None:
    """Append an empty row to one of the benefit's lists."""
    if field.kind is FieldKind.SKUS:
        typed.add_row(f"{PREFIX}-{field.name}", [("sku", "")])
        return
    values = [
        (f"{column.name}-all", PICKED) if column.kind is FieldKind.SCOPE else (column.name, column.start)
        for column in field.columns
    ]
    typed.add_row(f"{PREFIX}-{field.name}", values)


def _read(cells: Cells, field: Field, name: str) -> dict[str, Any]:
    typed = cells.typed
    value: Any = None
    key = field.name
    if field.kind is FieldKind.AMOUNT:
        key, value = f"{field.name}_minor", cells.amount(name, optional=field.is_optional)
    elif field.kind is FieldKind.COUNT:
        value = cells.count(name, least=field.least, most=field.most, optional=field.is_optional)
    elif field.kind is FieldKind.PERCENT:
        value = cells.percent(name, optional=field.is_optional)
    elif field.kind is FieldKind.CHOICE:
        options = [option for option, _words in field.options]
        value = typed.get(name) if typed.get(name) in options else options[0]
    elif field.kind is FieldKind.SCOPE:
        value = read_goods(cells, name)
    elif field.kind is FieldKind.SKUS:
        value = _gifts(typed, name)
    else:
        value = [
            {
                key: each
                for column in field.columns
                for key, each in _read(cells, column, f"{name}-{row}-{column.name}").items()
            }
            for row in typed.rows(name)
        ]
        if not value:
            typed.refuse(name, _("At least one row is needed."))
    return {} if value is None else {key: value}


def _gifts(typed: Typed, name: str) -> list[str]:
    found = []
    for row in typed.rows(name):
        field = f"{name}-{row}-sku"
        sku = code_key(typed.get(field))
        if not sku:
            continue
        if sku not in known_skus([sku]):
            typed.refuse(field, _("There is no SKU %(skus)s.", skus=sku))
        elif sku in found:
            typed.refuse(field, _("This SKU is in the list twice."))
        else:
            found.append(sku)
    if not found and not any(key.startswith(name) for key in typed.errors):
        first = next(iter(typed.rows(name)), 0)
        typed.refuse(f"{name}-{first}-sku", _("Enter the SKU of the gift."))
    return found


def _check_only_one(typed: Typed, pattern: Pattern) -> None:
    names = [f"{PREFIX}-{name}" for name in pattern.only_one_of]
    filled = [name for name in names if typed.get(name)]
    if not filled:
        typed.refuse(names[0], _("Fill in one of these three."))
    elif len(filled) > 1:
        typed.refuse(filled[1], _("Fill in only one of these three."))


def _check_sense(typed: Typed, kind: str, data: dict[str, Any]) -> None:
    """Check what the numbers of one benefit must be to each other."""
    if kind == "spend_ladder":
        _check_rungs(typed, data["rungs"], ("spend_minor", "off_minor"), ("spend", "off"))
        for row, rung in zip(typed.rows(f"{PREFIX}-rungs"), data["rungs"], strict=True):
            _check_saving(typed, f"{PREFIX}-rungs-{row}-off", rung)
    elif kind == "count_ladder":
        _check_rungs(typed, data["rungs"], ("count", "basis_points"), ("count", "basis_points"))
    elif kind == "spend_repeat":
        _check_saving(typed, f"{PREFIX}-off", data)


def _check_rungs(typed: Typed, rungs: list[dict[str, Any]], keys: tuple[str, str], names: tuple[str, str]) -> None:
    numbers = typed.rows(f"{PREFIX}-rungs")
    for (before, after), row in zip(pairwise(rungs), numbers[1:], strict=False):
        for key, name in zip(keys, names, strict=True):
            if key in before and key in after and before[key] >= after[key]:
                typed.refuse(f"{PREFIX}-rungs-{row}-{name}", _("This must be more than in the step before."))


def _check_saving(typed: Typed, field: str, data: dict[str, Any]) -> None:
    if "spend_minor" in data and "off_minor" in data and data["off_minor"] > data["spend_minor"]:
        typed.refuse(field, _("This saves more than is spent."))


def _show(typed: Typed, field: Field, name: str, value: Any) -> None:
    if field.kind is FieldKind.ROWS:
        for number, row in enumerate(value or ()):
            for column in field.columns:
                _show(typed, column, f"{name}-{number}-{column.name}", getattr(row, column.name))
    elif field.kind is FieldKind.SKUS:
        for number, sku in enumerate(value or ("",)):
            typed.values[f"{name}-{number}-sku"] = sku
    elif field.kind is FieldKind.SCOPE:
        assert value is None or isinstance(value, Scope)
        show_goods(typed, name, value)
    elif value is None:
        typed.values[name] = ""
    elif isinstance(value, Money):
        typed.values[name] = show_amount(value.minor, value.currency)
    elif field.kind is FieldKind.PERCENT:
        typed.values[name] = show_percent(value)
    else:
        typed.values[name] = str(value)
