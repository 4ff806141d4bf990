"""What pages need to know of accounts: who a session belongs to, and who is asking."""

from __future__ import annotations

from functools import partial

from flask import Flask

from storefront.accounts import codes, presence, queries
from storefront.accounts.countries import country_name
from storefront.accounts.identity import CurrentCustomer, Identity
from storefront.accounts.oauth.providers import list_providers
from storefront.accounts.sessions import current_customer, session_key
from storefront.database.transaction import transaction
from storefront.extensions import login_manager
from storefront.kernel.clock import now
from storefront.web.afterwards import afterwards
from storefront.web.locale import babel_locale


def _load(session_id: str) -> Identity | None:
    """Return who a session belongs to; that it is still in use is written down after the answer, now and then."""
    key = session_key()
    found = queries.find_identity(session_id, key=key)
    if key is not None and isinstance(found, CurrentCustomer) and presence.is_stale(found.seen_at, now()):
        afterwards(partial(_see, key))
    return found


def _see(key: str) -> None:
    with transaction():
        presence.see(key=key, at=now())


def init_app(app: Flask) -> None:
    """Teach Flask-Login who a session belongs to, and templates who is asking."""
    login_manager.user_loader(_load)
    login_manager.session_protection = None
    app.jinja_env.globals.update(
        current_customer=current_customer,
        offers_phone=codes.is_offered,
        sign_in_providers=lambda: list_providers(app.config["SHOP"]),
        country_name=lambda code: country_name(code, babel_locale()),
    )
