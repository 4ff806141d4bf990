"""What a row would change, and why it cannot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from storefront.imports.errors import BelowCost, NotYoursToChange
from storefront.imports.fields import STOCK, Field, Part, field_of
from storefront.imports.states import Verdict
from storefront.imports.values import Known, is_emptying, money_of, pairs_of, pairs_text, read
from storefront.kernel.errors import N_, Invalid, ShopError

NEEDED = ("name", "category", "price")
_MADE = frozenset({Part.PRODUCTS, Part.PRICES})


@dataclass(frozen=True, slots=True)
class Current:
    """What stands in the shop about a SKU, as an export writes it."""

    variant_id: int
    product_id: int
    version: int
    """The product's, which grows with every change."""
    values: Mapping[str, str]
    claimed: Mapping[str, int] = field(default_factory=dict)
    """Pieces that are spoken for, by a warehouse's code."""


@dataclass(frozen=True, slots=True)
class Error:
    """What is wrong: the column it stands in (-1: none), the field, the value, and a refusal with its sentence."""

    column: int
    field: str
    value: str
    refusal: ShopError


@dataclass(frozen=True, slots=True)
class Frame:
    """What every row of a file is checked against."""

    fields: Sequence[Field | None]
    """What each column means."""
    known: Known
    rights: Set[Part]
    asks_below_cost: bool
    """A price below cost needs a second person."""


@dataclass(slots=True)
class Planned:
    """What a row would do; without a verdict it changes nothing."""

    sku: str = ""
    verdict: Verdict | None = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    errors: list[Error] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    """What it says of its product, whether that is a change or not."""


def sku_of(frame: Frame, cells: Sequence[str]) -> str:
    """Return a row's SKU as it is stored; "" where there is none that can be read."""
    for what, cell in zip(frame.fields, cells, strict=False):
        if what is not None and what.key == "sku" and cell.strip() and not is_emptying(cell):
            try:
                return read(what, cell, frame.known)
            except Invalid:
                return ""
    return ""


def plan(frame: Frame, cells: Sequence[str], current: Current | None, product: Mapping[str, str] | None) -> Planned:
    """Say what a row would do, given what its SKU is, or what its product is where only that is there."""
    planned = Planned(sku=sku_of(frame, cells))
    given = _given(frame, cells, planned, current)
    if not planned.sku:
        if not any(error.field == "sku" for error in planned.errors):
            _object(frame, planned, "sku", "", Invalid(N_("Every row needs a SKU.")))
    elif current is not None:
        _plan_change(frame, planned, given, current)
    else:
        _plan_new(frame, planned, given, product)
    if planned.errors:
        planned.verdict, planned.changes = Verdict.BAD, {}
    return planned


def _given(frame: Frame, cells: Sequence[str], planned: Planned, current: Current | None) -> dict[str, str]:
    """Read the cells; what is written as the shop has it needs no reading."""
    given: dict[str, str] = {}
    for column, (what, cell) in enumerate(zip(frame.fields, cells, strict=False)):
        if what is None or not cell.strip():
            continue
        if current is not None and current.values.get(what.key) == cell:
            given[what.key] = cell
            continue
        try:
            given[what.key] = read(what, cell, frame.known)
        except Invalid as refusal:
            planned.errors.append(Error(column, what.key, cell, refusal))
    planned.says = {key: text for key, text in given.items() if (found := field_of(key)) and found.of_product}
    return given


def _plan_change(frame: Frame, planned: Planned, given: dict[str, str], current: Current) -> None:
    handle = given.pop("handle", None)
    if handle is not None and handle != current.values.get("handle"):
        words = N_("This SKU belongs to the product “%(handle)s”. An import changes no addresses.")
        _object(frame, planned, "handle", handle, Invalid(words, handle=current.values.get("handle", "")))
    changes = {
        key: (current.values.get(key, ""), text)
        for key, text in given.items()
        if key != "sku" and text != current.values.get(key, "")
    }
    for key, (_was, text) in changes.items():
        what = field_of(key)
        if what is not None and what.part not in frame.rights:
            _object(frame, planned, key, text, NotYoursToChange(what=what.words))
        if key.startswith(STOCK) and int(text) < current.claimed.get(key.removeprefix(STOCK), 0):
            words = N_("%(claimed)s of these are already sold or reserved, so the stock cannot be set below that.")
            claimed = current.claimed[key.removeprefix(STOCK)]
            _object(frame, planned, key, text, Invalid(words, claimed=claimed))
    _check_prices(frame, planned, {**current.values, **{key: new for key, (_old, new) in changes.items()}}, changes)
    if changes:
        planned.verdict, planned.changes = Verdict.CHANGED, changes


