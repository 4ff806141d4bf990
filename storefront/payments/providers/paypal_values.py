"""Amounts and times as PayPal writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from storefront.kernel.money import Money
from storefront.payments.errors import ProviderFailed

WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})


def told_amount(amount: Money) -> dict[str, str]:
    """Return an amount as PayPal counts it: HUF, JPY and TWD have no decimals there, whatever pages show."""
    places = 0 if amount.currency in WITHOUT_DECIMALS else 2
    value = amount.decimal
    if value != round(value, places):
        raise ProviderFailed(f"{value} {amount.currency} is finer than PayPal counts", permanent=True)
    return {"currency_code": amount.currency, "value": f"{value:.{places}f}"}


def read_amount(told: Mapping[str, Any]) -> Money:
    """Return an amount of PayPal's in our minor units; a part that we cannot count makes it nobody's amount."""
    try:
        value, currency = Decimal(str(told["value"])), str(told["currency_code"])
        return Money.parse(f"{value:f}", currency)
    except (InvalidOperation, LookupError, ValueError) as error:
        raise ProviderFailed(f"PayPal speaks of {told!r}", permanent=True) from error


def read_moment(told: object, fallback: datetime) -> datetime:
    """Return a time of PayPal's, such as 2026-11-29T08:00:00.000Z."""
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return fallback
    return found if found.tzinfo else found.replace(tzinfo=UTC)
