"""What a merchant plans for a price list: checked where it is made, so that a plan that exists can be stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.snapshot import MAX_QUANTITY

LONGEST_NAME = 120
HIGHEST_PRICE_MINOR = 10**11


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list: what it is called, for whom and when it holds (neither tiers nor groups: for everybody), and which share
    of the base price everything costs that has no price of its own in it.
    """

    name: str
    name_zh: str = ""
    tiers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    basis_points: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("Give the list a name; shoppers see it where the price is lower."), field="name")
        for field, text in (("name", self.name), ("name_zh", self.name_zh)):
            if len(squeeze(text)) > LONGEST_NAME:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=LONGEST_NAME)
        if self.basis_points is not None and not 0 < self.basis_points < WHOLE:
            raise Invalid(
                N_("A reduction is more than 0 and less than 100 percent. Leave it empty to price goods one by one."),
                field="percent",
            )
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")

    @property
    def is_public(self) -> bool:
        return not self.tiers and not self.groups


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What a variant costs in a list from `quantity` pieces on."""

    variant_id: int
    quantity: int
    price: Money

    def __post_init__(self) -> None:
        if not 0 <= self.price.minor <= HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="price")
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise Invalid(N_("A quantity is between 1 and %(most)d."), field="quantity", most=MAX_QUANTITY)


def asked_by(plan: ListPlan, price_minor: int | None, at: datetime) -> tuple[tuple[datetime, int | None], ...]:
    """Return what a list asks everybody for a variant from `at` on, as (moment, price or None) of every change.

    `price_minor` is what it asks while it holds, None for nothing.
    """
    over = plan.ends_at is not None and plan.ends_at <= at
    if price_minor is None or not plan.is_active or not plan.is_public or over:
        return ((at, None),)
    waits = plan.starts_at is not None and plan.starts_at > at
    changes: list[tuple[datetime, int | None]] = [(at, None if waits else price_minor)]
    if plan.starts_at is not None and waits:
        changes.append((plan.starts_at, price_minor))
    if plan.ends_at is not None:
        changes.append((plan.ends_at, None))
    return tuple(changes)
