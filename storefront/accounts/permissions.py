"""What staff may do: permissions named `resource:action`, and roles as sets of them. Least privilege: what is not
listed is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from storefront.kernel.errors import N_


class Permission(StrEnum):
    """One thing that may be done in the back office."""

    DASHBOARD_VIEW = "dashboard:view"
    REPORTS_VIEW = "reports:view"
    REPORTS_GOODS = "reports:goods"
    REPORTS_MARKETING = "reports:marketing"
    PRODUCTS_VIEW = "products:view"
    PRODUCTS_EDIT = "products:edit"
    PRICES_EDIT = "prices:edit"
    STOCK_EDIT = "stock:edit"
    ORDERS_VIEW = "orders:view"
    ORDERS_EDIT = "orders:edit"
    ORDERS_CREATE = "orders:create"
    ORDERS_CANCEL = "orders:cancel"
    ORDERS_REFUND = "orders:refund"
    PAYMENTS_VIEW = "payments:view"
    PAYMENTS_EDIT = "payments:edit"
    FULFILMENT_VIEW = "fulfilment:view"
    FULFILMENT_EDIT = "fulfilment:edit"
    SHIPPING_VIEW = "shipping:view"
    SHIPPING_EDIT = "shipping:edit"
    RETURNS_VIEW = "returns:view"
    RETURNS_EDIT = "returns:edit"
    TICKETS_VIEW = "tickets:view"
    TICKETS_EDIT = "tickets:edit"
    SLOTS_VIEW = "slots:view"
    SLOTS_EDIT = "slots:edit"
    SLOTS_APPROVE = "slots:approve"
    PROMOTIONS_VIEW = "promotions:view"
    PROMOTIONS_EDIT = "promotions:edit"
    CUSTOMERS_VIEW = "customers:view"
    CUSTOMERS_EDIT = "customers:edit"
    CUSTOMERS_IMPERSONATE = "customers:impersonate"
    CUSTOMERS_GROUPS = "customers:groups"
    CUSTOMERS_PRIVACY = "customers:privacy"
    LOYALTY_VIEW = "loyalty:view"
    LOYALTY_EDIT = "loyalty:edit"
    POINTS_ADJUST = "points:adjust"
    SEARCH_VIEW = "search:view"
    SEARCH_EDIT = "search:edit"
    RECOMMEND_VIEW = "recommend:view"
    RECOMMEND_EDIT = "recommend:edit"
    EXPERIMENTS_VIEW = "experiments:view"
    EXPERIMENTS_EDIT = "experiments:edit"
    LETTERS_VIEW = "letters:view"
    AUDIT_VIEW = "audit:view"
    JOBS_VIEW = "jobs:view"
    JOBS_EDIT = "jobs:edit"
    TAXES_VIEW = "taxes:view"
    TAXES_EDIT = "taxes:edit"
    STAFF_VIEW = "staff:view"
    STAFF_EDIT = "staff:edit"
    ROLES_EDIT = "roles:edit"
    SETTINGS_VIEW = "settings:view"
    SETTINGS_EDIT = "settings:edit"
    REFUNDS_APPROVE = "refunds:approve"
    PROMOTIONS_APPROVE = "promotions:approve"
    PRICES_APPROVE = "prices:approve"


class Role(StrEnum):
    """A kind of work."""

    SUPER_ADMIN = "super_admin"
    OPERATIONS = "operations"
    MERCHANDISER = "merchandiser"
    CUSTOMER_SERVICE = "customer_service"
    FINANCE = "finance"
    ANALYST = "analyst"


ROLE_NAMES: Mapping[Role, str] = {
    Role.SUPER_ADMIN: N_("Super admin"),
    Role.OPERATIONS: N_("Operations"),
    Role.MERCHANDISER: N_("Merchandiser"),
    Role.CUSTOMER_SERVICE: N_("Customer service"),
    Role.FINANCE: N_("Finance"),
    Role.ANALYST: N_("Analyst"),
}

P = Permission
GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.SUPER_ADMIN: frozenset(Permission),
    Role.OPERATIONS: frozenset(
        {
            P.DASHBOARD_VIEW,
            *(P.REPORTS_VIEW, P.REPORTS_GOODS, P.REPORTS_MARKETING),
            P.PRODUCTS_VIEW,
            *(P.PRICES_EDIT, P.STOCK_EDIT),
            P.ORDERS_VIEW,
            P.ORDERS_EDIT,
            P.ORDERS_CREATE,
            P.ORDERS_CANCEL,
            P.FULFILMENT_VIEW,
            P.FULFILMENT_EDIT,
            P.SHIPPING_VIEW,
            P.SHIPPING_EDIT,
            P.RETURNS_VIEW,
            P.RETURNS_EDIT,
            P.SLOTS_VIEW,
            P.SLOTS_APPROVE,
            P.PROMOTIONS_VIEW,
            P.TICKETS_VIEW,
            P.CUSTOMERS_VIEW,
            P.CUSTOMERS_GROUPS,
            P.LOYALTY_VIEW,
            P.LOYALTY_EDIT,
            P.SEARCH_VIEW,
            P.RECOMMEND_VIEW,
            P.EXPERIMENTS_VIEW,
            P.LETTERS_VIEW,
            P.JOBS_VIEW,
        }
    ),
    Role.MERCHANDISER: frozenset(
        {
            P.DASHBOARD_VIEW,
            *(P.REPORTS_GOODS, P.REPORTS_MARKETING),
            P.PRODUCTS_VIEW,
            P.PRODUCTS_EDIT,
            P.PRICES_EDIT,
            P.SLOTS_VIEW,
            P.SLOTS_EDIT,
            P.SLOTS_APPROVE,
            P.PROMOTIONS_VIEW,
            P.PROMOTIONS_EDIT,
            P.SEARCH_VIEW,
            P.SEARCH_EDIT,
            P.RECOMMEND_VIEW,
            P.RECOMMEND_EDIT,
            P.EXPERIMENTS_VIEW,
            P.EXPERIMENTS_EDIT,
            P.LETTERS_VIEW,
        }
    ),
    Role.CUSTOMER_SERVICE: frozenset(
        {
            *(P.PRODUCTS_VIEW, P.ORDERS_VIEW, P.ORDERS_EDIT, P.ORDERS_CREATE, P.ORDERS_CANCEL),
            *(P.FULFILMENT_VIEW, P.SHIPPING_VIEW),
            *(P.RETURNS_VIEW, P.RETURNS_EDIT),
            *(P.PROMOTIONS_VIEW, P.LOYALTY_VIEW, P.POINTS_ADJUST, P.LETTERS_VIEW),
            *(P.TICKETS_VIEW, P.TICKETS_EDIT, P.CUSTOMERS_VIEW, P.CUSTOMERS_EDIT, P.CUSTOMERS_PRIVACY),
        }
    ),
    Role.FINANCE: frozenset(
        {
            P.DASHBOARD_VIEW,
            *(P.REPORTS_VIEW, P.REPORTS_MARKETING),
            P.PRODUCTS_VIEW,
            P.ORDERS_VIEW,
            P.ORDERS_REFUND,
            P.PAYMENTS_VIEW,
            P.PAYMENTS_EDIT,
            P.RETURNS_VIEW,
            P.AUDIT_VIEW,
            P.PROMOTIONS_VIEW,
            P.LOYALTY_VIEW,
            P.TAXES_VIEW,
            P.TAXES_EDIT,
            *(P.REFUNDS_APPROVE, P.PROMOTIONS_APPROVE, P.PRICES_APPROVE),
        }
    ),
    Role.ANALYST: frozenset(
        {
            P.DASHBOARD_VIEW,
            *(P.REPORTS_VIEW, P.REPORTS_GOODS, P.REPORTS_MARKETING),
            P.PRODUCTS_VIEW,
            P.PROMOTIONS_VIEW,
            P.LOYALTY_VIEW,
            P.SEARCH_VIEW,
            P.RECOMMEND_VIEW,
            P.EXPERIMENTS_VIEW,
        }
    ),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """Return what a role permits; a role that nobody knows permits nothing."""
    try:
        return GRANTS[Role(role)]
    except ValueError:
        return frozenset()


def effective_permissions(role: str, stored: Iterable[str] | None) -> frozenset[Permission]:
    """Return what a role permits, given what its row says, None without one. The super admin may always do everything,
    so that nobody can lock everybody out; what no longer means anything is left out."""
    if stored is None or role == Role.SUPER_ADMIN:
        return permissions_of(role)
    return frozenset(Permission(name) for name in stored if name in _KNOWN)


_KNOWN = frozenset(permission.value for permission in Permission)
