"""One order as the model sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Units = dict[str, int]
"""Pieces by SKU."""


@dataclass
class Line:
    """One line of an order, the cheapest piece first: what each had cost in money, and before points paid a part."""

    id: int
    sku: str
    costs: list[int]
    values: list[int]

    @property
    def quantity(self) -> int:
        return len(self.costs)


@dataclass
class Try:
    """An attempt to pay: waits, held, paid, failed or over."""

    reference: str
    provider: str
    amount: int
    state: str = "waits"
    captured: int = 0

    @property
    def is_alive(self) -> bool:
        return self.state in {"waits", "held"}


@dataclass
class Back:
    """Money on its way back: under_way, done or failed."""

    of: Try
    amount: int
    name: str
    state: str = "under_way"
    key: str = ""
    """What its provider calls it, once that has spoken of it."""


@dataclass
class Box:
    """A parcel: packed, unpacked, shipped, delivered, lost or returned."""

    number: str
    units: Units
    place: int
    by_line: dict[int, int] = field(default_factory=dict)
    """The same pieces by the order's lines."""
    state: str = "packed"
    is_resent: bool = False
    arrived_at: datetime | None = None

    @property
    def is_astray(self) -> bool:
        return self.state in {"lost", "returned"} and not self.is_resent

    @property
    def has_left(self) -> bool:
        return self.state in {"shipped", "delivered", "lost", "returned"} and not self.is_resent


@dataclass(eq=False)
class Sale:
    """One order."""

    number: str
    id: int
    wanted: Units
    total: int
    placed_at: datetime
    pay_before: datetime | None
    lines: list[Line] = field(default_factory=list)
    freight: int = 0
    is_known: bool = False
    """Whether a customer with an account has placed it."""
    has_coupon: bool = False
    holds_coupon: bool = False
    points: int = 0
    """How many paid for a part of it."""
    used: int = 0
    """How many of them are with it, and how many it has earned that have not been taken back."""
    earned: int = 0
    earned_ever: int = 0
    origin: str = ""
    """The request whose goods went out as this order, when it was placed."""
    is_open: bool = True
    is_over: bool = False
    """Whether it was completed."""
    cancelled_by: str = ""
    was_settled: bool = False
    reserved: Units = field(default_factory=dict)
    allocated: Units = field(default_factory=dict)
    tries: list[Try] = field(default_factory=list)
    backs: list[Back] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    @property
    def came(self) -> int:
        return sum(each.captured for each in self.tries)

    @property
    def went(self) -> int:
        return sum(each.amount for each in self.backs if each.state == "done")

    @property
    def held(self) -> int:
        return sum(each.amount for each in self.tries if each.state == "held")

    @property
    def refundable(self) -> int:
        return sum(self.left_of(each) for each in self.tries)

    def left_of(self, attempt: Try) -> int:
        gone = sum(each.amount for each in self.backs if each.of is attempt and each.state != "failed")
        return attempt.captured - gone

    @property
    def is_covered(self) -> bool:
        return self.came - self.went >= self.total

    @property
    def money(self) -> str:
        """The payment status. Only what was paid in full once, or has ended, is called refunded."""
        net = self.came - self.went
        if net > self.total:
            return "overpaid"
        if net == self.total:
            return "paid"
        if self.went and (self.was_settled or not self.is_open):
            return "partially_refunded" if net else "refunded"
        if self.held and self.held + net >= self.total:
            return "authorized"
        return "partially_paid" if net else "unpaid"

    @property
    def ordered(self) -> int:
        return sum(self.wanted.values())

    @property
    def sent(self) -> int:
        return sum(sum(box.units.values()) for box in self.boxes if box.has_left)

    @property
    def arrived(self) -> int:
        return sum(sum(box.units.values()) for box in self.boxes if box.state == "delivered")

    @property
    def goods(self) -> str:
        """The fulfilment status."""
        if self.arrived == self.ordered:
            return "delivered"
        if self.sent == self.ordered:
            return "fulfilled"
        return "partial" if self.sent else "unfulfilled"

    @property
    def may_pay(self) -> bool:
        return self.is_open and self.sent == 0 and self.money in {"unpaid", "partially_paid"}

    @property
    def may_cancel(self) -> bool:
        return self.is_open and self.sent == 0

    @property
    def may_send(self) -> bool:
        has_more = self.is_open and self.sent < self.ordered
        at_the_door = self.pay_before is None and not self.held and self.money in {"unpaid", "partially_paid"}
        return has_more and (self.money in {"paid", "overpaid", "partially_refunded"} or at_the_door)

    @property
    def may_deliver(self) -> bool:
        return self.is_open and self.arrived < self.ordered and (self.may_send or self.sent == self.ordered)

    @property
    def is_simple(self) -> bool:
        """Whether each thing stands on one line."""
        return len({line.sku for line in self.lines}) == len(self.lines)

    def left(self, line: Line) -> int:
        """How many pieces of a line are in no parcel that counts."""
        boxes = (box for box in self.boxes if box.state != "unpacked" and not box.is_resent)
        return line.quantity - sum(box.by_line.get(line.id, 0) for box in boxes)

    def there(self, line_id: int) -> int:
        """How many pieces of a line have arrived."""
        return sum(box.by_line.get(line_id, 0) for box in self.boxes if box.state == "delivered")

    def astray(self, line_id: int) -> int:
        """How many pieces of a line are lost, or came back undelivered, and were not sent again."""
        return sum(box.by_line.get(line_id, 0) for box in self.boxes if box.is_astray)

    def arrived_at(self, line_id: int) -> datetime | None:
        """When the last of a line arrived."""
        return max((box.arrived_at for box in self.boxes if box.arrived_at and line_id in box.by_line), default=None)

    @property
    def paid_for_goods(self) -> int:
        return sum(sum(line.costs) for line in self.lines)

    @property
    def value(self) -> int:
        return sum(sum(line.values) for line in self.lines)
