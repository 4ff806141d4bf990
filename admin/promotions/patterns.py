"""The patterns of the field: what each kind of promotion is called, an example, and the fields of its benefit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.pricing.snapshot import Stage


class FieldKind(StrEnum):
    """How a field of a benefit is typed."""

    AMOUNT = "amount"
    COUNT = "count"
    PERCENT = "percent"
    CHOICE = "choice"
    SCOPE = "scope"
    SKUS = "skus"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a benefit; `name` is that of the benefit's own value."""

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    is_optional: bool = False
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[Field, ...] = ()
    least: int = 1
    most: int = 1_000
    start: str = ""
    """What an empty form shows."""
    row_words: str = ""
    """What the button says that adds a row."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of promotion: `classes` are what it may fall on, the usual first."""

    key: str
    name: str
    example: str
    icon: str
    classes: tuple[Stage, ...]
    fields: tuple[Field, ...]
    only_one_of: tuple[str, ...] = ()
    """Optional fields of which exactly one is filled in."""


PERCENT_HINT = N_("20 means 20%% off: shoppers pay 80%%.")
ON_EACH, ON_ORDER, ON_DELIVERY = Stage.ITEM, Stage.ORDER, Stage.SHIPPING
CLASS_NAMES: Mapping[Stage, str] = {
    Stage.ITEM: N_("Each item"),
    Stage.ORDER: N_("The order as a whole"),
    Stage.SHIPPING: N_("Delivery"),
}
CLASS_NOTES: Mapping[Stage, str] = {
    Stage.ITEM: N_("Every single piece is reduced, and takes part in one such promotion only."),
    Stage.ORDER: N_("Taken off once, and shared fairly over the goods that count."),
    Stage.SHIPPING: N_("Lowers what delivery costs."),
}
_PERCENT = Field("basis_points", FieldKind.PERCENT, N_("Percent off"), PERCENT_HINT)
_MOST_OFF = Field(
    "most", FieldKind.AMOUNT, N_("Never more than"), N_("The most that one order saves."), is_optional=True
)
_TIMES = Field("most_times", FieldKind.COUNT, N_("Times in one order"), N_("Empty: again and again."), is_optional=True)
_TOGETHER = Field(
    "together",
    FieldKind.CHOICE,
    N_("Which pieces count together"),
    options=(
        ("scope", N_("All goods of this promotion")),
        ("product", N_("Pieces of the same product")),
        ("sku", N_("Pieces of the same SKU")),
    ),
    start="scope",
)

