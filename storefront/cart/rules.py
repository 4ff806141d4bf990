"""Pure decisions about carts: quantities as typed, what a line may hold, and how two carts become one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from storefront.cart.errors import BadQuantity, MissingQuantity, NegativeQuantity, QuantityTooLarge

CART_COOKIE = "cart"
"""The name of the cookie that holds a guest's token."""
GUEST_CART_LIFE = timedelta(days=180)
"""How long a browser keeps the token of a guest's cart; a cart untouched for longer has nobody who could open it."""
MOST_LINES = 100
MOST_CODES = 5
NO_COUPON = "none"
"""What `coupon_choice` says when no coupon is wanted."""


class LineState(StrEnum):
    """Whether a line can be bought as it stands."""

    READY = "ready"
    SHORT = "short"
    SOLD_OUT = "sold_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart: a guest's by the cookie's token, a customer's by id (a token then is of the time before sign-in)."""

    token: str = ""
    customer_id: int | None = None
    checkout: str = field(default="", kw_only=True)
    """The token of the checkout that this is about, if it is: codes that it has locked are its own."""

    @property
    def is_known(self) -> bool:
        return bool(self.token) or self.customer_id is not None

    @property
    def key(self) -> str:
        """Who this is to the limits of promotions; a guest is nobody before the e-mail is known."""
        return "" if self.customer_id is None else f"customer:{self.customer_id}"

    @property
    def is_guess(self) -> bool:
        """Whether the key is only what somebody types, so that no account may be looked up by it."""
        return False

    @property
    def past_orders(self) -> int:
        """How many orders whoever is not signed in has placed before, as far as one may know."""
        return 0


@dataclass(frozen=True, slots=True)
class MergedLine:
    """A line after a merge: `wanted` is what both carts held, `quantity` what is possible; 0 when it is left out."""

    sku: str
    before: int
    wanted: int
    quantity: int


def read_quantity(text: str | None, *, largest: int) -> int:
    """Read a number of pieces as a person types it; full-width digits and spaces are fine.

    Raises MissingQuantity, BadQuantity, NegativeQuantity or QuantityTooLarge (all 422) for anything but 0 to `largest`.
    """
    cleaned = unicodedata.normalize("NFKC", text or "").strip()
    if not cleaned:
        raise MissingQuantity
    sign, digits = (cleaned[0], cleaned[1:]) if cleaned[0] in "+-" else ("", cleaned)
    if not digits.isascii() or not digits.isdigit():
        raise BadQuantity
    if sign == "-" and digits.strip("0"):
        raise NegativeQuantity
    if len(digits.lstrip("0")) > len(str(largest)) or int(digits) > largest:
        raise QuantityTooLarge(most=largest)
    return int(digits)


def largest_of(*, available: int, largest: int) -> int:
    """Return how many of a variant one cart may hold."""
    return max(0, min(available, largest))


def state_of(*, quantity: int, available: int, is_sold: bool) -> LineState:
    """Return whether a line of `quantity` can be bought."""
    if not is_sold:
        return LineState.WITHDRAWN
    if available <= 0:
        return LineState.SOLD_OUT
    return LineState.SHORT if quantity > available else LineState.READY


def merged(
    mine: Mapping[str, int], brought: Mapping[str, int], *, limits: Mapping[str, int], most_lines: int = MOST_LINES
) -> list[MergedLine]:
    """Add the quantities of two carts (SKU -> pieces), each line up to its limit; return every line, `mine` first.

    What `mine` already holds never shrinks. New lines come in as long as there is room for them.
    """
    lines = []
    room = most_lines - len(mine)
    for sku in dict.fromkeys((*mine, *brought)):
        before, wanted = mine.get(sku, 0), mine.get(sku, 0) + brought.get(sku, 0)
        quantity = max(before, min(wanted, limits.get(sku, 0)))
        if not before and quantity:
            room -= 1
            quantity = quantity if room >= 0 else 0
        lines.append(MergedLine(sku, before, wanted, quantity))
    return lines
