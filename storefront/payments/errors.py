"""What payments refuse."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class UnknownProvider(Invalid):
    """Not a way to pay here, or not any more."""

    message = N_("Please choose a way to pay.")


class PaymentClosed(ShopError):
    """This attempt has an outcome already, or its order was cancelled."""

    message = N_("This payment is closed. Your order's page says where it stands.")


class TooLateToPay(ShopError):
    """The time to pay before delivery is over."""

    message = N_("It is too late to pay for this order in this way.")


class AmountMismatch(ShopError):
    """A provider speaks of another amount or currency than was asked for."""

    message = N_("The amount that was paid is not the amount that was asked for, so we did not book it.")
