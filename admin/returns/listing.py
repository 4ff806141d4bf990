"""The list of returns."""

from __future__ import annotations

from admin.returns import queries, tables
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.returns.words import LOOKS

RETURNS = Listing(
    name="returns",
    title=N_("Returns"),
    caption=N_("Returns"),
    permission=Permission.RETURNS_VIEW,
    table=lambda: tables.RETURNS,
    source=queries.returns_of,
    cells="admin/returns/_cells.html",
    empty=Empty(
        icon="undo-2",
        title=N_("Nobody wants to return anything"),
        text=N_("What customers ask for is listed here."),
        nothing_matches=N_("Nothing matches"),
        show_all=N_("Show all returns"),
    ),
    known_as=lambda row: row.number,
    page="admin/returns/returns.html",
    context=lambda _rows: {"looks": LOOKS},
)
