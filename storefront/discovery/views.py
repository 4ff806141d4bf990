"""The search page and its suggestions, the recommended shelves beside them, and how all of it is."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, g, jsonify, redirect, request

from storefront.catalog.listing import read_wanted
from storefront.catalog.showing import answer_list, asked_here, list_page
from storefront.database.replica import from_replica
from storefront.discovery import dismissal_views, paces, shelf_views
from storefront.discovery import queries as discovery
from storefront.discovery.health import read_health
from storefront.discovery.noting import record_code, record_redirect, record_search
from storefront.discovery.redirecting import find_redirect
from storefront.discovery.varying import expose
from storefront.web.fragments import render_page, wants_fragment
from storefront.web.locale import current_locale

PATH = "/search"

blueprint = Blueprint("discovery", __name__, template_folder="templates")
blueprint.register_blueprint(shelf_views.blueprint)
blueprint.register_blueprint(dismissal_views.blueprint)


@blueprint.get(PATH)
@from_replica
def results() -> Response:
    """Show what matches, filtered and sorted as asked; a SKU or barcode leads straight to its product."""
    paces.SEARCHES.take()
    wanted = read_wanted(request.args, g.shop.currency)
    if elsewhere := find_redirect(wanted):
        record_redirect(wanted.text)
        return redirect(elsewhere)  # type: ignore[return-value]
    scanned = discovery.find_by_code(wanted.text) if not wants_fragment() else None
    if scanned:
        record_code(wanted.text, scanned.product_id)
        return redirect(scanned.url)  # type: ignore[return-value]
    found = discovery.search(asked_here(wanted), g.shop.page_size)
    listing = list_page(wanted, found, PATH)
    expose(wanted, found)
    record_search(listing)
    return answer_list("discovery/results.html", listing)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Tell operators how database, index and model are: 200 while the shop can sell, 503 when it cannot."""
    report = read_health()
    response = jsonify(asdict(report))
    response.status_code = 200 if report.database.ok else 503
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """Show completions of `q`, as a list of links; nothing, quietly, to who goes too fast."""
    if not paces.SUGGESTIONS.allows():
        return Response(status=429)
    typed = request.args.get("q", "")[:200]
    found = discovery.suggest(typed, current_locale())
    return render_page(
        "discovery/suggestions.html", fragment="discovery/_suggestions.html", suggestions=found, typed=typed
    )
