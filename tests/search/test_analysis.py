"""Text as it is indexed and asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import analysis


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Running shoes", ["run", "shoe"]),
        ("ＦＵＬＬ　ｗｉｄｔｈ", ["full", "width"]),
        ("Café crème", ["cafe", "creme"]),
        ("Intel® Core™2", ["intel", "core", "2"]),
        ("Levi's", ["levi"]),
        ("1,000 sheets", ["1000", "sheet"]),
        ("wi-fi", ["wifi", "wi", "fi"]),
        ("WH-1000XM4", ["wh1000xm4", "wh", "1000xm4"]),
        ("500 ml", ["500ml", "500"]),
        ("500ML", ["500ml", "500"]),
        ("0.5 l", ["500ml", "0.5"]),
        ("500毫升", ["500ml", "500"]),
        ("2 kg", ["2000g", "2"]),
        ('27"', ["27in", "27"]),
        ("27 inch", ["27in", "27"]),
        ("27寸", ["27in", "27"]),
        ("10 in 1", ["10", "in", "1"]),
        ("绿茶", ["绿", "茶", "绿茶"]),
        ("臺灣綠茶", ["台", "湾", "绿", "茶", "台湾", "湾绿", "绿茶"]),
        ("茶cup茶", ["茶", "cup", "茶"]),
        ("чай", ["чай"]),
        ("", []),
        ("?!… 😀 \x00\x1f", []),
    ],
)
def test_text_becomes_these_tokens(written: str, expected: list[str]) -> None:
    assert analysis.tokens(written) == expected


@pytest.mark.parametrize(("code", "key"), [("AB-12 3", "ab123"), ("ＡＢ１２３", "ab123"), ("--", ""), ("茶-1", "茶1")])
def test_codes_are_compared_by_letters_and_digits(code: str, key: str) -> None:
    assert analysis.code_key(code) == key


def test_words_are_offered_as_written_not_as_stems() -> None:
    assert analysis.words("Batteries, rechargeable wi-fi 500 ml 绿茶") == ["batteries", "rechargeable", "wi", "fi"]


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_has_tokens_that_can_be_stored(text: str) -> None:
    for token in analysis.tokens(text):
        assert token
        assert " " not in token
        assert len(token.encode("utf-8", "surrogatepass")) > 0


@pytest.mark.parametrize(
    ("text", "thing", "purpose"),
    [
        ("Charger for phones", "Charger", " for phones"),
        ("Drum FOR Laser Printer", "Drum", " FOR Laser Printer"),
        ("Phone with charger", "Phone", " with charger"),
        ("For iPhone case", "For iPhone case", ""),
        ("Effort forward without", "Effort forward without", ""),
        ("红茶杯", "红茶杯", ""),
        ("", "", ""),
    ],
)
def test_what_a_thing_is_for_is_told_from_what_it_is(text: str, thing: str, purpose: str) -> None:
    assert analysis.split_purpose(text) == (thing, purpose)


def test_sentences_end_where_they_end() -> None:
    assert analysis.clauses("One 1.5 l. Two!\nThree。四") == ["One 1.5 l.", "Two!", "Three", "四"]
