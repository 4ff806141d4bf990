"""Every list of the back office that is one, by the name that stands in addresses."""

from __future__ import annotations

from admin.audit.listing import CHANGES
from admin.catalog.listing import PRODUCTS
from admin.orders.listing import ORDERS
from admin.tables.listing import Listing

ALL: tuple[Listing, ...] = (ORDERS, PRODUCTS, CHANGES)
LISTINGS: dict[str, Listing] = {listing.name: listing for listing in ALL}
