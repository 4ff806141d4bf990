"""Fixtures of these tests."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture
def post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The shop with letters that stay in the outbox, where their words can be read."""
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    return app
