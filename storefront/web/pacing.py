"""How fast one may go: what costs the shop something is asked to wait when it comes faster than people do.

Who is signed in is counted as themselves, so that a stranger behind the same address never makes them wait. Everybody
else is counted by their network, widely: there may be an office behind it, or a city.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import current_app

from storefront.kernel.errors import N_, TooMany
from storefront.web.addresses import network_here
from storefront.web.limits import Limit

_known_as: list[Callable[[], Hashable]] = []


class TooFast(TooMany):
    """More in a short time than anybody needs."""

    message = N_("You are faster than we can follow. Please wait a little, then try again.")


class Pace:
    """At most `alone` times by one who is signed in, and `network` times by all guests of one network, in `minutes`.

    All processes and machines of the shop count together, under its name.
    """

    def __init__(self, name: str, *, alone: int, network: int, minutes: int) -> None:
        self.alone, self.network, self.minutes = alone, network, minutes
        self._alone = Limit(alone, seconds=minutes * 60.0, name=f"{name}:alone")
        self._network = Limit(network, seconds=minutes * 60.0, name=f"{name}:network")

    def allows(self) -> bool:
        """Count one more of this request's sender, and say whether that is still few enough."""
        limit, key = self._mine()
        return limit is None or limit.allows(key)

    def take(self) -> None:
        """Count one more, or refuse with TooFast."""
        if not self.allows():
            raise TooFast(minutes=self.minutes)

    def check(self) -> None:
        """Refuse with TooFast where one more would be too many; `count` it when it is done.

        Those who come at the same moment all pass, which is as many more as the shop answers at once.
        """
        limit, key = self._mine()
        if limit is not None and limit.is_spent(key):
            raise TooFast(minutes=self.minutes)

    def count(self) -> None:
        """Count one more, which is done."""
        self.allows()

    def _mine(self) -> tuple[Limit | None, str]:
        """Return what counts this request's sender, and as whom; a shop without limits counts nobody."""
        if not current_app.config["SHOP"].rate_limits:
            return None, ""
        known = next((name for ask in _known_as if (name := ask())), None)
        return (self._network, network_here()) if known is None else (self._alone, str(known))


def known_as(who: Callable[[], Hashable]) -> None:
    """Say how to find out who is signed in; None or 0 for nobody."""
    if who not in _known_as:
        _known_as.append(who)
