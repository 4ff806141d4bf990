"""Proof of thread safety: thousands of searches while generations switch and a build is killed half-way."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search.storm import storm
from search import Filters, SearchRequest, Sort, WhooshIndex
from tests.search.catalogue import catalogue, document

REQUESTS = [
    SearchRequest(text="olive oil 500ml"),
    SearchRequest(text="coffe makr"),
    SearchRequest(text="绿茶 premium"),
    SearchRequest(text="bruma socks zebra"),
    SearchRequest(text="lamp", filters=Filters(facets={"brand": ("bruma", "casola")}, in_stock=True)),
    SearchRequest(filters=Filters(scope={"category": ("food",)}), sort=Sort.PRICE_ASC, page=2),
    SearchRequest(text="SKU-00007"),
]


@pytest.mark.long
def test_no_answer_is_wrong_while_generations_switch_and_a_build_is_killed(tmp_path: Path) -> None:
    WhooshIndex(tmp_path).rebuild(catalogue(300))
    changes = [document(number, title=f"Zebra {number} premium olive oil") for number in range(280, 340)]
    outcome = storm(tmp_path, changes, REQUESTS, searches=2000, switches=20)
    assert (outcome.wrong, outcome.errors) == (0, 0)
    assert outcome.searches == 2000
    assert outcome.generations >= 15
    assert outcome.locked_out, "a second writer waits for nobody and changes nothing"
    assert outcome.swept, "what the killed build left is gone after the next one"
