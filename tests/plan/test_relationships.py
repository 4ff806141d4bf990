"""No relationship loads by itself: a list that forgot what it needs fails in a test, and is not slow in a shop."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import configure_mappers

from storefront.database.base import Base

LAZY = {"raise", "raise_on_sql", "write_only"}


@pytest.mark.usefixtures("app")
def test_every_relationship_of_every_table_refuses_to_load_by_itself() -> None:
    configure_mappers()
    found = {
        f"{mapper.class_.__name__}.{relationship.key}": relationship.lazy
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
    }
    assert len(found) >= 15, "the whole shop is looked at"
    assert {name: lazy for name, lazy in found.items() if lazy not in LAZY} == {}
