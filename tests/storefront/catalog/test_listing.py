"""The address of a list as a value."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from storefront.catalog.listing import (
    MOST_CHOICES,
    SORTS,
    Facet,
    Found,
    ListPage,
    Option,
    Wanted,
    amount_text,
    read_amount,
    read_wanted,
)

PATH = "/categories/milk"


def read(address: str, currency: str = "USD") -> Wanted:
    return read_wanted(MultiDict(parse_qsl(urlsplit(address).query, keep_blank_values=True)), currency)


prices = st.none() | st.integers(0, 10**9)
choices = st.lists(st.text(min_size=1, max_size=20), max_size=4, unique=True).map(tuple)
wanted_values = st.builds(
    Wanted,
    text=st.text(st.characters(categories=["L", "N"]), max_size=20),
    facets=st.builds(
        lambda brand, size: {key: values for key, values in (("brand", brand), ("size", size)) if values},
        choices,
        choices,
    ),
    price_from=prices,
    price_to=st.none(),
    in_stock=st.booleans(),
    on_promotion=st.booleans(),
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 500),
)


@given(wanted_values, st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_address_reads_back_as_what_was_wanted(wanted: Wanted, currency: str) -> None:
    assert read(wanted.address(PATH, currency, page=wanted.page), currency) == wanted


def test_a_plain_list_has_a_plain_address() -> None:
    assert Wanted().address(PATH, "USD") == PATH
    assert Wanted(page=3, sort="price").address(PATH, "USD") == f"{PATH}?sort=price"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=0", Wanted()),
        ("page=abc", Wanted()),
        ("page=-3", Wanted()),
        ("sort=drop+table", Wanted()),
        ("price_from=abc&price_to=-1", Wanted()),
        ("price_from=1e99", Wanted()),
        ("price_from=NaN&price_to=Infinity", Wanted()),
        ("price_from=9&price_to=2", Wanted(price_from=200, price_to=900)),
        ("price_from=2.005", Wanted()),
        ("price_from=12,50&price_to=1,234.50", Wanted(price_to=123450)),
        ("price_from=0", Wanted(price_from=0)),
        ("brand=&brand=nord&brand=nord", Wanted(facets={"brand": ("nord",)})),
        ("q=%20%20milk%00%0A", Wanted(text="milk")),
        ("in_stock=&on_promotion=1", Wanted(on_promotion=True)),
    ],
)
def test_what_cannot_be_understood_is_as_if_not_said(query: str, expected: Wanted) -> None:
    assert read(f"{PATH}?{query}") == expected


def test_a_flood_of_choices_is_cut() -> None:
    flood = "&".join(f"brand={number}" for number in range(1000))
    assert len(read(f"{PATH}?{flood}").facets["brand"]) == MOST_CHOICES


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1250, "USD", "12.5"), (300, "USD", "3"), (0, "USD", "0"), (1000, "JPY", "1000"), (10**11, "USD", "1000000000")],
)
def test_amounts_are_written_as_typed_and_read_back(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text
    assert read_amount(text, currency) == minor


def page_of(wanted: Wanted, found: Found) -> ListPage:
    return ListPage(wanted, found, (), PATH, "USD", 24)


def test_every_active_filter_has_a_chip_that_takes_only_it_away() -> None:
    wanted = Wanted(
        facets={"brand": ("nord", "gone"), "size": ("1 l",)}, price_from=100, in_stock=True, sort="price", page=4
    )
    brands = Facet("brand", (Option("nord", "Nord Dairy", 3, is_chosen=True),))
    chips = page_of(wanted, Found((), 0, (brands,))).chips

    assert [chip.label for chip in chips] == ["Nord Dairy", "gone", "1 l", "", ""]
    assert [chip.kind for chip in chips] == ["brand", "brand", "size", "price", "in_stock"]
    assert read(chips[0].url) == Wanted(
        facets={"brand": ("gone",), "size": ("1 l",)}, price_from=100, in_stock=True, sort="price"
    )
    assert read(chips[3].url).price_from is None
    assert read(chips[4].url).in_stock is False


def test_clearing_keeps_what_was_searched_and_the_order() -> None:
    wanted = Wanted(text="milk", facets={"brand": ("nord",)}, on_promotion=True, sort="new", page=2)
    assert read(page_of(wanted, Found((), 0)).clear_url) == Wanted(text="milk", sort="new")


def test_a_list_knows_its_pages() -> None:
    listing = page_of(Wanted(page=3, sort="new"), Found((), 100))
    assert listing.page.count == 5
    assert read(listing.page_url(4)) == Wanted(page=4, sort="new")
    assert listing.page_url(1) == f"{PATH}?sort=new"
