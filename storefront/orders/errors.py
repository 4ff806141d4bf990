"""What orders refuse."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class CannotCancel(ShopError):
    """Sent, or cancelled already."""

    message = N_("This order can no longer be cancelled here. Please write to us and we will help.")


class CannotPay(ShopError):
    """There is nothing to pay, or nothing to pay for."""

    message = N_("This order does not wait for a payment.")


class CannotSend(ShopError):
    """Cancelled, not paid, or sent already."""

    message = N_("This order cannot be sent: it has ended, or everything is on its way.")


class Unpaid(CannotSend):
    """Its money is not there."""

    message = N_("This order is not paid yet, so nothing of it may leave.")


class PaidBack(CannotSend):
    """It was paid, and its money has gone back."""

    message = N_("The money of this order has gone back, so nothing of it may leave.")


class CalledOff(CannotSend):
    """It was cancelled, perhaps while somebody packed it."""

    message = N_("This order was cancelled. Put its goods back on the shelf.")
