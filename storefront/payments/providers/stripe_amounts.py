"""Amounts as Stripe counts them."""

from __future__ import annotations

from storefront.kernel.money import Money, digits_of
from storefront.payments.errors import ProviderFailed

WITHOUT_DECIMALS = frozenset(
    {*("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")}
)
WITH_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def to_stripe(amount: Money) -> int:
    """Return an amount in Stripe's smallest unit, which is not everywhere the one that pages show."""
    shift = _digits(amount.currency) - digits_of(amount.currency)
    if shift >= 0:
        return int(amount.minor * 10**shift)
    units, rest = divmod(amount.minor, int(10**-shift))
    if rest:
        raise ProviderFailed(f"{amount.currency} is finer here than at Stripe", permanent=True)
    return units


def from_stripe(amount: int, currency: str) -> Money:
    """Return what Stripe's smallest units are in ours; a part that we cannot count makes it nobody's amount."""
    code = currency.upper()
    shift = digits_of(code) - _digits(code)
    if shift >= 0:
        return Money(amount * 10**shift, code)
    units, rest = divmod(amount, int(10**-shift))
    if rest:
        raise ProviderFailed(f"{amount} {code} of Stripe cannot be counted here", permanent=True)
    return Money(units, code)


def _digits(currency: str) -> int:
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE else 2
