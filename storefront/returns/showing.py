"""A request as its pages and letters show it: what happened, what comes next, where goods go, who pays for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storefront.kernel.errors import N_
from storefront.returns.models import Return, ReturnEvent
from storefront.returns.rules import is_shops_fault
from storefront.returns.states import Remedy, ReturnKind, ReturnReason, ReturnState
from storefront.shop.queries import get_settings


class Payer(StrEnum):
    """Who pays for sending goods back."""

    SHOP = "shop"
    SHOPPER = "shopper"
    NOBODY = "nobody"
    """Nothing has to come back."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `state` is "done", "current" or "next"."""

    words: str
    at: datetime | None
    state: str


TOLD: dict[str, str] = {
    ReturnState.REQUESTED: N_("Request sent"),
    ReturnState.APPROVED: N_("We agreed"),
    ReturnState.REJECTED: N_("Request declined"),
    ReturnState.RECEIVED: N_("Parcel received and checked"),
    ReturnState.REFUNDING: N_("Refund on its way"),
    ReturnState.REFUNDED: N_("Refund sent"),
    ReturnState.REPLACED: N_("Replacement ordered"),
    ReturnState.CLOSED: N_("Completed"),
    ReturnState.WITHDRAWN: N_("You withdrew it"),
}
DECIDING, SENDING = N_("We are reviewing your request"), N_("You send the items back")
LOOKING, PAYING = N_("We check what arrived"), N_("We send your refund")
REPLACING, ARRIVING = N_("We send the replacement"), N_("The replacement arrives")


def steps_of(found: Return, events: Sequence[ReturnEvent]) -> list[Step]:
    """Return the timeline: what happened, then what is to come."""
    done = [Step(TOLD[event.state], event.at, "done") for event in events if not (event.facts or {}).get("failed")]
    last = REPLACING if found.remedy == Remedy.REPLACE else PAYING
    coming = [last] if found.kind == ReturnKind.CLAIM else [SENDING, LOOKING, last]
    ahead: dict[str, list[str]] = {
        ReturnState.REQUESTED: [DECIDING, *coming],
        ReturnState.APPROVED: coming,
        ReturnState.RECEIVED: [last],
        ReturnState.REFUNDING: [PAYING],
        ReturnState.REPLACED: [ARRIVING],
    }
    words = ahead.get(found.state, [])
    return [*done, *(Step(each, None, "next" if place else "current") for place, each in enumerate(words))]


def address_lines() -> list[str]:
    """Return where goods are sent back to, line by line; empty where the merchant has not said."""
    return [line.strip() for line in get_settings().return_address.split(";") if line.strip()]


def pays_postage(found: Return, lines: Sequence[Any]) -> Payer:
    """Say who pays for sending a request's goods back."""
    return payer_of(ReturnKind(found.kind), [ReturnReason(line.reason) for line in lines])


def payer_of(kind: ReturnKind, reasons: Sequence[ReturnReason]) -> Payer:
    """Say who pays for sending goods back that come for these reasons."""
    if kind is ReturnKind.CLAIM:
        return Payer.NOBODY
    return Payer.SHOP if get_settings().free_return_postage or is_shops_fault(reasons) else Payer.SHOPPER
