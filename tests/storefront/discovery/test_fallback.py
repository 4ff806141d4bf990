"""Lists from the database alone, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask

from storefront.catalog.listing import Found
from storefront.catalog.wanted import Wanted
from storefront.database.transaction import transaction
from storefront.discovery import codes, queries
from storefront.discovery.searching import forget_desk
from storefront.discovery.wording import wording
from tests import factories as make


@pytest.fixture
def shop(any_app: Flask) -> Iterator[dict[str, int]]:
    """Three products with options, attributes and stars, and no index."""
    shutil.rmtree(any_app.config["SHOP"].index_dir, ignore_errors=True)
    with any_app.app_context():
        forget_desk()
        with transaction():
            dairy = make.make_category("Dairy", slug="dairy")
            facts = {"Screen size": "13 inch"}
            words = {"zh": {"attributes": {"屏幕尺寸": "13英寸"}}}
            milk = make.make_product("Milk", category=dairy, sku="MI-1", rating_sum=9, rating_count=2, popularity=1)
            make.make_variant(milk, sku="MI-2", barcode="4006381333931", options={"Size": "1 l"})
            tablet = make.make_product("Tablet", sku="TA1", attributes=facts, translations=words, popularity=9)
            plain = make.make_product("Plain", sku="PL1", rating_sum=2, rating_count=1, popularity=5)
            numbers = {"milk": milk.id, "tablet": tablet.id, "plain": plain.id}
        yield numbers


def names(shop: dict[str, int], found: Found) -> list[str]:
    return [name for number in found.ids for name, known in shop.items() if known == number]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(facets={"a.size": ("1 l", "2 l")}), ["milk"]),
        (Wanted(facets={"a.screen-size": ("13 inch",)}), ["tablet"]),
        (Wanted(facets={"a.screen-size": ("13 inch",), "a.size": ("1 l",)}), []),
        (Wanted(facets={"a.never-heard": ("x",)}), []),
        (Wanted(facets={"category": ("dairy",)}), ["milk"]),
        (Wanted(facets={"category": ("nowhere",)}), []),
        (Wanted(rating=4), ["milk"]),
        (Wanted(rating=2), ["plain", "milk"]),
        (Wanted(sort="rating"), ["milk", "plain", "tablet"]),
        (Wanted(page=99), ["tablet", "plain", "milk"]),
    ],
)
def test_filters_and_orders_work_without_an_index(shop: dict[str, int], wanted: Wanted, expected: list[str]) -> None:
    found = queries.search(wanted, 24)
    assert (names(shop, found), found.is_complete) == (expected, False)
    assert (found.rescue is None) is bool(expected)
    assert bool(expected) or [card.name for card in found.rescue.cards] == ["Tablet", "Plain", "Milk"]  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["mi-2", "MI-2", "ＭＩ－２", "mi 2", "4006381333931", "４００６３８１３３３９３１"])
def test_codes_are_found_without_an_index(shop: dict[str, int], code: str) -> None:
    found = codes.find(code)
    assert found is not None
    assert found.url.endswith("?sku=MI-2")


@pytest.mark.usefixtures("shop")
def test_what_is_no_code_is_none() -> None:
    assert [codes.find(text) for text in ("", "milk", "9" * 65, "999", "' OR 1=1")] == [None] * 5


@pytest.mark.usefixtures("shop")
def test_the_words_of_a_shop_are_read_from_either_database() -> None:
    assert wording().name("a.screen-size", "en") == "Screen size"
    assert wording().name("a.screen-size", "zh") == "屏幕尺寸"
    assert wording().value("13 inch", "zh") == "13英寸"
