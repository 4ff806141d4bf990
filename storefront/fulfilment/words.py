"""What a parcel's states are called, for shoppers and for staff alike."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.fulfilment.states import ParcelState
from storefront.kernel.errors import N_

STATES: Mapping[str, str] = {
    ParcelState.PACKED: N_("Packed"),
    ParcelState.UNPACKED: N_("Unpacked"),
    ParcelState.SHIPPED: N_("On its way"),
    ParcelState.DELIVERED: N_("Delivered"),
    ParcelState.LOST: N_("Lost by the carrier"),
    ParcelState.RETURNED: N_("Came back to us"),
}
