"""What a merchant plans for taxes: checked where it is made, so that a plan that exists can be stored."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from storefront.accounts.rules import COUNTRIES, LONGEST
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze
from storefront.places.regions import is_region
from storefront.pricing.taxes.regions import normal_region
from storefront.pricing.taxes.rules import WHOLE, DatedRate, Rate

LONGEST_NAME = 120
PARTS = (1, 2, 3)
ONE_PERCENT = WHOLE // 100


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A tax class: its names, and whether it is that of everything else, and of delivery."""

    name: str
    name_zh: str = ""
    is_default: bool = False
    is_for_delivery: bool = False

    def __post_init__(self) -> None:
        _check_names(self.name, self.name_zh, N_("Give the tax class a name, such as “Standard” or “Food”."))


@dataclass(frozen=True, slots=True)
class RatePlan:
    """A rate of one class at a place: `region` is normal and empty for the whole country."""

    tax_class: str
    country: str
    region: str
    name: str
    millionths: int
    name_zh: str = ""
    part: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        _check_names(self.name, self.name_zh, N_("Give the tax its name, as receipts show it: VAT, sales tax."))
        if self.country not in COUNTRIES:
            raise Invalid(N_("Please choose a country."), field="country")
        if len(self.region) > LONGEST["region"]:
            raise Invalid(N_("This is too long."), field="region")
        if self.region != normal_region(self.country, self.region) or not _exists(self.country, self.region):
            raise Invalid(
                N_("There is no region “%(region)s” in this country."), field="region", region=self.region[:40]
            )
        if not 0 <= self.millionths <= WHOLE:
            raise Invalid(N_("A tax rate is between 0 and 100 percent."), field="percent")
        if self.part not in PARTS:
            raise Invalid(N_("Please choose which of the taxes at this place it is."), field="part")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="valid_to")

    @property
    def dated(self) -> DatedRate:
        """The plan as the rules read it."""
        names = (("zh", squeeze(self.name_zh)),) if squeeze(self.name_zh) else ()
        rate = Rate(self.country, self.region, squeeze(self.name), self.millionths, names)
        return DatedRate(rate, self.tax_class, self.part, self.valid_from, self.valid_to)


def read_rate(text: str) -> int:
    """Read "8.875" or "19 %" as millionths; refuses what is none, is finer than 0.0001 %, or outside 0 to 100."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    try:
        exact = Decimal(plain) * ONE_PERCENT
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or not plain.isascii():
        raise Invalid(N_("Enter a percentage, such as 19 or 8.875."), field="percent")
    if not 0 <= exact <= WHOLE:
        raise Invalid(N_("A tax rate is between 0 and 100 percent."), field="percent")
    if exact != exact.to_integral_value():
        raise Invalid(N_("Use at most four decimals."), field="percent")
    return int(exact)


def percent_text(millionths: int) -> str:
    """Return a rate as the field shows it: "8.875"."""
    text = f"{Decimal(millionths).scaleb(-4):f}"
    return text.rstrip("0").rstrip(".")


def _check_names(name: str, name_zh: str, missing: str) -> None:
    if not squeeze(name):
        raise Invalid(missing, field="name")
    for field, text in (("name", name), ("name_zh", name_zh)):
        if len(squeeze(text)) > LONGEST_NAME:
            raise Invalid(N_("Use at most %(count)d characters."), field=field, count=LONGEST_NAME)


def _exists(country: str, region: str) -> bool:
    return not region or is_region(country, region)
