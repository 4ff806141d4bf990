"""The report of shelves: figures, charts and lists of what was recommended, and a list as a file."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, g, make_response, request
from flask_babel import gettext as _

from admin.access import requires
from admin.analytics.periods import USUAL, marks_every, span_of
from admin.analytics.shelf_figures import shelf_figures, shelf_points
from admin.analytics.shelf_tables import MEANINGS, listing_of, read_shelf_state, shelf_links, tabs
from admin.analytics.shelf_words import shelf_words, source_words, variation_words, version_words
from admin.analytics.tables import csv_url, period_links
from admin.dashboard.chart import bar_chart
from admin.days import day_of
from admin.promotions.values import show_amount
from admin.tables import ListState
from storefront.accounts.permissions import Permission
from storefront.analytics.shelf_reports import ShelfFigures, ShelfLine, ShelfListing, ShelvesWanted, shelf_report
from storefront.kernel.clock import now
from storefront.kernel.sheets import MARK, sheet_line
from storefront.web.fragments import render_page

blueprint = Blueprint("shelf_report", __name__, template_folder="templates")
blueprint.add_app_template_filter(shelf_words, "shelf_words")
blueprint.add_app_template_filter(source_words, "source_words")
blueprint.add_app_template_filter(version_words, "version_words")
blueprint.add_app_template_filter(variation_words, "variation_words")


@blueprint.get("/recommendations/report")
@requires(Permission.RECOMMEND_VIEW)
def shelves() -> Response:
    """Show what was recommended in some days and what came of it, beside as many before."""
    state = read_shelf_state(request.args)
    wanted = _wanted(state)
    report = shelf_report(wanted)
    points = shelf_points(report.days)
    return render_page(
        "admin/analytics/shelves.html",
        state=state,
        span=wanted.span,
        past=wanted.span.before(),
        report=report,
        figures=shelf_figures(report.figures, report.before),
        points=points,
        seen=bar_chart([point.viewed for point in points], marks_every=marks_every(len(points))),
        rate=bar_chart([point.per_mille for point in points], marks_every=marks_every(len(points))),
        listing=wanted.listing,
        meaning=MEANINGS[wanted.listing],
        tabs=tabs(state),
        choices=shelf_links(state, report.shelves),
        periods=period_links(state),
        csv_url=csv_url(state),
    )


@blueprint.get("/recommendations/report.csv")
@requires(Permission.RECOMMEND_VIEW)
def shelves_csv() -> Response:
    """Return one list of the report as a table for a spreadsheet."""
    wanted = _wanted(read_shelf_state(request.args))
    answer = make_response(MARK + "".join(_sheet(shelf_report(wanted).lines, wanted.listing)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"{wanted.listing.value}-{wanted.span.first}-{wanted.span.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted(state: ListState) -> ShelvesWanted:
    days = int(state.value("days") or USUAL)
    return ShelvesWanted(
        span=span_of(state.day("at_from"), state.day("at_to"), days, day_of(now(), g.shop.timezone)),
        listing=listing_of(state),
        shelf=state.value("shelf"),
        sort=state.sort_key,
        descending=state.descending,
    )


def _sheet(lines: tuple[ShelfLine, ...], listing: ShelfListing) -> Iterator[str]:
    parts = {
        ShelfListing.VERSIONS: [_("Model")],
        ShelfListing.SOURCES: [_("Source")],
        ShelfListing.VARIATIONS: [_("Variation")],
    }
    part = parts.get(listing, [])
    counted = [
        _("Shown"),
        _("Nothing to show"),
        _("Seen"),
        _("Seen and clicked"),
        _("Clicks"),
        _("Click rate"),
        _("Lower bound"),
        _("Upper bound"),
    ]
    if listing is ShelfListing.SOURCES:
        counted = [_("Goods shown"), _("Goods seen"), _("Clicks"), _("Click rate")]
    money = _("Revenue (%(currency)s)", currency=g.shop.currency)
    yield sheet_line(
        [
            _("Shelf"),
            *part,
            *counted,
            _("Mean click rank"),
            _("Added to cart"),
            _("Bought"),
            money,
            _("Share of revenue"),
        ]
    )
    for line in lines:
        yield sheet_line(_cells(line, [line.part] if part else []))


def _cells(line: ShelfLine, part: list[str]) -> list[object]:
    found, sums = line.figures, line.figures.sums
    if isinstance(found, ShelfFigures):
        shelf_sums = found.sums
        low, high = found.click_interval or (None, None)
        counted: list[object] = [found.impressions, shelf_sums.empty, shelf_sums.viewed, shelf_sums.clicked]
        counted += [shelf_sums.clicks, _rounded(found.click_rate), _rounded(low), _rounded(high)]
    else:
        counted = [found.sums.shown, found.sums.viewed, found.sums.clicks, _rounded(found.click_rate)]
    revenue = show_amount(found.revenue.minor, found.revenue.currency)
    after = [_rounded(found.mean_rank), sums.adds, sums.purchases, revenue, _rounded(found.revenue_share)]
    return [line.shelf, *part, *counted, *after]


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
