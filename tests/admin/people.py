"""Staff for tests: one of each role, who sign in through the real door, and are watched as they work."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from storefront.accounts import services
from storefront.accounts.models import Staff, StaffRole
from storefront.accounts.permissions import Permission, Role
from storefront.accounts.services import Credentials, make_credentials
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.browser import Page, Shopper

PASSWORD = "three green apples"
UNCHANGED = "saved as it was:"
"""How a reason begins that holds only where a single row of the thing itself was written."""
WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)


@lru_cache(maxsize=1)
def unaudited() -> dict[str, str]:
    """Return the addresses of the writes that leave no trace in the ledger, each with its reason."""
    lines = Path(__file__).with_name("unaudited.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows}


class Clerk(Shopper):
    """A browser of the back office: what it writes must leave a trace in the ledger."""

    def _fetch(self, method: str, url: str, *, htmx: bool, **options: Any) -> Page:
        if method != "post" or not url.startswith("/admin/"):
            return super()._fetch(method, url, htmx=htmx, **options)
        tables: set[str] = set()

        def note(_connection: object, cursor: Any, statement: str, *_rest: object) -> None:
            if (found := WRITE.match(statement)) and cursor.rowcount != 0:
                tables.add(found[1])

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "after_cursor_execute", note)
        try:
            page = super()._fetch(method, url, htmx=htmx, **options)
        finally:
            event.remove(engine, "after_cursor_execute", note)
        if page.status < 400 and tables and "audit_entry" not in tables:
            excuse = unaudited().get(self._rule(url), "")
            if not excuse or (excuse.startswith(UNCHANGED) and len(tables) > 1):
                raise AssertionError(f"POST {url} wrote to {sorted(tables)} and left no trace")
        return page

    def _rule(self, url: str) -> str:
        adapter = self.app.url_map.bind("localhost")
        rule, _values = adapter.match(url.partition("?")[0].partition("#")[0], method="POST", return_rule=True)
        return str(rule.rule)


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
    email, browser = hire(app, role, name), Clerk(app)
    assert browser.post("/admin/sign-in", {"email": email, "password": PASSWORD}).status == 303
    return browser


def at_work_with(app: Flask, *permissions: Permission) -> Shopper:
    """Return a browser in which somebody is signed in who may do just this."""
    browser = at_work(app, Role.ANALYST, "Somebody")
    with app.app_context(), transaction():
        db.session.add(StaffRole(key="desk", name="Desk", permissions=list(permissions), updated_at=now()))
        db.session.execute(db.update(Staff).where(Staff.email == "somebody@example.com").values(role="desk"))
    return browser
