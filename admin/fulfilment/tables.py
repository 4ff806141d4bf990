"""What the list of orders to be sent shows."""

from __future__ import annotations

from typing import Any

from admin.tables import Choice, Column, Days, Table, Words
from storefront.fulfilment.labelling import Labelled
from storefront.kernel.errors import N_

TO_PACK, PACKED = "to-pack", "packed"
STAGES: dict[str, str] = {TO_PACK: N_("To pack"), PACKED: N_("Packed, to be sent")}
LOOKS: dict[str, str] = {
    TO_PACK: "warning",
    PACKED: "new",
    "packed": "new",
    "shipped": "new",
    "delivered": "positive",
    "lost": "warning",
    "returned": "warning",
}
TO_BE_LABELLED: dict[str, str] = {
    Labelled.PACKED_AND_SENT: N_("Will be packed and sent"),
    Labelled.SENT: N_("Will be sent"),
    Labelled.CORRECTED: N_("Number will be corrected"),
    Labelled.UNCHANGED: N_("Known already"),
}
LABELLED: dict[str, str] = {
    Labelled.PACKED_AND_SENT: N_("Packed and sent"),
    Labelled.SENT: N_("Sent"),
    Labelled.CORRECTED: N_("Number corrected"),
    Labelled.UNCHANGED: N_("Known already"),
}


def stage_of(row: Any) -> str:
    """Return how far what a warehouse holds for an order is."""
    return PACKED if row.packed >= row.units else TO_PACK


def address_line(row: Any) -> str:
    """Return to whom and where an order goes, in short."""
    address = row.shipping_address or {}
    return ", ".join(address[key] for key in ("name", "city", "region", "country") if address.get(key))


def to_send_table(warehouses: tuple[tuple[str, str], ...]) -> Table:
    """Return the list of what is to be sent, for the warehouses that there are (code, name)."""
    return Table(
        url="/admin/fulfilment",
        columns=(
            Column(N_("Order"), key="number", value=lambda row: row.number, look="nowrap", is_fixed=True),
            Column(N_("Placed"), key="placed", sort="placed", value=lambda row: row.placed_at, look="nowrap"),
            Column(N_("Delivery to"), key="address", value=address_line, look="grow clip"),
            Column(N_("Warehouse"), key="warehouse", value=lambda row: row.warehouse),
            Column(N_("Pieces"), key="units", is_number=True, value=lambda row: row.units),
            Column(N_("State"), key="stage", value=lambda row: Words(STAGES[stage_of(row)])),
        ),
        default_sort="placed",
        filters=(
            Choice("warehouse", N_("Warehouse"), warehouses, is_data=True),
            Choice("stage", N_("State"), tuple(STAGES.items())),
            Days("placed", N_("Placed")),
        ),
        search_label=N_("Search by order number"),
    )
