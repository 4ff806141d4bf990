"""What waits for whoever looks, by what they may do: how many of each, and the list that shows just those."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from admin.dashboard.stock import count_short
from admin.days import day_of
from admin.fulfilment import queries as fulfilment
from admin.fulfilment.tables import TO_PACK, to_send_table
from admin.navigation import APPROVALS
from admin.orders.queries import late, refund_failed
from admin.returns.tables import WAITS_FOR_US
from admin.tables import ListState
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.approvals import queries as approvals
from storefront.content.models import SlotEntryVersion
from storefront.content.states import Stage
from storefront.database.base import db
from storefront.database.unindexed import unindexed
from storefront.jobs.models import DeadLetter
from storefront.jobs.states import LetterState
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.orders.models import Order
from storefront.orders.stages import is_owing
from storefront.orders.states import OrderStatus, PaymentStatus
from storefront.payments.models import Dispute, Payment
from storefront.payments.states import DisputeState, PaymentState
from storefront.returns.models import Return
from storefront.shop.models import LedgerCheck
from storefront.shop.queries import get_settings
from storefront.support.models import Ticket
from storefront.support.states import TicketState

P = Permission


@dataclass(frozen=True, slots=True)
class Work:
    """Something that may wait for whoever has one of the permissions and may open the list."""

    words: str
    url: str
    permissions: tuple[Permission, ...]
    count: Callable[[CurrentStaff], Select[Any]]
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of something wait; the list at `url` shows them."""

    words: str
    url: str
    count: int
    is_urgent: bool


def _counting(model: Any, *conditions: Any) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(model).where(*conditions)


def _to_pack(_staff: CurrentStaff) -> Select[*tuple[Any, ...]]:
    state = ListState(to_send_table(()), values={"stage": TO_PACK})
    return select(func.count()).select_from(fulfilment.orders_of(state).rows.subquery())


def _late(_staff: CurrentStaff) -> Select[*tuple[Any, ...]]:
    return _counting(Order, *late(day_of(now(), get_settings().timezone)))


def _drafts(_staff: CurrentStaff) -> Select[*tuple[Any, ...]]:
    return _counting(SlotEntryVersion, SlotEntryVersion.stage == Stage.IN_REVIEW)


WORK: Mapping[str, Work] = {
    "late": Work(
        N_("Orders that are late"),
        "/admin/orders?waiting=late",
        (P.ORDERS_VIEW, P.FULFILMENT_VIEW),
        _late,
        is_urgent=True,
    ),
    "pack": Work(N_("Orders to pack"), "/admin/fulfilment?stage=to-pack", (P.FULFILMENT_VIEW,), _to_pack),
    "returns": Work(
        N_("Returns to decide or to finish"),
        "/admin/returns?state=waiting",
        (P.RETURNS_EDIT,),
        lambda _staff: _counting(Return, Return.state.in_(WAITS_FOR_US)),
    ),
    "refunds": Work(
        N_("Refunds refused or stuck"),
        "/admin/orders?waiting=refund-failed",
        (P.PAYMENTS_VIEW, P.ORDERS_REFUND),
        lambda _staff: _counting(Order, refund_failed()),
        is_urgent=True,
    ),
    "disputes": Work(
        N_("Disputes that need an answer"),
        "/admin/payments/disputes?state=needs_answer",
        (P.PAYMENTS_VIEW,),
        lambda _staff: _counting(Dispute, Dispute.state == DisputeState.NEEDS_ANSWER),
        is_urgent=True,
    ),
    "held": Work(
        N_("Payments held, to be taken"),
        "/admin/payments?state=authorized",
        (P.PAYMENTS_VIEW,),
        lambda _staff: _counting(Payment, Payment.state == PaymentState.AUTHORIZED),
    ),
    "paid_but_cancelled": Work(
        N_("Paid but cancelled"),
        "/admin/orders?waiting=paid-but-cancelled",
        (P.ORDERS_REFUND, P.ORDERS_CANCEL),
        lambda _staff: _counting(Order, *is_owing()),
        is_urgent=True,
    ),
    "unpaid": Work(
        N_("Unpaid orders"),
        "/admin/orders?status=open&payment=unpaid",
        (P.ORDERS_CANCEL,),
        lambda _staff: _counting(
            Order, Order.payment_status == PaymentStatus.UNPAID, unindexed(Order.status) == OrderStatus.OPEN
        ),
    ),
    "drafts": Work(N_("Drafts of pages to look at"), "/admin/home-slots", (P.SLOTS_APPROVE,), _drafts),
    "ledgers": Work(
        N_("Ledgers that do not add up"),
        "/admin/checks",
        (P.AUDIT_VIEW,),
        lambda _staff: _counting(LedgerCheck, LedgerCheck.wrong > 0),
        is_urgent=True,
    ),
    "jobs": Work(
        N_("Jobs that failed"),
        "/admin/jobs",
        (P.JOBS_VIEW,),
        lambda _staff: _counting(DeadLetter, DeadLetter.state == LetterState.DEAD),
        is_urgent=True,
    ),
    "tickets": Work(
        N_("Customers who wait for an answer"),
        "/admin/tickets?state=waiting",
        (P.TICKETS_EDIT,),
        lambda _staff: _counting(Ticket, Ticket.state == TicketState.WAITING),
    ),
}
"""Everything that may wait, the order of the page; approvals and stock are counted by their own rooms."""


def waiting_for(staff: CurrentStaff) -> list[Waiting]:
    """Return what waits for somebody, each with a list that they may open; what there is none of is left out."""
    mine = {key: work for key, work in WORK.items() if any(staff.may(each) for each in work.permissions)}
    mine = {key: work for key, work in mine.items() if _opens(staff, work.url)}
    counts = _count({key: work.count(staff) for key, work in mine.items()})
    found = [Waiting(N_("Waiting for your approval"), APPROVALS, approvals.count_for(staff), is_urgent=False)]
    found += [Waiting(work.words, work.url, counts[key], work.is_urgent) for key, work in mine.items()]
    return [each for each in (*found, *_stock(staff)) if each.count]


def may_have_work(staff: CurrentStaff) -> bool:
    """Say whether anything could ever wait for somebody."""
    return any(staff.may(each) for work in WORK.values() for each in work.permissions) or _sees_stock(staff)


def _count(statements: Mapping[str, Select[Any]]) -> dict[str, int]:
    if not statements:
        return {}
    parts = [
        select(literal(key).label("work"), statement.scalar_subquery().label("number"))
        for key, statement in statements.items()
    ]
    return {row.work: int(row.number) for row in db.session.execute(union_all(*parts))}


def _opens(staff: CurrentStaff, url: str) -> bool:
    if url.startswith("/admin/orders"):
        return staff.may(P.ORDERS_VIEW)
    return True


def _sees_stock(staff: CurrentStaff) -> bool:
    return staff.may(P.PRODUCTS_VIEW) and (staff.may(P.STOCK_EDIT) or staff.may(P.PRODUCTS_EDIT))


def _stock(staff: CurrentStaff) -> list[Waiting]:
    if not _sees_stock(staff):
        return []
    out, low = count_short()
    url = "/admin/products?published=yes&stock="
    return [
        Waiting(N_("Products out of stock"), f"{url}out", out, is_urgent=False),
        Waiting(N_("Products running low"), f"{url}low", low, is_urgent=False),
    ]
