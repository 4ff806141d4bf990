"""A shop whose front may vary."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.database.transaction import transaction
from tests import factories as make
from tests.storefront.experiments.making import make_slots


@pytest.fixture
def front(any_app: Flask) -> SimpleNamespace:
    """The application with a hero of two entries: `entries` by title."""
    any_app.extensions.pop("experiments", None)
    with any_app.app_context(), transaction():
        make.make_shipping(500)
        entries = make_slots()
    return SimpleNamespace(app=any_app, entries=entries)
