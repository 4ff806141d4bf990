"""How good the ranking is on the development halves of two judged sets of queries: figures that must not sink."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import Searcher, Synonyms, evaluation, pinyin, synonyms, testbed

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "search"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the search test data of ../shared is not here"),
    pytest.mark.timeout(600),
]


def _measured(searcher: Searcher, bed: testbed.TestBed, judgements: testbed.Judgements) -> evaluation.Metrics:
    run = {query: [name for name, _ in testbed.ask(searcher, bed, query)] for query in judgements}
    return evaluation.evaluate(run, judgements)


def test_english_ranks_as_well_as_it_was_measured(tmp_path: Path) -> None:
    bed = testbed.read_documents(SHARED / "icecat_products.jsonl.xz")
    judgements = testbed.read_judgements(SHARED / "icecat_qrels_dev.csv")
    searcher = testbed.build(bed, tmp_path)
    assert _measured(searcher, bed, judgements).condensed_ndcg >= 0.86
    taught = _measured(searcher.teach(Synonyms(synonyms.general())), bed, judgements)
    assert taught.condensed_ndcg >= 0.88
    assert taught.empty == 0


def test_chinese_ranks_as_well_as_it_was_measured(tmp_path: Path) -> None:
    bed = testbed.read_documents(SHARED / "zh_titles.tsv")
    judgements = testbed.read_judgements(SHARED / "zh_queries_qrels_dev.tsv")
    searcher = testbed.build(bed, tmp_path)
    assert _measured(searcher, bed, judgements).ndcg >= 0.79
    by_sound = {"".join(pinyin.readings(query)): rated for query, rated in judgements.items()}
    assert _measured(searcher, bed, by_sound).ndcg >= 0.72
