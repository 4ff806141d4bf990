"""Every report, in the order of their tabs."""

from __future__ import annotations

from admin.figures import goods, offers, people, sales, stock, visitors
from admin.figures.reporting import Report
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

SALES = Report("sales", N_("Sales"), N_("What was sold, and what went back."), Permission.REPORTS_VIEW, sales.make)
PRODUCTS = Report(
    "products",
    N_("Products"),
    N_("Which products sell, earn, rise and fall."),
    Permission.REPORTS_GOODS,
    goods.make_products,
)
CATEGORIES = Report(
    "categories",
    N_("Categories"),
    N_("Which categories sell and earn."),
    Permission.REPORTS_GOODS,
    goods.make_categories,
)
STOCK = Report(
    "stock",
    N_("Stock to order"),
    N_("What will be gone soon, and how much to order."),
    Permission.REPORTS_GOODS,
    stock.make,
)
CUSTOMERS = Report(
    "customers", N_("Buyers"), N_("Who is new, and who comes back."), Permission.REPORTS_VIEW, people.make
)
OFFERS = Report(
    "offers", N_("Offers"), N_("What promotions and coupons cost."), Permission.REPORTS_MARKETING, offers.make
)
VISITORS = Report(
    "visitors", N_("Visitors"), N_("Who comes, from where and on what."), Permission.REPORTS_MARKETING, visitors.make
)
REPORTS = (SALES, PRODUCTS, CATEGORIES, STOCK, CUSTOMERS, OFFERS, VISITORS)


def reports_for(staff: CurrentStaff) -> list[Report]:
    """Return the reports that somebody may see."""
    return [report for report in REPORTS if staff.may(report.permission)]


def find_report(key: str) -> Report | None:
    """Return a report by its key."""
    return next((report for report in REPORTS if report.key == key), None)
