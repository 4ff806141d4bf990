"""A sample return for letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.previews import NUMBER
from storefront.returns.models import Return
from storefront.returns.showing import Payer
from storefront.shop.queries import get_settings

FOLLOW_UP = "8KQM-4XPD"
STEPS = ("requested", "approved", "rejected", "withdrawn", "received", "refunding", "replaced")


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What comes back, and what goes out instead of it."""

    name: str
    quantity: int
    accepted: int | None = None
    variant_name: str = ""
    wanted_variant_id: int | None = None
    wanted_name: str = ""
    wanted_sku: str = ""


def sample_return(*, remedy: str = "refund") -> Return:
    """Return a request that is in no database."""
    return Return(
        number=f"{NUMBER}-R1",
        kind="return" if remedy == "refund" else "exchange",
        remedy=remedy,
        answer="Thank you for the photographs.",
        follow_up_number="" if remedy == "refund" else FOLLOW_UP,
        requested_at=now(),
    )


def _samples(step: str) -> Mapping[str, Callable[[], object]]:
    remedy = "replace" if step == "replaced" else "refund"
    return {
        "found": lambda: sample_return(remedy=remedy),
        "lines": lambda: [SampleLine("Blue cup", 2), SampleLine("Reading lamp", 1)],
        "goes_out": lambda: [SampleLine("Blue cup", 2, variant_name="L"), SampleLine("Reading lamp", 1)],
        "suggested": lambda: Money(2450, get_settings().currency),
        "actual": lambda: Money(2450, get_settings().currency),
        "address": lambda: [get_settings().name, "1 Main Street", "Springfield"],
        "pays_postage": lambda: Payer.SHOPPER,
        "due": lambda: Money.zero(get_settings().currency),
        "return_url": lambda: f"https://example.com/orders/{NUMBER}/returns/{NUMBER}-R1",
        "follow_up_url": lambda: f"https://example.com/orders/{FOLLOW_UP}",
    }


SPECIAL = {f"returns/mail/{step}": _samples(step) for step in STEPS}
