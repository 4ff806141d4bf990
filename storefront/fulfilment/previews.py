"""A sample parcel for letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from storefront.fulfilment.states import ParcelState
from storefront.fulfilment.tracked import TrackedParcel
from storefront.kernel.clock import now
from storefront.orders.previews import NUMBER


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What is in it."""

    sku: str
    name: str
    packed: int
    variant_name: str = ""
    picture: str = ""


def sample_parcel() -> TrackedParcel:
    """Return a parcel on its way."""
    return TrackedParcel(
        number=f"{NUMBER}-1",
        state=ParcelState.SHIPPED,
        carrier_code="sf",
        carrier="SF Express",
        tracking_number="SF1020304050607",
        link="https://example.com/SF1020304050607",
        warehouse="",
        packed_by="",
        packed_at=now(),
        shipped_at=now(),
        delivered_at=None,
        was_resent=False,
        lines=[SampleLine("CUP-BLUE", "Blue cup", 2), SampleLine("LAMP", "Reading lamp", 1)],
        news=[],
        actions=frozenset(),
    )


FACTS = {
    "parcel": sample_parcel,
    "is_everything": lambda: True,
    "is_last": lambda: True,
    "expected": lambda: [now().date() + timedelta(days=2), now().date() + timedelta(days=4)],
}
