"""Category and product pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, g, redirect, request

from storefront.catalog import queries as catalog
from storefront.catalog.addressing import find_moved
from storefront.catalog.listing import read_wanted
from storefront.catalog.matrix import words_of
from storefront.catalog.memory import remembered
from storefront.catalog.product_facts import get_product
from storefront.catalog.rules import choose_variant, option_groups
from storefront.catalog.showing import answer_list, asked_here, gallery_of, list_page, list_variant
from storefront.database.replica import from_replica
from storefront.discovery import paces
from storefront.discovery import queries as discovery
from storefront.discovery.noting import record_redirect, record_search
from storefront.discovery.redirecting import find_redirect
from storefront.discovery.varying import expose
from storefront.kernel.errors import NotFound
from storefront.web.fragments import render_page
from storefront.web.kept_pages import keep_until, kept
from storefront.web.locale import current_locale

blueprint = Blueprint("catalog", __name__, template_folder="templates")


@blueprint.get("/categories")
@from_replica
@kept()
def categories() -> Response:
    """Show the whole tree, two levels deep."""
    return render_page("catalog/categories.html", tree=catalog.category_tree())


@blueprint.get("/categories/<slug>")
@from_replica
@kept(by=list_variant, unless=lambda: "q" in request.args)
def category(slug: str) -> Response:
    """Show a category's products, searched, filtered and sorted as asked."""
    tree = catalog.category_tree()
    node = tree.get(slug)
    if node.slug != slug:
        return _moved(node.url)
    wanted = read_wanted(request.args, g.shop.currency)
    if wanted.text:
        paces.SEARCHES.take()
    if elsewhere := find_redirect(wanted, node):
        record_redirect(wanted.text)
        return redirect(elsewhere)  # type: ignore[return-value]
    found = discovery.browse(node, asked_here(wanted), g.shop.page_size)
    listing = list_page(wanted, found, node.url, node)
    expose(wanted, found)
    record_search(listing, category_id=node.id)
    return answer_list("catalog/category.html", listing, tree=tree, node=node, trail=_links(tree.trail(node)))


@blueprint.get("/products/<slug>")
@from_replica
@kept()
def product(slug: str) -> Response:
    """Show a product, with the variant that `sku` names or the first that can be bought."""
    seen = remembered().writes
    try:
        found = get_product(slug, current_locale())
    except NotFound:
        now_at = find_moved(slug)
        if now_at is None:
            raise
        return _moved(f"/products/{now_at}")
    variant = choose_variant(found.variants, request.args.get("sku"))
    if variant is None:
        raise NotFound
    tree = catalog.category_tree()
    node = tree.find(found.category_id)
    keep_until(lambda: remembered().is_written(found.id, since=seen))
    return render_page(
        "catalog/product.html",
        product=found,
        variant=variant,
        options=option_groups(found.variants, variant, [option.name for option in found.options]),
        option_words=words_of(found.options, current_locale()),
        gallery=gallery_of(found, variant),
        trail=_links((*tree.trail(node), node) if node else ()),
    )


def _moved(url: str) -> Response:
    """Send on, for good, whoever asks for an address of before; what else they asked for goes with them."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{url}?{query}" if query else url, 301)  # type: ignore[return-value]


def _links(nodes: Iterable[catalog.Node]) -> list[tuple[str, str]]:
    locale = current_locale()
    return [(node.title(locale), node.url) for node in nodes]
