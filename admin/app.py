"""Binds the back office to the application: one guarded blueprint, a blueprint per room within it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from admin import access
from admin.accounts import groups
from admin.accounts import views as accounts
from admin.accounts.customers import views as customers
from admin.analytics import shelf_views as shelf_report
from admin.analytics import views as analytics
from admin.approvals import views as approvals
from admin.approvals.asking import answer as ask_for_approval
from admin.audit import views as audit
from admin.audit.tables import ACTIONS
from admin.catalog import categories, collections, grid, related
from admin.catalog import views as catalog
from admin.catalog.ruled import views as ruled
from admin.content import views as content
from admin.coupons import views as coupons
from admin.dashboard import views as dashboard
from admin.discovery import views as steering
from admin.experiments import views as experiments
from admin.figures import views as reports
from admin.flash import views as flash
from admin.fulfilment import carrier_views as carriers
from admin.fulfilment import import_views as tracking_import
from admin.fulfilment import packing_views as packing
from admin.fulfilment import views as fulfilment
from admin.imports import views as imports
from admin.invoicing import views as invoicing
from admin.jobs import views as jobs
from admin.loyalty import views as loyalty
from admin.mail import views as letters
from admin.navigation import menu_for
from admin.orders import changing_views as order_changes
from admin.orders import noting_views as order_notes
from admin.orders import taking_views as order_taking
from admin.orders import views as orders
from admin.orders import writing_views as order_letters
from admin.orders.tables import delivery_of
from admin.payments import views as payments
from admin.pricing import views as pricing
from admin.pricing.taxes import views as taxes
from admin.privacy import views as privacy
from admin.promotions import views as promotions
from admin.returns import asking_views as asking
from admin.returns import views as returns
from admin.shipping import views as shipping
from admin.shop import views as settings
from admin.simulation import views as simulation
from admin.support import views as support
from admin.tables import views as lists
from admin.warehouses import views as warehouses
from storefront.accounts.permissions import ROLE_NAMES, Permission
from storefront.accounts.sessions import current_staff
from storefront.approvals import queries as waiting
from storefront.approvals.errors import NeedsApproval
from storefront.kernel.errors import ShopError
from storefront.web.errors import PAGE, http_page, refusal_page

ROOMS = (
    *(accounts, customers, dashboard, reports, orders, payments, shipping, catalog, grid),
    *(imports, warehouses, content, invoicing),
    *(order_changes, order_notes, order_letters, order_taking),
    *(fulfilment, packing, tracking_import, carriers, returns, asking),
    *(
        promotions,
        simulation,
        coupons,
        flash,
        approvals,
        settings,
        support,
        audit,
        pricing,
        taxes,
        groups,
        categories,
        collections,
        ruled,
        related,
        loyalty,
        analytics,
        shelf_report,
        steering,
        experiments,
        letters,
        privacy,
        lists,
        jobs,
    ),
)
ERROR_PAGE = "admin/error.html"


def make_blueprint() -> Blueprint:
    """Return everything under /admin."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
    blueprint.before_request(access.guard)
    blueprint.after_request(_keep_private)
    blueprint.context_processor(_context)
    blueprint.register_error_handler(NeedsApproval, ask_for_approval)
    blueprint.register_error_handler(ShopError, partial(refusal_page, page=ERROR_PAGE))
    blueprint.register_error_handler(HTTPException, partial(http_page, page=ERROR_PAGE))
    for room in ROOMS:
        blueprint.register_blueprint(room.blueprint)
    return blueprint


def init_app(app: Flask) -> None:
    """Add the back office under /admin."""
    app.register_blueprint(make_blueprint())
    for status in (404, 405):
        app.register_error_handler(status, _nowhere)


def _nowhere(error: HTTPException) -> Response:
    """Answer an address that there is none of; below /admin those who work here keep their menu."""
    if request.blueprint:
        return http_page(error, page=ERROR_PAGE if request.blueprint.startswith("admin.") else PAGE)
    staff = current_staff() if request.path.startswith("/admin/") else None
    if staff is None or access.owes_factor(staff):
        return http_page(error)
    g.staff = staff
    return _keep_private(http_page(error, page=ERROR_PAGE, **_context()))


def _context() -> dict[str, Any]:
    staff = g.get("staff")
    if staff is None:
        return {}
    menu = menu_for(staff)
    return {
        "staff": staff,
        "role_name": staff.role_name or ROLE_NAMES.get(staff.role, staff.role),
        "menu": menu,
        "waiting_for_me": waiting.count_for(staff),
        "deeds": ACTIONS,
        "delivery_of": delivery_of,
        "menu_places": [entry.url for _title, entries in menu for entry in entries if entry.is_at(request.path)],
        "may_open": access.may_open,
        "may": lambda name: staff.may(Permission(name)),
    }


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
