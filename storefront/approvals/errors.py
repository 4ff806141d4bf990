"""What this room says no to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storefront.approvals.kinds import Wanted
from storefront.kernel.errors import N_, Forbidden, Invalid, ShopError


class NeedsApproval(ShopError):
    """One person may not decide this alone; `wanted` is what a second one would be asked."""

    message = N_("This goes beyond what one person decides alone: somebody else has to approve it.")

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        super().__init__()


class NotYours(Forbidden):
    """Whoever made a request does not decide it."""

    message = N_("You made this request, so somebody else decides.")


class ReasonNeeded(Invalid):
    """A request and a rejection say why."""

    message = N_("Please say why; the other person reads it.")


class AlreadyDecided(ShopError):
    """Somebody was faster, or it has lapsed."""

    message = N_("This request is no longer waiting. Please load the page again.")


class ChangedSince(ShopError):
    """What was asked about is another thing by now, so nobody has looked at it as it is."""

    message = N_(
        "It was changed since this was asked for, so nothing was done. Whoever asked can look at it as it is now, and "
        "ask anew."
    )


@contextmanager
def as_it_was(*stale: type[ShopError]) -> Iterator[None]:
    """Do what was asked for then; where a service says with one of these that it has moved on: ChangedSince."""
    try:
        yield
    except stale:
        raise ChangedSince from None
