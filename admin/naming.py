"""Whoever works here finds things by the name that they read, in whichever language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_

from storefront.web.locale import DEFAULT, LOCALES


def is_named(table: type[Any], text: str) -> ColumnElement[bool]:
    """Return the condition that a row's name, in any of the shop's languages, holds a text; case does not matter.

    `table` is a model with `name` and `translations`.
    """
    others = [table.translations[(locale, "name")].as_string() for locale in LOCALES if locale != DEFAULT]
    return or_(*(name.icontains(text, autoescape=True) for name in (table.name, *others)))
