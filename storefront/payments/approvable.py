"""What of payments a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.kinds import Approved, Kind
from storefront.audit import services as audit
from storefront.kernel.errors import N_, NotFound
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.payments.services import refunds


def _refund(request: Approved, at: datetime) -> None:
    number, amount = str(request.payload["order"]), Money(request.payload["minor"], request.payload["currency"])
    order, reference = orders.find_by_number(number), str(request.payload["reference"])
    if order is None:
        raise NotFound
    refunds.ask_refund(order=order, amount=amount, reference=reference, by=request.actor, at=at)
    facts = {"refund": (None, str(amount.decimal)), "reason": (None, request.reason)}
    audit.record(actor=request.actor, action="order.refund", about=("order", number), changes=facts, at=at)


APPROVABLE = (
    Kind("refund", N_("Refund"), Permission.REFUNDS_APPROVE, _refund, lambda number: f"/admin/orders/{number}/money"),
)
