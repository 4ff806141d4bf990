"""What pages need to know of accounts: who a session belongs to, and who is asking."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import codes, standing_in
from storefront.accounts.countries import country_name
from storefront.accounts.oauth.providers import list_providers
from storefront.accounts.sessions import current_customer, current_staff, load_identity, session_here
from storefront.accounts.stand_ins import Standing
from storefront.extensions import login_manager
from storefront.web import kept_pages, pacing
from storefront.web.locale import babel_locale


def init_app(app: Flask) -> None:
    """Teach Flask-Login who a session belongs to, and templates who is asking."""
    login_manager.user_loader(load_identity)
    login_manager.session_protection = None
    kept_pages.keep_nothing_for(standing_in.is_begun)
    pacing.known_as(session_here)
    app.before_request(_refuse_what_is_theirs)
    app.jinja_env.globals.update(
        standing_in=_standing_in,
        current_customer=current_customer,
        offers_phone=codes.is_offered,
        sign_in_providers=lambda: list_providers(app.config["SHOP"]),
        country_name=lambda code: country_name(code, babel_locale()),
    )


def _standing_in() -> Standing | None:
    staff = current_staff() if standing_in.is_begun() else None
    return standing_in.standing_of(staff) if staff else None


def _refuse_what_is_theirs() -> None:
    staff = current_staff() if standing_in.is_begun() else None
    if staff is not None:
        standing_in.refuse_what_is_theirs(staff)
