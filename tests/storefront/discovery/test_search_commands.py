"""`flask search evaluate` on files, without a database; `flask search explain` on the shop's own index."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from storefront.database.transaction import transaction
from storefront.discovery import indexing
from tests import factories as make

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data" / "search"
GOODS = '{"id": "k1", "title": "Red kettle"}\n{"id": "n2", "title": "Slim notebook", "brand": "Bruma"}\n'


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two goods, and two queries, of which one needs a synonym."""
    goods, rated = tmp_path / "goods.jsonl", tmp_path / "rated.csv"
    goods.write_text(GOODS, encoding="utf-8")
    rated.write_text("query,docid,rating\nkettle,k1,3\nlaptop,n2,2\n", encoding="utf-8")
    return str(goods), str(rated)


def _evaluate(app: Flask, *arguments: str) -> dict[str, float]:
    result = app.test_cli_runner().invoke(args=["search", "evaluate", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_ranking_is_measured_on_files_with_and_without_synonyms(
    app: Flask, files: tuple[str, str], tmp_path: Path
) -> None:
    goods, rated = files
    run = tmp_path / "run.tsv"
    measured = _evaluate(app, "--documents", goods, "--qrels", rated, "--run", str(run))
    assert (measured["queries"], measured["condensed_ndcg@10"], measured["zero_results"]) == (2, 1.0, 0)
    assert [line.split("\t")[:3] for line in run.read_text().splitlines()] == [
        ["kettle", "k1", "1"],
        ["laptop", "n2", "1"],
    ]
    plain = _evaluate(app, "--documents", goods, "--qrels", rated, "--no-synonyms")
    assert (plain["condensed_ndcg@10"], plain["zero_results"]) == (0.5, 1)


def test_measuring_needs_no_database(files: tuple[str, str], tmp_path: Path) -> None:
    goods, rated = files
    environ = {**os.environ, "DATA_DIR": str(tmp_path / "empty"), "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    command = [sys.executable, "-m", "flask", "search", "evaluate", "--documents", goods, "--qrels", rated, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["documents"] == 2


def test_a_file_that_cannot_be_read_is_told_with_its_line(app: Flask, files: tuple[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(GOODS + "{", encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["search", "evaluate", "--documents", str(broken), "--qrels", files[1]])
    assert result.exit_code == 1
    assert "broken.jsonl, line 3" in result.output
    packed = tmp_path / "broken.jsonl.xz"
    packed.write_bytes(b"no xz at all")
    result = app.test_cli_runner().invoke(args=["search", "evaluate", "--documents", str(packed), "--qrels", files[1]])
    assert result.exit_code == 1
    assert "could not be read" in result.output


def test_why_a_product_stands_where_it_does_is_told(index_free: Flask) -> None:
    with index_free.app_context():
        with transaction():
            make.make_product("Red kettle", sku="RK-1")
            make.make_product("Blue pot", sku="BP-1")
        indexing.rebuild()
    run = index_free.test_cli_runner()
    told = run.invoke(args=["search", "explain", "kettle", "RK-1"])
    assert told.exit_code == 0, told.output
    assert "stands at 1 of 1" in told.output
    assert "kettl" in told.output
    assert "coverage" in told.output
    assert "is not found" in run.invoke(args=["search", "explain", "kettle", "BP-1"]).output
    assert "No product" in run.invoke(args=["search", "explain", "kettle", "nothing"]).output
