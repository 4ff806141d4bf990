"""Binds the back office to the application: one guarded blueprint, a blueprint per room within it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, render_template
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from admin import access
from admin.accounts import views as accounts
from admin.audit import views as audit
from admin.catalog import views as catalog
from admin.content import views as content
from admin.dashboard import views as dashboard
from admin.navigation import menu_for
from admin.orders import views as orders
from storefront.accounts.permissions import ROLE_NAMES, Permission, Role
from storefront.database.base import db
from storefront.kernel.errors import ShopError
from storefront.web.errors import TITLES, WORDS, message_of
from storefront.web.fragments import wants_fragment

ROOMS = (accounts, dashboard, orders, catalog, content, audit)


def make_blueprint() -> Blueprint:
    """Return everything under /admin."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
    blueprint.before_request(access.guard)
    blueprint.after_request(_keep_private)
    blueprint.context_processor(_context)
    blueprint.register_error_handler(ShopError, _refusal)
    blueprint.register_error_handler(HTTPException, _http)
    for room in ROOMS:
        blueprint.register_blueprint(room.blueprint)
    return blueprint


def init_app(app: Flask) -> None:
    """Add the back office under /admin."""
    app.register_blueprint(make_blueprint())


def _context() -> dict[str, Any]:
    staff = g.get("staff")
    if staff is None:
        return {}
    return {
        "staff": staff,
        "role_name": ROLE_NAMES[Role(staff.role)],
        "menu": menu_for(staff),
        "may": lambda name: staff.may(Permission(name)),
    }


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(error: ShopError) -> Response:
    return _error_page(error.status, message_of(error))


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return _error_page(status, gettext(WORDS.get(status, WORDS[400])))


def _error_page(status: int, message: str) -> Response:
    db.session.rollback()
    title = gettext(TITLES.get(status, TITLES[409]))
    template = "components/_notice.html" if wants_fragment() else "admin/error.html"
    response = make_response(render_template(template, status=status, title=title, message=message), status)
    if wants_fragment():
        response.headers["HX-Retarget"] = "#flash"
        response.headers["HX-Reswap"] = "innerHTML"
    response.vary.add("HX-Request")
    return response
