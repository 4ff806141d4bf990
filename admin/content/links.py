"""Links within the shop that lead to nothing that shoppers can see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from storefront.catalog.models import CategoryAddress, Product, ProductAddress
from storefront.catalog.queries import category_tree
from storefront.content.models import Campaign
from storefront.database.base import db

_BACK_OFFICE = "/admin"


def dead_links(links: Iterable[str]) -> set[str]:
    """Return those links that no page answers, or whose product, category or campaign is not to be seen now.

    An address that a product or a category had before leads on to it, and is alive.
    """
    paths = {link: unquote(urlsplit(link).path) for link in links}
    dead = {link for link, path in paths.items() if not _is_page(path)}
    slugs: dict[str, dict[str, str]] = {"products": {}, "campaigns": {}, "categories": {}}
    for link, path in paths.items():
        kind, _slash, slug = path.strip("/").partition("/")
        if slug and "/" not in slug and kind in slugs:
            slugs[kind][link] = slug
    products, campaigns, categories = slugs["products"], slugs["campaigns"], slugs["categories"]
    sold = known(Product.slug, products.values(), Product.is_published)
    open_ones = known(Campaign.slug, campaigns.values(), Campaign.is_published)
    tree = category_tree()
    gone = {link for link, slug in products.items() if slug not in sold}
    gone_categories = {link for link, slug in categories.items() if tree.find_slug(slug) is None}
    left = known(ProductAddress.slug, [products[link] for link in gone])
    left_categories = known(CategoryAddress.slug, [categories[link] for link in gone_categories])
    return {
        *dead,
        *(link for link in gone if products[link] not in left),
        *(link for link in gone_categories if categories[link] not in left_categories),
        *(link for link, slug in campaigns.items() if slug not in open_ones),
    }


def _is_page(path: str) -> bool:
    """Say whether a page of the shop, not of its back office, answers at this path."""
    if path == _BACK_OFFICE or path.startswith(f"{_BACK_OFFICE}/"):
        return False
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def known(column: Any, wanted: Collection[object], *conditions: Any) -> set[str]:
    """Return which of the wanted values a column holds, in rows for which the conditions hold."""
    if not wanted:
        return set()
    return {str(value) for value in db.session.scalars(select(column).where(column.in_(wanted), *conditions))}
