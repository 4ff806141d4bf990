"""Attributes and options as facets: their keys, their values, the order of these."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog.attributes import (
    LONGEST_KEY,
    PREFIX,
    attribute_key,
    attribute_values,
    fitting,
    in_order,
    is_attribute_facet,
    measure_of,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *(("Size", "size"), ("Screen size", "screen-size"), ("  RAM / memory ", "ram-memory"), ("颜色", "颜色")),
        *(("ＲＡＭ", "ram"), ("!!", ""), ("a_b", "a-b"), ("x" * 100, "x" * LONGEST_KEY)),
    ],
)
def test_a_name_has_a_key_that_an_address_can_hold(name: str, key: str) -> None:
    assert attribute_key(name) == key


@given(st.text(max_size=120))
def test_every_key_is_read_back_as_a_facet(name: str) -> None:
    key = attribute_key(name)
    assert not key or is_attribute_facet(PREFIX + key)


@pytest.mark.parametrize("name", ["size", "a.", "a.-", "a.a b", "a.a.b", "a." + "x" * 41, "b.size", "a.<x>", "a.a\n"])
def test_other_names_are_no_facets_of_attributes(name: str) -> None:
    assert not is_attribute_facet(name)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        *(("white, black", ("white", "black")), ("白色、黑色", ("白色", "黑色")), ("red", ("red",)), ("", ())),
        *(("Soda cans, 12 to 18 pack", ("Soda cans, 12 to 18 pack",)), ("1/2", ("1/2",)), (" a ", ("a",))),
    ],
)
def test_a_list_of_single_words_holds_several_values(text: str, values: tuple[str, ...]) -> None:
    assert attribute_values(text) == values


def test_sizes_stand_by_what_they_measure() -> None:
    assert in_order(["10 l", "1 l", "500 ml", "0.5 gal", "330ml"]) == ["330ml", "500 ml", "1 l", "0.5 gal", "10 l"]
    assert in_order(["16 oz", "2 lb", "6 x 3 oz", "500 g", "Standard"]) == [
        "16 oz", "500 g", "6 x 3 oz", "2 lb", "Standard",
    ]  # fmt: skip
    assert in_order(["XL", "S", "M", "XXL"]) == ["S", "M", "XL", "XXL"]
    assert in_order(["1TB", "240GB SSD", "8GB"]) == ["8GB", "240GB SSD", "1TB"]
    assert in_order(["15 inch", "9 inch", '13"']) == ["9 inch", '13"', "15 inch"]


def test_what_is_no_measure_keeps_the_order_of_its_counts() -> None:
    assert in_order(["red", "blue", "3 colors"]) is None
    assert in_order(["12 oz", "red", "blue"]) is None


@pytest.mark.parametrize(
    ("one", "other"), [("1 l", "1000 ml"), ("１ｋｇ", "1000 g"), ("1/2 l", "500 ml"), ("500毫升", "0.5 L")]
)
def test_the_same_amount_is_the_same_in_any_unit(one: str, other: str) -> None:
    assert measure_of(one) == measure_of(other)


@given(st.text(max_size=40))
def test_any_text_can_be_measured(text: str) -> None:
    measure_of(text)


def test_variants_fit_a_wish_by_the_options_that_they_have() -> None:
    variants = [{"Size": "1 l"}, {"Size": "1 l", "Lid": "red"}, {"Size": "2  l", "Lid": "blue"}, None]
    assert fitting(variants, [("a.size", ("1 l", "3 l"))]) == [0, 1]
    assert fitting(variants, [("a.size", ("2 l",))]) == [2]
    assert fitting(variants, [("a.lid", ("red", "blue"))]) == [1, 2]
    assert fitting(variants, [("a.size", ("1 l",)), ("a.lid", ("blue",))]) == []
    assert fitting(variants, [("a.material", ("wood",))]) == [0, 1, 2, 3]
