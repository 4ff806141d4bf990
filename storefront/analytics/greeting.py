"""Who opens a page of the shop, counted once a day: most pages that are read cost nothing here."""

from __future__ import annotations

from collections import deque
from datetime import date

from flask import current_app, request

from storefront.analytics import recording
from storefront.analytics.arrivals import device_of, sign_of, source_of
from storefront.analytics.events import ShopOpened
from storefront.web.visitor import is_robot, wants_no_trace

MOST_KNOWN = 100_000
_NAME = "analytics_greeted"


class Greeted:
    """The browsers that this process has counted today; a day later they are forgotten."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._signs: set[str] = set()
        self._order: deque[str] = deque()

    def knows(self, day: date, sign: str) -> bool:
        """Say whether a browser was seen on a day already."""
        if day != self._day:
            self._day, self._signs, self._order = day, set(), deque()
        return sign in self._signs

    def add(self, sign: str) -> None:
        """Remember a browser for the rest of the day."""
        self._signs.add(sign)
        self._order.append(sign)
        if len(self._order) > MOST_KNOWN:
            self._signs.discard(self._order.popleft())


def greet() -> None:
    """Count whoever opens this page, unless they are left out or ask not to be followed."""
    if is_robot():
        return
    greeted, sign = greeted_here(), _sign()
    if not greeted.knows(recording.today(), sign) and not wants_no_trace() and recording.is_counted():
        greeted.add(sign)
        recording.record(_opened(sign, has_ordered=False))


def note_order() -> None:
    """Count whoever orders in this request as a visitor who ordered."""
    if not wants_no_trace() and recording.is_counted():
        recording.record(_opened(_sign(), has_ordered=True))


def greeted_here() -> Greeted:
    """Return whom this application has counted today."""
    found: Greeted = current_app.extensions.setdefault(_NAME, Greeted())
    return found


def _sign() -> str:
    return sign_of(request.remote_addr or "", request.headers.get("User-Agent", ""))


def _opened(sign: str, *, has_ordered: bool) -> ShopOpened:
    source = source_of(request.headers.get("Referer", ""), request.host, request.args)
    device = device_of(request.headers.get("User-Agent", ""))
    return ShopOpened(sign, source.value, device.value, has_ordered)
