"""The whole shop as the model sees it: what is on its shelves, and what becomes of parcels."""

from __future__ import annotations

from datetime import datetime

from tests.storefront.lifecycle.model.coming_back import ComingBack
from tests.storefront.lifecycle.model.sale import Box, Sale, Units
from tests.storefront.lifecycle.model.shelves import GRACE


class Model(ComingBack):
    """Everything."""

    def is_overdue(self, sale: Sale, at: datetime) -> bool:
        waits = sale.money in {"unpaid", "partially_paid"} and sale.may_cancel
        return waits and sale.pay_before is not None and sale.pay_before < at

    def lapse(self, sale: Sale, at: datetime) -> None:
        """What was reserved and not paid goes back on the shelf, though the order may live on."""
        if sale.pay_before is not None and sale.pay_before < at - GRACE:
            sale.reserved = {}

    def proposal(self, sale: Sale, there: Units) -> dict[int, int]:
        """What a warehouse that has so much there can put into a box: an order's lines share it in their order."""
        there, found = dict(there), {}
        for line in sale.lines:
            count = min(sale.left(line), there.get(line.sku, 0))
            if count > 0:
                found[line.id] = count
                there[line.sku] -= count
        return found

    def pack(self, sale: Sale, box: Box) -> None:
        sale.boxes.append(box)

    def ship(self, sale: Sale, box: Box) -> None:
        box.state = "shipped"
        for sku, units in box.units.items():
            self.on_hand[sku] -= units
            sale.allocated[sku] -= units
        sale.allocated = {sku: units for sku, units in sale.allocated.items() if units}

    def arrive(self, sale: Sale, box: Box) -> None:
        box.state, box.arrived_at = "delivered", self.at
        if sale.goods == "delivered":
            at_the_door = [each for each in sale.tries if each.provider == "cod" and each.state == "waits"]
            for attempt in at_the_door:
                self.capture(sale, attempt, attempt.amount)
            for wish in self.wishes:
                if wish.follow_up == sale.number and wish.state == "replaced":
                    wish.state = "closed"

    def come_back(self, box: Box, *, restock: bool) -> None:
        box.state = "returned"
        if restock:
            for sku, units in box.units.items():
                self.on_hand[sku] += units

    def may_send_again(self, sale: Sale, box: Box) -> bool:
        """What somebody has claimed is not sent as well: money goes back for it, or other goods go out."""
        is_free = all(
            self.taken(sale, line) <= sale.there(line) + sale.astray(line) - count
            for line, count in box.by_line.items()
        )
        return box.is_astray and is_free and self.has(box.units)

    def send_again(self, sale: Sale, box: Box) -> None:
        box.is_resent = True
        for sku, units in box.units.items():
            sale.allocated[sku] = sale.allocated.get(sku, 0) + units
