"""What this room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, NotFound, ShopError


class NoSuchPerson(Invalid):
    """Nobody has an account with this e-mail."""

    message = N_("Nobody has an account with this e-mail.")


class UnderWay(ShopError):
    """Orders or refunds are not finished, so the account cannot go yet."""

    message = N_("Your account cannot be deleted yet: see what is still under way.")


class NothingToCallOff(ShopError):
    """There is no deletion that waits."""

    message = N_("There is no deletion to call off.")


class CopyGone(NotFound):
    """The link to a copy is wrong, somebody else's or too old."""

    message = N_("This copy is not here any more. Copies are kept for a few days; ask for a new one.")
