"""Money is whole minor units of one currency; it is never a float.

Sharing an amount goes through `split` (largest remainder, also called Hamilton's method), so parts always add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import total_ordering

DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}
MAX_MINOR = 10**15


def digits_of(currency: str) -> int:
    """Return how many decimal digits the minor unit of an ISO 4217 currency has."""
    return DIGITS.get(currency, 2)


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
        order = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
        for i in order[:left]:
            parts[i] += 1
    return [sign * part for part in parts]


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units (`minor`) of one ISO 4217 `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError(f"money is counted in whole minor units, not {self.minor!r}")
        if abs(self.minor) > MAX_MINOR:
            raise ValueError("amount out of range")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 currency code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an amount as a person writes it ("1,234.50"); raises ValueError for anything else.

        More decimals than the currency has are refused rather than rounded.
        """
        cleaned = text.strip().replace(",", "").replace("，", "").replace(" ", "")
        try:
            value = Decimal(cleaned)
        except InvalidOperation:
            raise ValueError(f"not an amount: {text!r}") from None
        if not value.is_finite():
            raise ValueError(f"not an amount: {text!r}")
        if abs(value.adjusted()) > 20:
            raise ValueError("amount out of range")
        scaled = value.scaleb(digits_of(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"too many decimals for {currency}: {text!r}")
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

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
