"""The list of customer groups."""

from __future__ import annotations

from sqlalchemy import func, select

from admin.tables import Column, Empty, Listing, ListState, Source, Table
from storefront.accounts import groups
from storefront.accounts.models import CustomerGroup
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

TABLE = Table(
    url="/admin/customer-groups",
    columns=(
        Column(N_("Customer group"), key="name", sort="name", value=lambda row: row.name, look="grow", is_fixed=True),
        Column(N_("Customers"), key="customers", is_number=True),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
    ),
    default_sort="name",
    search_label=N_("Search by name"),
)


def groups_of(state: ListState) -> Source:
    """Return the groups that `state` asks for."""
    rows = select(CustomerGroup.key, CustomerGroup.name, CustomerGroup.updated_at)
    if state.search:
        rows = rows.where(CustomerGroup.name.icontains(state.search, autoescape=True))
    sorts = {"name": func.lower(CustomerGroup.name), "changed": CustomerGroup.updated_at}
    return Source(rows, CustomerGroup.key, sorts)


GROUPS = Listing(
    name="customer-groups",
    title=N_("Customer groups"),
    caption=N_("Customer groups"),
    permission=Permission.CUSTOMERS_GROUPS,
    table=lambda: TABLE,
    source=groups_of,
    cells="admin/accounts/_group_cells.html",
    empty=Empty(
        icon="users",
        title=N_("There are no customer groups yet"),
        text=N_("Make one, for example for schools or for trade customers."),
        nothing_matches=N_("No groups match"),
        show_all=N_("Show all groups"),
    ),
    key=lambda row: row.key,
    page="admin/accounts/groups.html",
    context=lambda _rows: {"counts": groups.count_members()},
)
