"""A shop with an index of its own that leaves nothing behind for other rooms."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask

from storefront.discovery.searching import forget_desk


@pytest.fixture
def index_free(app: Flask) -> Iterator[Flask]:
    """The application without an index, before and after."""

    def clear() -> None:
        shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
        with app.app_context():
            forget_desk()

    clear()
    yield app
    clear()
