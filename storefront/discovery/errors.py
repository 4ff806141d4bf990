"""What finding says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleRule(ShopError):
    """Somebody else changed the rule since it was read."""

    message = N_("Somebody else changed this rule while you were editing it. Nothing of yours was saved yet.")


class StaleSynonym(ShopError):
    """Somebody else changed the synonym since it was read."""

    message = N_("Somebody else changed this synonym while you were editing it. Nothing of yours was saved yet.")


class EvaluatesAlready(ShopError):
    """An evaluation waits or runs."""

    message = N_("An evaluation is under way. Its result will stand here in a moment.")
