"""Pages, text, states, events and kept values."""

from __future__ import annotations

from enum import StrEnum

import pytest

from storefront.kernel import events
from storefront.kernel.events import Fact, publish
from storefront.kernel.kept import Kept
from storefront.kernel.paging import Page, page_number
from storefront.kernel.states import NotAllowed, Transitions
from storefront.kernel.text import code_key, first_free, fold, is_id, slugify, squeeze


@pytest.mark.parametrize(
    ("asked", "number"),
    [(None, 1), ("", 1), ("3", 3), ("0", 1), ("-5", 1), ("abc", 1), ("1e9", 1), ("99999999", 10_000), ("２", 2)],
)
def test_any_page_asked_for_is_a_page(asked: str | None, number: int) -> None:
    assert page_number(asked) == number


def test_a_page_knows_where_it_stands() -> None:
    page = Page(items=["a", "b"], total=50, number=3, size=24)
    assert (page.count, page.first, page.last, page.has_previous, page.has_next) == (3, 49, 50, True, False)
    empty: Page[str] = Page(items=[], total=0, number=1, size=24)
    assert (empty.count, empty.first, empty.last, empty.has_next) == (1, 0, 0, False)


@pytest.mark.parametrize(
    ("number", "window"),
    [
        (1, [1, 2, 3, None, 20]),
        (10, [1, None, 8, 9, 10, 11, 12, None, 20]),
        (20, [1, None, 18, 19, 20]),
        (3, [1, 2, 3, 4, 5, None, 20]),
    ],
)
def test_page_links_show_the_ends_and_the_neighbours(number: int, window: list[int | None]) -> None:
    assert Page(items=["x"], total=20, number=number, size=1).window() == window


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fresh Milk, 1 gal", "fresh-milk-1-gal"),
        ("Crème brûlée & more", "creme-brulee-and-more"),
        ("牛奶", "item"),
        ("  --  ", "item"),
        ("a" * 200, "a" * 80),
    ],
)
def test_slugs_are_plain(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_typed_text_is_made_comparable() -> None:
    assert code_key(" ｗｅｌｃｏｍｅ 10\t") == "WELCOME10"
    assert fold("Ｈｅｌｌｏ   Ｗorld") == "hello world"
    assert squeeze("a\x00b \n c") == "ab c"


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Press(StrEnum):
    GO = "go"


def test_a_table_says_what_may_happen() -> None:
    table = Transitions({(Light.RED, Press.GO): Light.GREEN})
    assert table.next(Light.RED, Press.GO) is Light.GREEN
    assert table.allowed(Light.RED) == {Press.GO}
    assert table.allowed(Light.GREEN) == frozenset()
    with pytest.raises(NotAllowed) as refused:
        table.next(Light.GREEN, Press.GO)
    assert refused.value.facts == {"state": "green", "action": "go"}


class SomethingHappened(Fact):
    pass


def test_facts_reach_their_reactions_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_reactions", {})
    heard: list[str] = []
    events.bind({SomethingHappened: (lambda _: heard.append("first"), lambda _: heard.append("second"))})
    publish(SomethingHappened())
    assert heard == ["first", "second"]


def test_a_kept_value_is_read_again_when_forgotten_or_old() -> None:
    numbers = iter(range(10))
    kept = Kept(lambda: next(numbers), seconds=60)
    assert (kept.get(), kept.get()) == (0, 0)
    kept.forget()
    assert kept.get() == 1
    Kept.forget_all()
    assert kept.get() == 2
    hasty = Kept(lambda: next(numbers), seconds=-1)
    assert hasty.get() != hasty.get()


@pytest.mark.parametrize(
    ("taken", "found"),
    [(set(), "cup"), ({"cups"}, "cup"), ({"cup"}, "cup-2"), ({"cup", "cup-2", "cup-4"}, "cup-3"), ({"cup-2"}, "cup")],
)
def test_a_name_that_is_taken_gets_the_next_number(taken: set[str], found: str) -> None:
    assert first_free("cup", taken) == found


@pytest.mark.parametrize(
    ("text", "can_be"), [("0", True), ("999999999", True), ("1" * 10, False), ("", False), ("-1", False), ("１", False)]
)
def test_an_id_is_a_few_plain_digits(text: str, can_be: bool) -> None:
    assert is_id(text) is can_be
