"""The matrix of options as it is typed: options, a pattern of SKUs, a price, and one line for each new variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext

from admin.catalog.product_forms import read_amount
from storefront.catalog import matrix
from storefront.catalog.matrix import MOST_OPTIONS, Cell, Option, Value
from storefront.catalog.models import Variant
from storefront.catalog.variants import NewVariant
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.web.errors import message_of

NUMBERS = range(1, MOST_OPTIONS + 1)


@dataclass(slots=True)
class Line:
    """A combination that is no variant yet, as the form shows it."""

    number: int
    cell: Cell
    sku: str
    price: str
    is_made: bool
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class MatrixForm:
    """What was typed by name, what is wrong with it, and what comes of it."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    options: tuple[Option, ...] = ()
    there: tuple[Cell, ...] = ()
    """Combinations that are variants."""
    lines: list[Line] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.problems or any(line.errors for line in self.lines))

    @property
    def is_laid_out(self) -> bool:
        return bool(self.there or self.lines)

    @property
    def hidden(self) -> dict[str, str]:
        """What a form must send along that has no field for it."""
        return {name: text for name, text in self.typed.items() if text}

    def refuse(self, refusal: ShopError) -> None:
        """Put what a rule said beside the line that it is about, else at the top."""
        sku = str(refusal.facts.get("sku", ""))
        line = next((line for line in self.lines if line.is_made and line.sku == sku), None)
        if line is not None:
            line.errors["sku"] = message_of(refusal)
        elif getattr(refusal, "field", "") in self.typed:
            self.errors[getattr(refusal, "field", "")] = message_of(refusal)
        else:
            self.problems.append(message_of(refusal))


def stored_form(options: Sequence[Option], base: str, price: str) -> MatrixForm:
    """Return the form that shows a product's options as they are."""
    typed = {"pattern": matrix.usual_pattern(base, options), "price": price}
    for number in NUMBERS:
        option = options[number - 1] if number <= len(options) else None
        typed |= {
            f"name-{number}": option.name if option else "",
            f"zh-{number}": option.name_zh if option else "",
            f"values-{number}": ", ".join(option.texts) if option else "",
            f"values_zh-{number}": _chinese(option) if option else "",
        }
    return MatrixForm(typed)


def read_matrix(
    args: Mapping[str, str], stored: MatrixForm, variants: Sequence[Variant], base: str, *, lines: bool
) -> MatrixForm:
    """Read the form and lay out what comes of it; with `lines`, what was typed about each new variant, too."""
    form = MatrixForm({name: args.get(name, "").strip()[:4000] for name in stored.typed})
    try:
        form.options = _options(form)
        if form.errors:
            return form
        cells = matrix.lay_out(form.options, variants)
        pattern = form.typed["pattern"] = _pattern(form, stored, base)
        proposed = matrix.propose_skus(pattern, [cell for cell in cells if not cell.sku], form.options)
    except Invalid as refusal:
        form.refuse(refusal)
        return form
    form.there = tuple(cell for cell in cells if cell.sku)
    new = [cell for cell in cells if not cell.sku]
    form.lines = [
        Line(number, cell, sku, form.typed["price"], is_made=True)
        for number, (cell, sku) in enumerate(zip(new, proposed, strict=True), 1)
    ]
    if lines:
        for line in form.lines:
            line.is_made = f"make-{line.number}" in args
            line.sku = args.get(f"sku-{line.number}", line.sku).strip()
            line.price = args.get(f"price-{line.number}", line.price).strip()
    return form


def read_additions(form: MatrixForm) -> list[NewVariant]:
    """Return the new variants; what is wrong with one stands beside it."""
    found = []
    for line in form.lines:
        if not line.is_made:
            continue
        price = _price(line)
        try:
            line.sku = matrix.checked_sku(line.sku)
            if price is not None:
                found.append(NewVariant(line.cell.options, line.sku, price))
        except Invalid as refusal:
            line.errors[refusal.field or "sku"] = message_of(refusal)
    return found


def _price(line: Line) -> Money | None:
    try:
        return read_amount(line.price, "price")
    except Invalid as refusal:
        line.errors["price"] = message_of(refusal)
        return None


def _pattern(form: MatrixForm, stored: MatrixForm, base: str) -> str:
    """Return the typed pattern; one that was left as proposed follows the options."""
    typed = form.typed["pattern"]
    usual = matrix.usual_pattern(base, form.options)
    return usual if typed in {"", stored.typed["pattern"]} else typed


def _options(form: MatrixForm) -> tuple[Option, ...]:
    found = []
    for number in NUMBERS:
        name, values = squeeze(form.typed[f"name-{number}"]), matrix.split_values(form.typed[f"values-{number}"])
        if name or values:
            try:
                found.append(_option(form, number, name, values))
            except Invalid as refusal:
                form.errors[refusal.field or f"values-{number}"] = message_of(refusal)
    return tuple(found)


def _option(form: MatrixForm, number: int, name: str, values: list[str]) -> Option:
    chinese = matrix.split_values(form.typed[f"values_zh-{number}"])
    if not name:
        raise Invalid(gettext("Say what these values are: Size, for example."), field=f"name-{number}")
    if chinese and len(chinese) != len(values):
        words = gettext("Give as many values in Chinese as in English, or none.")
        raise Invalid(words, field=f"values_zh-{number}")
    pairs = zip(values, chinese or [""] * len(values), strict=True)
    told = tuple(Value(text, zh if zh != text else "") for text, zh in pairs)
    return Option(name, told, squeeze(form.typed[f"zh-{number}"]))


def _chinese(option: Option) -> str:
    if not any(value.zh for value in option.values):
        return ""
    return ", ".join(value.zh or value.text for value in option.values)
