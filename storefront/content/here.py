"""Who is looking at a curated page, and what they are shown on it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime

from flask import g, request

from storefront.accounts.sessions import current_customer
from storefront.content.queries import HOME, slots_of
from storefront.content.rules import Entry, Slot, Visitor, next_change, resolve_all
from storefront.content.varying import FAMILY
from storefront.experiments.here import varied_key

Shown = Sequence[tuple[Slot, Entry]]


class _Resolved:
    """What slots show their readers until an entry of theirs begins or ends."""

    def __init__(self, slots: Sequence[Slot], at: datetime) -> None:
        self.slots = slots
        audiences = [entry.audience for slot in slots for entry in slot.entries]
        self.asks_who = any(audience.asks_who for audience in audiences)
        self._groups = frozenset(audience.group for audience in audiences)
        self._since, self._until = at, next_change(slots, at)
        self._shown: dict[Visitor, list[tuple[Slot, Entry]]] = {}

    def holds(self, slots: Sequence[Slot], at: datetime) -> bool:
        """Say whether this is still true: of the same slots, and in the same time."""
        return slots is self.slots and self._since <= at and (self._until is None or at < self._until)

    def shown_to(self, visitor: Visitor) -> list[tuple[Slot, Entry]]:
        """Return what a reader is shown; there are as many kinds of them as audiences tell apart."""
        if visitor.groups:
            visitor = replace(visitor, groups=visitor.groups & self._groups)
        found = self._shown.get(visitor)
        if found is None:
            found = self._shown[visitor] = resolve_all(self.slots, self._since, visitor)
        return found


_resolved: dict[str, _Resolved] = {}


def shown_here(page: str, at: datetime) -> list[tuple[Slot, Entry]]:
    """Return what a page shows to whoever asks for it now; asked again in one request, it is found out once."""
    slots, found = slots_of(page), g.get("_shown")
    if found is None or found[0] != page or found[1] is not slots:
        known = _resolved.get(page)
        if known is None or not known.holds(slots, at):
            known = _resolved[page] = _Resolved(slots, at)
        found = g._shown = page, slots, known.shown_to(visitor_here(asks_who=known.asks_who))
    return list(found[2])


def visitor_here(*, asks_who: bool = False) -> Visitor:
    """Say what can be known of the reader without remembering anything about them; a customer is read only if an entry
    asks for tier or group.
    """
    phone = request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")
    customer = current_customer() if asks_who else None
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
