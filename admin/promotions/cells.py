"""Reads single fields of the builder and says beside each what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from admin.promotions.typed import Typed
from admin.promotions.values import read_count, read_moment, read_percent, show_amount
from storefront.kernel.money import Money, TooManyDecimals, digits_of


@dataclass(frozen=True, slots=True)
class Cells:
    """The typed fields, in a currency and a zone. Each method returns the value, or None after noting an error."""

    typed: Typed
    currency: str
    zone: str

    def amount(self, name: str, *, optional: bool = False) -> int | None:
        """Read a positive amount in minor units."""
        text = self.typed.get(name)
        if not text and optional:
            return None
        example = show_amount(1250, self.currency)
        try:
            amount = Money.parse(text, self.currency)
        except TooManyDecimals:
            digits = digits_of(self.currency)
            words = _("%(currency)s has %(digits)s decimals at most.", currency=self.currency, digits=digits)
            if not digits:
                words = _("%(currency)s has no decimals.", currency=self.currency)
            self.typed.refuse(name, words)
            return None
        except ValueError:
            self.typed.refuse(name, _("Enter an amount such as %(example)s.", example=example))
            return None
        if amount.minor <= 0:
            self.typed.refuse(name, _("Enter an amount above zero."))
            return None
        return amount.minor

    def count(self, name: str, *, least: int = 1, most: int, optional: bool = False) -> int | None:
        """Read a whole number."""
        text = self.typed.get(name)
        if not text and optional:
            return None
        try:
            number = read_count(text)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            self.typed.refuse(
                name, _("Enter a whole number from %(least)s to %(most)s.", least=least, most=f"{most:,}")
            )
            return None
        return number

    def percent(self, name: str, *, optional: bool = False) -> int | None:
        """Read a reduction in basis points."""
        text = self.typed.get(name)
        if not text and optional:
            return None
        try:
            return read_percent(text)
        except ValueError:
            self.typed.refuse(name, _("Enter a percentage above 0 and at most 100, such as 20."))
            return None

    def moment(self, name: str) -> datetime | None:
        """Read an optional moment of the shop's zone."""
        text = self.typed.get(name)
        if not text:
            return None
        try:
            return read_moment(text, self.zone)
        except ValueError:
            self.typed.refuse(name, _("Enter a day and a time, such as 2026-05-03 09:00."))
            return None