def _plan_new(frame: Frame, planned: Planned, given: dict[str, str], product: Mapping[str, str] | None) -> None:
    here = {each.key for each in frame.fields if each is not None}
    if product is None and "name" not in here:
        _object(
            frame, planned, "sku", planned.sku, Invalid(N_("There is nothing with the SKU “%(sku)s”."), sku=planned.sku)
        )
        return
    if not frame.rights >= _MADE:
        words = N_("There is nothing with the SKU “%(sku)s”, and your role may not make new products.")
        _object(frame, planned, "sku", planned.sku, Invalid(words, sku=planned.sku))
        return
    wrong = {error.field for error in planned.errors}
    for key in NEEDED if product is None else ("price",):
        what = field_of(key)
        if not given.get(key) and key not in wrong and what is not None:
            words = N_("There is nothing with the SKU “%(sku)s” yet. To make it, “%(what)s” is needed.")
            _object(frame, planned, key, "", Invalid(words, sku=planned.sku, what=what.words))
    for key, text in given.items():
        if key.startswith(STOCK) and Part.STOCK not in frame.rights:
            _object(frame, planned, key, text, NotYoursToChange(what=N_("Stock")))
    _check_prices(frame, planned, given, {key: ("", text) for key, text in given.items()})
    own = {key: text for key, text in given.items() if product is None or not _of_product(key)}
    changes = {key: ("", text) for key, text in own.items() if text and key != "sku"}
    if product is not None:
        changes["handle"] = ("", product["handle"])
    planned.verdict, planned.changes = Verdict.NEW, changes


def _check_prices(
    frame: Frame, planned: Planned, after: Mapping[str, str], changes: Mapping[str, tuple[str, str]]
) -> None:
    if not {"price", "compare_at", "cost", "minimum"} & changes.keys():
        return
    currency = frame.known.currency
    price, before, lowest = (money_of(after.get(key, ""), currency) for key in ("price", "compare_at", "minimum"))
    if price is not None and before is not None and not price < before and {"price", "compare_at"} & changes.keys():
        key = "compare_at" if "compare_at" in changes else "price"
        words = N_("The price before must be higher than the price, or empty.")
        _object(frame, planned, key, after[key], Invalid(words))
    if price is not None and lowest is not None and price < lowest and {"price", "minimum"} & changes.keys():
        key = "minimum" if "minimum" in changes else "price"
        words = N_("The lowest price cannot be higher than the price.")
        _object(frame, planned, key, after[key], Invalid(words))
    if price is None or "price" not in changes or not frame.asks_below_cost:
        return
    costs = [money_of(text, currency) for text in (after.get("cost", ""), changes.get("cost", ("", ""))[0])]
    was = money_of(changes["price"][0], currency)
    if (was is None or price < was) and any(cost is not None and price < cost for cost in costs):
        _object(frame, planned, "price", after["price"], BelowCost())


def _of_product(key: str) -> bool:
    what = field_of(key)
    return what is not None and what.of_product


def _object(frame: Frame, planned: Planned, key: str, value: str, refusal: ShopError) -> None:
    column = next((at for at, what in enumerate(frame.fields) if what is not None and what.key == key), -1)
    planned.errors.append(Error(column, key, value, refusal))


def merged_pairs(base: str, singles: Mapping[str, str], prefix: str) -> str:
    """Return pairs with some of them set, or taken out where the text is empty."""
    pairs = pairs_of(base)
    for key, text in singles.items():
        name = key.removeprefix(prefix)
        if text:
            pairs[name] = text
        else:
            pairs.pop(name, None)
    return pairs_text(pairs)
