"""The shop's front, and the maps that search engines read."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request

from storefront.catalog import queries as catalog
from storefront.content.front import build_front
from storefront.content.queries import list_live_entries
from storefront.content.rules import Visitor
from storefront.content.varying import FAMILY, expose_front
from storefront.experiments.here import varied_key
from storefront.kernel.clock import now
from storefront.web.addresses import public_url
from storefront.web.fragments import render_page
from storefront.web.kept_pages import kept
from storefront.web.locale import current_locale

blueprint = Blueprint("content", __name__, template_folder="templates")

CLOSED_TO_ROBOTS = (
    "/account",
    "/admin",
    "/cart",
    "/checkout",
    "/confirmations",
    "/orders",
    "/password-reset",
    "/register",
    "/search",
    "/shelves",
    "/sign-in",
)


def visitor() -> Visitor:
    """Say what can be known of the reader without remembering anything about them."""
    phone = request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")
    return Visitor(is_returning=bool(request.cookies), device="phone" if phone else "desktop")


@blueprint.get("/")
def home() -> Response:
    """Show the front; who sees which variation of it is noted whether the page was kept or not."""
    expose_front(visitor(), now())
    return _front()


@kept(by=lambda: (visitor(), list_live_entries(now()), varied_key(FAMILY)))
def _front() -> Response:
    reader = visitor()
    sections = build_front(reader, now(), current_locale())
    return render_page("content/home.html", sections=sections, is_returning=reader.is_returning)


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
def sitemap() -> Response:
    """List the maps: one of the categories, then one for every few thousand products."""
    count = -(-catalog.count_products() // catalog.SITEMAP_SIZE)
    urls = [
        public_url("/sitemaps/categories.xml"),
        *(public_url(f"/sitemaps/products-{n}.xml") for n in range(1, count + 1)),
    ]
    return _xml("content/sitemap_index.xml", urls=urls)


@blueprint.get("/sitemaps/categories.xml")
def category_sitemap() -> Response:
    """List the front and every category that holds something."""
    nodes = [node for node in catalog.category_tree() if node.product_count]
    pages = [(public_url(path), None) for path in ("/", "/categories", *(node.url for node in nodes))]
    return _xml("content/sitemap.xml", pages=pages)


@blueprint.get("/sitemaps/products-<int:number>.xml")
def product_sitemap(number: int) -> Response:
    """List one map's worth of products with the day of their last change."""
    links = catalog.list_product_links(number) if number > 0 else []
    if not links:
        abort(404)
    return _xml("content/sitemap.xml", pages=[(public_url(f"/products/{slug}"), at.date()) for slug, at in links])


def _xml(template: str, **context: object) -> Response:
    response = make_response(render_template(template, **context))
    response.mimetype = "application/xml"
    return response
