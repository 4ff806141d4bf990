"""What payments refuse, and what goes wrong with providers."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, NotFound, ShopError


class UnknownProvider(Invalid):
    """Not a way to pay here, or not any more."""

    message = N_("Please choose a way to pay.")


class UnknownPayment(NotFound):
    """A provider speaks of a payment that we never asked for."""

    message = N_("We know no such payment.")


class PaymentClosed(ShopError):
    """This attempt has an outcome already, or its order was cancelled."""

    message = N_("This payment is closed. Your order's page says where it stands.")


class TooLateToPay(ShopError):
    """The time to pay before delivery is over."""

    message = N_("It is too late to pay for this order in this way.")


class AmountMismatch(ShopError):
    """A provider speaks of another amount or currency than was asked for."""

    message = N_("The amount that was paid is not the amount that was asked for, so we did not book it.")


class TooEarly(ShopError):
    """A provider speaks of a step whose step before has not been told yet; trying again later helps."""

    message = N_("The provider told of this before it told of the payment itself.")


class NotRefundable(ShopError):
    """More is asked back than came in and has not gone back."""

    message = N_("At most %(amount)s can be paid back for this order.")


class NotCapturable(ShopError):
    """No money is held for this attempt."""

    message = N_("No authorised money waits for this order.")


class RefundClosed(ShopError):
    """This refund has ended."""

    message = N_("This refund has ended already. Please load the page again.")


class ProviderFailed(ShopError):
    """A provider did not do what was asked; `permanent` says that asking again would not help."""

    status = 503
    message = N_("The payment service does not answer just now. Please try again in a few minutes.")

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.reason, self.permanent = reason, permanent
        super().__init__()

    def __str__(self) -> str:
        return self.reason


class BadSignature(ShopError):
    """A message that the provider did not sign, or that was altered or is too old."""

    status = 400
    message = N_("The signature of this message is wrong.")
