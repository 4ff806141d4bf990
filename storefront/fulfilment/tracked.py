"""An order's parcels as pages and letters show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storefront.fulfilment import queries
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.models import Parcel, TrackingEvent
from storefront.fulfilment.services import actions_of
from storefront.fulfilment.states import ParcelAction, ParcelState


@dataclass(frozen=True, slots=True)
class TrackedParcel:
    """One parcel: what is in it, who carries it, where it can be followed, and what was told about it."""

    number: str
    state: ParcelState
    carrier_code: str
    carrier: str
    """Its name, untranslated where it is the shop itself."""
    tracking_number: str
    link: str
    warehouse: str
    packed_by: str
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    was_resent: bool
    lines: Sequence[Any]
    """Rows with sku, name, variant_name, picture and `packed`, the pieces in this parcel."""
    news: Sequence[TrackingEvent]
    actions: frozenset[ParcelAction]

    @property
    def units(self) -> int:
        """How many pieces are in it."""
        return sum(int(line.packed) for line in self.lines)

    @property
    def may_confirm(self) -> bool:
        """Whether its receiver can say that it is there."""
        return self.state is ParcelState.SHIPPED

    def may(self, action: str) -> bool:
        """Say whether `action` is allowed now."""
        return ParcelAction(action) in self.actions


def list_tracked(order_id: int) -> list[TrackedParcel]:
    """Return an order's parcels, the first packed first."""
    return track(queries.list_parcels(order_id))


def track(parcels: Sequence[Parcel]) -> list[TrackedParcel]:
    """Return what is known of these parcels, in four reads however many they are."""
    if not parcels:
        return []
    lines = queries.list_lines(parcels)
    news = queries.list_news([parcel.id for parcel in parcels])
    carriers = choosing.carriers_for({parcel.carrier for parcel in parcels})
    warehouses = queries.warehouse_names(parcel.warehouse_id for parcel in parcels)
    return [
        TrackedParcel(
            number=parcel.number,
            state=ParcelState(parcel.state),
            carrier_code=parcel.carrier,
            carrier=carriers[parcel.carrier].name,
            tracking_number=parcel.tracking_number,
            link=carriers[parcel.carrier].link(parcel.tracking_number),
            warehouse=warehouses.get(parcel.warehouse_id or 0, ""),
            packed_by=parcel.packed_by,
            packed_at=parcel.packed_at,
            shipped_at=parcel.shipped_at,
            delivered_at=parcel.delivered_at,
            was_resent=parcel.resent_at is not None,
            lines=lines[parcel.id],
            news=news[parcel.id],
            actions=actions_of(parcel),
        )
        for parcel in parcels
    ]
