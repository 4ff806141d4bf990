"""Reads of shelf rules for their list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from admin.discovery.queries import stands
from admin.tables import ListState, Source
from storefront.discovery.models import ShelfRule

_SORTS: Mapping[str, Any] = {
    "name": func.lower(ShelfRule.name),
    "shelf": ShelfRule.shelf,
    "priority": ShelfRule.priority,
    "changed": ShelfRule.updated_at,
}


def rules_of(state: ListState, at: datetime) -> Source:
    """Return the rules that `state` asks for."""
    conditions: list[ColumnElement[bool]] = []
    if state.search:
        conditions.append(ShelfRule.name.icontains(state.search, autoescape=True))
    if shelf := state.value("shelf"):
        conditions.append(ShelfRule.shelf == ("" if shelf == "every" else shelf))
    if standing := state.value("standing"):
        conditions += stands(ShelfRule, standing, at)
    return Source(select(ShelfRule.__table__).where(*conditions), ShelfRule.id, _SORTS)
