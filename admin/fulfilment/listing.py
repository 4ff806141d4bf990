"""The list of what is to be sent."""

from __future__ import annotations

from admin.fulfilment import queries
from admin.fulfilment.tables import LOOKS, STAGES, stage_of, to_send_table
from admin.orders.listing import PACK, PRINTS
from admin.tables import Empty, Listing
from admin.warehouses.queries import names_of_warehouses
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

TO_SEND = Listing(
    name="to-send",
    title=N_("To be sent"),
    caption=N_("What is to be sent, by order and warehouse"),
    permission=Permission.FULFILMENT_VIEW,
    table=lambda: to_send_table(names_of_warehouses()),
    source=queries.orders_of,
    cells="admin/fulfilment/_cells.html",
    empty=Empty(
        icon="package",
        title=N_("Nothing is to be sent"),
        text=N_("Paid orders are listed here until they leave."),
        nothing_matches=N_("Nothing matches"),
        show_all=N_("Show everything to be sent"),
    ),
    key=lambda row: row.number,
    known_as=lambda row: row.number,
    page="admin/fulfilment/to_send.html",
    context=lambda _rows: {"looks": LOOKS, "stages": STAGES, "stage_of": stage_of},
    actions=(PACK,),
    prints=PRINTS,
)
