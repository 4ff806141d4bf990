"""What the list of products shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from admin.promotions.choices import INDENT
from admin.tables import Choice, Column, Table, Words
from storefront.catalog.queries import category_tree
from storefront.catalog.states import ROLE_WORDS
from storefront.catalog.tree import Node
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings
from storefront.web.locale import current_locale, localized

PUBLISHED = (("yes", N_("Published")), ("no", N_("Unpublished")), ("planned", N_("Planned or over")))
ROLES = (*ROLE_WORDS.items(), ("none", N_("No role")))
KINDS = (("hand", N_("By hand")), ("rules", N_("By rules")))
STOCK = (("out", N_("Out of stock")), ("low", N_("Running low")), ("in", N_("In stock")))


def standing_of(row: Any) -> str:
    """Return which of PUBLISHED a product is."""
    return "yes" if row.is_published else "planned" if row.is_planned else "no"


def products_table() -> Table:
    """Return the list of products; its category filter offers the tree."""
    categories = tuple(_walk(category_tree().roots))
    currency = get_settings().currency
    return Table(
        url="/admin/products",
        columns=(
            Column(N_("Picture"), key="picture", is_hidden_label=True),
            Column(
                N_("Product"),
                key="name",
                sort="name",
                value=lambda row: localized(row.name, row.translations),
                look="grow",
                is_fixed=True,
            ),
            Column(
                N_("Category"),
                key="category",
                value=lambda row: localized(row.category, row.category_translations),
            ),
            Column(N_("Price"), key="price", is_number=True, value=lambda row: Money(row.lowest_minor, currency)),
            Column(N_("Stock"), key="stock", is_number=True, value=lambda row: row.stock),
            Column(N_("Sold in 90 days"), key="sold", sort="sold", is_number=True, value=lambda row: row.popularity),
            Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
            Column(
                N_("State"),
                key="state",
                value=lambda row: Words(dict(PUBLISHED)[standing_of(row)]),
            ),
            Column(
                N_("Product role"),
                key="role",
                value=lambda row: Words(ROLE_WORDS.get(row.role, "")),
                is_only_in_files=True,
            ),
        ),
        default_sort="-sold",
        filters=(
            Choice("category", N_("Category"), categories, is_data=True),
            Choice("published", N_("State"), PUBLISHED),
            Choice("role", N_("Product role"), ROLES),
            Choice("stock", N_("Stock"), STOCK),
        ),
        search_label=N_("Search by name or SKU"),
    )


TYPES = Table(
    url="/admin/product-types",
    columns=(
        Column(
            N_("Type"),
            key="name",
            sort="name",
            value=lambda row: localized(row.name, row.translations),
            look="grow",
            is_fixed=True,
        ),
        Column(N_("Facts"), key="facts", is_number=True, value=lambda row: row.facts),
        Column(N_("Products"), key="products", is_number=True, value=lambda row: row.products),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
    ),
    default_sort="name",
    search_label=N_("Search by name"),
)


def _walk(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node.slug, INDENT * node.depth + node.title(current_locale())
        yield from _walk(category_tree().children(node))


def kind_of(row: Any) -> str:
    """Return whether a collection is put together by hand or by rules."""
    return "hand" if row.rules is None else "rules"


COLLECTIONS = Table(
    url="/admin/collections",
    columns=(
        Column(
            N_("Collection"),
            key="name",
            sort="name",
            value=lambda row: localized(row.name, row.translations),
            look="grow",
            is_fixed=True,
        ),
        Column(N_("Put together"), key="kind", value=lambda row: Words(dict(KINDS)[kind_of(row)])),
        Column(N_("Products"), key="products", sort="products", is_number=True, value=lambda row: row.products),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
    ),
    default_sort="name",
    filters=(Choice("kind", N_("Put together"), KINDS),),
    search_label=N_("Search by name"),
)
