"""What orders refuse."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class CannotCancel(ShopError):
    """Sent, or cancelled already."""

    message = N_("This order can no longer be cancelled here. Please write to us and we will help.")


class CannotPay(ShopError):
    """There is nothing to pay, or nothing to pay for."""

    message = N_("This order does not wait for a payment.")


class CannotDeliver(ShopError):
    """Cancelled, or delivered already."""

    message = N_("This order cannot be delivered any more.")
