"""Single values as people type them: amounts, whole numbers, percentages, moments; full-width digits are digits."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from storefront.kernel.money import Money, digits_of

MOMENT = "%Y-%m-%dT%H:%M"
_FORMATS = (
    MOMENT,
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)
_WHOLE = re.compile(r"\d{1,12}|\d{1,3}(?:,\d{3}){1,3}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%?", re.ASCII)
_FOLD = re.compile(r"(\d(?:\.\d{1,3})?|\d{2,3})\s*折", re.ASCII)
WHOLE = 10_000


def narrow(text: str) -> str:
    """Return text with full-width forms narrowed and trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def read_count(text: str) -> int:
    """Read a whole number ("1,000", "１０"); raises ValueError for anything else."""
    plain = narrow(text)
    if not _WHOLE.fullmatch(plain):
        raise ValueError(f"not a whole number: {text!r}")
    return int(plain.replace(",", ""))


def read_percent(text: str) -> int:
    """Read a reduction as basis points: "20", "20 %", "12.5", or as Chinese says it, "8折" and "85折".

    Raises ValueError for what is no percentage, is finer than a hundredth, or is not above 0 and at most 100.
    """
    plain = narrow(text)
    fold, percent = _FOLD.fullmatch(plain), _PERCENT.fullmatch(plain)
    try:
        if fold:
            share = Decimal(fold[1])
            if share in {10, 100}:
                raise ValueError(f"not a percentage: nothing off {text!r}")
            points = WHOLE - share * (1_000 if share < 10 else 100)
        elif percent:
            points = Decimal(percent[1]) * 100
        else:
            raise ValueError(f"not a percentage: {text!r}")
    except InvalidOperation as error:
        raise ValueError(f"not a percentage: {text!r}") from error
    if points != int(points) or not 1 <= points <= WHOLE:
        raise ValueError(f"not a percentage above 0 and at most 100: {text!r}")
    return int(points)


def read_moment(text: str, zone: str) -> datetime:
    """Read a moment of the shop's zone as UTC; raises ValueError."""
    plain = narrow(text)
    for format_ in _FORMATS:
        try:
            local = datetime.strptime(plain, format_)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        if 2000 <= local.year < 2200:
            return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    raise ValueError(f"not a moment: {text!r}")


def show_amount(minor: int | None, currency: str) -> str:
    """Return an amount as its field shows it: "12.50", in yen "1250"; empty for none."""
    return "" if minor is None else f"{Money(minor, currency).decimal:.{digits_of(currency)}f}"


def show_percent(basis_points: int | None) -> str:
    """Return a reduction as its field shows it: "12.5"."""
    return (
        ""
        if basis_points is None
        else f"{Decimal(basis_points) / 100:f}".rstrip("0").rstrip(".")
        if basis_points % 100
        else str(basis_points // 100)
    )


def show_moment(moment: datetime | None, zone: str) -> str:
    """Return a moment as its field shows it, in the shop's zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime(MOMENT) if moment else ""
