"""The list of products, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.catalog import gathering, queries, tables
from admin.promotions.choices import category_options
from admin.tables import Action, Ask, Empty, Listing, Print
from storefront.accounts.permissions import Permission
from storefront.catalog import collections, facts
from storefront.catalog import services as catalog
from storefront.catalog.errors import AlreadySo
from storefront.catalog.states import ROLE_WORDS
from storefront.kernel.errors import N_
from storefront.web.locale import localized


def _publish(key: str, _value: str, by: str, at: datetime) -> str:
    catalog.set_published(product_id=int(key), is_published=True, by=by, at=at)
    return ""


def _withdraw(key: str, _value: str, by: str, at: datetime) -> str:
    catalog.set_published(product_id=int(key), is_published=False, by=by, at=at)
    return ""


def _move(key: str, category: str, by: str, at: datetime) -> str:
    return str(catalog.change_category(product_id=int(key), category_id=int(category), by=by, at=at))


def _collect(key: str, collection: str, by: str, at: datetime) -> str:
    if not collections.add_products(collection_id=int(collection), product_ids={int(key)}, by=by, at=at):
        raise AlreadySo
    return collection


def _take_out(key: str, collection: str, by: str, at: datetime) -> str:
    collections.remove_product(collection_id=int(collection), product_id=int(key), by=by, at=at)
    return collection


def _give_role(key: str, role: str, by: str, at: datetime) -> str:
    was = facts.change_role(product_id=int(key), role="" if role == "none" else role, by=by, at=at)
    return was or "none"


def _collections() -> Ask:
    by_hand = [row for row in collections.list_collections() if row.rules is None]
    names = tuple((str(row.id), localized(row.name, row.translations)) for row in by_hand)
    return Ask(N_("Collection"), names, is_data=True)


ACTIONS = (
    Action(
        key="publish",
        label=N_("Publish products"),
        says=N_("Shoppers see them and can buy them at once."),
        permission=Permission.PRODUCTS_EDIT,
        do=_publish,
        undo="withdraw",
    ),
    Action(
        key="withdraw",
        label=N_("Withdraw products"),
        says=N_("Shoppers no longer find them; carts say that they are gone. Orders keep them."),
        permission=Permission.PRODUCTS_EDIT,
        do=_withdraw,
        undo="publish",
    ),
    Action(
        key="move",
        label=N_("Move to a category"),
        says=N_("They leave the category that they are in."),
        permission=Permission.PRODUCTS_EDIT,
        do=_move,
        ask=lambda: Ask(N_("Category"), category_options(), is_data=True),
        undo="move",
    ),
    Action(
        key="role",
        label=N_("Give a role"),
        says=N_("It is for reports and lists; shoppers do not see it."),
        permission=Permission.PRODUCTS_EDIT,
        do=_give_role,
        ask=lambda: Ask(N_("Product role"), tables.ROLES),
        undo="role",
    ),
    Action(
        key="collect",
        label=N_("Add to a collection"),
        says=N_("Promotions about the collection are about them, too, at once."),
        permission=Permission.PRODUCTS_EDIT,
        do=_collect,
        ask=_collections,
        undo="take-out",
    ),
    Action(
        key="take-out",
        label=N_("Take out of a collection"),
        says=N_("Promotions about the collection are no longer about them."),
        permission=Permission.PRODUCTS_EDIT,
        do=_take_out,
        is_offered=False,
    ),
)
PRODUCTS = Listing(
    name="products",
    title=N_("Products"),
    caption=N_("Products"),
    permission=Permission.PRODUCTS_VIEW,
    table=tables.products_table,
    source=queries.products_of,
    cells="admin/catalog/_cells.html",
    empty=Empty(
        icon="package",
        title=N_("No products yet"),
        text=N_("The first one will be listed here."),
        nothing_matches=N_("No products match"),
        show_all=N_("Show all products"),
    ),
    known_as=lambda row: localized(row.name, row.translations),
    context=lambda _rows: {"roles": ROLE_WORDS},
    actions=ACTIONS,
    prints=(
        Print(
            "/admin/products/grid",
            N_("Prices and stock as a grid"),
            icon="layout-grid",
            permissions=(Permission.PRICES_EDIT, Permission.STOCK_EDIT),
        ),
    ),
    page="admin/catalog/products.html",
)

TYPES = Listing(
    name="product-types",
    title=N_("Product types"),
    caption=N_("Product types"),
    permission=Permission.PRODUCTS_VIEW,
    table=lambda: tables.TYPES,
    source=queries.types_of,
    cells="admin/catalog/_type_cells.html",
    empty=Empty(
        icon="tag",
        title=N_("No type is described yet"),
        text=N_("Describe one, for example “T-shirt” with its material and fit."),
        nothing_matches=N_("No types match"),
        show_all=N_("Show all types"),
    ),
    known_as=lambda row: localized(row.name, row.translations),
    page="admin/catalog/types.html",
)

COLLECTIONS = Listing(
    name="collections",
    title=N_("Collections"),
    caption=N_("Collections"),
    permission=Permission.PRODUCTS_EDIT,
    table=lambda: tables.COLLECTIONS,
    source=gathering.collections_of,
    cells="admin/catalog/_collection_cells.html",
    empty=Empty(
        icon="layout-grid",
        title=N_("There are no collections yet"),
        text=N_("Make one, for example “Back to school”."),
        nothing_matches=N_("No collections match"),
        show_all=N_("Show all collections"),
    ),
    known_as=lambda row: localized(row.name, row.translations),
    page="admin/catalog/collections.html",
)
