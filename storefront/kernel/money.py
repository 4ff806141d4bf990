"""Money is whole minor units of one currency; it is never a float.

Sharing an amount goes through `split` (largest remainder, also called Hamilton's method), so parts always add up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache, total_ordering

from babel import numbers

MAX_MINOR = 10**15
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>\d+|\d{1,3}(?P<by>[, ])\d{3}(?:(?P=by)\d{3})*|(?=\.))(?:\.(?P<part>\d+))?", re.ASCII
)


class TooManyDecimals(ValueError):
    """An amount finer than its currency's minor unit."""


@lru_cache(maxsize=512)
def is_currency(currency: str) -> bool:
    """Say whether a code is one of ISO 4217, by Babel's table."""
    return numbers.is_currency(currency)


@lru_cache(maxsize=512)
def digits_of(currency: str) -> int:
    """Return how many decimal digits the minor unit of a currency has, by Babel's table: pages show as many."""
    return numbers.get_currency_precision(currency)


def split_minor(amount: int, weights: Sequence[int]) -> list[int]:
    """Share `amount` minor units over `weights` by largest remainder; the parts always sum to `amount`.

    Ties go to the earlier weight. All-zero weights share equally. Raises ValueError for no or negative weights.
    Source: Hamilton's apportionment method.
    """
    if not weights:
        raise ValueError("cannot split over no weights")
    if min(weights) < 0:
        raise ValueError("weights must not be negative")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    parts = [size * weight // total for weight in weights]
    left = size - sum(parts)
    if left:
        remainders = [size * weight % total for weight in weights]
        for i in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:left]:
            parts[i] += 1
    return [sign * part for part in parts]


@lru_cache(maxsize=256)
def _is_code(currency: str) -> bool:
    return len(currency) == 3 and currency.isascii() and currency.isupper()


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units (`minor`) of one ISO 4217 `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is counted in whole minor units, not {self.minor!r}")
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise ValueError("amount out of range")
        if not _is_code(self.currency):
            raise ValueError(f"not an ISO 4217 currency code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an amount as a person writes it ("1,234.50", "1 234.50"); raises ValueError for anything else.

        Commas and spaces stand between groups of three digits only, so "12,50" is refused and never 1250. More
        decimals than the currency has are refused (TooManyDecimals) rather than rounded.
        """
        found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise ValueError(f"not an amount: {text!r}")
        digits, part = digits_of(currency), (found["part"] or "").rstrip("0")
        if len(part) > digits:
            raise TooManyDecimals(f"too many decimals for {currency}: {text!r}")
        whole = found["whole"].replace(found["by"] or ",", "")
        return cls(int(f"{found['sign']}{whole}{part.ljust(digits, '0')}" or "0"), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        if not isinstance(count, int) or isinstance(count, bool):
            raise TypeError("money is multiplied by whole counts only; use `portion` for a share")
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def portion(self, numerator: int, denominator: int) -> Money:
        """Return `numerator/denominator` of this amount, rounded half to even."""
        if denominator == 0:
            raise ValueError("a share of zero parts")
        exact = Decimal(self.minor) * numerator / denominator
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share this amount over `weights`: `Money(100).split([1, 1, 1])` is 34, 33, 33."""
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency; an empty sum is zero of `currency`."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
