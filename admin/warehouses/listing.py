"""The lists of warehouses and of movements of stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from admin.audit.queries import people
from admin.orders.tables import ACTORS
from admin.tables import Empty, Listing
from admin.warehouses import queries, tables
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

WAREHOUSES = Listing(
    name="warehouses",
    title=N_("Warehouses"),
    caption=N_("Warehouses"),
    permission=Permission.STOCK_EDIT,
    table=lambda: tables.WAREHOUSES,
    source=queries.warehouses_of,
    cells="admin/warehouses/_cells.html",
    empty=Empty(
        icon="warehouse",
        title=N_("No warehouse yet"),
        text=N_("Goods need a place to stand before they can be sold."),
        nothing_matches=N_("No warehouses match"),
        show_all=N_("Show all warehouses"),
        url="/admin/warehouses/new",
        link=N_("New warehouse"),
    ),
    page="admin/warehouses/warehouses.html",
    context=lambda _rows: {"state_of": tables.state_of},
)


def _beside(rows: Sequence[Any]) -> Mapping[str, Any]:
    return {
        "people": people(rows),
        "orders": queries.orders_among([row.reference for row in rows]),
        "kinds": tables.KINDS,
        "actors": ACTORS,
    }


MOVEMENTS = Listing(
    name="movements",
    title=N_("Stock ledger"),
    caption=N_("What happened to the stock, the newest first"),
    permission=Permission.STOCK_EDIT,
    table=tables.movements_table,
    source=queries.movements_of,
    cells="admin/warehouses/_movement_cells.html",
    empty=Empty(
        icon="warehouse",
        title=N_("Nothing happened here"),
        text=N_("Once goods come in, their way through the shop stands here."),
        nothing_matches=N_("There is nothing with this SKU"),
        show_all=N_("Show all movements"),
        url="/admin/stock-receipts",
        link=N_("Receive goods"),
    ),
    known_as=lambda row: row.sku,
    page="admin/warehouses/movements.html",
    context=_beside,
)
