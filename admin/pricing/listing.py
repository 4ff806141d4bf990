"""The list of price lists."""

from __future__ import annotations

from admin.pricing import queries
from admin.pricing.forms import percent_text
from admin.tables import Column, Empty, Listing, Table, Words
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.errors import N_

TABLE = Table(
    url="/admin/price-lists",
    columns=(
        Column(N_("Price list"), key="name", sort="name", value=lambda row: row.name, look="grow", is_fixed=True),
        Column(N_("State"), key="state", value=lambda row: Words(queries.STANDINGS[row.standing][0])),
        Column(N_("For whom"), key="whom", value=lambda row: ", ".join(row.tiers + row.groups)),
        Column(N_("When"), key="when", value=lambda row: row.starts_at),
        Column(N_("Ends"), key="ends", value=lambda row: row.ends_at, is_only_in_files=True),
        Column(
            N_("Off everything"),
            key="off",
            is_number=True,
            value=lambda row: None if row.basis_points is None else f"{percent_text(row.basis_points)} %",
        ),
        Column(N_("Prices"), key="prices", sort="prices", is_number=True, value=lambda row: row.count),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
    ),
    default_sort="-changed",
    search_label=N_("Search by name"),
)
PRICE_LISTS = Listing(
    name="price-lists",
    title=N_("Price lists"),
    caption=N_("Price lists"),
    permission=Permission.PRICES_EDIT,
    table=lambda: TABLE,
    source=lambda state: queries.lists_of(state, now()),
    cells="admin/pricing/_list_cells.html",
    empty=Empty(
        icon="tag",
        title=N_("There are no price lists yet"),
        text=N_("A list lowers prices for everybody, for members or for a group, always or for a time."),
        nothing_matches=N_("No price lists match"),
        show_all=N_("Show all price lists"),
        url="/admin/price-lists/new",
        link=N_("Make the first list"),
    ),
    page="admin/pricing/lists.html",
    context=lambda _rows: {"standings": queries.STANDINGS, "percent_text": percent_text},
)
