"""What waits for me, what I asked for, what was decided; and one request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import open_to_staff, staff_here
from admin.approvals.naming import names_about
from admin.audit.queries import names_of
from storefront.approvals import queries, services
from storefront.approvals.errors import AlreadyDecided
from storefront.approvals.kinds import Seen, kinds
from storefront.approvals.models import ApprovalRequest
from storefront.approvals.refused import answer_of
from storefront.approvals.states import STATE_WORDS, RequestState
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Forbidden, Invalid, ShopError
from storefront.kernel.money import Money
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("approvals", __name__, template_folder="templates")
LOOKS = {
    RequestState.WAITING: "badge--warning",
    RequestState.APPROVED: "badge--positive",
}


@blueprint.get("/approvals")
@open_to_staff
def approval_list() -> Response:
    """List what waits for the reader, what they asked for, and what was decided lately."""
    staff = staff_here()
    waiting, mine, decided = (
        queries.list_waiting_for(staff),
        queries.list_made_by(staff),
        queries.list_decided(staff),
    )
    return render_page(
        "admin/approvals/approvals.html",
        waiting=waiting,
        mine=mine,
        decided=decided,
        **_words([*waiting, *mine, *decided]),
    )


@blueprint.get("/approvals/<int:request_id>")
@open_to_staff
def approval(request_id: int) -> Response:
    """Show a request, and what the reader may do about it."""
    return _page(request_id)


@blueprint.post("/approvals/<int:request_id>/approval")
@open_to_staff
def approve(request_id: int) -> Response:
    """Carry a request out; what is no longer possible is written down as that."""
    try:
        with transaction():
            services.approve(request_id=request_id, by=staff_here(), at=now())
    except (Forbidden, AlreadyDecided) as refusal:
        return _page(request_id, error=message_of(refusal), status=refusal.status)
    except ShopError as refusal:
        queries.get_request(request_id, staff_here())
        with transaction():
            services.fail(request_id=request_id, why=refusal, by=staff_here(), at=now())
        why = message_of(refusal)
        return _page(request_id, error=_("This is no longer possible: %(why)s", why=why), status=409)
    flash(_("Approved and carried out."), "success")
    return redirect_to(f"/admin/approvals/{request_id}")


@blueprint.post("/approvals/<int:request_id>/rejection")
@open_to_staff
def reject(request_id: int) -> Response:
    """Say no, and why."""
    said = request.form.get("answer", "")
    try:
        with transaction():
            services.reject(request_id=request_id, reason=said, by=staff_here(), at=now())
    except Invalid as refusal:
        return _page(request_id, answer_error=message_of(refusal), status=422)
    except (Forbidden, AlreadyDecided) as refusal:
        return _page(request_id, error=message_of(refusal), status=refusal.status)
    flash(_("Rejected. Who asked for it is told why."), "success")
    return redirect_to("/admin/approvals")


@blueprint.post("/approvals/<int:request_id>/withdrawal")
@open_to_staff
def withdraw(request_id: int) -> Response:
    """Take one's own request back."""
    try:
        with transaction():
            services.withdraw(request_id=request_id, by=staff_here(), at=now())
    except (Forbidden, AlreadyDecided) as refusal:
        return _page(request_id, error=message_of(refusal), status=refusal.status)
    flash(_("The request is taken back."), "success")
    return redirect_to("/admin/approvals")


def _page(request_id: int, *, error: str = "", answer_error: str = "", status: int = 200) -> Response:
    staff = staff_here()
    found = queries.get_request(request_id, staff)
    is_open = found.state == RequestState.WAITING and found.expires_at > now()
    return render_page(
        "admin/approvals/approval.html",
        found=found,
        answer=answer_of(found),
        seen=[Seen.from_data(data) for data in found.seen],
        is_open=is_open,
        may_decide=is_open and found.asked_by != staff.actor and found.kind in queries.decides(staff),
        is_mine=found.asked_by == staff.actor,
        error=error,
        answer_error=answer_error,
        status=status,
        **_words([found]),
    )


def _words(requests: Iterable[ApprovalRequest]) -> dict[str, Any]:
    found = list(requests)
    return {
        "kinds": kinds(),
        "named": names_about(found),
        "people": names_of({each.asked_by for each in found} | {each.answered_by for each in found}),
        "states": STATE_WORDS,
        "looks": LOOKS,
        "amount_of": lambda each: Money(each.amount_minor, each.currency) if each.amount_minor is not None else None,
    }
