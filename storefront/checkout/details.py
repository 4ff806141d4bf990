"""What a shopper tells on the way to an order, once it is known to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storefront.accounts.rules import PostalAddress
from storefront.cart.rules import Owner
from storefront.orders import queries as orders
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
    """The owner of a cart whose e-mail is known, so a guest's uses of a promotion are counted before they order.

    Limits per customer count the e-mail as it is typed: nobody has confirmed it, since a guest orders without doing so.
    Whoever types somebody else's uses up that person's share, and whoever has many addresses has many shares. What must
    not be passed on is for signed-in customers, members or groups, or a coupon of somebody's own.
    """

    email: str = ""
    is_placing: bool = field(default=True, kw_only=True)
    """False while the page is filled in. What a guest types then is not looked up among the accounts, or the total
    would say who has one; placing looks, and shows the page again where that changes the total."""

    @property
    def key(self) -> str:
        """Who this is to the limits of promotions: the same words as `orders.draft.Buyer.key`."""
        return Buyer(self.email, "", "", self.customer_id).key if self.email or self.customer_id else ""

    @property
    def is_guess(self) -> bool:
        return self.customer_id is None and not self.is_placing

    @property
    def past_orders(self) -> int:
        return 0 if self.customer_id is not None or self.is_guess else orders.count_placed(self.email)


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
    without_gifts: frozenset[str] = frozenset()
    """SKUs of gifts that an earlier press could not get."""
    taken_by: str = ""
    """Who of the staff takes it down for a customer on the phone."""
