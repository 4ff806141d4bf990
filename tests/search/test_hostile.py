"""Whatever is typed has an answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Searcher, SearchRequest, Sort
from search.parsing import MOST_GROUPS, parse

QUERIES = [
    "",
    " ",
    "\t\n",
    "a",
    "x" * 10_000,
    "ab " * 5_000,
    "茶" * 10_000,
    "1" * 10_000,
    "?!.,;:",
    "---",
    "the of and",
    "😀",
    "👩‍👩‍👧 🇫🇷",
    "ＯＬＩＶＥ　ＯＩＬ",
    "NOT OR (",
    "title:x*",
    "AND AND NOT",
    '"unclosed',
    "((((",
    "*",
    "~2",
    "[1 TO 5]",
    "olive^9999",
    "\x00\x01\x1b[31m",
    "'; DROP TABLE products; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%s%s%n",
    "{{7*7}}",
    "olive 橄榄 оливковое زيت ελιά 🫒",
    "\ud800",
    "\u202eoil",
    "\ufeffoil",
    "０．５ｌ",
    "9" * 400 + "ml",
    "1e309 kg",
    "ﷺ" * 50,
    "İstanbul ß æ",
    "é" * 300,
    "a-b-c-d-e-f-g-h" * 30,
]


@pytest.mark.parametrize("text", QUERIES, ids=range(len(QUERIES)))
def test_hostile_text_is_answered(shelf: Searcher, text: str) -> None:
    for sort in (Sort.RELEVANCE, Sort.PRICE_ASC):
        answer = shelf.search(SearchRequest(text=text, sort=sort, size=5))
        assert len(answer.ids) == min(5, answer.total)
    assert len(shelf.suggest(text, 5)) <= 5
    shelf.explain(SearchRequest(text=text), 1)


def test_blank_text_is_everything_and_mere_signs_are_nothing(shelf: Searcher) -> None:
    assert shelf.search(SearchRequest(text=" \t ")).total == 400
    assert shelf.search(SearchRequest(text="?!")).total == 0


def test_operators_are_only_words(shelf: Searcher) -> None:
    plain = shelf.search(SearchRequest(text="olive oil"))
    assert shelf.search(SearchRequest(text="(olive* OIL)")).ids == plain.ids


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_is_answered(shelf: Searcher, text: str) -> None:
    answer = shelf.search(SearchRequest(text=text))
    assert len(set(answer.ids)) == min(24, answer.total)
    shelf.suggest(text)


def test_a_word_with_an_apostrophe_is_corrected_aloud(shelf: Searcher) -> None:
    assert shelf.search(SearchRequest(text="shoess' sockks")).corrected_query == "shoes' socks"
    assert shelf.search(SearchRequest(text="the lam'pp glow")).corrected_query == "the lamp glow"


def test_only_the_word_that_is_mended_changes_in_the_text(shelf: Searcher) -> None:
    assert shelf.search(SearchRequest(text="lampp 12, lamp-lampp lampp")).corrected_query == "lamp 12, lamp-lampp lamp"


def test_one_long_compound_has_no_more_groups_than_are_read(shelf: Searcher) -> None:
    assert len(parse("-".join(["ab"] * 60), shelf.generation).groups) <= MOST_GROUPS
