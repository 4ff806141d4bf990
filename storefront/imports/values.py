"""Cells and what they say: every value has one text, the one that an export writes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from storefront.imports.fields import Field
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money, TooManyDecimals, digits_of
from storefront.kernel.text import code_key, fold, squeeze

HIGHEST_PRICE_MINOR = 10**11
MOST_PIECES = 1_000_000_000
HEAVIEST = 100_000_000
EMPTY = "[empty]"
"""Empties a field; an empty cell leaves it as it is."""
_EMPTIES = frozenset({EMPTY, "[空]", "[清空]", "［空］"})
_YES = frozenset({"yes", "y", "true", "1", "published", "active", "on", "是", "真", "上架", "已上架", "在售", "已发布"})
_NO = frozenset(
    {"no", "n", "false", "0", "unpublished", "draft", "inactive", "off", "否", "假", "下架", "未上架", "未发布"}
)
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_SYMBOL = re.compile(r"^(?P<before>[^\d.,+\-\s]*)\s*(?P<amount>[+-]?[\d., ]*\d)\s*(?P<after>[^\d.,+\-\s]*)$")
_BARCODE = re.compile(r"[A-Z0-9\-]+")
_PIECES = re.compile(r"\d{1,10}(\.0+)?", re.ASCII)
_WEIGHT = re.compile(r"(?P<amount>\d+(\.\d+)?)\s*(?P<unit>g|kg|克|千克|公斤|)", re.ASCII)
_SYMBOLS = {
    "CNY": {"¥", "CN¥", "RMB", "元"},
    "JPY": {"¥", "JP¥", "円"},
    "USD": {"$", "US$"},
    "EUR": {"€"},
    "GBP": {"£"},
    "HKD": {"$", "HK$"},
    "TWD": {"$", "NT$"},
}


@dataclass(frozen=True, slots=True)
class Known:
    """What cells are read against: categories by what they may be called."""

    currency: str
    categories: Mapping[str, str] = field(default_factory=dict)
    """Folded path or address -> the text that an export writes."""


def is_emptying(text: str) -> bool:
    """Say whether a cell empties its field."""
    return fold(text) in _EMPTIES


def read(what: Field, text: str, known: Known) -> str:
    """Return the one text of what a cell says; raises Invalid with a sentence."""
    if is_emptying(text):
        if what.is_required:
            raise Invalid(N_("This cannot be emptied."))
        return ""
    return _READERS[what.kind](what, text, known)


def money_text(minor: int | None, currency: str) -> str:
    """Return an amount as an export writes it."""
    return "" if minor is None else f"{Money(minor, currency).decimal:f}"


def money_of(text: str, currency: str) -> Money | None:
    """Return what `money_text` wrote."""
    return Money.parse(text, currency) if text else None


def pairs_text(pairs: Mapping[str, object]) -> str:
    """Return names and values as one text: "Material: Cotton | Care: 30 °C"."""
    return " | ".join(f"{_escape(name, ':：')}: {_escape(str(value))}" for name, value in pairs.items())


def pairs_of(text: str) -> dict[str, str]:
    """Return what `pairs_text` wrote, or a person did, also one a line; raises Invalid."""
    found: dict[str, str] = {}
    for piece in _pieces(text):
        if not piece.strip():
            continue
        name, colon, value = _halves(piece)
        name, value = squeeze(name), value.strip()
        if not (name and colon and value):
            raise Invalid(N_("Write name: value, and | between them, such as Material: Cotton | Colour: Blue."))
        if name in found:
            raise Invalid(N_("“%(name)s” is there twice."), name=name)
        found[name] = value
    return found


def _text(what: Field, text: str, _known: Known) -> str:
    return _short(squeeze(text), what.longest)


def _long(what: Field, text: str, _known: Known) -> str:
    return _short(text.replace("\r\n", "\n").replace("\r", "\n").strip(), what.longest)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Invalid(N_("Use at most %(count)d characters."), count=longest)
    return text


def _code(what: Field, text: str, _known: Known) -> str:
    if _ROUNDED.fullmatch(text.strip()):
        raise Invalid(N_("The spreadsheet has rounded this number. Format the column as text and enter it again."))
    code = code_key(text)
    if what.key == "barcode" and not _BARCODE.fullmatch(code):
        raise Invalid(N_("A barcode is made of digits, letters and hyphens."))
    return _short(code, what.longest)


def _handle(what: Field, text: str, _known: Known) -> str:
    handle = fold(text).removeprefix("/products/").strip("/")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", handle):
        raise Invalid(N_("An address is made of small letters, digits and hyphens, such as blue-cup."))
    return _short(handle, what.longest)


def _money(_what: Field, text: str, known: Known) -> str:
    narrow = fold(text)
    found = _SYMBOL.fullmatch(narrow)
    symbols = {fold(each) for each in {known.currency, *_SYMBOLS.get(known.currency, ())}}
    for sign in (found["before"], found["after"]) if found else ():
        if sign and sign not in symbols:
            raise Invalid(
                N_("Amounts are in %(currency)s here, without “%(sign)s”."), currency=known.currency, sign=sign
            )
    try:
        amount = Money.parse(found["amount"] if found else narrow, known.currency)
    except TooManyDecimals:
        digits = digits_of(known.currency)
        raise Invalid(
            N_("%(currency)s has %(digits)s decimals at most."), currency=known.currency, digits=digits
        ) from None
    except ValueError:
        if re.fullmatch(r"[+-]?[\d,. ]+", narrow) and len(re.sub(r"\D", "", narrow)) > 13:
            raise Invalid(N_("This amount is too high.")) from None
        example = f"{Money(125_000, known.currency).decimal:,f}"
        raise Invalid(N_("Enter an amount such as %(example)s."), example=example) from None
    if amount.minor < 0:
        raise Invalid(N_("A price cannot be negative."))
    if amount.minor > HIGHEST_PRICE_MINOR:
        raise Invalid(N_("This amount is too high."))
    return money_text(amount.minor, known.currency)


def _grams(_what: Field, text: str, _known: Known) -> str:
    found = _WEIGHT.fullmatch(fold(text).replace(",", ""))
    try:
        amount = Decimal(found["amount"]) if found else None
    except InvalidOperation:
        amount = None
    if found is None or amount is None:
        raise Invalid(N_("Enter a weight in grams, such as 250."))
    grams = amount * 1000 if found["unit"] in {"kg", "千克", "公斤"} else amount
    if grams != grams.to_integral_value() or grams > HEAVIEST:
        raise Invalid(N_("Enter a weight in grams, such as 250."))
    return str(int(grams))


def _yes(_what: Field, text: str, _known: Known) -> str:
    word = fold(text)
    if word in _YES or word in _NO:
        return "yes" if word in _YES else "no"
    raise Invalid(N_("Enter yes or no."))


def _pairs(what: Field, text: str, _known: Known) -> str:
    return _short(pairs_text(pairs_of(text)), what.longest)


def _pieces_of_stock(_what: Field, text: str, _known: Known) -> str:
    plain = fold(text).replace(",", "")
    if not _PIECES.fullmatch(plain) or int(plain.partition(".")[0]) > MOST_PIECES:
        raise Invalid(N_("Enter a whole number that is not negative."))
    return str(int(plain.partition(".")[0]))


def category_key(text: str) -> str:
    """Return a path or an address of a category as it is looked up."""
    return " > ".join(fold(part) for part in re.split(r"\s*[>＞›»]\s*", text.strip()) if part)


def _category(_what: Field, text: str, known: Known) -> str:
    found = known.categories.get(category_key(text))
    if not found:
        raise Invalid(N_("There is no such category. Write its path, such as Kitchen > Cups, or its address."))
    return found


def _escape(text: str, more: str = "") -> str:
    for letter in f"\\|{more}":
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def _pieces(text: str) -> list[str]:
    """Cut at | and at line ends that no backslash stands before."""
    pieces, now, escaped = [""], 0, False
    for letter in text.replace("\r\n", "\n"):
        if not escaped and letter in "|\n":
            pieces.append("")
            now += 1
        else:
            pieces[now] += letter
        escaped = letter == "\\" and not escaped
    return pieces


def _halves(piece: str) -> tuple[str, str, str]:
    """Return name, colon and value, their backslashes taken off; a full-width colon is one, too."""
    halves, at, escaped = ["", ""], 0, False
    colon = ""
    for letter in piece:
        if escaped:
            halves[at] += "\n" if letter == "n" else letter
            escaped = False
        elif letter == "\\":
            escaped = True
        elif not colon and letter in ":：":
            colon, at = letter, 1
        else:
            halves[at] += letter
    return halves[0], colon, halves[1]


_READERS = {
    "text": _text,
    "long": _long,
    "code": _code,
    "handle": _handle,
    "money": _money,
    "grams": _grams,
    "yes": _yes,
    "pairs": _pairs,
    "category": _category,
    "pieces": _pieces_of_stock,
}
