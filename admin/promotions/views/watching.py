"""The calendar, a cart "as if", and what a promotion brought."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, g, make_response, request
from flask_babel import gettext as _

from admin.access import requires
from admin.dashboard.chart import bar_chart
from admin.days import day_of
from admin.months import Month
from admin.promotions import queries, report
from admin.promotions.as_if import price, read_as_if
from admin.promotions.choices import choices
from admin.promotions.patterns import PATTERNS
from admin.promotions.planned import month_of
from admin.promotions.standing import LOOKS, STANDINGS
from admin.promotions.typed import Typed
from admin.promotions.values import show_amount
from admin.promotions.views.blueprint import blueprint
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.sheets import MARK, sheet_line
from storefront.promotions.reading import find_promotion
from storefront.web.fragments import render_page


@blueprint.get("/promotions/calendar")
@requires(Permission.PROMOTIONS_VIEW)
def month() -> Response:
    """Show what runs in a month, day by day."""
    zone, at = g.shop.timezone, now()
    shown = Month.read(request.args.get("month", ""), day_of(at, zone), zone)
    kind = request.args.get("kind", "")
    kinds = (kind,) if kind in PATTERNS else ()
    live = request.args.get("live") == "yes"
    kept = {"kind": kind if kinds else "", "live": "yes" if live else ""}
    return render_page(
        "admin/promotions/calendar.html",
        month=shown,
        today=day_of(at, zone),
        planned=month_of(shown, at, kinds=kinds, with_drafts=not live),
        kept="".join(f"&{urlencode({key: value})}" for key, value in kept.items() if value),
        kind=kind,
        live=live,
        patterns=PATTERNS,
        standings=STANDINGS,
        looks=LOOKS,
    )


@blueprint.get("/promotions/preview")
@requires(Permission.PROMOTIONS_VIEW)
def preview() -> Response:
    """Price a cart as if somebody bought it at some time, with a promotion and without it."""
    typed = Typed.of(request.args)
    asked = read_as_if(typed, now()) if typed.get("goods") or typed.get("order") else None
    quotes = price(asked) if asked else None
    return render_page(
        "admin/promotions/preview.html",
        typed=typed,
        asked=asked,
        quotes=quotes,
        choices=choices(),
        rows=queries.list_names(),
        zone=g.shop.timezone,
        currency=g.shop.currency,
        status=422 if typed.errors else 200,
    )


@blueprint.get("/promotions/<int:promotion_id>/report")
@requires(Permission.PROMOTIONS_VIEW)
def figures(promotion_id: int) -> Response:
    """Show what a promotion brought."""
    row = queries.get_promotion(promotion_id)
    value = find_promotion(row, g.shop.currency)
    period = report.period_of(row, now())
    days = report.days_of(promotion_id, period) if period else []
    return render_page(
        "admin/promotions/report.html",
        row=row,
        period=period,
        brought=report.brought_by(promotion_id),
        days=days,
        chart=bar_chart([max(0, day.uses) for day in days], marks_every=max(1, len(days) // 6)) if days else None,
        during=report.sold_in(period, value.scopes) if period and value else None,
        before=report.sold_in(period.before, value.scopes) if period and value else None,
    )


@blueprint.get("/promotions/<int:promotion_id>/report.csv")
@requires(Permission.PROMOTIONS_VIEW)
def figures_csv(promotion_id: int) -> Response:
    """Return the days of the report as a table for a spreadsheet."""
    row = queries.get_promotion(promotion_id)
    period = report.period_of(row, now())
    lines = [sheet_line([_("Day"), _("Uses"), _("Discount given (%(currency)s)", currency=g.shop.currency)])]
    for day in report.days_of(promotion_id, period) if period else []:
        amount = show_amount(day.discount.minor, g.shop.currency)
        lines.append(sheet_line([day.day.isoformat(), day.uses, amount]))
    answer = make_response(MARK + "".join(lines))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.key)}.csv"
    return answer
