"""What checkout refuses."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.cart.quoting import CartQuote
from storefront.kernel.errors import N_, NotFound, ShopError


class EmptyCart(ShopError):
    """There is nothing to order, or not any more."""

    message = N_("There is nothing in your cart that can be ordered.")


class StaleCheckout(NotFound):
    """A form of another cart, or one that was never given out."""

    message = N_("This checkout page is too old. Please start again from your cart.")


class QuoteChanged(ShopError):
    """What is asked for is not what the shopper saw; nothing was ordered or charged."""

    message = N_("Something changed while you were here. Nothing has been ordered: please look at the new total.")

    def __init__(self, cart: CartQuote) -> None:
        self.cart = cart
        super().__init__()


class GiftGone(ShopError):
    """What was to come for nothing cannot be had; it is nothing that the shopper could take out of the cart."""

    message = N_(
        "“%(name)s” cannot come as a gift any more. Nothing has been ordered: please look at your order again."
    )

    def __init__(self, names: Mapping[str, str]) -> None:
        self.skus = frozenset(names)
        super().__init__(name=next(iter(names.values())))
