"""What the list of customers shows."""

from __future__ import annotations

from typing import Any

from admin.tables import Choice, Column, Days, Table, Words
from storefront.accounts.groups import list_groups
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.loyalty.queries import list_tiers
from storefront.orders.segments import Bounds, Segment
from storefront.shop.queries import get_settings
from storefront.web.locale import current_locale

SEGMENTS: dict[str, str] = {
    Segment.NEVER: N_("No order yet"),
    Segment.NEW: N_("New"),
    Segment.ACTIVE: N_("Active"),
    Segment.LOYAL: N_("Loyal"),
    Segment.COOLING: N_("Cooling off"),
    Segment.LAPSED: N_("Lapsed"),
}
LOOKS = {Segment.NEW: "new", Segment.LOYAL: "positive", Segment.COOLING: "warning", Segment.LAPSED: "soft"}
STATES = (("open", N_("Open")), ("closed", N_("Closed")))


def bounds() -> Bounds:
    """Return what tells segments apart, as the merchant has set it."""
    shop = get_settings()
    return Bounds(shop.customer_active_days, shop.customer_lapsed_days)


def contact_of(row: Any) -> str:
    """Return how staff tell a customer apart."""
    return str(row.email or row.verified_phone or f"#{row.id}")


def customers_table() -> Table:
    """Return the list of customers; its filters offer the tiers and the groups of the day."""
    currency = get_settings().currency
    tiers = tuple((tier.key, tier.called(current_locale())) for tier in list_tiers())
    groups = tuple((row.key, row.name) for row in list_groups())
    return Table(
        url="/admin/customers",
        columns=(
            Column(N_("Customer"), key="customer", value=contact_of, look="grow clip", is_fixed=True),
            Column(N_("Name"), key="name", value=lambda row: row.name),
            Column(N_("Segment"), key="segment", value=lambda row: Words(SEGMENTS[row.segment])),
            Column(N_("Orders"), key="orders", sort="orders", is_number=True, value=lambda row: row.orders or 0),
            Column(
                N_("Spent"),
                key="spent",
                sort="spent",
                is_number=True,
                value=lambda row: Money(row.spent_minor or 0, currency),
            ),
            Column(N_("Last order"), key="last", sort="last", value=lambda row: row.last_at, look="nowrap"),
            Column(N_("Tier"), key="tier", value=lambda row: dict(tiers).get(row.tier, row.tier)),
            Column(N_("Joined"), key="since", sort="since", value=lambda row: row.created_at, look="nowrap"),
            Column(
                N_("Account"),
                key="state",
                value=lambda row: Words(dict(STATES)["open" if row.is_active else "closed"]),
                is_only_in_files=True,
            ),
        ),
        default_sort="-since",
        filters=(
            Choice("segment", N_("Segment"), tuple(SEGMENTS.items())),
            *((Choice("tier", N_("Tier"), tiers, is_data=True),) if tiers else ()),
            *((Choice("group", N_("Customer group"), groups, is_data=True),) if groups else ()),
            Choice("state", N_("Account"), STATES),
            Days("since", N_("Joined")),
            Days("last", N_("Last order")),
        ),
        search_label=N_("Search by e-mail, phone, name or order number"),
    )
