"""Who orders what on the day that the demo opens, how far it has come, and what of it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storefront.fulfilment.rules import Label
from storefront.returns.states import ReturnKind, ReturnReason

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sale:
    """An order: how long ago it was placed, how many of each of its goods, and how far its parcels have come."""

    ago: timedelta
    units: tuple[int, ...]
    came: str = ""
    """"" waits to be packed; else packed, partly (sent), sent, lost or delivered."""
    provider: str = "sandbox"
    is_shoppers: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """What comes back of the order before: how far it has come, why, and in whose words."""

    kind: ReturnKind
    reason: ReturnReason
    came: str
    """requested, approved, received, refunded or replaced."""
    note: str = ""
    has_photo: bool = False


SALES: tuple[tuple[Sale, Back | None], ...] = (
    (Sale(1 * HOUR, (1, 2)), None),
    (Sale(3 * HOUR, (2,), provider="cod"), None),
    (Sale(5 * HOUR, (1, 1, 3)), None),
    (Sale(20 * HOUR, (4,)), None),
    (Sale(26 * HOUR, (1, 2), "packed"), None),
    (Sale(30 * HOUR, (2, 1), "partly"), None),
    (Sale(2 * DAY, (1,), "sent", is_shoppers=True), None),
    (Sale(2 * DAY + 4 * HOUR, (3, 1), "sent"), None),
    (Sale(9 * DAY, (2,), "lost"), None),
    (Sale(4 * DAY, (1, 1), "delivered", is_shoppers=True), None),
    (
        Sale(6 * DAY, (2, 1), "delivered"),
        Back(ReturnKind.RETURN, ReturnReason.DAMAGED, "requested", "The box was crushed and one of them leaks.", True),
    ),
    (Sale(7 * DAY, (1,), "delivered"), Back(ReturnKind.CLAIM, ReturnReason.MISSING, "requested", "It was not inside.")),
    (
        Sale(8 * DAY, (2,), "delivered", is_shoppers=True),
        Back(ReturnKind.RETURN, ReturnReason.CHANGED_MIND, "approved", "Unopened, I have bought too many."),
    ),
    (Sale(9 * DAY, (3, 2), "delivered"), Back(ReturnKind.RETURN, ReturnReason.NOT_AS_DESCRIBED, "received")),
    (Sale(11 * DAY, (2,), "delivered"), Back(ReturnKind.RETURN, ReturnReason.BETTER_PRICE, "refunded")),
    (
        Sale(10 * DAY, (1,), "delivered"),
        Back(ReturnKind.EXCHANGE, ReturnReason.TOO_SMALL, "replaced", "The larger pack, please."),
    ),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A package size on the shelf, and another of the same product that it can be exchanged for."""

    variant_id: int
    product_id: int
    name: str
    size: str
    sku: str
    price: int
    picture: str
    other_id: int


@dataclass
class Day:
    """Who buys, who works, and what there is; time goes on with each step."""

    at: datetime
    packer: str
    service: str
    shopper: int
    households: Iterator[int]
    things: list[Thing]
    taken: int = 0
    boxes: int = field(default=0)

    def next_things(self, count: int) -> list[Thing]:
        """Return the goods of the next order; each of its own, so that nothing runs out."""
        start, self.taken = self.taken, self.taken + count
        return [self.things[place % len(self.things)] for place in range(start, start + count)]

    def next_label(self) -> Label:
        """Return who carries the next parcel, under which number."""
        self.boxes += 1
        return Label("ups", f"1Z999AA10{self.boxes:09d}")
