"""The address of a list as a value."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from storefront.catalog.listing import Facet, Found, ListPage, Option, trimmed
from storefront.catalog.tree import Node
from storefront.catalog.wanted import (
    LONGEST_AMOUNT,
    MOST_ATTRIBUTES,
    MOST_CHOICES,
    MOST_PAGES,
    SORTS,
    STARS,
    VIEWS,
    Wanted,
    amount_text,
    read_amount,
    read_wanted,
)

PATH = "/categories/milk"


def read(address: str, currency: str = "USD") -> Wanted:
    return read_wanted(MultiDict(parse_qsl(urlsplit(address).query, keep_blank_values=True)), currency)


prices = st.none() | st.integers(0, 10**9)
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
choices = st.lists(words, max_size=4, unique=True).map(tuple)
facets = st.dictionaries(st.sampled_from(["brand", "a.size", "a.screen-size", "a.颜色"]), choices).map(
    lambda found: {key: values for key, values in found.items() if values}
)
wanted_values = st.builds(
    Wanted,
    text=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20),
    facets=facets,
    price_from=prices,
    price_to=st.none(),
    rating=st.none() | st.sampled_from(STARS),
    in_stock=st.booleans(),
    on_promotion=st.booleans(),
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 500),
    exact=st.booleans(),
    view=st.sampled_from(["", *VIEWS]),
)


@given(wanted_values, st.sampled_from(["USD", "JPY", "KWD"]))
@settings(deadline=None)
def test_an_address_reads_back_as_what_was_wanted(wanted: Wanted, currency: str) -> None:
    assert read(wanted.address(PATH, currency, page=wanted.page), currency) == wanted


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("from=1&page=3", 1, 3),
        ("from=3&page=3", 3, 3),
        ("from=9&page=3", 3, 3),
        ("from=1", 1, 1),
        ("from=abc&page=4", 1, 4),
        ("from=-7&page=4", 1, 4),
        ("from=1&page=11", 2, 11),
        ("from=1&page=10000", 10_000 - MOST_PAGES + 1, 10_000),
    ],
)
def test_a_list_says_in_its_address_which_pages_it_shows(query: str, first: int, last: int) -> None:
    wanted = read(f"{PATH}?{query}")
    assert (wanted.first_page, wanted.page) == (first, last)
    address = wanted.address(PATH, "USD", page=last)
    assert ("from=" in address) is (first < last)
    assert read(address).first_page == first


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
        ("price_from=12,50&price_to=1,234.50", Wanted(price_from=1250, price_to=123450)),
        ("price_from=0", Wanted(price_from=0)),
        ("brand=&brand=nord&brand=nord", Wanted(facets={"brand": ("nord",)})),
        ("q=%20%20milk%00%0A", Wanted(text="milk")),
        ("in_stock=&on_promotion=1", Wanted(on_promotion=True)),
        ("rating=4&exact=1", Wanted(rating=4, exact=True)),
        ("rating=5&view=map", Wanted()),
        ("q=milk&exact=1", Wanted(text="milk", exact=True)),
        ("category=tea&category=milk", Wanted(facets={"category": ("tea",)})),
        ("size=1+l", Wanted(facets={"a.size": ("1 l",)})),
        ("a.=x&a.-=x&a.a__b=x&a.X%20Y=x&b.size=x&a.size.y=x", Wanted()),
        ("a.%E9%A2%9C%E8%89%B2=%E7%BA%A2", Wanted(facets={"a.颜色": ("红",)})),
    ],
)
def test_what_cannot_be_understood_is_as_if_not_said(query: str, expected: Wanted) -> None:
    assert read(f"{PATH}?{query}") == expected


def test_a_flood_of_choices_is_cut() -> None:
    flood = "&".join(f"brand={number}" for number in range(1000))
    assert len(read(f"{PATH}?{flood}").facets["brand"]) == MOST_CHOICES
    flood = "&".join(f"a.key{number}=x" for number in range(1000))
    assert len(read(f"{PATH}?{flood}").facets) == MOST_ATTRIBUTES


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
        facets={"a.size": ("1 l",), "brand": ("nord", "gone")},
        price_from=100,
        rating=3,
        in_stock=True,
        sort="price",
        page=4,
    )
    brands = Facet("brand", (Option("nord", "Nord Dairy", 3, is_chosen=True),))
    chips = page_of(wanted, Found((), 0, (brands,))).chips

    assert [chip.label for chip in chips] == ["Nord Dairy", "gone", "1 l", "", "", ""]
    assert [chip.kind for chip in chips] == ["brand", "brand", "a.size", "price", "rating", "in_stock"]
    assert read(chips[0].url) == Wanted(
        facets={"brand": ("gone",), "a.size": ("1 l",)}, price_from=100, rating=3, in_stock=True, sort="price"
    )
    assert read(chips[3].url).price_from is None
    assert read(chips[4].url).rating is None
    assert read(chips[5].url).in_stock is False


def test_clearing_keeps_what_was_searched_and_the_order() -> None:
    wanted = Wanted(text="milk", facets={"brand": ("nord",)}, on_promotion=True, sort="new", page=2, view="list")
    assert read(page_of(wanted, Found((), 0)).clear_url) == Wanted(text="milk", sort="new", view="list")


def test_a_list_knows_its_pages() -> None:
    listing = page_of(Wanted(page=3, sort="new"), Found((), 100, page=3))
    assert listing.page.count == 5
    assert read(listing.page_url(4)) == Wanted(page=4, sort="new")
    assert listing.page_url(1) == f"{PATH}?sort=new"


MILK = Node(1, None, "milk", "/1/", 0, "Milk")
TEA = Node(2, None, "tea", "/2/", 0, "Tea")


def test_a_search_in_a_category_has_a_chip_for_its_text_and_a_way_to_the_whole_shop() -> None:
    wanted = Wanted(text="oat", exact=True, price_to=500)
    listing = ListPage(wanted, Found((), 0), (), PATH, "USD", 24, MILK)
    assert [chip.kind for chip in listing.chips] == ["text", "price"]
    assert read(listing.chips[0].url) == Wanted(price_to=500)
    assert listing.everywhere_url() == "/search?q=oat&exact=1"
    assert [chip.kind for chip in page_of(wanted, Found((), 0)).chips] == ["price"]


def test_another_category_keeps_the_other_filters() -> None:
    wanted = Wanted(text="oat", facets={"brand": ("nord",), "category": ("milk",)}, sort="price")
    assert page_of(wanted, Found((), 0)).place_url(TEA) == "/categories/milk?q=oat&brand=nord&category=tea&sort=price"
    assert page_of(wanted, Found((), 0)).place_url(None) == "/categories/milk?q=oat&brand=nord&sort=price"
    inside = ListPage(wanted, Found((), 0), (), PATH, "USD", 24, MILK)
    assert inside.place_url(TEA) == "/categories/tea?q=oat&brand=nord&sort=price"


def test_a_form_sends_along_what_is_no_field_of_it() -> None:
    wanted = Wanted(
        text="oat", facets={"brand": ("nord",), "a.gone": ("x",)}, rating=4, price_to=500, sort="new", view="list"
    )
    found = Found((), 0, (Facet("brand", (Option("nord", "Nord", 0, is_chosen=True),)),))
    assert list(page_of(wanted, found).hidden) == [
        ("q", "oat"), ("a.gone", "x"), ("rating", "4"), ("view", "list"),
    ]  # fmt: skip
    assert ("q", "oat") not in list(ListPage(wanted, found, (), PATH, "USD", 24, MILK).hidden)


def test_the_common_choices_and_the_chosen_ones_are_not_rare() -> None:
    options = [Option(str(number), str(number), number, is_chosen=number == 1) for number in range(1, 9)]
    kept = [option.value for option in trimmed(options, 3) if not option.is_rare]
    assert kept == ["1", "7", "8"]
    assert [option.value for option in trimmed(options, 3)] == [option.value for option in options]
    assert not any(option.is_rare for option in trimmed(options[:4], 3))


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("2,50", "USD", 250),
        ("2,5", "USD", 250),
        ("２，５０", "USD", 250),
        ("1,234", "USD", 123400),
        ("1,234,567.5", "USD", 123456750),
        ("1.234,50", "USD", 123450),
        ("1 234,50 €", "EUR", 123450),
        ("$12.50", "USD", 1250),
        ("USD 12", "USD", 1200),
        ("￥20", "CNY", 2000),
        ("20元", "CNY", 2000),
        (".5", "USD", 50),
        ("1,2,3", "USD", None),
        ("2,505", "JPY", 2505),
        ("2,50", "JPY", None),
        (",50", "USD", None),
        ("12,34,56", "USD", None),
        ("1.23,50", "USD", None),
        ("$", "USD", None),
        ("-2,50", "USD", None),
        ("9" * 500, "USD", None),
    ],
)
def test_a_price_is_read_as_it_is_written_at_home(typed: str, currency: str, minor: int | None) -> None:
    assert read_amount(typed, currency) == minor


def test_a_price_that_cannot_be_read_is_kept_but_limits_nothing() -> None:
    wanted = read_wanted(MultiDict({"price_from": " cheap ", "price_to": "9", "q": "milk"}), "USD")
    assert (wanted.unread, wanted.price_from, wanted.price_to) == ({"price_from": "cheap"}, None, 900)
    assert "cheap" not in wanted.address(PATH, "USD")
    assert read_wanted(MultiDict({"price_from": "  ", "price_to": "0"}), "USD").unread == {}
    assert len(read_wanted(MultiDict({"price_to": "x" * 9_000}), "USD").unread["price_to"]) == LONGEST_AMOUNT
