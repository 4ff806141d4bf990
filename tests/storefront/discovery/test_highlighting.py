"""What of a name was searched for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from storefront.catalog.context import marked
from storefront.discovery.highlighting import Segment, highlight, mark_typed


def shown(segments: tuple[Segment, ...]) -> str:
    return "".join(f"[{one.text}]" if one.is_found else one.text for one in segments)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Green teas and Steak", ("tea",), "Green [teas] and Steak"),
        ("Running shoes", ("run", "shoe"), "[Running] [shoes]"),
        ("Dog's bed", ("dog",), "[Dog's] bed"),
        ("Milk, 500 ml bottle", ("milk", "500ml"), "[Milk], [500 ml] bottle"),
        ("Cola 0.5 l / 500ml", ("500ml",), "Cola [0.5 l] / [500ml]"),
        ("Café crème", ("cafe",), "[Café] crème"),
        ("E\u0301clair", ("eclair",), "[E\u0301clair]"),
        ("ＭＩＬＫ 1 L", ("milk",), "[ＭＩＬＫ] 1 L"),
        ("有机綠茶包", ("绿茶", "绿", "茶"), "有机[綠茶]包"),
        ("绿茶 红茶", ("茶",), "绿[茶] 红[茶]"),
        ("柳日 牛奶婴儿配方", ("牛奶", "milk"), "柳日 [牛奶]婴儿配方"),
        ("anything", (), "anything"),
        ("", ("tea",), ""),
    ],
)
def test_the_words_searched_are_found_in_a_name(text: str, words: tuple[str, ...], expected: str) -> None:
    assert shown(highlight(text, words)) == expected


def test_markup_in_a_name_or_in_a_query_stays_text() -> None:
    html = marked(highlight("<b>Tea</b> & <script>", ("tea", "b", "<script>", "&")))
    assert html == "&lt;<mark>b</mark>&gt;<mark>Tea</mark>&lt;/<mark>b</mark>&gt; &amp; &lt;script&gt;"


names = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(names, st.lists(names, max_size=5).map(tuple))
def test_a_marked_name_is_still_the_whole_name(text: str, words: tuple[str, ...]) -> None:
    segments = highlight(text, words)
    assert "".join(one.text for one in segments) == text
    assert str(marked(segments)).replace("<mark>", "").replace("</mark>", "") == str(escape(text))


@given(names, names)
def test_a_marked_suggestion_is_still_the_whole_suggestion(text: str, typed: str) -> None:
    assert "".join(one.text for one in mark_typed(text, typed)) == text


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Green tea bags", "gr te", "[Gr]een [te]a bags"),
        ("Steak", "te", "Steak"),
        ("綠茶包", "绿", "[綠]茶包"),
        ("Tea (loose)", "(", "Tea [(]loose)"),
        ("Tea", "   ", "Tea"),
    ],
)
def test_what_was_typed_is_found_at_the_beginning_of_words(text: str, typed: str, expected: str) -> None:
    assert shown(mark_typed(text, typed)) == expected
