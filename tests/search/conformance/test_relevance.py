"""Scores differ by a hair at most, where a word is repeated very often; the order is as good in either backend."""

from __future__ import annotations

import csv
import json
import lzma
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from search import Document, Index, Label, Searcher, SearchRequest, WhooshIndex
from search.evaluation import evaluate
from search.postgres import PostgresIndex
from tests.conftest import ROOT
from tests.search.catalogue import catalogue

DATA = ROOT.parent / "shared" / "data" / "search"
TOLERANCE = 0.02
pytestmark = pytest.mark.postgres

PostgresFactory = Callable[[], PostgresIndex]


def both(documents: list[Document], folder: Path, new_postgres: PostgresFactory) -> tuple[Searcher, Searcher]:
    indexes: list[Index] = [WhooshIndex(folder / "whoosh"), new_postgres()]
    for index in indexes:
        index.rebuild(documents)
    first, second = (Searcher(index.open()) for index in indexes)
    return first, second


def test_known_items_stand_first_in_both(tmp_path: Path, postgres_index: PostgresFactory) -> None:
    documents = catalogue(300)
    whoosh, postgres = both(documents, tmp_path, postgres_index)
    for one in documents[::3]:
        for text in (one.title, one.other_titles[0], one.model, f"{one.title} {one.model}"):
            request = SearchRequest(text=text, correct=False)
            left, right = whoosh.search(request), postgres.search(request)
            assert (left.ids[:10], left.total) == (right.ids[:10], right.total), text
            assert left.scores[:10] == pytest.approx(right.scores[:10], rel=1e-4)
    for text in ("olive oil", "aldera socks", "premium tea", "绿茶", "red lamp 500 ml"):
        left, right = (list(one.search(SearchRequest(text=text, size=50)).ids) for one in (whoosh, postgres))
        assert left == right, text


@pytest.mark.timeout(600)
def test_judged_queries_are_answered_as_well_by_both(tmp_path: Path, postgres_index: PostgresFactory) -> None:
    if not (DATA / "icecat_qrels_dev.csv").exists():
        pytest.skip(f"the development data is not in {DATA}")
    judgements: dict[str, dict[int, float]] = defaultdict(dict)
    with (DATA / "icecat_qrels_dev.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            judgements[row["query"]][int(row["docid"])] = float(row["rating"])
    judged = {number for ratings in judgements.values() for number in ratings}
    documents = icecat(judged)
    whoosh, postgres = both(documents, tmp_path, postgres_index)
    metrics = []
    for shop in (whoosh, postgres):
        runs = {text: shop.search(SearchRequest(text=text, size=1000)).ids for text in judgements}
        metrics.append(evaluate(runs, judgements))
    for text in judgements:
        left, right = (shop.search(SearchRequest(text=text, size=0)) for shop in (whoosh, postgres))
        assert (left.total, left.relaxed, left.facets) == (right.total, right.relaxed, right.facets), text
    assert abs(metrics[0].ndcg - metrics[1].ndcg) <= TOLERANCE
    assert abs(metrics[0].condensed_ndcg - metrics[1].condensed_ndcg) <= TOLERANCE
    assert metrics[1].condensed_ndcg > 0.8


def icecat(judged: set[int]) -> list[Document]:
    """Return the products that somebody judged, and every third of the others."""
    with (DATA / "icecat_categories.csv").open(encoding="utf-8") as file:
        labels = {int(row["id"]): (row["department"], row["category"]) for row in csv.DictReader(file)}
    documents = []
    with lzma.open(DATA / "icecat_products.jsonl.xz", "rt", encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            row = json.loads(line)
            if int(row["id"]) not in judged and place % 3:
                continue
            brand = row.get("brand") or ""
            documents.append(
                Document(
                    id=int(row["id"]),
                    title=row["title"],
                    brand=Label(brand.lower(), (brand,)) if brand else None,
                    categories=tuple(Label(name, (name,)) for name in labels.get(int(row["id"]), ())),
                    model=row.get("model") or "",
                    description=row.get("description") or "",
                    attributes=tuple(str(value) for name, value in row["attrs"].items() if name.startswith("t_")),
                    codes=tuple(row.get("ean") or ()),
                    price_minor=row.get("price_cents") or 0,
                )
            )
    return documents
