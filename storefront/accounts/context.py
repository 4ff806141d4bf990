"""What pages need to know of accounts: who a session belongs to, and who is asking."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import queries
from storefront.accounts.countries import country_name
from storefront.accounts.sessions import current_customer
from storefront.extensions import login_manager
from storefront.web.locale import babel_locale


def init_app(app: Flask) -> None:
    """Teach Flask-Login who a session belongs to, and templates who is asking."""
    login_manager.user_loader(queries.find_identity)
    login_manager.session_protection = None
    app.jinja_env.globals.update(
        current_customer=current_customer,
        country_name=lambda code: country_name(code, babel_locale()),
    )
