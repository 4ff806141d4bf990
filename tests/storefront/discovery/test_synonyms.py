"""Synonyms: what they may be, and how soon the index knows them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from search import Synonym, Synonyms
from storefront.catalog.wanted import Wanted
from storefront.database.transaction import transaction
from storefront.discovery import indexing, queries, synonyms
from storefront.discovery.searching import LIVE_FOR, Desk, desk
from storefront.discovery.synonyms import DuplicateSynonym, SynonymPlan, SynonymTable, split_words
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from tests import factories as make


def add(*words: str, means: tuple[str, ...] = (), **more: Any) -> int:
    with transaction():
        plan = SynonymPlan(words, means, **more)
        return synonyms.add_synonym(plan=plan, by="staff:1", at=now()).id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"words": ()}, "words"),
        ({"words": ("soda",)}, "words"),
        ({"words": ("soda", "Soda")}, "words"),
        ({"words": ("soda", "soda")}, "words"),
        ({"words": ("烏龍茶", "乌龙茶")}, "words"),
        ({"words": ("soda",), "means": ("pop", "POP")}, "means"),
        ({"words": ("soda",), "means": ("soda",)}, "means"),
        ({"words": tuple(f"word{number}" for number in range(21))}, "words"),
        ({"words": ("soda", "x" * 61)}, "words"),
        ({"words": ("soda", "!!!")}, "words"),
        ({"words": ("soda", "one two three four five")}, "words"),
        ({"words": ("soda", "pop"), "language": "fr"}, "language"),
        ({"words": ("soda", "pop"), "note": "x" * 256}, "note"),
    ],
)
def test_what_a_synonym_cannot_be_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        SynonymPlan(**values)
    assert refused.value.field == field


def test_twenty_words_of_sixty_characters_are_fine() -> None:
    words = tuple(f"{number:02d} " + "x" * 57 for number in range(20))
    assert SynonymPlan(words).words == words


def test_words_are_split_by_bars_and_lines() -> None:
    assert split_words(" soda|  soft   drink |\n\npop｜ 汽水 ") == ("soda", "soft drink", "pop", "汽水")


def test_the_same_synonym_in_another_order_is_named(any_app: Flask) -> None:
    with any_app.app_context():
        first = add("soda", "pop")
        with pytest.raises(DuplicateSynonym) as refused:
            add("POP", "Soda")
        assert refused.value.synonym_id == first
        assert add("soda", "pop", language="en") != first
        with pytest.raises(DuplicateSynonym), transaction():
            synonyms.change_synonym(
                synonym_id=first, version=1, plan=SynonymPlan(("soda", "pop"), language="en"), by="staff:1", at=now()
            )


def test_one_way_pairs_that_lead_back_are_found(any_app: Flask) -> None:
    with any_app.app_context():
        first = add("veggies", means=("vegetables",))
        assert synonyms.find_opposite(SynonymPlan(("vegetables",), ("veggies", "greens"))) == first
        assert synonyms.find_opposite(SynonymPlan(("vegetables",), ("greens",))) is None
        assert synonyms.find_opposite(SynonymPlan(("vegetables", "veggies"))) is None


def test_what_is_in_force_is_read_as_the_index_learns_it(any_app: Flask) -> None:
    with any_app.app_context():
        add("soda", "pop")
        add("veggies", means=("vegetables",), language="en")
        add("off", "out", is_active=False)
        assert synonyms.read_synonyms().rows[:2] == (
            Synonym(("soda", "pop"), (), two_way=True, language=""),
            Synonym(("veggies",), ("vegetables",), two_way=False, language="en"),
        )


def test_every_kind_of_change_is_noticed_once(any_app: Flask) -> None:
    with any_app.app_context():
        table = SynonymTable()
        assert table.update() is not None
        assert table.update() is None
        number = add("zog", "zug")
        assert table.update() is not None
        assert table.update() is None
        with transaction():
            plan = SynonymPlan(("zog", "zug", "zag"))
            synonyms.change_synonym(synonym_id=number, version=1, plan=plan, by="staff:1", at=now())
        changed = table.update()
        assert changed is not None
        assert len(changed.rows[0].words) == 3
        with transaction():
            synonyms.delete_synonym(synonym_id=number, by="staff:1", at=now())
        gone = table.update()
        assert gone is not None
        assert not any("zog" in row.words for row in gone.rows)


def test_the_desk_teaches_its_index_within_two_seconds(app: Flask) -> None:
    taught: list[Synonyms] = []
    searcher = SimpleNamespace(generation=SimpleNamespace(documents=0))
    holder = SimpleNamespace(searcher=lambda: searcher, refresh=lambda live: None, teach=taught.append)
    with app.app_context():
        own = Desk(holder)  # type: ignore[arg-type]
        own.refresh()
        add("zog", "zug")
        own.refresh()
        own.refresh()
    assert [each.rows[0].words == ("zog", "zug") for each in taught] == [False, True]
    assert LIVE_FOR <= 2


def test_a_synonym_is_searched_with_and_only_in_its_language(index_free: Flask) -> None:
    def found(text: str, language: str) -> int:
        with index_free.test_request_context(headers={"Accept-Language": language}):
            index_free.preprocess_request()
            return queries.search(Wanted(text=text), 24).total

    with index_free.app_context():
        with transaction():
            make.make_product("Sparkling zogwater")
        indexing.rebuild()
        add("fizzle", means=("zogwater",), language="en")
        desk().refresh()
    assert (found("fizzle", "en"), found("fizzle", "zh")) == (1, 0)


def test_a_read_that_fails_is_tried_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Synonyms:
        raise OperationalError("", {}, Exception("busy"))

    with app.app_context():
        table = SynonymTable()
        with monkeypatch.context() as patched:
            patched.setattr(synonyms, "read_synonyms", fail)
            with pytest.raises(OperationalError):
                table.update()
        known = table.update()
    assert known is not None
    assert known.rows
