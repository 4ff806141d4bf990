"""Everything that a customer's page shows, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from admin.accounts.customers import queries
from admin.accounts.customers.tables import LOOKS, SEGMENTS, bounds
from admin.audit.queries import names_of
from admin.orders.tables import WORDS
from admin.support.queries import list_of_customer
from storefront.accounts import groups, helping, stand_ins
from storefront.accounts import queries as accounts
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.models import Customer
from storefront.accounts.permissions import Permission
from storefront.accounts.signed_in import LIVES, Owner, list_open
from storefront.accounts.states import WAY_NAMES
from storefront.audit.queries import list_entries_about
from storefront.loyalty import queries as loyalty
from storefront.mail.states import TOPIC_WORDS, UNLESS_REFUSED
from storefront.orders.queries import page_of_orders
from storefront.orders.worth import worth_of
from storefront.promotions import wallet
from storefront.promotions.states import WalletTab
from storefront.shop.rules import ShopSettings
from storefront.support.states import LOOKS as TICKET_LOOKS
from storefront.support.states import STATES as TICKET_STATES


def profile_of(
    customer_id: int, number: int, *, shop: ShopSettings, staff: CurrentStaff, at: datetime
) -> Mapping[str, Any]:
    """Return what a page about a customer shows, with one page of their orders; NotFound without such a customer."""
    row = accounts.get_customer(customer_id)
    entries, stood = list_entries_about("customer", str(customer_id)), stand_ins.list_of(customer_id)
    actors = [*(entry.actor for entry in entries), *(f"staff:{each.staff_id}" for each in stood)]
    return {
        "customer": row,
        "is_gone": helping.is_gone(row),
        **_bought(row, number, shop, at),
        **_has(row, staff, at),
        **_wants(row),
        "addresses": accounts.list_addresses(row.id),
        "connections": queries.list_connections(row.id),
        "sessions": list_open(Owner("customer", row.id), since=at - LIVES),
        "way_names": WAY_NAMES,
        "stood": stood,
        "entries": entries,
        "people": names_of(actors),
    }


def _bought(row: Customer, number: int, shop: ShopSettings, at: datetime) -> Mapping[str, Any]:
    worth = worth_of(row.id, currency=shop.currency)
    return {
        "worth": worth,
        "segment": worth.segment(at, bounds()),
        "segments": SEGMENTS,
        "looks": LOOKS,
        "page": page_of_orders(row.id, number),
        "page_url": lambda wanted: f"/admin/customers/{row.id}?page={wanted}",
        "words": WORDS,
    }


def _has(row: Customer, staff: CurrentStaff, at: datetime) -> Mapping[str, Any]:
    sees_coupons = staff.may(Permission.PROMOTIONS_VIEW)
    counts = wallet.count_coupons(row.id, at) if sees_coupons else {}
    return {
        "tier": loyalty.find_tier(row.tier),
        "group_names": {each.key: each.name for each in groups.list_groups() if each.key in row.groups},
        "balance": loyalty.balance_of(row.id) if staff.may(Permission.LOYALTY_VIEW) else None,
        "coupon_counts": counts,
        "coupons": wallet.list_usable(row.id, at) if counts.get(WalletTab.USABLE) else (),
        "tickets": list_of_customer(row) if staff.may(Permission.TICKETS_VIEW) else (),
        "ticket_states": TICKET_STATES,
        "ticket_looks": TICKET_LOOKS,
        "returns": queries.list_returns(row.id) if staff.may(Permission.RETURNS_VIEW) else None,
    }


def _wants(row: Customer) -> Mapping[str, Any]:
    return {"choices": queries.latest_choices(row.email), "topics": TOPIC_WORDS, "unless_refused": UNLESS_REFUSED}
