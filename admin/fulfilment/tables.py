"""What the list of orders to be sent shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table
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


def to_send_table(warehouses: tuple[tuple[str, str], ...]) -> Table:
    """Return the list of what is to be sent, for the warehouses that there are (code, name)."""
    return Table(
        url="/admin/fulfilment",
        columns=(
            Column(N_("Choose"), is_hidden_label=True),
            Column(N_("Order")),
            Column(N_("Placed"), sort="placed"),
            Column(N_("Delivery to")),
            Column(N_("Warehouse")),
            Column(N_("Pieces"), is_number=True),
            Column(N_("State")),
        ),
        default_sort="placed",
        filters=(
            Choice("warehouse", N_("Warehouse"), warehouses, is_data=True),
            Choice("stage", N_("State"), tuple(STAGES.items())),
            Days("placed", N_("Placed")),
        ),
        search_label=N_("Search by order number"),
    )
