"""What staff type about a product. Rows of prices and stock are read by their own names, since there may be many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.catalog.queries import ProductFacts
from admin.merging import SEEN
from storefront.catalog.services import LONGEST_DESCRIPTION, LONGEST_NAME, ProductWords, VariantPrice
from storefront.inventory.shelving import LONGEST_REASON, MOST_ON_HAND, Count
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money, TooManyDecimals, digits_of
from storefront.web.errors import message_of

_COUNT = re.compile(r"\d{1,9}", re.ASCII)


class WordsForm(Form):
    """Name, description and publication."""

    version = IntegerField(validators=[InputRequired()])
    name = StringField(
        _("Product name"),
        [
            InputRequired(_("A product needs a name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
        ],
    )
    name_zh = StringField(_("Name in Chinese"), [Length(max=LONGEST_NAME, message=_("This is too long."))])
    description = TextAreaField(_("Description"), [Length(max=LONGEST_DESCRIPTION, message=_("This is too long."))])
    description_zh = TextAreaField(
        _("Description in Chinese"), [Length(max=LONGEST_DESCRIPTION, message=_("This is too long."))]
    )
    is_published = BooleanField(_("Published: shoppers can find and buy it"))
    is_returnable = BooleanField(_("Can be returned although nothing is wrong with it"))

    def read(self) -> ProductWords:
        """Return what was typed; raises Invalid."""
        return ProductWords(
            name=self.name.data or "",
            name_zh=self.name_zh.data or "",
            description=(self.description.data or "").replace("\r\n", "\n"),
            description_zh=(self.description_zh.data or "").replace("\r\n", "\n"),
            is_published=bool(self.is_published.data),
            is_returnable=bool(self.is_returnable.data),
        )


@dataclass(slots=True)
class Grid:
    """Typed cells by name ("price-7"), what is wrong with each, and the version that they were typed over."""

    version: int = -1
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def show(self, name: str, stored: str) -> str:
        """Return what a cell shows: what was typed, else what is stored."""
        return self.typed.get(name, stored)


def price_cells(facts: ProductFacts, currency: str) -> list[tuple[str, str, str]]:
    """Return (name, words, stored value) of every price on the page."""
    cells = []
    for variant in facts.variants:
        words = f"{variant.sku} {variant.name}".strip()
        cells.append((f"price-{variant.id}", words, amount_text(variant.price_minor, currency)))
        cells.append((f"before-{variant.id}", words, amount_text(variant.compare_at_minor, currency)))
    return cells


def stock_cells(facts: ProductFacts) -> list[tuple[str, str, str]]:
    """Return (name, words, stored value) of every shelf on the page."""
    return [
        (f"stock-{variant.id}-{level.warehouse_id}", f"{variant.sku} · {level.warehouse}", str(level.on_hand))
        for variant in facts.variants
        for level in variant.levels
    ]


def class_cells(facts: ProductFacts) -> list[tuple[str, str, str]]:
    """Return (name, words, stored value) of every choice of a tax class on the page."""
    own = ("tax-class", gettext("Tax class"), facts.tax_class)
    return [own, *((f"tax-{variant.id}", variant.sku, variant.tax_class) for variant in facts.variants)]


def read_classes(
    args: Mapping[str, str], facts: ProductFacts, known: frozenset[str]
) -> tuple[Grid, dict[int | None, str]]:
    """Read the tax classes of the product (None) and of its variants; a code that is not `known` is an error."""
    grid = Grid(_version(args))
    keys = {"tax-class": None, **{f"tax-{variant.id}": variant.id for variant in facts.variants}}
    classes: dict[int | None, str] = {}
    for name, key in keys.items():
        if name not in args:
            continue
        grid.typed[name] = args[name]
        if args[name] and args[name] not in known:
            grid.errors[name] = gettext("This tax class does not exist any more.")
        else:
            classes[key] = args[name]
    return grid, classes


def words_form(facts: ProductFacts) -> WordsForm:
    """Return the form that shows a product as it is stored."""
    stored = {name: getattr(facts.words, name) for name in ProductWords.__slots__}
    return WordsForm(data={**stored, "version": facts.version})


def read_prices(args: Mapping[str, str], facts: ProductFacts, currency: str) -> tuple[Grid, dict[int, VariantPrice]]:
    """Read the price of every variant on the page."""
    grid = Grid(_version(args))
    prices: dict[int, VariantPrice] = {}
    for variant in facts.variants:
        name, before = f"price-{variant.id}", f"before-{variant.id}"
        if name not in args:
            continue
        grid.typed[name], grid.typed[before] = args[name].strip(), args.get(before, "").strip()
        price = _amount(grid, name, currency)
        compare_at = _amount(grid, before, currency) if grid.typed[before] else None
        if price is None or before in grid.errors:
            continue
        try:
            prices[variant.id] = VariantPrice(price, compare_at)
        except Invalid as refusal:
            grid.errors[before if refusal.field == "compare_at" else name] = message_of(refusal)
    return grid, prices


def read_counts(args: Mapping[str, str], facts: ProductFacts) -> tuple[Grid, list[Count]]:
    """Read the cells of the stock grid that differ from what the page showed; any change needs a reason."""
    grid = Grid(_version(args))
    counts: list[Count] = []
    for variant in facts.variants:
        for level in variant.levels:
            name = f"stock-{variant.id}-{level.warehouse_id}"
            seen = args.get(SEEN + name, "")
            if name not in args or not _COUNT.fullmatch(seen):
                continue
            grid.typed[name] = args[name].strip()
            if not _COUNT.fullmatch(grid.typed[name]) or int(grid.typed[name]) > MOST_ON_HAND:
                grid.errors[name] = gettext("Enter a whole number that is not negative.")
            elif int(grid.typed[name]) != int(seen):
                counts.append(Count(variant.id, level.warehouse_id, int(seen), int(grid.typed[name])))
    grid.typed["reason"] = args.get("reason", "").strip()
    if counts and not grid.typed["reason"]:
        grid.errors["reason"] = gettext("Say why the stock changes; the ledger keeps it.")
    elif len(grid.typed["reason"]) > LONGEST_REASON:
        grid.errors["reason"] = gettext("This is too long.")
    return grid, counts


def amount_text(minor: int | None, currency: str) -> str:
    """Return an amount as the field shows it: "12.50"; empty for none."""
    return "" if minor is None else f"{Money(minor, currency).decimal:f}"


def _amount(grid: Grid, name: str, currency: str) -> Money | None:
    try:
        amount = Money.parse(grid.typed[name], currency)
    except TooManyDecimals:
        digits = digits_of(currency)
        grid.errors[name] = gettext("%(currency)s has %(digits)s decimals at most.", currency=currency, digits=digits)
        return None
    except ValueError:
        example = f"{Money(1250, currency).decimal:f}"
        grid.errors[name] = gettext("Enter an amount such as %(example)s.", example=example)
        return None
    if amount.minor < 0:
        grid.errors[name] = gettext("A price cannot be negative.")
        return None
    return amount


def _version(args: Mapping[str, Any]) -> int:
    text = str(args.get("version", ""))
    return int(text) if _COUNT.fullmatch(text) else -1
