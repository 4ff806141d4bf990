"""What checkout refuses."""

from __future__ import annotations

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
