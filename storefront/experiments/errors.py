"""What this room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleExperiment(ShopError):
    """Somebody else changed the experiment since it was read."""

    message = N_("Somebody else changed this experiment while you were editing it. Nothing of yours was saved yet.")


class HasBegun(ShopError):
    """What runs is not changed."""

    message = N_(
        "This experiment has begun, so its variations, weights and plan stay as they are: figures from before and "
        "after a change cannot be compared. Make a new version of it instead."
    )


class CannotStart(ShopError):
    """A check before the start failed."""

    message = N_("This experiment cannot start yet. Its checks say why.")
