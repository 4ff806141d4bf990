"""Packed tables against plain lists and counters, and postings kept whole against postings kept in places."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index import packed, postings
from search.index.packed import Strings, Tally
from search.index.postings import Postings

WORDS = st.text(alphabet="abcé茶 \U0001f375", max_size=6)


@given(st.lists(WORDS, max_size=40), WORDS)
@settings(max_examples=100, deadline=None)
def test_packed_texts_are_found_as_in_a_sorted_list(texts: list[str], typed: str) -> None:
    ordered = sorted(texts)
    table = Strings.of(ordered)
    first, last = table.span(typed)
    assert list(table) == ordered
    assert table[first:last] == [text for text in ordered if text.startswith(typed)]
    assert table.find(typed) == (ordered.index(typed) if typed in ordered else -1)


@given(st.sets(st.integers(0, 999), max_size=400), st.integers(0, 999))
@settings(max_examples=100, deadline=None)
def test_one_of_many_packed_texts_is_found_as_one_of_a_few(numbers: set[int], typed: int) -> None:
    ordered = sorted(str(number) for number in numbers)
    table = Strings.of(ordered)
    first, last = table.span(str(typed))
    assert ordered[first:last] == [text for text in ordered if text.startswith(str(typed))]
    assert table.find(str(typed)) == (ordered.index(str(typed)) if typed in numbers else -1)


@given(st.lists(st.lists(WORDS, max_size=15), max_size=4), WORDS, st.integers(0, 8))
@settings(max_examples=100, deadline=None)
def test_counts_of_several_segments_are_those_of_one_counter(parts: list[list[str]], typed: str, limit: int) -> None:
    counted = [Counter(part) for part in parts]
    whole = sum(counted, Counter())
    tables = [(Strings.of(sorted(one)), np.array([one[text] for text in sorted(one)], np.int32)) for one in counted]
    tally = Tally(tables)
    assert dict(tally.items()) == dict(whole) == {text: tally[text] for text in tally}
    assert len(tally) == len(whole)
    assert (typed in tally) == (typed in whole)
    expected = sorted(((t, n) for t, n in whole.items() if t.startswith(typed)), key=lambda one: (-one[1], one[0]))
    assert tally.most_used(typed, limit) == expected[:limit]


def test_arrays_come_back_as_they_were_and_cannot_be_changed(tmp_path: Path) -> None:
    arrays = {
        "numbers": np.arange(7, dtype=np.int64),
        "nothing": np.empty(0, np.float32),
        "flags": np.array([True, False]),
        "table": np.arange(6, dtype=np.uint16).reshape(2, 3).T,
    }
    packed.save(tmp_path / "file", arrays)
    loaded = packed.load(tmp_path / "file")
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert np.array_equal(loaded[name], array)
    with pytest.raises(ValueError, match="read-only"):
        loaded["numbers"][0] = 1


@pytest.mark.parametrize(
    "content", [b"", b"something else", b"packed-1" + b"\xff" * 8, b"packed-1" + b"\2" + b"\0" * 7]
)
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        packed.load(tmp_path / "file")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    packed.save(tmp_path / "file", {"numbers": np.arange(1000)})
    whole = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(whole[:4000])
    with pytest.raises(ValueError, match="buffer"):
        packed.load(tmp_path / "file")


@given(st.sets(st.integers(0, 39), max_size=40), st.sampled_from([1.0, 0.5]))
@settings(max_examples=60, deadline=None)
def test_frequent_terms_add_up_as_rare_ones_do(held: set[int], weight: float) -> None:
    docs = np.array(sorted(held), np.int32)
    scores = (docs + 1).astype(np.float32)
    named = docs % 2 == 0
    total, names = np.zeros(40, np.float32), np.zeros(40, np.bool_)
    total[docs], names[docs] = scores, named
    sparse, dense = Postings(docs, scores, named), Postings.whole(total, names)
    assert (dense.dense is not None) == (len(held) * postings.DENSE_FROM >= 40)
    assert sparse.size == dense.size == len(held)
    for one in (sparse, dense):
        assert (one.docs.tolist(), one.scores.tolist(), one.named.tolist()) == (
            docs.tolist(),
            scores.tolist(),
            named.tolist(),
        )
    half = np.arange(40) < 20
    for one in (sparse, dense):
        raised = np.full(40, 3, np.float32)
        assert one.raise_among(np.flatnonzero(half), half, raised) == sum(number < 20 for number in held)
        assert raised.tolist() == [max(3, n + 1) if n < 20 and n in held else 3 for n in range(40)]
    results = []
    for one in (sparse, dense):
        total, raised = np.full(40, 3, np.float32), np.full(40, 3, np.float32)
        counts, names = np.zeros(40, np.uint8), np.zeros(40, np.uint8)
        one.add_to(total, weight)
        one.raise_in(raised, weight)
        one.count_in(counts, names)
        results.append((total, raised, counts, names, one.at(np.arange(40, dtype=np.int32))))
    for left, right in zip(*results, strict=True):
        assert np.array_equal(left, right)


@given(st.lists(st.sets(st.integers(0, 199)), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_joined_postings_give_each_document_the_most_of_all_parts(held: list[set[int]]) -> None:
    parts = [
        (docs, ((docs * 7 + number * 31) % 13 + 1).astype(np.float32), (docs + number) % 3 == 0)
        for number, docs in enumerate(np.array(sorted(part), np.int32) for part in held)
    ]
    scores: dict[int, float] = {}
    named: dict[int, bool] = {}
    for part in parts:
        for doc, score, is_named in zip(*(column.tolist() for column in part), strict=True):
            scores[doc], named[doc] = max(score, scores.get(doc, 0.0)), is_named or named.get(doc, False)
    joined = Postings.joined(parts)
    assert joined.docs.tolist() == sorted(scores)
    assert joined.scores.tolist() == [scores[doc] for doc in sorted(scores)]
    assert joined.named.tolist() == [named[doc] for doc in sorted(named)]
