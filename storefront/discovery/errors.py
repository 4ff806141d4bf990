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


class TrainsAlready(ShopError):
    """A training waits or runs."""

    message = N_("A training is under way. Its result will stand here when it is done.")


class VersionUnusable(ShopError):
    """A version of the tables that is not kept any more, or not whole."""

    message = N_("The version %(version)s cannot be used: %(problem)s.")


class NothingToRollBackTo(ShopError):
    """There is no older version that is whole."""

    message = N_("There is no older version to go back to.")
