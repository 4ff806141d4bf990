"""Staff for tests: one of each role, who sign in through the real door."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask

from storefront.accounts import services
from storefront.accounts.permissions import Role
from storefront.accounts.services import Credentials, make_credentials
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.browser import Shopper

PASSWORD = "three green apples"


@lru_cache(maxsize=16)
def credentials_of(email: str) -> Credentials:
    """Hash once per process: hashing is slow on purpose."""
    return make_credentials(email=email, password=PASSWORD)


def hire(app: Flask, role: Role = Role.SUPER_ADMIN, name: str = "") -> str:
    """Give somebody a role and return their e-mail."""
    email = f"{(name or role.value).lower().replace('_', '-').replace(' ', '-')}@example.com"
    with app.app_context(), transaction():
        services.hire(credentials=credentials_of(email), name=name or role.value, role=role, at=now())
    return email


def at_work(app: Flask, role: Role = Role.SUPER_ADMIN, name: str = "") -> Shopper:
    """Return a browser in which somebody with this role is signed in."""
    email, browser = hire(app, role, name), Shopper(app)
    assert browser.post("/admin/sign-in", {"email": email, "password": PASSWORD}).status == 303
    return browser
