"""What a carrier can do, and the plain values it does it with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from storefront.fulfilment.states import TrackingStatus
from storefront.kernel.errors import N_, Forbidden

LONGEST_TEXT = 500
LONGEST_PLACE = 120


@dataclass(frozen=True, slots=True)
class Waybill:
    """What a carrier is asked about; `phone` is the receiver's, which some carriers want to see."""

    tracking_number: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that a carrier tells about a parcel."""

    at: datetime
    text: str
    status: TrackingStatus = TrackingStatus.NEWS
    place: str = ""

    @property
    def key(self) -> str:
        """What tells it from other news of the same parcel."""
        return sha256(f"{self.at.isoformat()}|{self.text[:LONGEST_TEXT]}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Report:
    """What a push tells: about which parcels of which carrier, and what."""

    company: str
    tracking_number: str
    news: Sequence[News]


class CarrierError(Exception):
    """A carrier did not answer, or said no; `permanent` says that asking again will not help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(message)


class BadPush(Forbidden):
    """A push that is not from whom it says, or that nobody can read."""

    message = N_("This message is not signed as it should be.")


class Carrier(Protocol):
    """Who carries parcels."""

    @property
    def code(self) -> str:
        """The shop's code for it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def is_followed(self) -> bool:
        """Whether somebody can be asked where a parcel is."""

    def link(self, tracking_number: str) -> str:
        """Return where a parcel can be followed; "" where nowhere."""

    def subscribe(self, waybill: Waybill, callback_url: str) -> None:
        """Ask to be told about a parcel; raises CarrierError."""

    def poll(self, waybill: Waybill) -> Sequence[News]:
        """Ask where a parcel is; raises CarrierError."""

    def read_push(self, form: Mapping[str, str]) -> Report:
        """Read what was pushed, once its signature is right; raises BadPush."""
