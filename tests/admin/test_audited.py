"""Every write of the back office leaves a trace.

Two proofs. By reading: each view that takes a POST can come to `audit.record`, or stands in `unaudited.txt` with the
reason. By running: whoever is `at_work` in any test of the back office is watched (see `people.Clerk`), and a POST that
wrote to the database and not to the ledger fails there.
"""

from __future__ import annotations

import inspect
import re

from flask import Flask

from tests.admin.people import unaudited
from tests.admin.test_access import admin_rules
from tests.admin.tracing import reaches

RECORD = ("storefront.audit.services", "record")


def writes(app: Flask) -> dict[str, str]:
    """Return the address of every POST of the back office and its endpoint."""
    return {rule.rule: rule.endpoint for method, rule in admin_rules(app) if method != "GET"}


def silent(app: Flask) -> set[str]:
    found = set()
    for rule, endpoint in writes(app).items():
        view = inspect.unwrap(app.view_functions[endpoint])
        if not reaches((view.__module__, view.__name__), RECORD):
            found.add(rule)
    return found


def test_every_write_comes_to_the_ledger_or_says_why_not(app: Flask) -> None:
    assert silent(app) - set(unaudited()) == set()


def test_what_is_excused_exists_and_has_a_reason(app: Flask) -> None:
    assert set(unaudited()) <= set(writes(app))
    assert all(re.match(r"\w.{15,}", reason) for reason in unaudited().values())
