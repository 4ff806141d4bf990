"""Every list of the back office that is one, by the name that stands in addresses."""

from __future__ import annotations

from admin.accounts.listing import GROUPS
from admin.audit.listing import CHANGES
from admin.catalog.listing import COLLECTIONS, PRODUCTS
from admin.coupons.listing import COUPONS
from admin.discovery.listing import JUDGEMENTS, SEARCH_RULES, SYNONYMS
from admin.discovery.shelves.listing import SHELF_RULES
from admin.experiments.listing import EXPERIMENTS
from admin.fulfilment.listing import TO_SEND
from admin.imports.listing import IMPORTS
from admin.jobs.listing import FAILED
from admin.orders.listing import ORDERS
from admin.payments.listing import MESSAGES, PAYMENTS
from admin.pricing.listing import PRICE_LISTS
from admin.promotions.listing import PROMOTIONS
from admin.returns.listing import RETURNS
from admin.tables.listing import Listing

ALL: tuple[Listing, ...] = (
    *(ORDERS, PAYMENTS, MESSAGES, TO_SEND, RETURNS, PRODUCTS, COLLECTIONS, IMPORTS, PRICE_LISTS, PROMOTIONS, COUPONS),
    *(SYNONYMS, SEARCH_RULES, JUDGEMENTS, SHELF_RULES, EXPERIMENTS, GROUPS, CHANGES, FAILED),
)
LISTINGS: dict[str, Listing] = {listing.name: listing for listing in ALL}
