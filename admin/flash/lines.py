"""The articles of a session as text: a line each with SKU, price, quota and, maybe, a limit for each customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storefront.flash.planning import ItemPlan, Trouble
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money, TooManyDecimals, digits_of
from storefront.kernel.text import code_key

LONGEST_TEXT = 60_000
_APART = re.compile(r"[\s,;|、]+")
_COUNT = re.compile(r"-?\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was typed, numbered from 1."""

    number: int
    text: str
    words: tuple[str, ...]

    @property
    def sku(self) -> str:
        return code_key(self.words[0])


@dataclass(frozen=True, slots=True)
class LineTrouble:
    """What is wrong with a line; `number` is 0 for an article that is missing."""

    number: int
    text: str
    trouble: Trouble


def split_lines(text: str) -> list[Line]:
    """Return the lines that say something, with full-width letters and digits made narrow."""
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        words = tuple(word for word in _APART.split(unicodedata.normalize("NFKC", raw).strip()) if word)
        if words:
            found.append(Line(number, raw.strip(), words))
    return found


def read_lines(
    lines: Sequence[Line], *, variants: Mapping[str, int], currency: str
) -> tuple[tuple[ItemPlan, ...], list[LineTrouble]]:
    """Return the items that lines describe and what is wrong with the others; `variants` maps known SKUs to ids."""
    items, troubles, first = list[ItemPlan](), list[LineTrouble](), dict[str, int]()
    for line in lines:
        try:
            if line.sku in first:
                raise Invalid(N_("%(sku)s is in line %(line)s already."), sku=line.sku, line=first[line.sku])
            first[line.sku] = line.number
            items.append(_read(line, variants, currency))
        except Invalid as refusal:
            troubles.append(LineTrouble(line.number, line.text, Trouble(refusal.text, refusal.facts)))
    return tuple(items), troubles


def place_troubles(lines: Sequence[Line], troubles: Mapping[str, Trouble]) -> list[LineTrouble]:
    """Return troubles by SKU as troubles of the lines that these SKUs stand in."""
    placed = {line.sku: line for line in lines}
    found = [
        LineTrouble(placed[sku].number, placed[sku].text, trouble) if sku in placed else LineTrouble(0, sku, trouble)
        for sku, trouble in troubles.items()
    ]
    return sorted(found, key=lambda each: each.number)


def write_line(sku: str, price: str, quota: int, per_customer: int | None) -> str:
    """Return an item as a line."""
    return " ".join(str(part) for part in (sku, price, quota, per_customer) if part is not None)


def _read(line: Line, variants: Mapping[str, int], currency: str) -> ItemPlan:
    if len(line.words) not in {3, 4}:
        raise Invalid(N_("Write the SKU, the price and the quota, and then how many for each customer if you like."))
    if line.sku not in variants:
        raise Invalid(N_("There is no article with the SKU %(sku)s."), sku=line.sku[:64])
    return ItemPlan(
        variant_id=variants[line.sku],
        sku=line.sku,
        price=_price(line.words[1], currency),
        quota=_count(line.words[2]),
        per_customer=_count(line.words[3]) if len(line.words) == 4 else None,
    )


def _price(word: str, currency: str) -> Money:
    try:
        return Money.parse(word, currency)
    except TooManyDecimals:
        digits = digits_of(currency)
        if digits == 0:
            raise Invalid(N_("“%(word)s” has decimals, which this currency does not have."), word=word[:40]) from None
        raise Invalid(N_("“%(word)s” has more than %(digits)d decimals."), word=word[:40], digits=digits) from None
    except ValueError:
        raise Invalid(N_("“%(word)s” is not a price."), word=word[:40]) from None


def _count(word: str) -> int:
    if not _COUNT.fullmatch(word):
        raise Invalid(N_("“%(word)s” is not a whole number."), word=word[:40])
    return int(word)
