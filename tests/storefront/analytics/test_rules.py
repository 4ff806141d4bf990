"""What counts as the same search, and what a referrer says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.analytics.events import AddedToCart, ResultsShown, SearchMade, is_public_id
from storefront.analytics.rules import Earlier, place, searched_text, words_of

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
GOOD = {"search": "a" * 16, "text": "tea", "language": "en", "total": 3}


def earlier(root: str, words: str, minutes: float) -> Earlier:
    return Earlier(root, words, NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], (None, None)),
        ([earlier("a", "tea", 29)], ("a", None)),
        ([earlier("a", "tea", 30)], ("a", None)),
        ([earlier("a", "tea", 31)], (None, None)),
        ([earlier("a", "tea", 20), earlier("b", "tea", 10)], ("b", None)),
        ([earlier("a", "tea", 4), earlier("b", "cup", 1)], ("a", None)),
        ([earlier("b", "cup", 5)], (None, "b")),
        ([earlier("b", "cup", 5.1)], (None, None)),
        ([earlier("b", "cup", 4), earlier("c", "pot", 2)], (None, "c")),
        ([earlier("b", "cup", -1)], (None, None)),
    ],
)
def test_a_search_goes_on_follows_or_stands_alone(
    before: list[Earlier], expected: tuple[str | None, str | None]
) -> None:
    assert place("tea", NOON, before) == expected
    assert place("tea", NOON, list(reversed(before))) == expected


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90)), max_size=12))
def test_of_one_visitor_each_half_hour_of_the_same_words_is_one_search(typed: list[tuple[str, int]]) -> None:
    """Searches in their order: one counts unless the same words came within half an hour before."""
    at, made, counted = NOON, [], []
    for words, minutes in typed:
        at += timedelta(minutes=minutes)
        continues, follows = place(words, at, made)
        assert not (continues and follows)
        made.append(Earlier(continues or str(len(made)), words, at))
        counted.append(continues is None)
    for letter in "abc":
        mine = [index for index, one in enumerate(made) if one.words == letter]
        for first, second in pairwise(mine):
            assert counted[second] == (made[second].at - made[first].at > timedelta(minutes=30))


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("https://shop.example/search?q=Green+TEA&page=2", "green tea"),
        ("https://shop.example/categories/drinks?q=%E8%8C%B6", "茶"),
        ("https://shop.example/search", ""),
        ("https://shop.example/search?q=", ""),
        ("https://shop.example/search/suggestions?q=tea", ""),
        ("https://shop.example/cart?q=tea", ""),
        ("https://elsewhere.example/search?q=tea", ""),
        ("https://shop.example.evil/search?q=tea", ""),
        ("https://[half/search?q=tea", ""),
        ("", ""),
    ],
)
def test_a_referrer_tells_the_words_of_our_own_pages_alone(referrer: str, expected: str) -> None:
    assert searched_text(referrer, "shop.example") == expected


@given(st.text(max_size=300))
def test_words_are_folded_once_and_for_all(text: str) -> None:
    assert len(words_of(text)) <= 200
    assert searched_text(text, "shop.example") == ""
    assert not (is_public_id(text) and len(text) != 16)


@pytest.mark.parametrize("odd", [{"search": "x"}, {"text": ""}, {"text": "x" * 201}, {"total": -1}, {"page": 0}])
def test_a_search_that_makes_no_sense_cannot_exist(odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"a search|totals"):
        SearchMade(**{**GOOD, **odd})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ranks"):
        ResultsShown("a" * 16, (), 0)
    with pytest.raises(ValueError, match="an addition"):
        AddedToCart(1, 0)
