"""The lists beside the Whoosh segments say what Whoosh itself says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.index import open_dir

from search import Searcher, SearchRequest, Steering, WhooshIndex
from search.index.lists import FIELD_BITS, MOST_OF_TOKEN, Lists, SegmentLists
from search.index.terms import decode_publicly
from search.schema import FIELDS
from tests.search.catalogue import catalogue


def test_every_posting_of_whoosh_stands_in_the_lists(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    directory = tmp_path / index.rebuild(catalogue(60))
    reader = open_dir(str(directory), readonly=True).reader()
    (leaf,) = (leaf for leaf, _ in reader.leaf_readers())
    lists = Lists(directory, leaf.segment().segment_id())
    seen = 0
    for name, raw in reader.all_terms():
        if name not in FIELDS:
            continue
        docs, marks = lists.entries(lists.find(raw.decode()))
        here = (marks & (2**FIELD_BITS - 1)) == FIELDS.index(name)
        expected = decode_publicly(leaf.postings(name, raw.decode()))
        assert docs[here].tolist() == expected[0].tolist()
        assert (marks[here] >> FIELD_BITS).tolist() == expected[1].tolist()
        seen += 1
    assert seen > 100
    reader.close()


words = st.sampled_from(("a", "b", "tea", "茶", "\U0001f600", "zz"))


@given(
    st.lists(st.fixed_dictionaries({name: st.lists(words, max_size=4).map(Counter) for name in FIELDS}), max_size=12),
    st.integers(1, 9),
)
def test_lists_give_back_what_was_put_in(
    tmp_path_factory: pytest.TempPathFactory, documents: list[dict[str, Counter[str]]], at_once: int
) -> None:
    directory = tmp_path_factory.mktemp("lists")
    written = SegmentLists(at_once=at_once)
    for document in documents:
        written.add(document)
    written.save(directory, "one")
    lists = Lists(directory, "one")
    for token in ("a", "b", "tea", "茶", "\U0001f600", "zz", "never"):
        docs, marks = lists.entries(lists.find(token))
        expected = [
            (number, place, document[name][token])
            for number, document in enumerate(documents)
            for place, name in enumerate(FIELDS)
            if document[name][token]
        ]
        fields = marks & (2**FIELD_BITS - 1)
        assert list(zip(docs.tolist(), fields.tolist(), (marks >> FIELD_BITS).tolist(), strict=True)) == expected


def test_a_word_that_a_text_repeats_without_end_is_still_counted(tmp_path: Path) -> None:
    written = SegmentLists()
    written.add({name: Counter({"spam": 10**6} if name == "description" else {}) for name in FIELDS})
    written.save(tmp_path, "one")
    lists = Lists(tmp_path, "one")
    _, marks = lists.entries(lists.find("spam"))
    assert (marks >> FIELD_BITS).tolist() == [MOST_OF_TOKEN]
    assert np.all((marks & (2**FIELD_BITS - 1)) == FIELDS.index("description"))


def test_a_relaxed_answer_says_whether_its_best_has_every_word(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild(catalogue(60))
    shop = Searcher(index.open())
    for text in ("wool socks", "blue wool socks lamp maker", "oil lamp", "tea", "soft blue running tea"):
        request = SearchRequest(text=text)
        answer = shop.search(request)
        why = shop.explain(request, answer.ids[0])
        assert why is not None
        assert answer.is_whole == (why.tier >= why.groups)
    lone = next(one.id for one in catalogue(60) if "tea" in one.title)
    chosen = shop.search(SearchRequest(text="wool lamp", steering=Steering(pins=(lone,))))
    assert (chosen.ids[0], chosen.relaxed, chosen.is_whole) == (lone, True, True)
