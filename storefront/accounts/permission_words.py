"""Permissions in plain words, by what they are about: the rows and boxes of the page where roles are made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

P = Permission
SUBJECTS: Mapping[str, str] = {
    "dashboard": N_("Today"),
    "reports": N_("Reports"),
    "orders": N_("Orders"),
    "payments": N_("Payments"),
    "refunds": N_("Refunds"),
    "fulfilment": N_("Packing and sending"),
    "shipping": N_("Delivery zones"),
    "returns": N_("Returns"),
    "products": N_("Products"),
    "stock": N_("Stock"),
    "prices": N_("Prices"),
    "taxes": N_("Taxes"),
    "promotions": N_("Promotions"),
    "loyalty": N_("Points and tiers"),
    "points": N_("Points of a customer"),
    "customers": N_("Customers and their groups"),
    "tickets": N_("Tickets"),
    "slots": N_("Home page"),
    "search": N_("Search"),
    "recommend": N_("Recommendations"),
    "experiments": N_("Experiments"),
    "letters": N_("Letters"),
    "audit": N_("Changes"),
    "jobs": N_("Jobs"),
    "staff": N_("Staff"),
    "roles": N_("Roles"),
    "settings": N_("Settings"),
}
"""What a permission is about, in the order of the page."""
WORDS: Mapping[Permission, str] = {
    P.DASHBOARD_VIEW: N_("See today's figures"),
    P.REPORTS_VIEW: N_("See reports on sales, refunds and customers"),
    P.REPORTS_GOODS: N_("See reports on products, categories and stock"),
    P.REPORTS_MARKETING: N_("See reports on visitors and what offers cost"),
    P.ORDERS_VIEW: N_("See orders"),
    P.ORDERS_EDIT: N_("Change orders, write notes on them, send their letters again"),
    P.ORDERS_CREATE: N_("Take orders down for customers on the phone"),
    P.ORDERS_CANCEL: N_("Cancel orders"),
    P.ORDERS_REFUND: N_("Send money back for an order"),
    P.PAYMENTS_VIEW: N_("See payments and what providers sent"),
    P.PAYMENTS_EDIT: N_("Book transfers, capture money, settle differences"),
    P.REFUNDS_APPROVE: N_("Approve large refunds that others ask for"),
    P.FULFILMENT_VIEW: N_("See what is to be sent"),
    P.FULFILMENT_EDIT: N_("Pack and send parcels"),
    P.SHIPPING_VIEW: N_("See zones and what delivery costs"),
    P.SHIPPING_EDIT: N_("Change zones and what delivery costs"),
    P.RETURNS_VIEW: N_("See returns"),
    P.RETURNS_EDIT: N_("Decide on returns and take goods back"),
    P.PRODUCTS_VIEW: N_("See products"),
    P.PRODUCTS_EDIT: N_("Change products and collections"),
    P.STOCK_EDIT: N_("Count, receive and move stock"),
    P.PRICES_EDIT: N_("Change prices and price lists"),
    P.PRICES_APPROVE: N_("Approve prices below cost that others ask for"),
    P.TAXES_VIEW: N_("See tax rates"),
    P.TAXES_EDIT: N_("Change tax rates"),
    P.PROMOTIONS_VIEW: N_("See promotions, coupons and flash sales"),
    P.PROMOTIONS_EDIT: N_("Make and start promotions, coupons and flash sales"),
    P.PROMOTIONS_APPROVE: N_("Approve costly promotions that others ask for"),
    P.LOYALTY_VIEW: N_("See points and tiers"),
    P.LOYALTY_EDIT: N_("Change tiers"),
    P.POINTS_ADJUST: N_("Give or take a customer's points"),
    P.TICKETS_VIEW: N_("See what customers write"),
    P.TICKETS_EDIT: N_("Answer customers"),
    P.CUSTOMERS_VIEW: N_("See customers and what they bought"),
    P.CUSTOMERS_EDIT: N_("Close and open accounts, end sessions, send a letter for a new password"),
    P.CUSTOMERS_IMPERSONATE: N_("See the shop as a customer does"),
    P.CUSTOMERS_GROUPS: N_("Put customers into groups"),
    P.CUSTOMERS_PRIVACY: N_("Answer requests about personal data"),
    P.SLOTS_VIEW: N_("See what stands on pages and campaigns"),
    P.SLOTS_EDIT: N_("Change what stands on pages and campaigns"),
    P.SLOTS_APPROVE: N_("Let through what others want to put on pages"),
    P.SEARCH_VIEW: N_("See the search report and its rules"),
    P.SEARCH_EDIT: N_("Change search rules, synonyms and ratings"),
    P.RECOMMEND_VIEW: N_("See recommendations and their report"),
    P.RECOMMEND_EDIT: N_("Change the rules of shelves, publish trainings"),
    P.EXPERIMENTS_VIEW: N_("See experiments"),
    P.EXPERIMENTS_EDIT: N_("Plan, start and end experiments"),
    P.LETTERS_VIEW: N_("See letters and send trial letters"),
    P.AUDIT_VIEW: N_("See who changed what"),
    P.JOBS_VIEW: N_("See work in the background and what failed"),
    P.JOBS_EDIT: N_("Try failed jobs again and dismiss them"),
    P.STAFF_VIEW: N_("See who works here"),
    P.STAFF_EDIT: N_("Invite and dismiss staff, change their roles, unlock them"),
    P.ROLES_EDIT: N_("Make and change roles, require a second factor"),
    P.SETTINGS_VIEW: N_("See the settings of the shop"),
    P.SETTINGS_EDIT: N_("Change the settings of the shop"),
}


def grouped() -> Iterator[tuple[str, str, list[tuple[Permission, str]]]]:
    """Return every subject with its permissions: subject, its words, (permission, its words)."""
    for subject, title in SUBJECTS.items():
        found = [(permission, words) for permission, words in WORDS.items() if permission.startswith(f"{subject}:")]
        if found:
            yield subject, title, found
