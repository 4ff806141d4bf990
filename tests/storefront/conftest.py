"""Fixtures of several rooms' tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture
def phones(app: Flask) -> Iterator[Flask]:
    """The shop with an empty folder for the messages that it sends."""
    shutil.rmtree(app.config["SHOP"].sms_dir, ignore_errors=True)
    yield app
    shutil.rmtree(app.config["SHOP"].sms_dir, ignore_errors=True)
