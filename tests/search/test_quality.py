"""How good the ranking is on the development halves of two judged sets of queries: figures that must not sink.

Of the documents that nobody judged a third will do; `flask search evaluate` and benchmarks/SEARCH_RESULTS.md have all.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search import Searcher, Synonyms, evaluation, pinyin, synonyms, testbed

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "search"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the search test data of ../shared is not here"),
    pytest.mark.timeout(600),
]


def _read(documents: str, judged: str) -> tuple[testbed.TestBed, testbed.Judgements]:
    whole, judgements = testbed.read_documents(SHARED / documents), testbed.read_judgements(SHARED / judged)
    named = {name for rated in judgements.values() for name in rated}
    kept = [place for place, name in enumerate(whole.names) if name in named or place % 3 == 0]
    numbered = [replace(whole.documents[place], id=number) for number, place in enumerate(kept)]
    return testbed.TestBed(numbered, [whole.names[place] for place in kept]), judgements


def _measured(searcher: Searcher, bed: testbed.TestBed, judgements: testbed.Judgements) -> evaluation.Metrics:
    run = {query: [name for name, _ in testbed.ask(searcher, bed, query)] for query in judgements}
    return evaluation.evaluate(run, judgements)


def test_english_ranks_as_well_as_it_was_measured(tmp_path: Path) -> None:
    bed, judgements = _read("icecat_products.jsonl.xz", "icecat_qrels_dev.csv")
    searcher = testbed.build(bed, tmp_path)
    assert _measured(searcher, bed, judgements).condensed_ndcg >= 0.86
    taught = _measured(searcher.teach(Synonyms(synonyms.general())), bed, judgements)
    assert taught.condensed_ndcg >= 0.88
    assert taught.empty == 0


def test_chinese_ranks_as_well_as_it_was_measured(tmp_path: Path) -> None:
    bed, judgements = _read("zh_titles.tsv", "zh_queries_qrels_dev.tsv")
    searcher = testbed.build(bed, tmp_path)
    assert _measured(searcher, bed, judgements).ndcg >= 0.85
    by_sound = {"".join(pinyin.readings(query)): rated for query, rated in judgements.items()}
    assert _measured(searcher, bed, by_sound).ndcg >= 0.80
