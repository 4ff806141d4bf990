"""Amounts, weights and surcharges as staff type them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import MAX_MINOR, Money, TooManyDecimals
from storefront.shipping.rules import Measure, Surcharge
from storefront.shipping.zones import read_places

MOST_GRAMS = 10_000_000
MOST_PIECES = 10_000
GRAMS = Decimal(1000)


def read_money(text: str, *, field: str, currency: str) -> Money:
    """Read an amount of nothing or more; refuses anything else."""
    try:
        amount = Money.parse(_narrow(text), currency)
    except TooManyDecimals:
        raise Invalid(N_("This currency has fewer decimals."), field=field) from None
    except ValueError:
        raise Invalid(N_("Enter an amount, such as 4.99; 0 is free."), field=field) from None
    if not 0 <= amount.minor < MAX_MINOR:
        raise Invalid(N_("Enter an amount, such as 4.99; 0 is free."), field=field)
    return amount


def read_units(text: str, measure: Measure, *, field: str) -> int:
    """Read grams, typed in kilograms, or pieces; nothing typed is 0."""
    return read_grams(text, field=field) if measure is Measure.WEIGHT else read_count(text, field=field)


def read_grams(text: str, *, field: str) -> int:
    """Read kilograms with at most three decimals as grams; nothing typed is 0."""
    try:
        grams = Decimal(_narrow(text) or "0") * GRAMS
        known = grams == grams.to_integral_value() and 0 <= grams <= MOST_GRAMS
    except InvalidOperation:
        known = False
    if not known:
        raise Invalid(N_("Enter a weight in kilograms, such as 1.5, at most 10000."), field=field)
    return int(grams)


def read_count(text: str, *, field: str, most: int = MOST_PIECES) -> int:
    """Read a whole number; nothing typed is 0."""
    narrow = _narrow(text) or "0"
    if not narrow.isascii() or not narrow.isdigit() or int(narrow[:9]) > most or len(narrow) > 9:
        raise Invalid(N_("Enter a whole number of at most %(most)s."), field=field, most=most)
    return int(narrow)


def read_surcharges(text: str, *, currency: str) -> tuple[Surcharge, ...]:
    """Read one surcharge a line, "3.00: CN-新疆, CN-青海"; refuses a place that has two."""
    found, named = [], set[str]()
    for line in filter(None, (each.strip() for each in text.splitlines())):
        price, colon, places = line.replace("：", ":").partition(":")
        if not colon:
            raise Invalid(N_("Write a surcharge as 3.00: CN-新疆, CN-青海."), field="surcharges")
        read = read_places(places, field="surcharges")
        again = next((place for place in read if place in named), None)
        if again or not read:
            raise Invalid(N_("“%(place)s” is named twice."), field="surcharges", place=again or places[:80])
        named.update(read)
        found.append(Surcharge(read, read_money(price, field="surcharges", currency=currency)))
    return tuple(found)


def units_text(units: int, measure: Measure) -> str:
    """Write grams as kilograms, or pieces, for a field."""
    return f"{Decimal(units) / GRAMS:f}" if measure is Measure.WEIGHT else str(units)


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
