"""A shop that is searched in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.analytics import views
from storefront.database.transaction import transaction
from storefront.discovery.searching import forget_desk
from storefront.web.limits import Limit
from tests import factories as make


@pytest.fixture
def searched(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The application without an index and three kinds of tea in it; `ids`, `slugs` and `skus` by name."""
    monkeypatch.setattr(views, "_limit", Limit(10_000, seconds=60.0))
    shutil.rmtree(any_app.config["SHOP"].index_dir, ignore_errors=True)
    with any_app.app_context(), transaction():
        forget_desk()
        category = make.make_category("Drinks", slug="drinks")
        make.make_shipping(500)
        rows = {
            name: make.make_product(
                f"{name.title()} tea", category=category, price=price, sku=f"{name.upper()}-1", popularity=place
            )
            for place, (name, price) in enumerate((("black", 300), ("white", 700), ("green", 500)))
        }
        make.make_product("Cup", category=category, price=900, sku="CUP-1")
        shop = SimpleNamespace(
            app=any_app,
            ids={name: row.id for name, row in rows.items()},
            slugs={name: row.slug for name, row in rows.items()},
            category_id=category.id,
        )
    yield shop
    with any_app.app_context():
        forget_desk()
