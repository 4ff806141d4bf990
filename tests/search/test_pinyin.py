"""Chinese found by its sound, without an input method."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import Document, Searcher, SearchRequest, pinyin
from tests.search.catalogue import catalogue, searcher


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Chinese goods beside English ones."""
    names = (
        *("DIY手工卡包材料包", "重庆火锅底料", "音乐播放器", "女士绿色毛衣", "红茶杯", "红茶 500克", "尼康z62相机"),
        *("banana", "香蕉牛奶", "长款外套", "银行保险柜", "行李箱"),
    )
    goods = [Document(id=number, title=name, popularity=1.0) for number, name in enumerate(names)]
    return searcher(tmp_path_factory.mktemp("sounds"), goods)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("红茶", ["hong", "cha"]),
        ("重庆", ["chong", "qing"]),
        ("重量", ["zhong", "liang"]),
        ("音乐", ["yin", "yue"]),
        ("银行", ["yin", "hang"]),
        ("行李", ["xing", "li"]),
        ("绿", ["lv"]),
    ],
)
def test_phrases_are_read_as_phrases(run: str, expected: list[str]) -> None:
    assert pinyin.readings(run) == expected


def test_tokens_are_marked_so_that_no_word_is_mistaken_for_a_sound() -> None:
    assert pinyin.tokens("红茶 tea") == ["~hong", "~cha", "~hong~cha"]
    assert pinyin.tokens("紅茶") == pinyin.tokens("红茶")
    assert pinyin.tokens("tea") == []


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("hongchabei", "红茶杯"),
        ("hong cha bei", "红茶杯"),
        ("HONGCHA bei", "红茶杯"),
        ("chongqinghuoguo", "重庆火锅底料"),
        ("yinyuebofangqi", "音乐播放器"),
        ("lvsemaoyi", "女士绿色毛衣"),
        ("diykabao", "DIY手工卡包材料包"),
        ("nikangz62", "尼康z62相机"),
        ("xinglixiang", "行李箱"),
        ("banana", "banana"),
    ],
)
def test_what_is_typed_by_sound_finds_what_is_written(shop: Searcher, typed: str, title: str) -> None:
    found = shop.search(SearchRequest(text=typed))
    titles = [shop.generation.corpus.titles[number][0] for number in found.ids]
    assert titles[:1] == [title]
    assert found.corrected_query is None


def test_words_of_the_catalogue_stay_words(tmp_path: Path) -> None:
    goods = [Document(id=1, title="Pan"), Document(id=2, title="盘子"), Document(id=3, title="盼盼面包")]
    page = searcher(tmp_path, goods).search(SearchRequest(text="pan"))
    assert page.ids[0] == 1


def test_a_catalogue_without_chinese_has_no_sounds(tmp_path: Path) -> None:
    plain = [Document(id=one.id, title=one.title) for one in catalogue(3)]
    assert not searcher(tmp_path, plain).generation.has_sounds


@pytest.mark.parametrize("letters", ["", "zzzz", "x" * 200, "hongcha" * 25, "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_any_letters_can_be_split_or_not(shop: Searcher, letters: str) -> None:
    parts = pinyin.split(letters, shop.generation)
    assert parts is None or "".join(parts) == letters
