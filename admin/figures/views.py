"""Reports as pages and as files."""

from __future__ import annotations

from flask import Blueprint, Response, g, request, stream_with_context

from admin.access import requires, staff_here
from admin.days import day_of
from admin.figures import catalogue
from admin.figures.asking import CHOICES, read_days
from admin.figures.reporting import Report
from admin.figures.words import long_words, point_words, short_words
from admin.tables import exporting
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Forbidden, NotFound
from storefront.web.fragments import render_page

blueprint = Blueprint("figures", __name__, template_folder="templates")


blueprint.add_app_template_filter(short_words, "short_words")
blueprint.add_app_template_filter(long_words, "long_words")
blueprint.add_app_template_filter(point_words, "point_words")


@blueprint.get("/reports/sales")
@requires(Permission.REPORTS_VIEW)
def sales() -> Response:
    """Show what was sold."""
    return _page(catalogue.SALES)


@blueprint.get("/reports/customers")
@requires(Permission.REPORTS_VIEW)
def customers() -> Response:
    """Show who orders, and who comes back."""
    return _page(catalogue.CUSTOMERS)


@blueprint.get("/reports/products")
@requires(Permission.REPORTS_GOODS)
def products() -> Response:
    """Show which products sell."""
    return _page(catalogue.PRODUCTS)


@blueprint.get("/reports/categories")
@requires(Permission.REPORTS_GOODS)
def categories() -> Response:
    """Show which categories sell."""
    return _page(catalogue.CATEGORIES)


@blueprint.get("/reports/stock")
@requires(Permission.REPORTS_GOODS)
def stock() -> Response:
    """Show what to order."""
    return _page(catalogue.STOCK)


@blueprint.get("/reports/offers")
@requires(Permission.REPORTS_MARKETING)
def offers() -> Response:
    """Show what offers cost."""
    return _page(catalogue.OFFERS)


@blueprint.get("/reports/visitors")
@requires(Permission.REPORTS_MARKETING)
def visitors() -> Response:
    """Show who comes."""
    return _page(catalogue.VISITORS)


@blueprint.post("/reports/sales/file")
@requires(Permission.REPORTS_VIEW)
def sales_file() -> Response:
    """Send what was sold as a file."""
    return _file(catalogue.SALES)


@blueprint.post("/reports/customers/file")
@requires(Permission.REPORTS_VIEW)
def customers_file() -> Response:
    """Send who comes back as a file."""
    return _file(catalogue.CUSTOMERS)


@blueprint.post("/reports/goods/<report>/file")
@requires(Permission.REPORTS_GOODS)
def goods_file(report: str) -> Response:
    """Send a report on goods as a file."""
    return _file(_known(report, Permission.REPORTS_GOODS))


@blueprint.post("/reports/marketing/<report>/file")
@requires(Permission.REPORTS_MARKETING)
def marketing_file(report: str) -> Response:
    """Send a report on offers or visitors as a file."""
    return _file(_known(report, Permission.REPORTS_MARKETING))


def _known(key: str, permission: Permission) -> Report:
    found = catalogue.find_report(key)
    if found is None or found.permission is not permission:
        raise NotFound
    return found


def _page(report: Report) -> Response:
    today = day_of(now(), g.shop.timezone)
    asked = read_days(request.args, today)
    made = report.make(asked, request.args.to_dict())
    return render_page(
        "admin/figures/report.html",
        status=422 if asked.is_refused and not made.without_days else 200,
        report=report,
        reports=catalogue.reports_for(staff_here()),
        made=made,
        asked=asked,
        today=today,
        choices=CHOICES,
        file_url=_file_url(report),
        short_words=short_words,
    )


def _file_url(report: Report) -> str:
    folder = {Permission.REPORTS_GOODS: "goods/", Permission.REPORTS_MARKETING: "marketing/"}
    return f"/admin/reports/{folder.get(report.permission, '')}{report.key}/file"


def _file(report: Report) -> Response:
    kind, staff, at = request.form.get("format", ""), staff_here(), now()
    if kind not in exporting.TYPES:
        raise NotFound
    if not staff.may(report.permission):
        raise Forbidden
    asked = read_days(request.args, day_of(at, g.shop.timezone))
    made = report.make(asked, {**request.args.to_dict(), "file": kind})
    told = {"days": (None, f"{asked.days.first} – {asked.days.last}"), "format": (None, kind)}
    with transaction():
        audit.record(actor=staff.actor, action="report.export", about=("report", report.key), changes=told, at=at)
    columns, zone = exporting.columns_in_file(made.columns), g.shop.timezone
    write = exporting.as_csv if kind == "csv" else exporting.as_xlsx
    answer = Response(stream_with_context(write(columns, made.rows, zone)), mimetype=exporting.TYPES[kind])
    name = f"{report.key}-{asked.days.first}-{asked.days.last}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
