"""What the ledger of one thing's stock shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Table
from storefront.inventory.states import MovementKind
from storefront.kernel.errors import N_

KINDS: dict[str, str] = {
    MovementKind.RECEIVED: N_("Received"),
    MovementKind.RESERVED: N_("Reserved"),
    MovementKind.RELEASED: N_("Given back"),
    MovementKind.ALLOCATED: N_("Sold"),
    MovementKind.SHIPPED: N_("Shipped"),
    MovementKind.RETURNED: N_("Returned"),
    MovementKind.ADJUSTED: N_("Counted"),
    MovementKind.TRANSFERRED: N_("Transferred"),
}


def movements_table(warehouses: tuple[tuple[str, str], ...]) -> Table:
    """Return the ledger of a thing's stock, for the warehouses that there are (code, name)."""
    return Table(
        url="/admin/stock-movements",
        columns=(
            Column(N_("When")),
            Column(N_("What")),
            Column(N_("Warehouse")),
            Column(N_("On hand"), is_number=True),
            Column(N_("Sold, not sent"), is_number=True),
            Column(N_("Reserved"), is_number=True),
            Column(N_("Why")),
            Column(N_("Who")),
        ),
        default_sort="",
        filters=(
            Choice("kind", N_("What"), tuple(KINDS.items())),
            Choice("warehouse", N_("Warehouse"), warehouses, is_data=True),
        ),
        search_label=N_("SKU"),
    )
