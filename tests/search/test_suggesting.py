"""Spelling and completion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search import Document, Label, LiveColumns, Searcher, SearchRequest, analysis
from search.suggesting import MOST_OF_KIND, Vocabulary
from tests.search.catalogue import searcher

WORDS = {
    "headphones": 40,
    "headphone": 10,
    "notebook": 30,
    "monitor": 25,
    "keyboard": 20,
    "cable": 90,
    "table": 3,
    "mouse": 12,
    "banana": 2,
    "barn": 900,
    "clamp": 5,
    "lamp": 40,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("headphnoes", "headphones"),
        ("moniter", "monitor"),
        ("keybord", "keyboard"),
        ("notebok", "notebook"),
        ("cabel", "cable"),
        ("dable", "cable"),
        ("tible", "table"),
        ("banan", "banana"),
        ("clmap", "clamp"),
        ("clmp", "clamp"),
        ("zzzzzz", None),
        ("mo", None),
    ],
)
def test_the_likeliest_word_was_meant(typed: str, meant: str | None) -> None:
    assert Vocabulary(WORDS).nearest(typed) == meant


def test_words_are_expanded_by_use() -> None:
    assert Vocabulary(WORDS).expand("headph", 5) == ["headphones", "headphone"]
    assert Vocabulary(WORDS).expand("headph", 1) == ["headphones"]
    assert Vocabulary({}).expand("a", 5) == []
    assert Vocabulary({}).nearest("word") is None


def test_categories_come_before_brands_before_words_before_products(shelf: Searcher) -> None:
    kinds = [suggestion.kind for suggestion in shelf.suggest("c", 40)]
    order = ["category", "brand", "term", "product"]
    assert kinds == sorted(kinds, key=order.index)
    assert set(kinds) == set(order)


def test_a_category_is_found_by_a_later_word_of_its_name(shelf: Searcher) -> None:
    found = shelf.suggest("maker")[0]
    assert (found.kind, found.text, found.value) == ("category", "Coffee maker", "coffee maker")


def test_chinese_names_complete_too(shelf: Searcher) -> None:
    assert shelf.suggest("绿")[0].text == "绿茶"
    assert shelf.suggest("綠")[0].text == "绿茶"


@pytest.mark.parametrize("typed", ["lvch", "lvcha", "lc"])
def test_chinese_names_complete_by_their_sound_and_initials(shelf: Searcher, typed: str) -> None:
    assert (shelf.suggest(typed)[0].kind, shelf.suggest(typed)[0].text) == ("category", "绿茶")


def test_a_chinese_title_completes_by_its_sound(tmp_path: Path) -> None:
    shop = searcher(tmp_path, [Document(id=1, title="A4 复印纸"), Document(id=2, title="Fuji apples")])
    for typed in ("a4 fuyin", "a4 fy", "A4 复"):
        assert [s.value for s in shop.suggest(typed) if s.kind == "product"] == ["1"]


def test_an_unfinished_last_word_is_completed_behind_the_others(shelf: Searcher) -> None:
    assert "zebra premium" in [suggestion.text for suggestion in shelf.suggest("zebra prem")]


def test_hidden_products_are_not_suggested(shelf: Searcher) -> None:
    product = next(s for s in shelf.suggest("aldera", 40) if s.kind == "product")
    assert product.value in {s.value for s in shelf.suggest(product.text, 40)}
    rest = [(n, 1, True, False, 0.0, 0, 0.0) for n in range(1, 401) if n != int(product.value)]
    assert product.value not in {s.value for s in shelf.refresh(LiveColumns.of(rest)).suggest(product.text, 40)}


def test_no_more_than_asked_for_and_none_twice(shelf: Searcher) -> None:
    for limit in (0, 1, 7):
        found = shelf.suggest("s", limit)
        assert len(found) == limit
        assert len({(s.kind, s.value) for s in found}) == limit
    assert np.array_equal(shelf.suggest("", 5), ())


def test_products_are_found_by_a_word_inside_their_title(shelf: Searcher) -> None:
    found = [s for s in shelf.suggest("organic gre") if s.kind == "product"]
    assert found
    assert all("organic green tea" in s.text for s in found)


def test_no_kind_crowds_out_the_others(shelf: Searcher) -> None:
    for typed in ("a", "s", "b", "绿"):
        kinds = [s.kind for s in shelf.suggest(typed, 50)]
        assert all(kinds.count(kind) <= most for kind, most in MOST_OF_KIND.items())


def test_a_term_is_suggested_in_one_form(tmp_path: Path) -> None:
    names = ("Dark chocolate", "Milk chocolate", "Chocolate milk", "Box of chocolates", "Bag of chocolates")
    shop = searcher(tmp_path, [Document(id=number, title=name) for number, name in enumerate(names)])
    terms = [one.text for one in shop.suggest("choc") if one.kind == "term"]
    assert len({analysis.stems(text) for text in terms}) == len(terms)
    assert "chocolate" in terms


@pytest.mark.parametrize(("typed", "meant"), [("egs", "eggs"), ("gge", None), ("mik", "milk"), ("xgg", None)])
def test_of_three_letters_only_the_commonest_slips_are_thought_of(typed: str, meant: str | None) -> None:
    assert Vocabulary({"eggs": 40, "milk": 90, "ham": 3}).nearest(typed) == meant


def test_chinese_suggests_products_by_what_they_are_not_by_how_their_name_begins(tmp_path: Path) -> None:
    names = ("柳日 牛奶 1升", "石溪 酸奶", "山谷 巧克力牛奶", "Whole milk")
    shop = searcher(tmp_path, [Document(id=number, title=name) for number, name in enumerate(names)])
    for typed in ("牛奶", "niunai"):
        assert {one.value for one in shop.suggest(typed) if one.kind == "product"} == {"0", "2"}
    assert [one.value for one in shop.suggest("酸奶")] == ["1"]
    assert [one.text for one in shop.suggest("zzz")] == []


def test_brands_are_no_words_for_goods_but_can_be_mended(tmp_path: Path) -> None:
    goods = [
        Document(id=number, title=f"Harvest Mill {what}", brand=Label("mill", ("Harvest Mill",)))
        for number, what in enumerate(("milk", "flour", "rye flour", "milk chocolate"))
    ]
    shop = searcher(tmp_path, goods)
    assert [one.text for one in shop.suggest("mil") if one.kind == "term"] == ["milk"]
    assert shop.search(SearchRequest(text="harvst")).corrected_query == "harvest"


def test_terms_are_words_that_stand_side_by_side(tmp_path: Path) -> None:
    goods = [Document(id=number, title="Tea", categories=(Label("m", ("Meat & poultry",)),)) for number in range(5)]
    goods += [Document(id=number, title="Dark chocolate") for number in range(5, 10)]
    shop = searcher(tmp_path, goods)
    assert "meat poultry" not in {one.text for one in shop.suggest("me")}
    assert "dark chocolate" in {one.text for one in shop.suggest("dar")}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("samsng", "samsung"), ("smasung", "samsung"), ("dark", None), ("cheddar", None), ("cedr", "cedar")],
)
def test_a_name_is_meant_only_when_it_is_almost_written(typed: str, meant: str | None) -> None:
    assert Vocabulary({"milk": 9}, ("samsung", "lark", "cedar")).nearest(typed) == meant
