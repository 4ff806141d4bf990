"""Today, and finding things."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request

from admin.access import open_to_staff, requires, staff_here
from admin.catalog.queries import find_products
from admin.dashboard import queries
from admin.dashboard.chart import bar_chart
from admin.dashboard.figures import days_until, figures_of, spans_to_compare
from admin.navigation import first_url
from admin.orders.queries import find_orders
from admin.orders.tables import WORDS
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.text import squeeze
from storefront.web.fragments import render_page

blueprint = Blueprint("dashboard", __name__, template_folder="templates")
MOST_FOUND = 20


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
@requires(Permission.PRODUCTS_VIEW)
def search() -> Response:
    """Find an order by number or e-mail, a product by name or SKU; a role sees what it may."""
    text = squeeze(request.args.get("q", ""))[:200]
    may_see_orders = staff_here().may(Permission.ORDERS_VIEW)
    found_orders = find_orders(text, MOST_FOUND) if text and may_see_orders else []
    found_products = find_products(text, MOST_FOUND) if text else []
    return render_page(
        "admin/dashboard/search.html", text=text, orders=found_orders, products=found_products, words=WORDS
    )
