"""An order about to be: everything that will be written down, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from storefront.accounts.rules import PostalAddress
from storefront.pricing.quote import Quote


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, and how they are reached; `customer_id` is None for a guest."""

    email: str
    phone: str
    locale: str
    customer_id: int | None = None

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return f"customer:{self.customer_id}" if self.customer_id else "guest"

    @property
    def key(self) -> str:
        """Who this is to the limits of promotions."""
        return f"customer:{self.customer_id}" if self.customer_id else f"email:{self.email}"


@dataclass(frozen=True, slots=True)
class Goods:
    """What a quote's line is made of, as it is called today."""

    variant_id: int
    product_id: int
    name: str
    variant_name: str
    picture: str
    flash_item_id: int = 0
    """The item of a flash sale whose quota it takes, if it is one."""
    is_returnable: bool = True
    """As it was agreed: a product that cannot be returned any more tomorrow can be, if it was bought today."""

    @property
    def full_name(self) -> str:
        return f"{self.name}, {self.variant_name}" if self.variant_name else self.name


@dataclass(frozen=True, slots=True)
class Parcel:
    """Where to, how, and when it should arrive."""

    address: PostalAddress
    method_code: str
    method_name: str
    expected_from: date | None = None
    expected_to: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A quote that was accepted. `goods` maps the quote's line ids; `pay_before` is None where payment may wait."""

    idempotency_key: str
    buyer: Buyer
    quote: Quote
    goods: Mapping[str, Goods]
    parcel: Parcel
    payment_provider: str
    pay_before: datetime | None
    note: str = ""
    points_spent: int = 0
    promotion_keys: Mapping[int, str] = field(default_factory=dict)
    taken_by: str = ""
    """Who of the staff took it down for a customer on the phone."""

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return self.taken_by or self.buyer.actor

    def __post_init__(self) -> None:
        if not self.quote.lines:
            raise ValueError("an order has at least one line")
        if {line.line_id for line in self.quote.lines} - set(self.goods):
            raise ValueError("a line without goods")
