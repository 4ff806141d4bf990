"""The menu, as a table: what is not permitted is not shown."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the back office."""

    url: str
    words: str
    icon: str
    permission: Permission
    or_any: tuple[Permission, ...] = ()
    """Whoever has one of these may open it too."""
    also: tuple[str, ...] = ()
    """Addresses that belong to this place although they do not lie within it."""

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return self.permission, *self.or_any

    def opens_for(self, staff: CurrentStaff) -> bool:
        """Say whether somebody may open it."""
        return any(staff.may(permission) for permission in self.permissions)

    def is_at(self, path: str) -> bool:
        """Say whether `path` is this place, lies within it or belongs to it."""
        return any(path == url or path.startswith(f"{url}/") for url in (self.url, *self.also))


APPROVALS = "/admin/approvals"
_MAKERS_AND_CHECKERS = (
    *(Permission.PROMOTIONS_APPROVE, Permission.PRICES_APPROVE),
    *(Permission.ORDERS_REFUND, Permission.PROMOTIONS_EDIT, Permission.PRICES_EDIT),
)
_SENDING = ("/admin/parcels", "/admin/carriers")
_STOCK = ("/admin/stock-receipts", "/admin/stock-transfers", "/admin/stock-movements")
_GOODS = (Permission.PRICES_EDIT, Permission.STOCK_EDIT)
_WORK = (
    *(Permission.ORDERS_VIEW, Permission.FULFILMENT_VIEW, Permission.RETURNS_EDIT, Permission.PAYMENTS_VIEW),
    *(Permission.SLOTS_APPROVE, Permission.STOCK_EDIT, Permission.AUDIT_VIEW),
    *(Permission.JOBS_VIEW, Permission.TICKETS_EDIT),
)
"""Whoever may see one of these has work that may wait for them, and finds it on the first page."""
MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("/admin/", N_("Today"), "layout-dashboard", Permission.DASHBOARD_VIEW, _WORK),
            Entry(APPROVALS, N_("Approvals"), "stamp", Permission.REFUNDS_APPROVE, _MAKERS_AND_CHECKERS),
        ),
    ),
    (
        N_("Sales"),
        (
            Entry("/admin/orders", N_("Orders"), "receipt", Permission.ORDERS_VIEW),
            Entry("/admin/fulfilment", N_("To be sent"), "package", Permission.FULFILMENT_VIEW, also=_SENDING),
            Entry("/admin/packing", N_("Pack and send"), "scan-barcode", Permission.FULFILMENT_EDIT),
            Entry("/admin/returns", N_("Returns"), "undo-2", Permission.RETURNS_VIEW),
        ),
    ),
    (
        N_("Catalogue"),
        (
            Entry("/admin/products", N_("Products"), "package", Permission.PRODUCTS_VIEW),
            Entry("/admin/product-types", N_("Product types"), "list-checks", Permission.PRODUCTS_VIEW),
            Entry("/admin/categories", N_("Categories"), "list-tree", Permission.PRODUCTS_EDIT),
            Entry("/admin/collections", N_("Collections"), "layout-grid", Permission.PRODUCTS_EDIT),
            Entry(
                "/admin/price-lists", N_("Price lists"), "tag", Permission.PRICES_EDIT, also=("/admin/price-entries",)
            ),
            Entry("/admin/warehouses", N_("Warehouses"), "warehouse", Permission.STOCK_EDIT, also=_STOCK),
            Entry("/admin/imports", N_("Import and export"), "file-up", Permission.PRODUCTS_EDIT, _GOODS),
        ),
    ),
    (
        N_("Marketing"),
        (
            Entry("/admin/promotions", N_("Promotions"), "ticket-percent", Permission.PROMOTIONS_VIEW),
            Entry("/admin/coupons", N_("Coupons"), "gift", Permission.PROMOTIONS_VIEW),
            Entry("/admin/flash", N_("Flash sales"), "timer", Permission.PROMOTIONS_VIEW),
            Entry("/admin/loyalty", N_("Points and tiers"), "coins", Permission.LOYALTY_VIEW),
            Entry("/admin/experiments", N_("Experiments"), "sliders-horizontal", Permission.EXPERIMENTS_VIEW),
        ),
    ),
    (
        N_("Content"),
        (
            Entry("/admin/home-slots", N_("Home page"), "layout-grid", Permission.SLOTS_VIEW),
            Entry("/admin/campaigns", N_("Campaigns"), "megaphone", Permission.SLOTS_VIEW),
            Entry("/admin/search/rules", N_("Search rules"), "pin", Permission.SEARCH_VIEW),
            Entry("/admin/search/synonyms", N_("Synonyms"), "languages", Permission.SEARCH_VIEW),
            Entry("/admin/search/judgements", N_("Rated results"), "scale", Permission.SEARCH_VIEW),
            Entry("/admin/recommendations/rules", N_("Shelf rules"), "pin", Permission.RECOMMEND_VIEW),
        ),
    ),
    (
        N_("Customers"),
        (
            Entry("/admin/customers", N_("Customers"), "user", Permission.CUSTOMERS_VIEW),
            Entry("/admin/tickets", N_("Tickets"), "message-circle", Permission.TICKETS_VIEW),
            Entry("/admin/customer-groups", N_("Customer groups"), "users", Permission.CUSTOMERS_GROUPS),
            Entry("/admin/privacy", N_("Personal data"), "file-lock", Permission.CUSTOMERS_PRIVACY),
        ),
    ),
    (
        N_("Finance"),
        (
            Entry("/admin/payments", N_("Payments"), "credit-card", Permission.PAYMENTS_VIEW),
            Entry("/admin/taxes", N_("Taxes"), "landmark", Permission.TAXES_VIEW),
        ),
    ),
    (
        N_("Reports"),
        (
            Entry("/admin/reports/sales", N_("Sales"), "landmark", Permission.REPORTS_VIEW),
            Entry("/admin/reports/products", N_("Products"), "package", Permission.REPORTS_GOODS),
            Entry("/admin/reports/categories", N_("Categories"), "layout-grid", Permission.REPORTS_GOODS),
            Entry("/admin/reports/stock", N_("Stock to order"), "warehouse", Permission.REPORTS_GOODS),
            Entry("/admin/reports/customers", N_("Buyers"), "users", Permission.REPORTS_VIEW),
            Entry("/admin/reports/offers", N_("Offers"), "ticket-percent", Permission.REPORTS_MARKETING),
            Entry("/admin/reports/visitors", N_("Visitors"), "user", Permission.REPORTS_MARKETING),
            Entry("/admin/search/report", N_("Search report"), "search", Permission.SEARCH_VIEW),
            Entry("/admin/search/evaluations", N_("Search quality"), "gauge", Permission.SEARCH_VIEW),
            Entry("/admin/recommendations/report", N_("Shelf report"), "layout-list", Permission.RECOMMEND_VIEW),
            Entry(
                *("/admin/recommendations/trainings", N_("Trainings"), "history", Permission.RECOMMEND_VIEW),
                also=("/admin/recommendations/training-runs",),
            ),
        ),
    ),
    (
        N_("Settings"),
        (
            Entry("/admin/shipping", N_("Delivery zones"), "truck", Permission.SHIPPING_VIEW),
            Entry("/admin/letters", N_("Letters"), "mail", Permission.LETTERS_VIEW),
            Entry("/admin/staff", N_("Staff"), "users-round", Permission.STAFF_VIEW),
            Entry("/admin/staff-roles", N_("Roles"), "shield", Permission.STAFF_VIEW),
            Entry("/admin/settings", N_("All settings"), "sliders-horizontal", Permission.SETTINGS_VIEW),
            Entry("/admin/jobs", N_("Jobs"), "history", Permission.JOBS_VIEW),
            Entry("/admin/audit", N_("Changes"), "shield-check", Permission.AUDIT_VIEW),
            Entry("/admin/checks", N_("Ledgers"), "gauge", Permission.AUDIT_VIEW),
        ),
    ),
)
"""Groups and their places; an address under a group's place opens the group, the others stay closed."""


def menu_for(staff: CurrentStaff) -> list[tuple[str, list[Entry]]]:
    """Return the groups of the menu with what `staff` may open."""
    groups = [(title, [entry for entry in entries if entry.opens_for(staff)]) for title, entries in MENU]
    return [(title, entries) for title, entries in groups if entries]


def find_pages(staff: CurrentStaff, text: str) -> list[Entry]:
    """Return the places that `staff` may open and whose name, as they read it, holds `text`."""
    wanted = text.casefold()
    places = [entry for _, entries in menu_for(staff) for entry in entries]
    return [entry for entry in places if wanted in gettext(entry.words).casefold()]


def first_url(staff: CurrentStaff) -> str:
    """Return where somebody's day begins: the first place they may open."""
    groups = menu_for(staff)
    return groups[0][1][0].url if groups else "/admin/own"
