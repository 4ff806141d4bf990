"""Contested payments as finance looks at them: which wait for an answer, until when, and where that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select

from admin.tables import Choice, Column, ListState, Source, Table, Words
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.payments.models import Dispute, Payment
from storefront.payments.providers import KNOWN
from storefront.payments.states import DISPUTES_OPEN, DisputeState

STATES: dict[str, str] = {
    DisputeState.NEEDS_ANSWER: N_("Needs an answer"),
    DisputeState.UNDER_REVIEW: N_("Under review"),
    DisputeState.WON: N_("Won"),
    DisputeState.LOST: N_("Lost"),
    DisputeState.CLOSED: N_("Closed"),
}
LOOKS: dict[str, str] = {
    DisputeState.NEEDS_ANSWER: "warning",
    DisputeState.UNDER_REVIEW: "new",
    DisputeState.WON: "positive",
    DisputeState.LOST: "soft",
    DisputeState.CLOSED: "soft",
}
OPEN = "open"
_WAITS = Dispute.state == DisputeState.NEEDS_ANSWER
_ROW = select(Dispute, Order.number, Payment.provider, Payment.currency)

DISPUTES = Table(
    url="/admin/payments/disputes",
    columns=(
        Column(N_("Order"), key="order", value=lambda row: row.number, look="nowrap", is_fixed=True),
        Column(N_("Provider"), key="provider", value=lambda row: Words(KNOWN[row.provider].name)),
        Column(N_("State"), key="state", value=lambda row: Words(STATES[row.state])),
        Column(N_("Answer until"), key="due", sort="due", value=lambda row: row.due_at, look="nowrap"),
        Column(N_("Opened"), key="opened", sort="opened", value=lambda row: row.opened_at, look="nowrap"),
        Column(N_("Contested"), key="contested", is_number=True, value=lambda row: row.amount),
        Column(N_("Taken"), key="taken", is_number=True, value=lambda row: row.taken),
        Column(N_("Fee"), key="fee", is_number=True, value=lambda row: row.fee or ""),
        Column(N_("At the provider"), key="link", value=lambda row: row.name),
    ),
    default_sort="due",
    filters=(
        Choice("state", N_("State"), ((OPEN, N_("Open")), *STATES.items())),
        Choice("provider", N_("Provider"), tuple((code, kind.name) for code, kind in KNOWN.items() if kind.listens)),
    ),
    search_label=N_("Search by order number or a provider's reference"),
)


@dataclass(frozen=True, slots=True)
class Contest:
    """One dispute with the order that it is about."""

    id: int
    number: str
    provider: str
    name: str
    state: str
    reason: str
    amount: Money
    taken: Money
    fee: Money | None
    url: str
    due_at: datetime | None
    opened_at: datetime

    @property
    def needs_answer(self) -> bool:
        return self.state == DisputeState.NEEDS_ANSWER

    @property
    def has_ended(self) -> bool:
        return self.state not in DISPUTES_OPEN


def contested(state: ListState) -> Source:
    """Return the disputes that `state` asks for: by themselves the nearest deadline first, what is answered after."""
    conditions: list[Any] = []
    wanted = state.value("state")
    if wanted:
        states = DISPUTES_OPEN if wanted == OPEN else (wanted,)
        conditions.append(Dispute.state.in_(states))
    if provider := state.value("provider"):
        conditions.append(Payment.provider == provider)
    if state.search:
        conditions.append(or_(Order.number == read_number(state.search), Dispute.psp_reference == state.search))
    return Source(
        _joined(_ROW).where(*conditions),
        Dispute.id,
        {"due": case((_WAITS, Dispute.due_at)), "opened": Dispute.opened_at},
        complete=lambda rows: [_contest(*row) for row in rows],
        nulls_last=True,
    )


def disputes_of(order_id: int) -> Sequence[Contest]:
    """Return the disputes about an order's money, the newest first."""
    rows = db.session.execute(_joined(_ROW).where(Payment.order_id == order_id).order_by(Dispute.id.desc()))
    return [_contest(*row) for row in rows]


def count_unanswered() -> int:
    """Return how many disputes wait for an answer."""
    query = select(func.count(Dispute.id)).where(_WAITS)
    return int(db.session.scalar(query) or 0)


def _joined(statement: Any) -> Any:
    return statement.join(Payment, Payment.id == Dispute.payment_id).join(Order, Order.id == Payment.order_id)


def _contest(dispute: Dispute, number: str, provider: str, currency: str) -> Contest:
    return Contest(
        id=dispute.id,
        number=number,
        provider=provider,
        name=dispute.psp_reference or "",
        state=dispute.state,
        reason=dispute.reason.replace("_", " "),
        amount=Money(dispute.amount_minor, currency),
        taken=Money(dispute.taken_minor, currency),
        fee=Money(dispute.fee_minor, dispute.fee_currency) if dispute.fee_currency else None,
        url=dispute.url,
        due_at=dispute.due_at,
        opened_at=dispute.opened_at,
    )
