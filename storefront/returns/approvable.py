"""What of returns a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.kinds import Approved, Kind
from storefront.audit import services as audit
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.returns import queries, services


def _refund(request: Approved, at: datetime) -> None:
    number, amount = str(request.payload["return"]), Money(request.payload["minor"], request.payload["currency"])
    found = queries.get_return(number)
    found = services.refund(found=found, amount=amount, reason=request.reason, by=request.actor, at=at)
    facts = {
        "suggested": (None, found.suggested_minor),
        "paid back": (None, found.actual_minor),
        "reason": ("", request.reason),
    }
    audit.record(actor=request.actor, action="return.refund", about=("return", number), changes=facts, at=at)


def _replace(request: Approved, at: datetime) -> None:
    found = queries.get_return(str(request.payload["return"]))
    was = found.state
    found = services.replace(found=found, by=request.actor, at=at)
    about, changes = ("return", found.number), {"state": (was, found.state)}
    audit.record(actor=request.actor, action="return.replace", about=about, changes=changes, at=at)


def _url(number: str) -> str:
    return f"/admin/returns/{number}"


APPROVABLE = (
    Kind("return_refund", N_("Refund for a return"), Permission.REFUNDS_APPROVE, _refund, _url),
    Kind("return_replacement", N_("Replacement that sends money back"), Permission.REFUNDS_APPROVE, _replace, _url),
)
