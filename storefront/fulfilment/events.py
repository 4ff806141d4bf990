"""Facts about parcels."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class ParcelShipped(Fact):
    """A parcel has left the house."""

    order_id: int
    number: str
    parcel_id: int


@dataclass(frozen=True, slots=True)
class ParcelDelivered(Fact):
    """A parcel is with the customer."""

    order_id: int
    number: str
    parcel_id: int


@dataclass(frozen=True, slots=True)
class ParcelSentAgain(Fact):
    """What went astray in a parcel is to leave the house once more."""

    order_id: int
    number: str
    parcel_id: int


@dataclass(frozen=True, slots=True)
class ParcelRelabelled(Fact):
    """A parcel on its way was given another carrier or tracking number."""

    order_id: int
    number: str
    parcel_id: int
