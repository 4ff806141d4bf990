"""What an order's life comes to, thought out anew in plain Python: money, goods and parcels, and no line of the shop's.

Every method is something that happens. It returns whether the shop has to let it happen; where it does, the model has
moved on, and `Sale` says where everything stands afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

UNPAID_FOR, TRANSFER_FOR, GRACE = timedelta(minutes=30), timedelta(days=7), timedelta(minutes=5)
HOLDS_FOR = {"acme": UNPAID_FOR, "sandbox": UNPAID_FOR, "bank": TRANSFER_FOR, "cod": None}
BY_HAND = {"bank", "cod"}
Units = dict[str, int]


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
    state: str = "packed"
    is_resent: bool = False

    @property
    def has_left(self) -> bool:
        return self.state in {"shipped", "delivered", "lost", "returned"} and not self.is_resent


@dataclass
class Sale:
    """One order."""

    number: str
    id: int
    wanted: Units
    total: int
    placed_at: datetime
    pay_before: datetime | None
    is_open: bool = True
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

    def in_boxes(self, sku: str) -> int:
        """How many pieces are in parcels that count."""
        return sum(box.units.get(sku, 0) for box in self.boxes if box.state != "unpacked" and not box.is_resent)


class Model:
    """The whole shop: what is on its shelves, and every order."""

    def __init__(self, on_hand: Units) -> None:
        self.on_hand = dict(on_hand)
        self.sales: dict[str, Sale] = {}

    def free(self, sku: str) -> int:
        claims = sum(sale.reserved.get(sku, 0) + sale.allocated.get(sku, 0) for sale in self.sales.values())
        return self.on_hand[sku] - claims

    def has(self, wanted: Units) -> bool:
        return all(self.free(sku) >= units for sku, units in wanted.items())

    def place(self, sale: Sale) -> None:
        assert self.has(sale.wanted)
        self.sales[sale.number] = sale
        self._hold(sale)

    # Money comes

    def can_choose(self, sale: Sale, provider: str, at: datetime) -> bool:
        until = self._deadline(sale, provider)
        is_held = bool(sale.reserved or sale.allocated)
        return sale.may_pay and (until is None or until > at) and (is_held or self.has(sale.wanted))

    def choose(self, sale: Sale, attempt: Try) -> None:
        self._end_tries(sale)
        sale.pay_before = self._deadline(sale, attempt.provider)
        self._hold(sale)
        sale.tries.append(attempt)

    def capture(self, sale: Sale, attempt: Try, amount: int) -> None:
        is_first = sale.came == 0
        attempt.captured += amount
        if attempt.captured >= attempt.amount:
            attempt.state = "paid"
            self._end_tries(sale)
        if not sale.is_open:
            if is_first and sale.is_covered and sale.cancelled_by == "clock" and self._settle(sale):
                sale.is_open, sale.was_settled = True, True
            else:
                self._return_all(sale, "late")
        elif sale.is_covered and not sale.was_settled:
            if self._settle(sale):
                sale.was_settled = True
            else:
                self.call_off(sale, "sold_out")

    def hear_success(self, sale: Sale, attempt: Try, amount: int) -> None:
        if attempt.state != "paid" and amount == attempt.amount:
            self.capture(sale, attempt, amount)

    def hear_held(self, sale: Sale, attempt: Try, amount: int) -> None:
        if attempt.state != "waits" or amount != attempt.amount:
            return
        attempt.state = "held"
        if self._settle(sale):
            sale.pay_before = None
        else:
            self.call_off(sale, "sold_out")

    def hear_nothing(self, sale: Sale, attempt: Try, state: str, at: datetime) -> None:
        """An attempt was declined or ran out; what was held for us no longer is."""
        if not attempt.is_alive:
            return
        was_held, attempt.state = attempt.state == "held", state
        if was_held and sale.is_open:
            sale.pay_before = at + UNPAID_FOR
            self._hold(sale)

    def transfer(self, sale: Sale, attempt: Try, amount: int, at: datetime) -> None:
        self.capture(sale, attempt, amount)
        until = at + TRANSFER_FOR
        waits = sale.is_open and sale.money == "partially_paid" and sale.pay_before is not None
        is_held = bool(sale.reserved or sale.allocated)
        if waits and sale.pay_before < until and (is_held or self.has(sale.wanted)):  # type: ignore[operator]
            sale.pay_before = until
            self._hold(sale)

    # Money goes back

    def ask_back(self, sale: Sale, amount: int, name: str) -> bool:
        if any(each.name == name for each in sale.backs):
            return True
        if not 0 < amount <= sale.refundable:
            return False
        for attempt in sale.tries:
            part = min(amount, sale.left_of(attempt))
            if part > 0:
                sale.backs.append(Back(attempt, part, name))
                amount -= part
        return True

    def hear_back(self, sale: Sale, attempt: Try, key: str, amount: int, state: str) -> None:
        """What a provider says of money on its way back, by a key that the shop gave it or by one of its own."""
        if not any(each.key == key for each in sale.backs):
            if key.startswith("own-"):
                if amount > sale.left_of(attempt):
                    return
                sale.backs.append(Back(attempt, amount, key))
            asked = [each for each in sale.backs if each.of is attempt and each.amount == amount and not each.key]
            asked[0 if not key.startswith("own-") else -1].key = key
        (mine,) = (each for each in sale.backs if each.key == key)
        if mine.state == "under_way":
            mine.state = {"open": "under_way", "done": "done", "refused": "failed"}[state]

    # Goods

    def call_off(self, sale: Sale, why: str) -> None:
        sale.is_open, sale.cancelled_by = False, why
        sale.reserved, sale.allocated = {}, {}
        self._end_tries(sale)
        for box in sale.boxes:
            if box.state == "packed":
                box.state = "unpacked"
        self._return_all(sale, f"cancelled {len(sale.backs)}")

    def is_overdue(self, sale: Sale, at: datetime) -> bool:
        waits = sale.money in {"unpaid", "partially_paid"} and sale.may_cancel
        return waits and sale.pay_before is not None and sale.pay_before < at

    def lapse(self, sale: Sale, at: datetime) -> None:
        """What was reserved and not paid goes back on the shelf, though the order may live on."""
        if sale.pay_before is not None and sale.pay_before < at - GRACE:
            sale.reserved = {}

    def pack(self, sale: Sale, box: Box) -> None:
        sale.boxes.append(box)

    def ship(self, sale: Sale, box: Box) -> None:
        box.state = "shipped"
        for sku, units in box.units.items():
            self.on_hand[sku] -= units
            sale.allocated[sku] -= units
        sale.allocated = {sku: units for sku, units in sale.allocated.items() if units}

    def arrive(self, sale: Sale, box: Box) -> None:
        box.state = "delivered"
        if sale.goods == "delivered":
            at_the_door = [each for each in sale.tries if each.provider == "cod" and each.state == "waits"]
            for attempt in at_the_door:
                self.capture(sale, attempt, attempt.amount)

    def come_back(self, box: Box, *, restock: bool) -> None:
        box.state = "returned"
        if restock:
            for sku, units in box.units.items():
                self.on_hand[sku] += units

    def send_again(self, sale: Sale, box: Box) -> None:
        box.is_resent = True
        for sku, units in box.units.items():
            sale.allocated[sku] = sale.allocated.get(sku, 0) + units

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

    def _return_all(self, sale: Sale, name: str) -> None:
        if sale.refundable:
            self.ask_back(sale, sale.refundable, f"{name} {sale.came}")
