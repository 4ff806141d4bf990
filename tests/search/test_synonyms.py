"""Words that mean the same: the general ones, the merchant's own, and how they find goods."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import Document, Label, Searcher, SearchRequest, Synonym, Synonyms, synonyms
from tests.search.catalogue import searcher

TITLES = (
    *("Aluminium notebook 14 in", "Laptop sleeve black", "Potato crisps salted", "Kitchen roll white", "Red kettle"),
    *("新鲜马铃薯 2 kg", "土豆丝切菜器", "有机 番茄", "Solid state drive 1 tb", "Milk 1 l", "纯牛奶 1升"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Goods without synonyms."""
    return searcher(tmp_path_factory.mktemp("words"), [Document(id=n, title=t) for n, t in enumerate(TITLES)])


def _found(shop: Searcher, text: str, language: str = "") -> set[str]:
    return {TITLES[number] for number in shop.search(SearchRequest(text=text, language=language)).ids}


def _matches_whole(shop: Searcher, text: str, title: str) -> bool:
    told = shop.explain(SearchRequest(text=text), TITLES.index(title))
    return told is not None and told.tier == told.groups


@pytest.mark.parametrize(
    ("row", "asked", "found"),
    [
        (Synonym(("laptop", "notebook")), "laptop", "Aluminium notebook 14 in"),
        (Synonym(("laptop", "notebook")), "laptops", "Aluminium notebook 14 in"),
        (Synonym(("ssd", "solid state drive")), "ssd", "Solid state drive 1 tb"),
        (Synonym(("water boiler", "kettle")), "red water boiler", "Red kettle"),
        (Synonym(("paper towel", "kitchen roll")), "paper towel", "Kitchen roll white"),
        (Synonym(("土豆", "马铃薯")), "土豆", "新鲜马铃薯 2 kg"),
        (Synonym(("土豆", "马铃薯")), "新鲜土豆", "新鲜马铃薯 2 kg"),
        (Synonym(("土豆", "马铃薯")), "馬鈴薯", "土豆丝切菜器"),
        (Synonym(("西红柿", "番茄")), "有机西红柿", "有机 番茄"),
        (Synonym(("milk", "牛奶")), "牛奶", "Milk 1 l"),
        (Synonym(("milk", "牛奶")), "milk", "纯牛奶 1升"),
    ],
)
def test_a_synonym_finds_what_is_called_otherwise(shop: Searcher, row: Synonym, asked: str, found: str) -> None:
    assert not _matches_whole(shop, asked, found)
    assert _matches_whole(shop.teach(Synonyms([row])), asked, found)


def test_a_one_way_synonym_holds_one_way(shop: Searcher) -> None:
    taught = shop.teach(Synonyms([Synonym(("chips",), ("crisps",), two_way=False)]))
    assert "Potato crisps salted" in _found(taught, "chips")
    assert _found(taught, "crisps") == _found(shop, "crisps")


def test_a_synonym_of_one_language_is_not_used_in_another(shop: Searcher) -> None:
    taught = shop.teach(Synonyms([Synonym(("boiler", "kettle"), language="en")]))
    assert "Red kettle" in _found(taught, "boiler", "en")
    assert "Red kettle" in _found(taught, "boiler")
    assert "Red kettle" not in _found(taught, "boiler", "zh")


def test_a_word_with_a_synonym_is_not_corrected(shop: Searcher) -> None:
    taught = shop.teach(Synonyms([Synonym(("kettlr", "laptop"))]))
    assert shop.search(SearchRequest(text="kettlr")).corrected_query == "kettle"
    assert taught.search(SearchRequest(text="kettlr")).corrected_query is None


def test_a_synonym_names_a_category_too(tmp_path: Path) -> None:
    goods = [
        Document(id=1, title="Sleeve for a notebook", categories=(Label("bags", ("Bags",)),)),
        Document(id=2, title="Slim 14", categories=(Label("notebooks", ("Notebooks",)),)),
    ]
    taught = searcher(tmp_path, goods).teach(Synonyms([Synonym(("laptop", "notebook"))]))
    assert taught.search(SearchRequest(text="laptop")).ids[0] == 2


@pytest.mark.parametrize(
    "row",
    [
        Synonym(()),
        Synonym(("",)),
        Synonym(("kettle",)),
        Synonym(("kettle", "kettles")),
        Synonym(("!!", "kettle")),
        Synonym(("one two three four five six", "kettle")),
    ],
)
def test_a_synonym_that_says_nothing_changes_nothing(shop: Searcher, row: Synonym) -> None:
    assert _found(shop.teach(Synonyms([row])), "red kettle") == _found(shop, "red kettle")


def test_the_general_synonyms_are_all_readable_and_none_repeats_itself() -> None:
    rows = synonyms.general()
    assert len(rows) > 200
    for row in rows:
        words = [word.lower() for word in (*row.words, *row.means)]
        assert len(set(words)) == len(words), row


@pytest.mark.parametrize("line", ["alone", "a =>", "=> b", ", ,"])
def test_a_line_that_is_no_synonym_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a synonym"):
        list(synonyms.read_lines([line]))


def test_remarks_and_empty_lines_are_passed_over() -> None:
    assert list(synonyms.read_lines(["# words", "", "a, b # same", "c => d, e"])) == [
        Synonym(("a", "b")),
        Synonym(("c",), ("d", "e"), two_way=False),
    ]


def test_the_merchants_own_words_replace_the_general_ones() -> None:
    general = [Synonym(("sofa", "couch", "settee")), Synonym(("pc",), ("computer",), two_way=False)]
    mine = [Synonym(("couch",), ("futon",), two_way=False), Synonym(("pc",), ("desktop",), two_way=False)]
    taken = synonyms.over(mine, general)
    assert list(taken.of(("couch",))) == [("futon",)]
    assert list(taken.of(("sofa",))) == [("sette",)]
    assert list(taken.of(("pc",))) == [("desktop",)]
