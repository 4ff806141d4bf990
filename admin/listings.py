"""Every list of the back office that is one, by the name that stands in addresses."""

from __future__ import annotations

from admin.accounts.customers.listing import CUSTOMERS
from admin.accounts.listing import GROUPS
from admin.audit.listing import CHANGES
from admin.catalog.listing import COLLECTIONS, PRODUCTS, TYPES
from admin.coupons.listing import COUPONS
from admin.discovery.listing import JUDGEMENTS, SEARCH_RULES, SYNONYMS
from admin.discovery.shelves.listing import SHELF_RULES
from admin.discovery.shelves.training_listing import TRAININGS
from admin.experiments.listing import EXPERIMENTS
from admin.flash.listing import SESSIONS
from admin.fulfilment.carrier_listing import CARRIERS
from admin.fulfilment.listing import TO_SEND
from admin.imports.listing import IMPORTS
from admin.jobs.listing import FAILED
from admin.mail.listing import SENT
from admin.orders.listing import ORDERS
from admin.payments.listing import MESSAGES, PAYMENTS
from admin.pricing.entry_listing import PRICE_ENTRIES
from admin.pricing.listing import PRICE_LISTS
from admin.pricing.taxes.listing import TAX_RATES
from admin.privacy.listing import REQUESTS
from admin.promotions.listing import PROMOTIONS
from admin.returns.listing import RETURNS
from admin.shipping.listing import METHODS
from admin.support.listing import TICKETS
from admin.tables.listing import Listing
from admin.warehouses.listing import MOVEMENTS, WAREHOUSES

ALL: tuple[Listing, ...] = (
    *(ORDERS, PAYMENTS, MESSAGES, TO_SEND, RETURNS, PRODUCTS, COLLECTIONS, TYPES, PRICE_LISTS, PROMOTIONS, COUPONS),
    *(SYNONYMS, SEARCH_RULES, JUDGEMENTS, SHELF_RULES, EXPERIMENTS, GROUPS, CUSTOMERS, TICKETS, CHANGES),
    *(WAREHOUSES, MOVEMENTS, PRICE_ENTRIES, TAX_RATES, SESSIONS, REQUESTS, SENT),
    *(CARRIERS, METHODS, TRAININGS, IMPORTS, FAILED),
)
LISTINGS: dict[str, Listing] = {listing.name: listing for listing in ALL}
