"""What a list tells of a product beside its card."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.catalog.details import LONGEST_SUMMARY, MOST_FACTS, details_by_ids, shortened
from storefront.catalog.product_types import known_attributes
from storefront.database.transaction import transaction
from tests.counting import queries_of
from tests.factories import make_product


def test_details_are_in_the_readers_language_and_cost_one_query(app: Flask) -> None:
    with app.app_context(), transaction():
        words = {"zh": {"description": "好牛奶", "attributes": {"颜色": "白"}}}
        facts = {f"Fact {number}": "x" for number in range(9)}
        milk = make_product("Milk", description="Good milk", attributes={"Color": "white"}, translations=words).id
        bread = make_product("Bread", attributes=facts).id
    with app.app_context():
        known_attributes("")  # what types there are is read now and then
    with queries_of(app) as asked, app.app_context():
        english = details_by_ids([milk, bread, 999], "en")
        chinese = details_by_ids([milk], "zh")
        again = details_by_ids([milk, bread], "en")
    assert (english[milk].summary, english[milk].facts) == ("Good milk", (("Color", "white"),))
    assert (chinese[milk].summary, chinese[milk].facts) == ("好牛奶", (("颜色", "白"),))
    assert (english[bread].summary, len(english[bread].facts)) == ("", MOST_FACTS)
    assert again == english
    assert len(asked) == 2, asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short.", "Short."),
        ("a  b\nc", "a b c"),
        ("word " * 60, "word " * 35 + "word…"),
        ("字" * 200, "字" * 180 + "…"),
    ],
)
def test_a_long_description_is_cut_between_words(text: str, expected: str) -> None:
    assert shortened(text) == expected
    assert len(shortened(text)) <= LONGEST_SUMMARY + 1
