"""What pages need to know of accounts: who a session belongs to, and who is asking."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import codes
from storefront.accounts.countries import country_name
from storefront.accounts.oauth.providers import list_providers
from storefront.accounts.sessions import current_customer, load_identity
from storefront.extensions import login_manager
from storefront.web.locale import babel_locale


def init_app(app: Flask) -> None:
    """Teach Flask-Login who a session belongs to, and templates who is asking."""
    login_manager.user_loader(load_identity)
    login_manager.session_protection = None
    app.jinja_env.globals.update(
        current_customer=current_customer,
        offers_phone=codes.is_offered,
        sign_in_providers=lambda: list_providers(app.config["SHOP"]),
        country_name=lambda code: country_name(code, babel_locale()),
    )
