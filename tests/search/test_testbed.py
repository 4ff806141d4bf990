"""Documents, judgements and runs as files, and a whole trial."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from search import testbed
from search.synonyms import Synonym, Synonyms

ROWS = [
    {"id": "a1", "title": "Red kettle", "brand": "Bruma", "category": "Home > Kettles", "price_cents": 1999},
    {"id": "b2", "title": "Blue teapot", "description": "For tea", "attrs": {"t_colour": "Blue", "b_lid": True}},
    {"id": "c3", "title": "绿茶", "category": ["食品", "茶"], "attrs": [["产地", "杭州"]], "ean": ["4006381333931"]},
]


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_documents_are_read_from_json_lines_packed_or_not(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(row) for row in ROWS) + "\n\n"
    plain = testbed.read_documents(_write(tmp_path / "goods.jsonl", "\ufeff" + text))
    (tmp_path / "goods.jsonl.xz").write_bytes(lzma.compress(text.encode()))
    assert testbed.read_documents(tmp_path / "goods.jsonl.xz") == plain
    assert plain.names == ["a1", "b2", "c3"]
    kettle, teapot, tea = plain.documents
    assert [label.value for label in kettle.categories] == ["Home", "Home>Kettles"]
    assert kettle.price_minor == 1999
    assert teapot.attributes == ("Blue", "lid")
    assert [label.names for label in tea.categories] == [("食品",), ("茶",)]
    assert tea.attributes == ("杭州",)
    assert tea.codes == ("4006381333931",)


def test_documents_are_read_from_lines_with_tabs(tmp_path: Path) -> None:
    bed = testbed.read_documents(_write(tmp_path / "t.tsv", 'id\tsource\ttitle\n7\tx\t27" monitor\n9\tx\tRed "pot"\n'))
    assert bed.names == ["7", "9"]
    assert [document.title for document in bed.documents] == ['27" monitor', 'Red "pot"']


@pytest.mark.parametrize(
    "text",
    [
        *("", '{"id": 1}', '{"title": "x"}', "{broken", "one\ttwo", '{"id":1,"title":"a"}\n{"id":1,"title":"b"}'),
        *('{"id":1,"title":"a","price_cents":-5}', '{"id":1,"title":"a","attrs":[1]}', '{"id":1,"title":5}'),
    ],
)
def test_a_file_that_holds_no_documents_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(testbed.Unreadable, match=r"bad\.jsonl"):
        testbed.read_documents(_write(tmp_path / "bad.jsonl", text))


def test_judgements_are_read_with_ratings_and_without(tmp_path: Path) -> None:
    rated = _write(tmp_path / "q.csv", 'query,docid,rating\n"pot, red",a1,3\n"pot, red",b2,0\n')
    assert testbed.read_judgements(rated) == {"pot, red": {"a1": 3.0, "b2": 0.0}}
    assert testbed.read_judgements(_write(tmp_path / "q.tsv", '27" screen\t7\n')) == {'27" screen': {"7": 1.0}}


@pytest.mark.parametrize("text", ["", "query,docid,rating\n", "pot\n", "pot,a1,good\n"])
def test_a_file_that_holds_no_judgements_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(testbed.Unreadable):
        testbed.read_judgements(_write(tmp_path / "q.csv", text))


def test_a_trial_measures_the_ranking_and_keeps_the_run(tmp_path: Path) -> None:
    bed = testbed.read_documents(_write(tmp_path / "g.jsonl", "\n".join(map(json.dumps, ROWS))))
    judgements: testbed.Judgements = {"kettle": {"a1": 3.0}, "boiler": {"a1": 3.0}, "nothing": {"b2": 0.0}}
    plain, run = testbed.try_out(bed, judgements, tmp_path / "one")
    assert (plain.metrics.queries, plain.metrics.condensed_ndcg, plain.zero_results) == (2, 0.5, 2)
    taught, _ = testbed.try_out(bed, judgements, tmp_path / "two", Synonyms([Synonym(("boiler", "kettle"))]))
    assert taught.metrics.condensed_ndcg == 1.0
    assert taught.interval == (1.0, 1.0)
    testbed.write_run(tmp_path / "run.tsv", run)
    query, name, rank, score = (tmp_path / "run.tsv").read_text().splitlines()[0].split("\t")
    assert (query, name, rank) == ("kettle", "a1", "1")
    assert float(score) > 0
