"""The list of sessions of flash sales."""

from __future__ import annotations

from admin.flash import queries
from admin.flash.words import PHASES
from admin.tables import Choice, Column, Days, Empty, Listing, Table, Words
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings


def sessions_table() -> Table:
    """Return what sessions show."""
    currency = get_settings().currency
    return Table(
        url="/admin/flash",
        columns=(
            Column(
                N_("When"), key="starts", sort="starts", value=lambda row: row.starts_at, look="nowrap", is_fixed=True
            ),
            Column(N_("Ends"), key="ends", value=lambda row: row.ends_at, is_only_in_files=True),
            Column(N_("Activity"), key="name", sort="name", value=lambda row: row.name, look="grow"),
            Column(N_("State"), key="state", value=lambda row: Words(PHASES[row.phase][0])),
            Column(N_("Articles"), key="items", is_number=True, value=lambda row: row.items),
            Column(N_("Sold"), key="sold", sort="sold", is_number=True, value=lambda row: row.sold),
            Column(N_("Quota"), key="quota", is_number=True, value=lambda row: row.quota, is_only_in_files=True),
            Column(N_("Sell-through"), key="through", is_number=True, value=lambda row: f"{row.percent_sold}%"),
            Column(
                N_("Revenue"),
                key="revenue",
                sort="revenue",
                is_number=True,
                value=lambda row: Money(row.revenue_minor, currency),
            ),
        ),
        default_sort="-starts",
        filters=(
            Choice("state", N_("State"), tuple((key, words) for key, (words, _look) in PHASES.items())),
            Days("starts", N_("Begins")),
        ),
        search_label=N_("Search by activity"),
    )


SESSIONS = Listing(
    name="flash-sessions",
    title=N_("Flash sales"),
    caption=N_("Sessions"),
    permission=Permission.PROMOTIONS_VIEW,
    table=sessions_table,
    source=lambda state: queries.sessions_of(state, now()),
    cells="admin/flash/_cells.html",
    empty=Empty(
        icon="timer",
        title=N_("No session is planned"),
        text=N_("Open an activity below, or make a new one, and plan a session."),
        nothing_matches=N_("No sessions match"),
        show_all=N_("Show all sessions"),
    ),
    page="admin/flash/sessions.html",
    context=lambda _rows: {"phases": PHASES},
)
