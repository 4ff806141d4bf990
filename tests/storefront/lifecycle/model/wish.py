"""One request to send back, exchange or have put right, as the model sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.storefront.lifecycle.model.sale import Sale

OPEN = {"requested", "approved", "received"}
DONE = {"received", "refunding", "refunded", "replaced", "closed"}
NOTHING_CAME_OF_IT = {"rejected", "withdrawn"}
Pieces = dict[int, int]
"""How many of each of an order's lines."""


@dataclass(frozen=True)
class Piece:
    """So many pieces that go out: of each one's price, `points` and `credit` are paid for already."""

    sku: str
    count: int
    price: int
    points: int
    credit: int

    @property
    def due(self) -> int:
        return (self.price - self.points - self.credit) * self.count


@dataclass(eq=False)
class Wish:
    """A request of `sale`, whose money first came in with `root`."""

    number: str
    sale: Sale
    root: Sale
    kind: str
    remedy: str
    is_fault: bool
    asked: Pieces
    wanted: dict[int, str] = field(default_factory=dict)
    accepted: Pieces | None = None
    state: str = "requested"
    goods: int = 0
    freight: int = 0
    value: int = 0
    suggested: int = 0
    actual: int = 0
    refunded: int = 0
    attempts: int = 0
    follow_up: str = ""
    gives_all_back: bool = False
    ended_at: datetime | None = None

    @property
    def counted(self) -> Pieces:
        counts = self.asked if self.accepted is None else self.accepted
        return {line: count for line, count in counts.items() if count}

    @property
    def allowed(self) -> set[str]:
        """What a person may do to it; what was promised once is not taken back."""
        waits_for_goods = self.kind != "claim"
        ends = {"refund", "replace"} if self.remedy == "replace" else {"refund"}
        match self.state:
            case "requested":
                return {"approve", "reject", "withdraw"}
            case "approved":
                return {"reject", "withdraw"} | ({"receive"} if waits_for_goods else ends)
            case "received":
                return ends | ({"reject"} if not self.attempts else set())
            case "refunded" | "replaced":
                return {"close"}
        return set()

    @property
    def name_of_refunds(self) -> str:
        return f"return-{self.number}-"
