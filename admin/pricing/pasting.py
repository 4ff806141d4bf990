"""Many prices pasted at once: a line each, "SKU, quantity, price". What is wrong is said line by line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money, TooManyDecimals, digits_of
from storefront.kernel.text import code_key
from storefront.pricing.plans import EntryPlan
from storefront.web.errors import message_of

LONGEST = 200_000
"""So many characters are read."""
_BETWEEN = re.compile(r"[,;\t，；]")
_QUANTITY = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was typed, in its parts."""

    number: int
    sku: str
    quantity: str
    price: str


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line."""

    number: int
    words: str


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines that say something; a heading "SKU, quantity, price" is passed over."""
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in _BETWEEN.split(line, maxsplit=2)]
        if not any(parts) or (number == 1 and parts[0].casefold() == "sku"):
            continue
        sku, quantity, price = (*parts, "", "")[:3]
        yield Line(number, code_key(sku), unicodedata.normalize("NFKC", quantity), price)


def read_lines(text: str, *, variants: Mapping[str, int], currency: str) -> tuple[list[EntryPlan], list[LineError]]:
    """Return the prices that lines say, and what is wrong with the other lines; `variants` are ids by SKU."""
    plans: list[EntryPlan] = []
    errors: list[LineError] = []
    seen: dict[tuple[str, str], int] = {}
    for line in lines_of(text):
        try:
            plan = _read(line, variants, currency)
            first = seen.setdefault((line.sku, line.quantity.lstrip("0")), line.number)
            if first != line.number:
                raise Invalid(gettext("Line %(first)s has this article and quantity already.", first=first))
            plans.append(plan)
        except Invalid as refusal:
            errors.append(LineError(line.number, message_of(refusal)))
    return plans, errors


def _read(line: Line, variants: Mapping[str, int], currency: str) -> EntryPlan:
    if not line.price or not line.quantity or not line.sku:
        raise Invalid(gettext("Write SKU, quantity and price, with commas between them."))
    if line.sku not in variants:
        raise Invalid(gettext("There is no article “%(sku)s”.", sku=line.sku[:64]))
    if not _QUANTITY.fullmatch(line.quantity):
        raise Invalid(gettext("“%(text)s” is not a whole number of pieces.", text=line.quantity[:20]))
    return EntryPlan(variants[line.sku], int(line.quantity), read_price(line.price, currency))


def read_price(text: str, currency: str) -> Money:
    """Read an amount as staff type it; raises Invalid with the words for it."""
    try:
        return Money.parse(text, currency)
    except TooManyDecimals:
        digits = digits_of(currency)
        words = gettext("%(currency)s has %(digits)s decimals at most.", currency=currency, digits=digits)
    except ValueError:
        words = gettext("Enter an amount such as %(example)s.", example=f"{Money(1250, currency).decimal:f}")
    raise Invalid(words)
