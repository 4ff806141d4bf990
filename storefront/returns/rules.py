"""Pure decisions about requests: what may be asked, until when, what may be done next, whose fault it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storefront.kernel.text import code_key
from storefront.returns.errors import (
    GiftAlone,
    MoreThanCanComeBack,
    NamedTwice,
    NotAQuantity,
    NoteTooLong,
    NothingChosen,
    NotInThisOrder,
    NotReturnable,
    ReasonMissing,
    TooManyPhotos,
    WindowOver,
)
from storefront.returns.states import (
    REASONS_OF,
    SHOPS_FAULT,
    TRANSITIONS,
    Remedy,
    ReturnAction,
    ReturnKind,
    ReturnReason,
    ReturnState,
)

MOST_PHOTOS = 5
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Claimable:
    """A line of an order as far as it can come back: so many pieces have `arrived`, or went astray on the way (they
    are `lost`, or came back undelivered, and were not sent again), and so many of them are `taken` by requests before.
    """

    line_id: int
    name: str
    quantity: int
    arrived: int = 0
    lost: int = 0
    taken: int = 0
    arrived_at: datetime | None = None
    """When the last of them arrived."""
    is_returnable: bool = True
    is_gift: bool = False
    variant_id: int | None = None
    product_id: int | None = None
    variant_name: str = ""
    picture: str = ""

    def most(self, kind: ReturnKind) -> int:
        """Return how many can be asked for: what went astray can only be claimed."""
        there = self.arrived + (self.lost if kind is ReturnKind.CLAIM else 0)
        return max(0, min(there, self.quantity) - self.taken)

    @property
    def is_overdrawn(self) -> bool:
        """Whether more is taken than arrived or went astray."""
        return self.taken > self.arrived + self.lost

    def until(self, days: int) -> datetime | None:
        """Return when the window for it closes; None where it has not arrived."""
        return self.arrived_at + timedelta(days=days) if self.arrived_at else None

    def is_open(self, kind: ReturnKind, *, days: int, at: datetime) -> bool:
        """Say whether anything of it can be asked for at this moment."""
        until = self.until(days)
        in_time = until is None or at <= until
        return self.most(kind) > 0 and in_time


@dataclass(frozen=True, slots=True)
class AskedLine:
    """So many pieces of a line, and why; an exchange names the variant that is wanted instead."""

    line_id: int
    quantity: int
    reason: ReturnReason
    wanted_variant_id: int | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise NotAQuantity(field=f"quantity-{self.line_id}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. A value of it names each line once, and says why."""

    kind: ReturnKind
    remedy: Remedy
    lines: tuple[AskedLine, ...]
    note: str = ""
    photos: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.lines:
            raise NothingChosen(field="lines")
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise NamedTwice(field="lines")
        if len(self.note) > LONGEST_NOTE:
            raise NoteTooLong(field="note", most=LONGEST_NOTE)
        if len(self.photos) > MOST_PHOTOS:
            raise TooManyPhotos(field="photos", most=MOST_PHOTOS)
        allowed = {ReturnKind.RETURN: {Remedy.REFUND}, ReturnKind.EXCHANGE: {Remedy.REPLACE}}.get(
            self.kind, set(Remedy)
        )
        if self.remedy not in allowed:
            raise ValueError("a return is refunded, an exchange is replaced")


def check(asked: Asked, lines: Iterable[Claimable], *, days: int, at: datetime) -> None:
    """Refuse what cannot be asked for: foreign lines, too many, too late, not returnable, a gift alone, no reason.

    `days` is how long the window is; each refusal names the field that it belongs to.
    """
    known = {line.line_id: line for line in lines}
    for wanted in asked.lines:
        field = f"quantity-{wanted.line_id}"
        line = known.get(wanted.line_id)
        if line is None:
            raise NotInThisOrder(field=field)
        until = line.until(days)
        if until is not None and at > until:
            raise WindowOver(field=field, name=line.name, day=until.date().isoformat())
        if wanted.quantity > line.most(asked.kind):
            raise MoreThanCanComeBack(field=field, name=line.name, most=line.most(asked.kind), asked=wanted.quantity)
        if wanted.reason not in REASONS_OF[asked.kind]:
            raise ReasonMissing(field=f"reason-{wanted.line_id}")
        if not line.is_returnable and wanted.reason not in SHOPS_FAULT:
            raise NotReturnable(field=field, name=line.name)
    if asked.kind is ReturnKind.RETURN and all(known[wanted.line_id].is_gift for wanted in asked.lines):
        raise GiftAlone(field="lines")


def is_shops_fault(reasons: Iterable[ReturnReason]) -> bool:
    """Say whether all of it was the shop's fault; nothing at all is nobody's."""
    found = list(reasons)
    return bool(found) and all(reason in SHOPS_FAULT for reason in found)


def allowed_actions(
    state: ReturnState, kind: ReturnKind, remedy: Remedy, *, was_promised: bool = False
) -> frozenset[ReturnAction]:
    """Return what may be done: what the table permits, where goods are waited for before money or goods go out.

    A claim waits for none. Only what was asked to be replaced is; money can always go back instead. What was promised
    (money or goods that were to go out, and did not) is not rejected any more: it is tried again.
    """
    allowed = set(TRANSITIONS.allowed(state))
    if state is ReturnState.APPROVED:
        allowed -= {ReturnAction.RECEIVE} if kind is ReturnKind.CLAIM else {ReturnAction.REFUND, ReturnAction.REPLACE}
    if remedy is not Remedy.REPLACE:
        allowed.discard(ReturnAction.REPLACE)
    if was_promised:
        allowed.discard(ReturnAction.REJECT)
    return frozenset(allowed)


def return_number(order_number: str, so_far: int) -> str:
    """Return the number of an order's next request, after so many that it has had: "7KQM-3XPD-R1"."""
    return f"{order_number}-R{so_far + 1}"


def read_return_number(text: str) -> str:
    """Return a number as it is stored, however it was typed or scanned."""
    return code_key(text)[:40]


def refund_reference(number: str, attempt: int) -> str:
    """Return the name under which money is asked back: one for each try, so that a failed one can be tried again."""
    return f"return-{number}-{attempt}"


def number_of_reference(reference: str) -> str:
    """Return the number of the request that a refund's name speaks of, "" where it speaks of none."""
    if not reference.startswith("return-"):
        return ""
    return reference.removeprefix("return-").rpartition("-")[0]


def exchange_price(value: int, *, wanted: int, given: int) -> int:
    """Return what a piece costs (minor units) that replaces one which had cost `value`.

    The difference is that of today's prices of what is `wanted` and what was `given`; a price is never below zero.
    """
    return max(0, value + wanted - given)
