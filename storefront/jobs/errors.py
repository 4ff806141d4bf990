"""What this room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class NotRetriable(ShopError):
    """A job whose arguments were not kept, or that there is no more."""

    message = N_(
        "This job cannot be tried again from here: it is from before this was kept, or there is no such job now."
    )


class AlreadySettled(ShopError):
    """Somebody was faster."""

    message = N_("Somebody has dealt with this already.")
