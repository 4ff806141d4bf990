"""The demo's words: nothing reads like a till roll."""

from __future__ import annotations

import re

import pytest

from storefront.demo.dictionary import NOT_GOODS, read_dictionary
from storefront.demo.makers import FIRST, SECOND, maker_at
from storefront.demo.shorthand import spelled_out
from storefront.demo.sizes import NO_SIZE, read_size
from storefront.media.pictures import generated_picture

SHOUTED = re.compile(r"\b(?!DVD|TV|APS|SPA|SPF|USB|DIY)[A-Z]{3,}\b")


def test_every_word_reads_well_and_can_be_drawn() -> None:
    dictionary = read_dictionary()
    words = [
        *dictionary.departments.values(),
        *(found for _, found in dictionary.categories.values()),
        *dictionary.kinds.values(),
    ]
    assert len(dictionary.departments) == 21
    assert len(dictionary.kinds) > 2_000
    for word in words:
        assert not SHOUTED.search(word.en), word
        assert word.en == word.en.strip()
        assert not set(word.en) & set("|=@/&[]") or "&" in word.en, word
        assert generated_picture(word.emoji, 0, 0)


def test_departments_and_categories_have_chinese_names_and_so_have_nearly_all_types() -> None:
    dictionary = read_dictionary()
    han = re.compile(r"[\u4e00-\u9fff]")
    assert all(han.search(word.zh) for word in dictionary.departments.values())
    assert all(han.search(word.zh) for _, word in dictionary.categories.values())
    named = sum(bool(han.search(word.zh)) for word in dictionary.kinds.values())
    assert named / len(dictionary.kinds) > 0.99


def test_goods_filed_in_the_wrong_place_go_where_they_belong() -> None:
    place = read_dictionary().place("GROCERY", "ICE CREAM/MILK/SHERBTS", "COVERGIRL")
    assert place is not None
    assert (place.slug, place.category.title) == ("beauty", "Makeup")


def test_the_same_type_is_called_what_its_category_makes_of_it() -> None:
    dictionary = read_dictionary()
    ice, bacon = (
        dictionary.place("GROCERY", "ICE CREAM/MILK/SHERBTS", "PREMIUM"),
        dictionary.place("MEAT", "BACON", "PREMIUM"),
    )
    assert ice is not None
    assert bacon is not None
    assert (ice.kind.en, bacon.kind.en) == ("premium ice cream", "premium bacon")


@pytest.mark.parametrize("kind", sorted(NOT_GOODS))
def test_what_only_the_till_knows_is_no_goods(kind: str) -> None:
    assert read_dictionary().place("GROCERY", "CHEESE", kind) is None


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("FRZN SS VEG PKGD", "frozen single-serve vegetable packed"),
        ("MISC", "hot cereal"),
        ("ECONOMY", "economy hot cereal"),
        ("CAMERAS-35MM/APS (NEW)", "cameras 35mm aps"),
        ("WOMENS FASH SOCKS", "women's fashion socks"),
    ],
)
def test_shorthand_is_spelled_out(kind: str, words: str) -> None:
    assert spelled_out(kind, "Hot cereal") == words


def test_every_manufacturer_has_a_maker_of_its_own() -> None:
    count = len(FIRST) * len(SECOND)
    assert len({maker_at(rank).en for rank in range(count)}) == count
    assert maker_at(0).en == "Harbor Mill"
    with pytest.raises(ValueError, match="makers"):
        maker_at(count)


@pytest.mark.parametrize(
    ("text", "label", "grams"),
    [
        ("16 OZ", "16 oz", 454),
        ("L    16 OZ", "16 oz", 454),
        ("(600) 4 LB", "4 lb", 1814),
        ("12 PK/12 OZ", "12 × 12 oz", 4082),
        ("12 OZ/12 PK", "12 × 12 oz", 4082),
        ("12/12 OZ", "12 × 12 oz", 4082),
        ("8 1/2 OZ", "8.5 oz", 241),
        ("2 3/4 OZ", "2.75 oz", 78),
        ("1/2 GAL", "0.5 gal", 1893),
        (".5 L", "0.5 L", 500),
        ("750    ML", "750 ml", 750),
        ("GAL", "1 gal", 3786),
        ("48-54 CT", "48–54 ct", 0),
        ("83.5 SQ FT", "83.5 sq ft", 0),
        ("1 LOAD", "1 load", 0),
        ("6 PK", "6 pack", 0),
        ("4-4 OZ", "4 × 4 oz", 454),
    ],
)
def test_a_till_size_becomes_a_label_and_a_weight(text: str, label: str, grams: int) -> None:
    size = read_size(text)
    assert (size.label, size.grams) == (label, grams)
    assert size.label_zh


@pytest.mark.parametrize("text", ["", "-", "974246  PK", "522771 CTN", "CELL PK", "0 OZ", "1/0 OZ", "15262918 CT", "L"])
def test_a_size_that_says_nothing_is_none(text: str) -> None:
    assert read_size(text) == NO_SIZE
