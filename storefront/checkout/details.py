"""What a shopper tells on the way to an order, once it is known to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.accounts.rules import PostalAddress
from storefront.cart.rules import Owner
from storefront.orders.draft import Buyer
from storefront.payments.providers import Provider
from storefront.pricing.snapshot import Shopper


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far, right or wrong; kept as it is, so that nothing is lost."""

    email: str = ""
    address: Mapping[str, str] | None = None
    shipping_method: str = ""
    payment_provider: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class KnownOwner(Owner):
    """The owner of a cart whose e-mail is known, so a guest's uses of a promotion are counted before they order."""

    email: str = ""

    @property
    def key(self) -> str:
        """Who this is to the limits of promotions: the same words as `orders.draft.Buyer.key`."""
        return Buyer(self.email, "", "", self.customer_id).key if self.email or self.customer_id else ""


@dataclass(frozen=True, slots=True)
class Details:
    """Everything an order needs beside its goods."""

    buyer: Buyer
    address: PostalAddress
    shipping_method: str
    provider: Provider
    note: str = ""
    keep_address: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One press of the button: who, what, and the hash of the quote that they saw."""

    token: str
    owner: Owner
    shopper: Shopper
    typed: Typed
    details: Details
    seen_hash: str
