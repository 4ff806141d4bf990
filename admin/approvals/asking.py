"""What happens when one person may not decide alone: why, once; then the request is stored."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.access import PROOF, staff_here
from storefront.approvals import services
from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import kind_of
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.web.fragments import redirect_to, render_page

WHY = "approval-reason"


def answer(refusal: NeedsApproval) -> Response:
    """Store the request where its reason is known already, else ask for it; what was typed is sent again with it."""
    wanted = refusal.wanted
    reason = request.form.get(WHY, request.form.get("reason", ""))
    if reason.strip():
        with transaction():
            number = services.ask(wanted=wanted, reason=reason, by=staff_here(), at=now()).id
        flash(_("One person does not decide this alone. Somebody else has been asked to approve it."), "info")
        return redirect_to(f"/admin/approvals/{number}")
    return render_page(
        "admin/approvals/ask.html",
        wanted=wanted,
        kind=kind_of(wanted.kind),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name not in {WHY, PROOF}],
        why=WHY,
        missed=WHY in request.form,
        status=422 if WHY in request.form else 409,
    )
