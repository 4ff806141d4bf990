"""The list of customers, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.accounts.customers import queries
from admin.accounts.customers.tables import LOOKS, SEGMENTS, contact_of, customers_table
from admin.tables import Action, Ask, Empty, Listing
from storefront.accounts import groups
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.loyalty.queries import list_tiers
from storefront.web.locale import current_locale


def _put_in(key: str, group: str, by: str, at: datetime) -> str:
    groups.put_in(key=group, customer_id=int(key), by=by, at=at)
    return group


def _take_out(key: str, group: str, by: str, at: datetime) -> str:
    groups.remove_member(key=group, customer_id=int(key), by=by, at=at)
    return group


def _groups() -> Ask:
    return Ask(N_("Customer group"), tuple((row.key, row.name) for row in groups.list_groups()), is_data=True)


CUSTOMERS = Listing(
    name="customers",
    title=N_("Customers"),
    caption=N_("Customers"),
    permission=Permission.CUSTOMERS_VIEW,
    table=customers_table,
    source=queries.customers_of,
    cells="admin/accounts/customers/_cells.html",
    empty=Empty(
        icon="users",
        title=N_("No customers yet"),
        text=N_("Whoever opens an account will be listed here; guests stand in the list of orders."),
        nothing_matches=N_("No customers match"),
        show_all=N_("Show all customers"),
    ),
    known_as=contact_of,
    context=lambda _rows: {
        "segments": SEGMENTS,
        "looks": LOOKS,
        "tiers": {tier.key: tier.called(current_locale()) for tier in list_tiers()},
    },
    actions=(
        Action(
            key="group",
            label=N_("Put into a group"),
            says=N_("They have the group's prices and promotions from now on."),
            permission=Permission.CUSTOMERS_GROUPS,
            do=_put_in,
            ask=_groups,
            undo="ungroup",
        ),
        Action(
            key="ungroup",
            label=N_("Take out of a group"),
            says=N_("They no longer have the group's prices and promotions."),
            permission=Permission.CUSTOMERS_GROUPS,
            do=_take_out,
            ask=_groups,
            undo="group",
        ),
    ),
)
