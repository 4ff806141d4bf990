"""What everything in the model stands on: goods, orders, and what orders hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.storefront.lifecycle.model.sale import Sale, Units
from tests.storefront.lifecycle.model.wish import Wish

UNPAID_FOR, TRANSFER_FOR, GRACE = timedelta(minutes=30), timedelta(days=7), timedelta(minutes=5)
HOLDS_FOR = {"acme": UNPAID_FOR, "sandbox": UNPAID_FOR, "bank": TRANSFER_FOR, "cod": None}
COUPONS = 2
"""How often the coupon can be used, by everybody together."""


class Shelves:
    """What is on the shelves, and every order and request; the clock is `at`."""

    def __init__(self, on_hand: Units, prices: Units, at: datetime) -> None:
        self.prices, self.at = prices, at
        self.on_hand = dict(on_hand)
        self.sales: dict[str, Sale] = {}
        self.wishes: list[Wish] = []

    def free(self, sku: str) -> int:
        claims = sum(sale.reserved.get(sku, 0) + sale.allocated.get(sku, 0) for sale in self.sales.values())
        return self.on_hand[sku] - claims

    def has(self, wanted: Units) -> bool:
        return all(self.free(sku) >= units for sku, units in wanted.items())

    @property
    def has_coupon(self) -> bool:
        return sum(sale.holds_coupon for sale in self.sales.values()) < COUPONS

    def place(self, sale: Sale) -> None:
        assert self.has(sale.wanted)
        self.sales[sale.number] = sale
        self._hold(sale)
        self._take_offers(sale)

    def _take_offers(self, sale: Sale) -> None:
        sale.holds_coupon, sale.used = sale.has_coupon, sale.points

    def _deadline(self, sale: Sale, provider: str) -> datetime | None:
        holds_for = HOLDS_FOR[provider]
        if holds_for is None:
            return None
        until = sale.placed_at + holds_for
        return until if sale.pay_before is None else max(until, sale.pay_before)

    def _hold(self, sale: Sale) -> None:
        """Hold what is held already, or anew what is not, as the way to pay asks."""
        goods = sale.reserved or sale.allocated or dict(sale.wanted)
        sale.reserved, sale.allocated = ({}, goods) if sale.pay_before is None else (goods, {})

    def _settle(self, sale: Sale) -> bool:
        """Let an order have its goods for good, if they are there."""
        if sale.sent:
            return True
        goods = sale.reserved or sale.allocated
        if not goods and not self.has(sale.wanted):
            return False
        sale.reserved, sale.allocated = {}, goods or dict(sale.wanted)
        return True

    def _end_tries(self, sale: Sale) -> None:
        for attempt in sale.tries:
            if attempt.is_alive:
                attempt.state = "over"
