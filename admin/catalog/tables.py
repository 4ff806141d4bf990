"""What the list of products shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Table
from storefront.catalog.queries import category_tree
from storefront.kernel.errors import N_
from storefront.web.locale import localized

PUBLISHED = (("yes", N_("Published")), ("no", N_("Unpublished")))
STOCK = (("out", N_("Out of stock")), ("low", N_("Running low")), ("in", N_("In stock")))


def products_table() -> Table:
    """Return the list of products; its category filter offers the departments."""
    departments = tuple(
        (node.slug, localized(node.name, dict(node.translations or {}))) for node in category_tree() if node.depth == 0
    )
    return Table(
        url="/admin/products",
        columns=(
            Column(N_("Picture"), is_hidden_label=True),
            Column(N_("Product"), sort="name"),
            Column(N_("Category")),
            Column(N_("Price"), is_number=True),
            Column(N_("Stock"), is_number=True),
            Column(N_("Sold in 90 days"), sort="sold", is_number=True),
            Column(N_("Changed"), sort="changed"),
            Column(N_("State")),
        ),
        default_sort="-sold",
        filters=(
            Choice("category", N_("Category"), departments, is_data=True),
            Choice("published", N_("State"), PUBLISHED),
            Choice("stock", N_("Stock"), STOCK),
        ),
        search_label=N_("Search by name or SKU"),
    )
