"""Pure decisions about an order: its number, its derived states, what may be done, who holds a key to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.orders.states import TRANSITIONS, FulfillmentStatus, OrderAction, OrderStatus, PaymentStatus
from storefront.pricing.allocation import Allocation

SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for one another when a number is read out."""
_NUMBER = re.compile(r"([0-9A-Z]{4})-?([0-9A-Z]{4})(-.*)?")
NUMBER_LENGTH = 8
NUMBERS = len(SYMBOLS) ** NUMBER_LENGTH
"""How many order numbers there are (6.6e11)."""

MONEY_IS_THERE = frozenset({PaymentStatus.PAID, PaymentStatus.OVERPAID, PaymentStatus.PARTIALLY_REFUNDED})
"""What lets goods leave; an order whose money has all gone back is not sent."""
AT_REST = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})
"""Nobody owes anybody anything for it."""

KEYS_KEPT = 8
"""How many orders a guest's cookie opens."""


def number_of(draw: int) -> str:
    """Write a random draw below NUMBERS as an order number: "7KQM-3XPD"."""
    if not 0 <= draw < NUMBERS:
        raise ValueError("a draw outside the numbers that there are")
    symbols = ""
    for _ in range(NUMBER_LENGTH):
        draw, index = divmod(draw, len(SYMBOLS))
        symbols += SYMBOLS[index]
    return f"{symbols[:4]}-{symbols[4:]}"


def read_number(text: str) -> str:
    """Return an order number as it is stored, however it was typed: "7kqm3xpd", or that of its parcel or return."""
    code = code_key(text)[:40]
    found = _NUMBER.fullmatch(code)
    return f"{found[1]}-{found[2]}" if found else code[:32]


def payment_status(
    *,
    total: Money,
    paid: Money,
    refunded: Money,
    lost: Money | None = None,
    authorized: Money | None = None,
    waits: bool = False,
) -> PaymentStatus:
    """Derive the status from what was asked, what came in and what went back, and what is `authorized` for the rest.

    `lost` is what banks took back and have not returned; while it leaves less than the order costs, the order is
    charged back, whatever else went back. Paying back what was too much leaves the order paid. An order that `waits`,
    since it was never paid in full and lives, goes on waiting when a part of its money goes back.
    """
    if refunded.minor < 0 or refunded > paid:
        raise ValueError("more was refunded than paid")
    kept = paid - refunded
    if lost and lost.minor < 0:
        raise ValueError("less than nothing was lost")
    if lost and lost.minor and kept - lost < total and not waits:
        return PaymentStatus.CHARGED_BACK
    kept = max(kept - lost, Money.zero(total.currency)) if lost else kept
    if refunded.minor and not waits and (not kept.minor or kept < total):
        return PaymentStatus.PARTIALLY_REFUNDED if kept.minor else PaymentStatus.REFUNDED
    if kept >= total:
        return PaymentStatus.OVERPAID if kept > total else PaymentStatus.PAID
    if authorized and authorized.minor and kept + authorized >= total:
        return PaymentStatus.AUTHORIZED
    return PaymentStatus.PARTIALLY_PAID if kept.minor else PaymentStatus.UNPAID


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order's units have come: what arrived was sent, and what was sent was ordered."""

    ordered: int
    sent: int
    delivered: int

    def __post_init__(self) -> None:
        if not 0 <= self.delivered <= self.sent <= self.ordered:
            raise ValueError("what arrived was sent, and what was sent was ordered")

    @property
    def status(self) -> FulfillmentStatus:
        """The status that follows from it."""
        return fulfillment_status(ordered=self.ordered, sent=self.sent, delivered=self.delivered)


def fulfillment_status(*, ordered: int, sent: int, delivered: int) -> FulfillmentStatus:
    """Derive the status from units ordered, units that left and units that arrived."""
    if not 0 <= delivered <= sent <= ordered:
        raise ValueError("what arrived was sent, and what was sent was ordered")
    if delivered == ordered:
        return FulfillmentStatus.DELIVERED
    if sent == ordered:
        return FulfillmentStatus.FULFILLED
    return FulfillmentStatus.PARTIAL if sent else FulfillmentStatus.UNFULFILLED


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands on its three axes, and whether the courier collects."""

    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    pays_at_the_door: bool = False


def allowed_actions(standing: Standing) -> frozenset[OrderAction]:
    """Return what may be done: what the table permits, less what money or goods on their way forbid.

    An order that is paid can be called off until something of it has been sent; its money goes back by itself. How it
    is paid is settled by then, too: the courier collects, or has not to.
    """
    allowed = set(TRANSITIONS.allowed(standing.status))
    at_home = standing.fulfillment_status is FulfillmentStatus.UNFULFILLED
    waits = standing.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}
    delivered = standing.fulfillment_status is FulfillmentStatus.DELIVERED
    all_left = standing.fulfillment_status is FulfillmentStatus.FULFILLED
    if not (waits and at_home):
        allowed.discard(OrderAction.PAY)
    if not at_home:
        allowed.discard(OrderAction.CANCEL)
    if not may_leave(standing):
        allowed.discard(OrderAction.SEND)
    if not (all_left or may_leave(standing)):
        allowed.discard(OrderAction.DELIVER)
    if not (delivered and standing.payment_status in AT_REST):
        allowed.discard(OrderAction.CLOSE)
    if standing.payment_status not in {PaymentStatus.PAID, PaymentStatus.OVERPAID} or not at_home:
        allowed.discard(OrderAction.REOPEN)
    return frozenset(allowed)


def may_leave(standing: Standing) -> bool:
    """Say whether there is something to send and the money for it is there, or is paid at the door."""
    left = standing.fulfillment_status in {FulfillmentStatus.UNFULFILLED, FulfillmentStatus.PARTIAL}
    waits = standing.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}
    at_the_door = standing.pays_at_the_door and waits
    return left and (standing.payment_status in MONEY_IS_THERE or at_the_door)


def unit_shares(allocations: Iterable[Allocation], quantity: int) -> list[int]:
    """Return what each unit of a line bears of one reduction, in minor units."""
    shares = [0] * quantity
    for allocation in allocations:
        for unit in range(allocation.unit_index, allocation.unit_index + allocation.units):
            shares[unit] += allocation.amount.minor
    return shares


def read_keys(cookie: str) -> dict[str, str]:
    """Read a guest's cookie: order number -> access token, the newest first; nonsense is left out."""
    pairs = (part.partition(".") for part in cookie[:4096].split("~"))
    keys = {number: key for number, _, key in pairs if number and key}
    return dict(list(keys.items())[:KEYS_KEPT])


def write_keys(keys: dict[str, str], number: str, key: str) -> str:
    """Return the cookie with one more order in front."""
    together = {number: key} | {other: kept for other, kept in keys.items() if other != number}
    return "~".join(f"{other}.{kept}" for other, kept in list(together.items())[:KEYS_KEPT])
