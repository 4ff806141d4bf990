"""The edge of experiments: who gets a number, and who may look at variations."""

from __future__ import annotations

from flask import Flask, g, request

from storefront.accounts.permissions import Permission
from storefront.accounts.sessions import current_staff, customer_id_here
from storefront.experiments import here
from storefront.web.fragments import wants_fragment


def _greet() -> None:
    """Look at pages alone: parts of pages, writes, files and the back office come after one."""
    is_page = request.method == "GET" and "shop" in g and not request.path.startswith("/admin") and not wants_fragment()
    if is_page and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        here.greet(customer_id_here())


def _may_preview() -> bool:
    staff = current_staff()
    return staff is not None and staff.may(Permission.EXPERIMENTS_VIEW)


def init_app(app: Flask) -> None:
    """Look at every page before it is made."""
    app.before_request(_greet)
    here.allow_preview(_may_preview)
