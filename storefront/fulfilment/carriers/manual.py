"""A carrier that nobody asks: the customer follows its link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from storefront.fulfilment.carriers.protocol import BadPush, News, Report, Waybill


@dataclass(frozen=True, slots=True)
class ManualCarrier:
    """A name and an address with `{number}` in it."""

    code: str
    name: str
    url: str = ""
    is_followed: bool = False

    def link(self, tracking_number: str) -> str:
        """Return the address with the number in it."""
        return self.url.replace("{number}", quote(tracking_number, safe="")) if tracking_number else ""

    def subscribe(self, waybill: Waybill, callback_url: str) -> None:
        """Nobody is there to tell."""

    def poll(self, waybill: Waybill) -> Sequence[News]:
        """Nobody is there to be asked."""
        return ()

    def read_push(self, form: Mapping[str, str]) -> Report:
        """Nobody pushes."""
        raise BadPush
