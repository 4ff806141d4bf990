"""Scopes: which goods a promotion means."""

from __future__ import annotations

import pytest

from storefront.promotions.rules import Scope, promotion_from_data, promotion_to_data
from tests.storefront.promotions.builders import cart, line, percent_items, saved

RED_M = line(
    1000,
    sku="RED-M",
    product_id=1,
    brand_id=1,
    category_ids=frozenset({1, 10}),
    collection_ids=frozenset({5, 6}),
    attributes=frozenset({"colour=red", "size=M", "cloth=silk"}),
)
BARE = line(1000, sku="BARE")


def scope(**parts: object) -> Scope:
    return Scope(**{name: frozenset(values) for name, values in parts.items()})


@pytest.mark.parametrize(
    ("meant", "is_meant"),
    [
        (Scope(), True),
        (scope(collection_ids=[5]), True),
        (scope(collection_ids=[7]), False),
        (scope(collection_ids=[7, 6]), True),
        (scope(attributes=["colour=red"]), True),
        (scope(attributes=["colour=blue"]), False),
        (scope(attributes=["colour=blue", "colour=red"]), True),
        (scope(attributes=["colour=red", "size=M"]), True),
        (scope(attributes=["colour=red", "size=L"]), False),
        (scope(attributes=["colour=red", "size=L", "size=M"]), True),
        (scope(attributes=["weight=1=2"]), False),
        (scope(collection_ids=[5], attributes=["size=M"], brand_ids=[1], category_ids=[10]), True),
        (scope(collection_ids=[5], attributes=["size=M"], brand_ids=[2]), False),
        (scope(collection_ids=[7], skus=["RED-M"]), True),
        (scope(attributes=["size=L"], product_ids=[1]), True),
        (Scope(exclude=scope(attributes=["size=M"])), False),
        (Scope(exclude=scope(attributes=["size=M", "colour=blue"])), True),
        (Scope(exclude=scope(collection_ids=[6])), False),
        (Scope(exclude=scope(collection_ids=[9])), True),
        (Scope(collection_ids=frozenset({5}), exclude=scope(skus=["RED-M"])), False),
    ],
)
def test_a_scope_means_goods(meant: Scope, is_meant: bool) -> None:
    assert meant.matches(RED_M) is is_meant


def test_goods_without_collections_and_attributes_are_in_no_scope_that_asks_for_them() -> None:
    assert not scope(collection_ids=[5]).matches(BARE)
    assert not scope(attributes=["size=M"]).matches(BARE)
    assert Scope(exclude=scope(attributes=["size=M"])).matches(BARE)


def test_what_asks_for_nothing_new_covers_as_before() -> None:
    assert scope(skus=["A"]).covers(product_id=0, sku="A", category_ids=frozenset(), brand_id=None)
    assert not scope(attributes=["size=M"]).covers(product_id=0, sku="A", category_ids=frozenset(), brand_id=None)


def test_a_promotion_is_for_goods_of_its_collection_with_its_attributes() -> None:
    offer = percent_items(10, scope=scope(collection_ids=[5], attributes=["colour=red"]))
    assert saved(cart(RED_M, BARE), offer) == 100


@pytest.mark.parametrize("attribute", ["red", "=red", "colour=", ""])
def test_an_attribute_is_a_name_and_a_value(attribute: str) -> None:
    with pytest.raises(ValueError, match="name=value"):
        scope(attributes=[attribute])


def test_scopes_survive_being_stored() -> None:
    offer = percent_items(
        10, scope=Scope(frozenset({1}), attributes=frozenset({"a=b", "a=c"}), exclude=scope(collection_ids=[3]))
    )
    assert promotion_from_data(promotion_to_data(offer)) == offer
