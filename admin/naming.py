"""Whoever works here finds things by the name that they read, in whichever language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from storefront.catalog.models import Variant
from storefront.database.prefix import begins_with
from storefront.kernel.text import code_key
from storefront.web.locale import DEFAULT, LOCALES


def is_named(table: type[Any], text: str) -> ColumnElement[bool]:
    """Return the condition that a row's name, in any of the shop's languages, holds a text; case does not matter.

    `table` is a model with `name` and `translations`.
    """
    others = [table.translations[(locale, "name")].as_string() for locale in LOCALES if locale != DEFAULT]
    return or_(*(name.icontains(text, autoescape=True) for name in (table.name, *others)))


def has_sku(text: str) -> ColumnElement[bool]:
    """Return the condition that a variant's SKU begins with a text, however it was typed."""
    begins = code_key(text)
    return begins_with(Variant.sku, begins) if begins else false()
