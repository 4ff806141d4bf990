"""What the sizes of a demo mean, in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass

REAL_SIZES = {
    "small": "the goods that sell best in each department, and five months of the 200 households that buy most",
    "standard": "a year of all 2,469 households, and the goods that were sold at least five times",
    "full": "a year of all 2,469 households, and every product that they could have bought",
}
"""Sizes of the demo of real baskets (`baskets`)."""
ORDERS_A_CUSTOMER = 5
EVERY_KIND = 3_000
"""A made-up shop of so many products has some of every kind, and offers find what they speak of."""
MOST_PRODUCTS, MOST_ORDERS = 1_000_000, 20_000_000
_NUMBERS = re.compile(r"(?P<products>\d{1,7})x(?P<orders>\d{1,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a made-up shop is (`made_up`)."""

    products: int
    orders: int

    def __post_init__(self) -> None:
        if not 1 <= self.products <= MOST_PRODUCTS or not 1 <= self.orders <= MOST_ORDERS:
            raise ValueError(f"a shop has 1 to {MOST_PRODUCTS:,} products and 1 to {MOST_ORDERS:,} orders")

    @property
    def customers(self) -> int:
        """How many have an account; each has bought at least once, and a few of them very often."""
        return -(-self.orders // ORDERS_A_CUSTOMER)

    @property
    def has_every_kind(self) -> bool:
        """Whether the demo's offers find their goods here."""
        return self.products >= EVERY_KIND

    def __str__(self) -> str:
        return f"{self.products}x{self.orders}"


MADE_UP_SIZES = {"huge": Scale(100_000, 1_000_000)}
SIZES = (*REAL_SIZES, *MADE_UP_SIZES)
"""Sizes that have a name; "10000x20000" is one of 10,000 products and 20,000 orders."""


def scale_of(size: str) -> Scale | None:
    """Return how large a made-up shop of this size is, None for one of real baskets; raises ValueError for no size."""
    if size in REAL_SIZES:
        return None
    if size in MADE_UP_SIZES:
        return MADE_UP_SIZES[size]
    match = _NUMBERS.fullmatch(size)
    if match is None:
        raise ValueError(f"the demo comes in {', '.join(SIZES)}, or as products and orders like 10000x20000")
    return Scale(int(match["products"]), int(match["orders"]))
