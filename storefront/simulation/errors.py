"""What simulation refuses."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class NoOrders(Invalid):
    message = N_("There are no orders in these days.")


class BadWindow(Invalid):
    message = N_("The last day cannot be before the first.")


class RunsAlready(ShopError):
    message = N_("This promotion is being tried already. Please wait until that has ended, or stop it.")
