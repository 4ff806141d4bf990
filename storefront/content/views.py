"""The shop's front, and the maps that search engines read."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request

from storefront.catalog import queries as catalog
from storefront.catalog import sitemaps
from storefront.content.front import build_sections
from storefront.content.here import Shown, is_returning, key_of, shown_here
from storefront.content.previewing import read_link
from storefront.content.queries import HOME, OPENING, Campaign, campaigns_now, read_slots
from storefront.content.rules import resolve_all
from storefront.content.titles import title_of
from storefront.content.varying import expose_front, varied
from storefront.database.replica import from_replica
from storefront.kernel.clock import now
from storefront.web.addresses import public_url
from storefront.web.fragments import render_page
from storefront.web.headers import CONTENT_POLICY
from storefront.web.kept_pages import kept
from storefront.web.locale import current_locale
from storefront.web.signing import signing_keys

blueprint = Blueprint("content", __name__, template_folder="templates")

CLOSED_TO_ROBOTS = (
    "/account",
    "/admin",
    "/cart",
    "/checkout",
    "/confirmations",
    "/orders",
    "/password-reset",
    "/preview",
    "/register",
    "/search",
    "/shelves",
    "/sign-in",
)


@blueprint.get("/")
@from_replica
def home() -> Response:
    """Show the front; who sees which variation of it is noted whether the page was kept or not."""
    expose_front(shown_here(HOME, now()))
    return _front()


@kept(by=lambda: key_of(HOME, shown_here(HOME, now())))
def _front() -> Response:
    return _sections("content/home.html", varied(shown_here(HOME, now())))


@blueprint.get("/campaigns/<slug>")
@from_replica
def campaign(slug: str) -> Response:
    """Show a campaign in its time; when it is over, say so."""
    found = campaigns_now().get(slug)
    if found is None or not found.has_begun(now()):
        abort(404)
    if found.is_over(now()):
        return render_page("content/campaign_over.html", campaign=found, status=410)
    return _campaign(found=found)


@kept(by=lambda: _campaign_key(request.view_args or {}))
def _campaign(found: Campaign) -> Response:
    return _sections("content/campaign.html", shown_here(found.page, now()), campaign=found)


def _campaign_key(values: Mapping[str, str]) -> Hashable:
    found = campaigns_now()[values["slug"]]
    return found.version, key_of(found.page, shown_here(found.page, now()))


@blueprint.get("/preview/<token>")
def preview(token: str) -> Response:
    """Show a page as a signed link describes it; nothing of it is counted or kept."""
    wanted = read_link(token, signing_keys())
    at = wanted.at or now()
    shown = resolve_all(read_slots(wanted.page, stages=wanted.stages), at, wanted.visitor)
    if not shown and wanted.page == HOME:
        shown = resolve_all(OPENING, at, wanted.visitor)
    response = _sections(
        "content/preview.html",
        shown,
        is_returning=wanted.is_returning,
        at=at,
        wanted=wanted,
        title=title_of(wanted.page),
    )
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _sections(template: str, shown: Shown, **context: Any) -> Response:
    sections = build_sections(shown, current_locale())
    return render_page(template, **{"sections": sections, "is_returning": is_returning(), **context})


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Say what robots may read, and where the map is."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS),
        "",
        f"Sitemap: {public_url('/sitemap.xml')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@from_replica
def sitemap() -> Response:
    """List the maps: one of the categories, then one for every few thousand products."""
    count = -(-sitemaps.count_products() // sitemaps.SITEMAP_SIZE)
    urls = [
        public_url("/sitemaps/categories.xml"),
        *(public_url(f"/sitemaps/products-{n}.xml") for n in range(1, count + 1)),
    ]
    return _xml("content/sitemap_index.xml", urls=urls)


@blueprint.get("/sitemaps/categories.xml")
@from_replica
def category_sitemap() -> Response:
    """List the front, every category that holds something, and the campaigns of these days."""
    nodes = [node.url for node in catalog.category_tree() if node.product_count]
    at = now()
    campaigns = [each.url for each in campaigns_now().values() if each.has_begun(at) and not each.is_over(at)]
    pages = [(public_url(path), None) for path in ("/", "/categories", *nodes, *campaigns)]
    return _xml("content/sitemap.xml", pages=pages)


@blueprint.get("/sitemaps/products-<int:number>.xml")
@from_replica
def product_sitemap(number: int) -> Response:
    """List one map's worth of products with the day of their last change."""
    links = sitemaps.list_product_links(number) if number > 0 else []
    if not links:
        abort(404)
    return _xml("content/sitemap.xml", pages=[(public_url(f"/products/{slug}"), at.date()) for slug, at in links])


def _xml(template: str, **context: object) -> Response:
    response = make_response(render_template(template, **context))
    response.mimetype = "application/xml"
    return response
