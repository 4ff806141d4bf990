"""The search report: figures, charts and lists of words, and a list as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date
from flask import Blueprint, Response, g, make_response, request
from flask_babel import gettext as _

from admin.access import requires
from admin.analytics.figures import figures_of
from admin.analytics.periods import USUAL, marks_every, points_of, span_of
from admin.analytics.tables import (
    FACTS,
    MEANINGS,
    csv_url,
    listing_of,
    period_links,
    read_report_state,
    tabs,
)
from admin.dashboard.chart import bar_chart
from admin.days import day_of
from admin.promotions.values import show_amount
from admin.tables import PAGE_SIZE, ListState
from storefront.accounts.permissions import Permission
from storefront.analytics.reports import Listing, SearchReport, Wanted, search_report
from storefront.kernel.clock import now
from storefront.kernel.sheets import MARK, sheet_line
from storefront.web.fragments import render_page
from storefront.web.locale import babel_locale

blueprint = Blueprint("analytics", __name__, template_folder="templates")
MOST_LINES = 10_000


def date_words(day: date) -> str:
    """Return a day in the reader's words: "Nov 28, 2026"."""
    return format_date(day, "medium", locale=babel_locale())


blueprint.add_app_template_filter(date_words, "date_words")


@blueprint.get("/search/report")
@requires(Permission.SEARCH_VIEW)
def search() -> Response:
    """Show what was searched for in some days, beside as many before."""
    state = read_report_state(request.args)
    wanted = _wanted(state, page=state.page, size=PAGE_SIZE)
    report = search_report(wanted)
    points = points_of(report.days)
    return render_page(
        "admin/analytics/report.html",
        state=state,
        span=wanted.span,
        past=wanted.span.before(),
        report=report,
        figures=figures_of(report.figures, report.before),
        points=points,
        searches=bar_chart([point.searches for point in points], marks_every=marks_every(len(points))),
        without=bar_chart([point.per_mille for point in points], marks_every=marks_every(len(points))),
        listing=wanted.listing,
        meaning=MEANINGS[wanted.listing],
        facts=FACTS,
        tabs=tabs(state),
        periods=period_links(state),
        csv_url=csv_url(state),
    )


@blueprint.get("/search/report.csv")
@requires(Permission.SEARCH_VIEW)
def search_csv() -> Response:
    """Return one list of the report as a table for a spreadsheet."""
    wanted = _wanted(read_report_state(request.args), page=1, size=MOST_LINES)
    answer = make_response(MARK + "".join(_lines(search_report(wanted), wanted.listing)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"searches-{wanted.listing.value}-{wanted.span.first}-{wanted.span.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted(state: ListState, *, page: int, size: int) -> Wanted:
    days = int(state.value("days") or USUAL)
    return Wanted(
        span=span_of(state.day("at_from"), state.day("at_to"), days, day_of(now(), g.shop.timezone)),
        listing=listing_of(state),
        text=state.search.casefold(),
        sort=state.sort_key,
        descending=state.descending,
        page=page,
        size=size,
    )


def _lines(report: SearchReport, listing: Listing) -> Iterator[str]:
    heads = [_("Searched for"), _("Searches"), _("Without results"), _("Nothing under filters"), _("Results")]
    heads += [
        _("Clicks"),
        _("Click rate"),
        _("Mean click rank"),
        _("Added to cart"),
        _("Revenue (%(currency)s)", currency=g.shop.currency),
    ]
    reworded = listing is Listing.REWORDED
    yield sheet_line([*heads[:1], _("Then searched for"), *heads[1:]] if reworded else heads)
    for row in report.rows.items:
        found, words = row.figures, [row.words, row.then] if reworded else [row.words]
        yield sheet_line(
            [
                *(
                    *words,
                    found.searches,
                    found.without,
                    found.filtered,
                    round(found.results),
                    found.clicks,
                    _rounded(found.click_rate),
                ),
                *(_rounded(found.mean_rank), found.adds, show_amount(found.revenue.minor, found.revenue.currency)),
            ]
        )


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
