"""What the lists of warehouses and of movements of stock show."""

from __future__ import annotations

from typing import Any

from admin.tables import Choice, Column, Days, Table, Words
from admin.warehouses.queries import names_of_warehouses
from storefront.inventory.states import MovementKind
from storefront.kernel.errors import N_
from storefront.web.locale import localized

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
STATES = {"open": N_("In use"), "backup": N_("Backup"), "closed": N_("Closed")}
WAREHOUSES = Table(
    url="/admin/warehouses",
    columns=(
        Column(N_("Warehouse"), key="name", sort="name", value=lambda row: row.name, look="grow", is_fixed=True),
        Column(N_("Code"), key="code", value=lambda row: row.code, is_only_in_files=True),
        Column(N_("Priority"), key="priority", sort="priority", is_number=True, value=lambda row: row.priority),
        Column(N_("Sends to"), key="zones", value=lambda row: ", ".join(row.zones) or Words(N_("Everywhere"))),
        Column(N_("State"), key="state", value=lambda row: Words(STATES[state_of(row)])),
        Column(N_("On hand"), key="on_hand", sort="on_hand", is_number=True, value=lambda row: row.on_hand),
        Column(N_("Promised to orders"), key="claimed", sort="claimed", is_number=True, value=lambda row: row.claimed),
    ),
    default_sort="priority",
    filters=(Choice("state", N_("State"), tuple(STATES.items())),),
    search_label=N_("Search by name or code"),
)


def state_of(row: Any) -> str:
    """Return how a warehouse stands, as a key of STATES."""
    if not row.is_active:
        return "closed"
    return "backup" if row.is_backup else "open"


def movements_table(warehouses: tuple[tuple[str, str], ...] | None = None) -> Table:
    """Return the ledger of stock, for the warehouses that there are (code, name)."""
    return Table(
        url="/admin/stock-movements",
        columns=(
            Column(N_("When"), key="at", value=lambda row: row.at, look="nowrap", is_fixed=True),
            Column(N_("Article"), key="article", value=lambda row: row.sku, look="grow"),
            Column(
                N_("Product"),
                key="product",
                value=lambda row: localized(row.name, row.translations),
                is_only_in_files=True,
            ),
            Column(N_("What"), key="kind", value=lambda row: Words(KINDS.get(row.kind, row.kind))),
            Column(N_("Warehouse"), key="warehouse", value=lambda row: row.warehouse),
            Column(N_("On hand"), key="on_hand", is_number=True, value=lambda row: row.on_hand, look="nowrap"),
            Column(N_("Sold, not sent"), key="allocated", is_number=True, value=lambda row: row.allocated),
            Column(N_("Reserved"), key="reserved", is_number=True, value=lambda row: row.reserved),
            Column(
                N_("Change on hand"),
                key="change",
                is_number=True,
                value=lambda row: row.on_hand_delta,
                is_only_in_files=True,
            ),
            Column(N_("Why"), key="why", value=lambda row: row.reference, look="wraps"),
            Column(N_("Who"), key="who", value=lambda row: row.actor),
        ),
        default_sort="",
        filters=(
            Choice("kind", N_("What"), tuple(KINDS.items())),
            Choice(
                "warehouse",
                N_("Warehouse"),
                names_of_warehouses() if warehouses is None else warehouses,
                is_data=True,
            ),
            Days("at", N_("Day")),
        ),
        search_label=N_("SKU, or number of an order"),
    )
