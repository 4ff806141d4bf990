"""Contested payments as finance looks at them: which wait for an answer, until when, and where that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from admin.tables import PAGE_SIZE, Choice, Column, ListState, Table
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.kernel.paging import Page
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

DISPUTES = Table(
    url="/admin/payments/disputes",
    columns=(
        Column(N_("Order")),
        Column(N_("Provider")),
        Column(N_("State")),
        Column(N_("Answer until")),
        Column(N_("Contested"), is_number=True),
        Column(N_("Taken"), is_number=True),
        Column(N_("Fee"), is_number=True),
        Column(N_("At the provider")),
    ),
    default_sort="",
    filters=(
        Choice("state", N_("State"), ((OPEN, N_("Open")), *STATES.items())),
        Choice("provider", N_("Provider"), tuple((code, kind.name) for code, kind in KNOWN.items() if kind.listens)),
    ),
    search_label=N_("Search by order number or a provider's reference"),
)


@dataclass(frozen=True, slots=True)
class Contest:
    """One dispute with the order that it is about."""

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


def page_of_disputes(state: ListState) -> Page[Contest]:
    """Return the page of disputes that `state` asks for: what waits for an answer first, the nearest deadline first."""
    conditions: list[Any] = []
    wanted = state.value("state")
    if wanted:
        states = DISPUTES_OPEN if wanted == OPEN else (wanted,)
        conditions.append(Dispute.state.in_(states))
    if provider := state.value("provider"):
        conditions.append(Payment.provider == provider)
    if state.search:
        conditions.append(or_(Order.number == read_number(state.search), Dispute.psp_reference == state.search))
    total = db.session.scalar(_joined(select(func.count(Dispute.id))).where(*conditions)) or 0
    number = min(state.page, max(1, -(-total // PAGE_SIZE)))
    found = _found(conditions, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return Page(found, total, number, PAGE_SIZE)


def disputes_of(order_id: int) -> Sequence[Contest]:
    """Return the disputes about an order's money."""
    return _found([Payment.order_id == order_id], limit=PAGE_SIZE, offset=0)


def count_unanswered() -> int:
    """Return how many disputes wait for an answer."""
    query = select(func.count(Dispute.id)).where(Dispute.state == DisputeState.NEEDS_ANSWER)
    return int(db.session.scalar(query) or 0)


def _found(conditions: Sequence[Any], *, limit: int, offset: int) -> list[Contest]:
    waits = Dispute.state == DisputeState.NEEDS_ANSWER
    order = (waits.desc(), Dispute.state.in_(DISPUTES_OPEN).desc(), Dispute.due_at.is_(None), Dispute.due_at)
    rows = db.session.execute(
        _joined(select(Dispute, Order.number, Payment.provider, Payment.currency))
        .where(*conditions)
        .order_by(*order, Dispute.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_contest(dispute, number, provider, currency) for dispute, number, provider, currency in rows]


def _joined(statement: Any) -> Any:
    return statement.join(Payment, Payment.id == Dispute.payment_id).join(Order, Order.id == Payment.order_id)


def _contest(dispute: Dispute, number: str, provider: str, currency: str) -> Contest:
    return Contest(
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
