"""Every table with people in it is covered by a room that exports and forgets it."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db
from storefront.privacy.gathering import list_keepers

NAMES = {"email", "phone", "recipient", "customer_id", "customer_key", "visitor", "order_number", "order_id"}
NOT_PEOPLE = {
    "staff": "who works here is no customer",
    "staff_invitation": "whoever is asked to work here is none either",
    "behaviour_purchase": "an order's number beside a search; whose order it was is forgotten there",
    "behaviour_recommendation_purchase": "as above",
}


def test_no_table_with_people_in_it_is_forgotten_about(app: Flask) -> None:
    covered = {table for keeper in list_keepers() for table in keeper.tables}
    known = set(db.metadata.tables)
    assert covered <= known
    with_people = {
        name
        for name, table in db.metadata.tables.items()
        if NAMES & set(table.columns.keys()) or any(key.column.table.name == "customer" for key in table.foreign_keys)
    }
    assert with_people - covered - set(NOT_PEOPLE) == set()


def test_keys_are_one_of_a_kind_and_the_account_comes_last() -> None:
    keepers = list_keepers()
    assert len({keeper.key for keeper in keepers}) == len(keepers)
    assert [keeper.key for keeper in keepers if keeper.is_last] == [keepers[-1].key] == ["account"]
