"""What pages need to know of accounts: who a session belongs to, and who is asking."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import queries
from storefront.accounts.sessions import current_customer
from storefront.extensions import login_manager


def init_app(app: Flask) -> None:
    """Teach Flask-Login who a session belongs to, and templates who is asking."""
    login_manager.user_loader(queries.find_identity)
    login_manager.session_protection = None
    app.jinja_env.globals["current_customer"] = current_customer
