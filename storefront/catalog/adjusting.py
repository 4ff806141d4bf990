"""Many prices by one rule: "+5 %, to the nearest .99". Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from storefront.catalog.errors import NothingLeft
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money, digits_of

HIGHEST_PERCENT = Decimal(1000)
NO_ENDING = ""
WHOLE = "00"
ENDINGS = (NO_ENDING, "99", "95", "90", "50", WHOLE)
"""What an amount may end with: its minor units, in currencies that have two digits of them."""


class How(StrEnum):
    """How amounts are changed."""

    PERCENT = "percent"
    AMOUNT = "amount"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A rule for amounts of one currency: percent or amount up (or down, with a minus), and what they end with."""

    how: How
    by: Decimal
    """Percent, or an amount in major units."""
    currency: str
    ending: str = NO_ENDING

    def __post_init__(self) -> None:
        if self.how is How.PERCENT and not -100 < self.by <= HIGHEST_PERCENT:
            raise Invalid(N_("Enter a percentage from -99 to 1000."), field="by")
        if self.how is How.SET and self.by < 0:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="by")
        if self.ending not in ENDINGS:
            raise Invalid(field="ending")

    def of(self, amount: Money) -> Money:
        """Return an amount changed, half a minor unit rounds up; raises NothingLeft where it falls to zero or below."""
        exact = Decimal(amount.minor)
        if self.how is How.PERCENT:
            exact = exact * (100 + self.by) / 100
        elif self.how is How.AMOUNT:
            exact += self._minor()
        else:
            exact = self._minor()
        minor = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if minor <= 0 and self.how is not How.SET and minor != amount.minor:
            raise NothingLeft
        return Money(_ended(minor, self.ending, self.currency), self.currency)

    def _minor(self) -> Decimal:
        return self.by.scaleb(digits_of(self.currency))


def read_adjustment(*, how: str, by: str, ending: str, currency: str) -> Adjustment:
    """Return what was typed; raises Invalid."""
    typed = by.strip().removesuffix("%").replace("％", "").replace("−", "-").strip()
    try:
        number = Decimal(typed)
    except InvalidOperation:
        raise Invalid(N_("Enter a number, such as 5 or -10."), field="by") from None
    if how not in set(How) or not number.is_finite() or abs(number) > 10**9:
        raise Invalid(N_("Enter a number, such as 5 or -10."), field="by")
    if how != How.PERCENT and -number.as_tuple().exponent > digits_of(currency):  # type: ignore[operator]
        words = N_("%(currency)s has %(digits)s decimals at most.")
        raise Invalid(words, field="by", currency=currency, digits=digits_of(currency))
    return Adjustment(How(how), number, currency, ending)


def _ended(minor: int, ending: str, currency: str) -> int:
    """Return the nearest amount that ends so, the higher one of two as near; zero stays zero."""
    if not ending or not minor or digits_of(currency) != 2:
        return minor
    end = int(ending)
    below = (minor - end) // 100 * 100 + end
    return max(below + 100 if minor - below >= below + 100 - minor else below, end)
