"""Who is looking at a curated page, and what they are shown on it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime

from flask import g, request

from storefront.accounts.sessions import current_customer
from storefront.content.queries import HOME, slots_of
from storefront.content.rules import Entry, Slot, Visitor, resolve_all
from storefront.content.varying import FAMILY
from storefront.experiments.here import varied_key

Shown = Sequence[tuple[Slot, Entry]]


def shown_here(page: str, at: datetime) -> list[tuple[Slot, Entry]]:
    """Return what a page shows to whoever asks for it now; asked again in one request, it is found out once."""
    slots, known = slots_of(page), g.get("_shown")
    if known is None or known[0] != page or known[1] is not slots:
        known = g._shown = page, slots, resolve_all(slots, at, visitor_here(slots)) if slots else []
    return list(known[2])


def visitor_here(slots: Sequence[Slot] = ()) -> Visitor:
    """Say what can be known of the reader without remembering anything about them; a customer is read only if one of
    these slots asks for tier or group.
    """
    phone = request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")
    asks = any(entry.audience.asks_who for slot in slots for entry in slot.entries)
    customer = current_customer() if asks else None
    return Visitor(
        is_returning=is_returning(),
        tier=customer.tier if customer else "",
        device="phone" if phone else "desktop",
        groups=customer.groups if customer else frozenset(),
    )


def is_returning() -> bool:
    """Say whether the reader has been here before: their browser brings something from then."""
    return bool(request.cookies)


def key_of(page: str, shown: Shown) -> Hashable:
    """Return what tells apart the answers of a kept page with slots, for `kept(by=...)`."""
    ids = tuple(entry.id for _, entry in shown)
    return (ids, is_returning(), varied_key(FAMILY)) if page == HOME else (ids, is_returning() if ids else False)