PATTERNS: Mapping[str, Pattern] = {
    pattern.key: pattern
    for pattern in (
        Pattern(
            "percent_off",
            N_("Percent off"),
            N_("20%% off all snacks"),
            "tag",
            (ON_EACH, ON_ORDER),
            (_PERCENT, _MOST_OFF),
        ),
        Pattern(
            "amount_off",
            N_("Amount off"),
            N_("5.00 off each bottle, or 10.00 off the order"),
            "tag",
            (ON_EACH, ON_ORDER),
            (Field("amount", FieldKind.AMOUNT, N_("Amount off")),),
        ),
        Pattern(
            "spend_ladder",
            N_("Spend and save, in steps"),
            N_("Spend 199, save 20; spend 399, save 60"),
            "receipt",
            (ON_ORDER,),
            (
                Field(
                    "rungs",
                    FieldKind.ROWS,
                    N_("Steps"),
                    N_("Each step asks for more and saves more than the one before. The highest one reached counts."),
                    columns=(
                        Field("spend", FieldKind.AMOUNT, N_("Spend at least")),
                        Field("off", FieldKind.AMOUNT, N_("Save so much")),
                    ),
                    row_words=N_("Add a step"),
                ),
            ),
        ),
        Pattern(
            "spend_repeat",
            N_("Save for every so much spent"),
            N_("Save 20 for every 100 spent"),
            "rotate-ccw",
            (ON_ORDER,),
            (
                Field("spend", FieldKind.AMOUNT, N_("For every")),
                Field("off", FieldKind.AMOUNT, N_("Save so much")),
                _TIMES,
            ),
        ),
        Pattern(
            "nth_item",
            N_("Second item half price"),
            N_("Every second item at half price, or every third free"),
            "layout-grid",
            (ON_EACH,),
            (
                Field(
                    "nth",
                    FieldKind.COUNT,
                    N_("Every … item"),
                    N_("2 is every second item."),
                    least=2,
                    most=100,
                    start="2",
                ),
                Field(
                    "basis_points",
                    FieldKind.PERCENT,
                    N_("Percent off that item"),
                    N_("50 is half price, 100 is free."),
                    start="50",
                ),
                _TOGETHER,
                _TIMES,
            ),
        ),
        Pattern(
            "count_ladder",
            N_("The more items, the more off"),
            N_("2 items 10%% off, 3 items 20%% off"),
            "layout-grid",
            (ON_EACH,),
            (
                Field(
                    "rungs",
                    FieldKind.ROWS,
                    N_("Steps"),
                    N_("Each step asks for more pieces and takes more off than the one before."),
                    columns=(
                        Field("count", FieldKind.COUNT, N_("Pieces at least"), most=9_999),
                        Field("basis_points", FieldKind.PERCENT, N_("Percent off")),
                    ),
                    row_words=N_("Add a step"),
                ),
                _TOGETHER,
            ),
        ),
        Pattern(
            "count_price",
            N_("So many for one price"),
            N_("Any 3 for 10.00"),
            "package",
            (ON_EACH,),
            (
                Field("count", FieldKind.COUNT, N_("How many pieces"), least=1, most=100, start="3"),
                Field("price", FieldKind.AMOUNT, N_("Price for all of them")),
                _TOGETHER,
                _TIMES,
            ),
        ),
        Pattern(
            "buy_get",
            N_("Buy some, get some"),
            N_("Buy 2, get 1 free"),
            "shopping-bag",
            (ON_EACH,),
            (
                Field("buy", FieldKind.COUNT, N_("Buy"), most=100, start="2"),
                Field("get", FieldKind.COUNT, N_("Get"), most=100, start="1"),
                Field(
                    "basis_points", FieldKind.PERCENT, N_("Percent off what they get"), N_("100 is free."), start="100"
                ),
                Field(
                    "get_scope",
                    FieldKind.SCOPE,
                    N_("Which goods they get"),
                    N_("The cheapest of them are the reduced ones."),
                    is_optional=True,
                ),
                _TIMES,
            ),
        ),
        Pattern(
            "bundle",
            N_("Bundle"),
            N_("A shampoo and a conditioner together for 12.00"),
            "package",
            (ON_EACH,),
            (
                Field(
                    "parts",
                    FieldKind.ROWS,
                    N_("Parts of the bundle"),
                    N_("A bundle has so many pieces of each part."),
                    columns=(
                        Field("count", FieldKind.COUNT, N_("Pieces"), most=100, start="1"),
                        Field("scope", FieldKind.SCOPE, N_("Of which goods")),
                    ),
                    row_words=N_("Add a part"),
                ),
                Field(
                    "price",
                    FieldKind.AMOUNT,
                    N_("Price of the bundle"),
                    N_("Fill in one of these three."),
                    is_optional=True,
                ),
                Field("off", FieldKind.AMOUNT, N_("Amount off the bundle"), is_optional=True),
                Field("basis_points", FieldKind.PERCENT, N_("Percent off the bundle"), PERCENT_HINT, is_optional=True),
                _TIMES,
            ),
            only_one_of=("price", "off", "basis_points"),
        ),
        Pattern(
            "gift",
            N_("Gift"),
            N_("Spend 50, get a mug for free"),
            "gift",
            (ON_ORDER,),
            (
                Field(
                    "skus",
                    FieldKind.SKUS,
                    N_("Gifts"),
                    N_("The SKU of each gift, the first choice on top. The first one in stock is given."),
                    row_words=N_("Add another gift"),
                ),
                Field("count", FieldKind.COUNT, N_("How many pieces"), most=100, start="1"),
            ),
        ),
        Pattern(
            "delivery_off",
            N_("Free or cheaper delivery"),
            N_("Free delivery from 50.00"),
            "truck",
            (ON_DELIVERY,),
            (
                Field(
                    "basis_points",
                    FieldKind.PERCENT,
                    N_("Percent off delivery"),
                    N_("100 is free delivery."),
                    start="100",
                ),
                _MOST_OFF,
            ),
        ),
        Pattern(
            "delivery_for",
            N_("Delivery at a fixed price"),
            N_("Delivery for 1.99"),
            "truck",
            (ON_DELIVERY,),
            (Field("price", FieldKind.AMOUNT, N_("Delivery costs")),),
        ),
    )
}
"""By the kind of their benefit, in the order of the gallery."""


def field_label(name: str, kind: str) -> str:
    """Return the untranslated label of a field of a kind; empty when it has none such."""
    fields = PATTERNS[kind].fields if kind in PATTERNS else ()
    found = (each.label for field in fields for each in (field, *field.columns) if each.name == name)
    return next(found, "")
