"""Today, and finding things."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request

from admin.access import open_to_staff, staff_here
from admin.dashboard import places, queries
from admin.dashboard.chart import bar_chart
from admin.dashboard.figures import days_until, figures_of, spans_to_compare
from admin.navigation import first_url
from admin.orders.tables import WORDS
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.text import squeeze
from storefront.web.fragments import redirect_to, render_page, wants_fragment

blueprint = Blueprint("dashboard", __name__, template_folder="templates")
MOST_FOUND, FEW = 20, 5


@blueprint.get("/")
@open_to_staff
def start() -> Response:
    """Show today, or the first place that the role may open."""
    if not staff_here().may(Permission.DASHBOARD_VIEW):
        return redirect(first_url(staff_here()))  # type: ignore[return-value]
    return _today()


def _today() -> Response:
    compared, days = spans_to_compare(now(), g.shop.timezone), days_until(now(), g.shop.timezone)
    sales = queries.sales_in([*compared, *days])
    daily = sales[len(compared) :]
    return render_page(
        "admin/dashboard/today.html",
        figures=figures_of(sales[: len(compared)], queries.new_customers_in(compared)),
        low_stock=queries.count_low_stock(),
        unpaid=queries.count_unpaid(),
        paid_but_cancelled=queries.count_paid_but_cancelled(),
        days=list(zip((span.starts for span in days), daily, strict=True)),
        revenue=bar_chart([each.revenue.minor for each in daily]),
        orders=bar_chart([each.orders for each in daily]),
    )


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
