"""Facts about orders."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact
from storefront.orders.states import Lost


@dataclass(frozen=True, slots=True)
class OrderPlaced(Fact):
    """A sale was agreed; its stock and its promotions are taken."""

    order_id: int
    number: str
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class OrderPaid(Fact):
    """An open order is paid in full; `reopened` says that it had been cancelled before the money came."""

    order_id: int
    number: str
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class PaidLate(Fact):
    """Money came in for an order that was cancelled before; somebody has to send it back.

    `lost` says what it would have needed to be opened again; None where a person had cancelled it.
    """

    order_id: int
    number: str
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class OrderCancelled(Fact):
    """An order was called off; what it had taken is given back."""

    order_id: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderChanged(Fact):
    """What was agreed is another thing now; `change` is its number among the order's changes."""

    order_id: int
    number: str
    change: int


@dataclass(frozen=True, slots=True)
class BalancePaid(Fact):
    """What a change had made due beyond what was paid has come in."""

    order_id: int
    number: str


@dataclass(frozen=True, slots=True)
class OrderDelivered(Fact):
    """The goods are with the customer."""

    order_id: int
    number: str
