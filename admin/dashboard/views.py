"""Today, and finding things."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request

from admin.access import open_to_staff, requires, staff_here
from admin.dashboard import places
from admin.dashboard.figures import look
from admin.dashboard.waiting import may_have_work, waiting_for
from admin.figures.catalogue import reports_for
from admin.figures.words import short_words
from admin.navigation import first_url
from admin.orders.tables import WORDS
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.text import squeeze
from storefront.shop.checks import list_checks
from storefront.web.fragments import redirect_to, render_page, wants_fragment

blueprint = Blueprint("dashboard", __name__, template_folder="templates")
MOST_FOUND, FEW = 20, 5


@blueprint.get("/")
@open_to_staff
def start() -> Response:
    """Show today and what waits for whoever looks, or the first place that their role may open."""
    if not staff_here().may(Permission.DASHBOARD_VIEW) and not may_have_work(staff_here()):
        return redirect(first_url(staff_here()))  # type: ignore[return-value]
    return _today()


def _today() -> Response:
    staff, at = staff_here(), now()
    figures, plots = look(staff, at, g.shop.timezone) if staff.may(Permission.DASHBOARD_VIEW) else ([], [])
    return render_page(
        "admin/dashboard/today.html",
        figures=figures,
        plots=plots,
        at=at,
        waiting=waiting_for(staff),
        reports=reports_for(staff),
        short_words=short_words,
    )


@blueprint.get("/checks")
@requires(Permission.AUDIT_VIEW)
def checks() -> Response:
    """Show whether every ledger added up when it was last proven."""
    return render_page("admin/dashboard/checks.html", checks=list_checks())


@blueprint.get("/search")
@open_to_staff
def search() -> Response:
    """Go to a page, an order, a product or a promotion: straight there when its name is exact, else choose.

    A role finds what it may see.
    """
    text, staff = squeeze(request.args.get("q", ""))[:200], staff_here()
    if not wants_fragment() and (exact := places.exact_url(staff, text)):
        return redirect_to(exact)
    return render_page(
        "admin/dashboard/search.html",
        fragment="admin/dashboard/_goto.html",
        text=text,
        found=places.find(staff, text, FEW if wants_fragment() else MOST_FOUND),
        words=WORDS,
    )
