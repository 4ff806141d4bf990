"""The trainer on a small real cluster: two executors beside this process."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommend import Recommender
from recommend.__main__ import main
from recommend.columns import instant
from recommend.evaluation import difference, evaluate
from recommend.frames import write_history
from recommend.matrix import user_item
from recommend.models import Factors, factorise
from recommend.spark import SparkFactoriser, SparkMissing, options, session, usual_row
from recommend.splitting import next_basket_cases, split_at
from recommend.training import train
from tests.recommend.worlds import QUICK, TODAY, grocery

CLUSTER = "local-cluster[2,1,1024]"
CUT = TODAY.replace(month=2, day=1)

needs_spark = [
    pytest.mark.spark,
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed (requirements-spark.lock)"),
    pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java"),
]


def spark_test(test: Any) -> Any:
    for mark in needs_spark:
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkFactoriser]:
    with session(CLUSTER) as spark:
        yield SparkFactoriser(spark, tmp_path_factory.mktemp("shared"))


def tops(factors: Factors, k: int = 10) -> list[set[int]]:
    return [set(row[:k].tolist()) for row in np.argsort(-(factors.users @ factors.items.T), axis=1)]


@pytest.mark.parametrize(("master", "is_alone"), [("local[*]", True), (CLUSTER, True), ("spark://host:7077", False)])
def test_a_cluster_of_other_machines_can_reach_the_driver(master: str, is_alone: bool) -> None:
    assert ("127.0.0.1" in options(master).values()) is is_alone


@spark_test
def test_the_cluster_learns_the_same_tastes(cluster: SparkFactoriser) -> None:
    history, _ = grocery(users=120)
    counts = user_item(history)
    settings = dataclasses.replace(QUICK, iterations=10)
    here, there = factorise(counts, settings), cluster(counts, settings)
    assert there.users.shape == here.users.shape
    assert there.items.dtype == np.float32
    overlap = np.mean([len(mine & theirs) / 10 for mine, theirs in zip(tops(here), tops(there), strict=True)])
    assert overlap >= 0.55


@spark_test
def test_the_same_counts_and_seed_give_close_factors_and_rows_without_purchases_none(
    cluster: SparkFactoriser,
) -> None:
    counts = csr_matrix(np.array([[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 0, 1]], float))
    found = cluster(counts, QUICK)
    assert not found.users[1].any()
    assert not found.items[1].any()
    assert found.users[[0, 2]].any(axis=1).all()
    assert cluster(csr_matrix((2, 3)), QUICK).items.shape == (3, 2)


@spark_test
def test_tables_by_spark_recommend_as_well(cluster: SparkFactoriser) -> None:
    history, items = grocery(users=120)
    split = split_at(history, CUT)
    cases = next_basket_cases(split)
    ranked = []
    for factoriser in (factorise, cluster):
        recommender = Recommender(train(split.known, items, CUT, QUICK, factoriser=factoriser))
        ranked.append(
            evaluate(cases, lambda case, by=recommender: [one.item for one in by.home(case.user)], catalogue=40)
        )
    assert not difference(ranked[1], ranked[0]).clearly_worse
    assert instant(CUT) > split.known.at.max()


@spark_test
def test_fit_by_spark_writes_the_same_kind_of_artefact(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    history, _ = grocery(users=24)
    write_history(tmp_path / "F.parquet", history)
    files = ["--interactions", str(tmp_path / "F.parquet"), "--out", str(tmp_path / "out")]
    spark = ["--trainer", "spark", "--spark-master", CLUSTER, "--spark-scratch", str(tmp_path)]
    status = main(["fit", *files, "--as-of", "2026-03-01", "--plain", *spark])
    told = capfd.readouterr()
    assert status == 0, told.err
    assert json.loads(told.out)["counts"]["users"] == 24


def test_without_pyspark_or_java_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history, _ = grocery(users=4)
    write_history(tmp_path / "F.parquet", history)
    fit = ["fit", "--interactions", str(tmp_path / "F.parquet"), "--as-of", "2026-03-01", "--out", str(tmp_path)]
    monkeypatch.setattr("recommend.spark.find_spec", lambda _name: None)
    assert main([*fit, "--trainer", "spark"]) == 2
    assert capsys.readouterr().err == "recommend: the trainer spark needs pyspark, which the extra [spark] installs\n"
    monkeypatch.setattr("recommend.spark.find_spec", lambda _name: object())
    monkeypatch.setattr("recommend.spark.shutil.which", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkMissing, match="Java 17"), session():
        pass


def test_the_usual_row_lies_between_customers_and_goods() -> None:
    assert usual_row(csr_matrix(np.ones((9, 4)))) == 6.0
    assert usual_row(csr_matrix((2, 3))) == 0.0
