"""Reads what was recorded, as plain rows."""

from __future__ import annotations

from typing import Any

from flask import Flask

from storefront.analytics.models import AdditionRow, ClickRow, OrderRow, PurchaseRow, SearchRow, ShownRow, SuggestionRow
from storefront.database.base import db
from tests.browser import Page, Shopper


def _rows(app: Flask, model: Any, *order: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(db.select(model.__table__).order_by(*order)).all())


def searches(app: Flask) -> list[Any]:
    return _rows(app, SearchRow, SearchRow.at, SearchRow.id)


def shown(app: Flask) -> list[Any]:
    return _rows(app, ShownRow, ShownRow.search_id)


def clicks(app: Flask) -> list[Any]:
    return _rows(app, ClickRow, ClickRow.id)


def additions(app: Flask) -> list[Any]:
    return _rows(app, AdditionRow, AdditionRow.id)


def purchases(app: Flask) -> list[Any]:
    return _rows(app, PurchaseRow, PurchaseRow.id)


def orders(app: Flask) -> list[Any]:
    return _rows(app, OrderRow, OrderRow.id)


def suggestions(app: Flask) -> list[Any]:
    return _rows(app, SuggestionRow, SuggestionRow.id)


def search_of(page: Page) -> str:
    """Return the public id of the search that a page's list shows; "" where it was not recorded."""
    return str(page.one("#listing").get("data-search") or "")


def tell(shopper: Shopper, path: str, **facts: Any) -> Page:
    """Send a beacon as our script does."""
    return shopper.post(path, json=facts)


def click(shopper: Shopper, search: str, product: Any) -> Page:
    return tell(shopper, "/search/clicks", search=search, product=product)
