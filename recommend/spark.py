"""The trainer `spark`: the factors of customers and goods are learnt by a cluster; everything else is as without it.

What Spark does: the alternating least squares, the part of a training that grows fastest with a shop, over a Parquet
file of (customer, item, purchases) that this process writes into `scratch`, a directory that every executor can read.
What it does not: the lines of the history, the habits, the neighbour tables and the rankers stay in this process, so
its memory still bounds the shop. On one machine it is many times slower than `recommend.models.als`: it is for scale.

The objective is that of Hu, Koren and Volinsky (2008) as in `als`: confidence 1 + alpha r with alpha 1 and
r = log(1 + count). Spark multiplies the regularization by the length of a row (weighted lambda, Zhou et al. 2008), so
it is divided here by that of a typical purchase (`usual_row`).
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix

from recommend.artifacts import ArtefactError
from recommend.columns import Floats
from recommend.matrix import row_of_entries
from recommend.models import Factors
from recommend.settings import Settings

MASTER = "local[*]"
FEWEST_BLOCKS = 10
BLOCK = 20_000
"""Purchases that are worth a task of their own."""


class SparkMissing(ArtefactError):
    """This machine lacks what the spark trainer needs; the message says what."""


@contextmanager
def session(master: str = MASTER) -> Iterator[Any]:
    """Open a Spark session and close it again; raise SparkMissing where pyspark or Java is absent."""
    if find_spec("pyspark") is None:
        raise SparkMissing("the trainer spark needs pyspark, which the extra [spark] installs")
    if "JAVA_HOME" not in environ and shutil.which("java") is None:
        raise SparkMissing("the trainer spark needs Java 17 or newer")
    builder = import_module("pyspark.sql").SparkSession.builder.master(master).appName("recommend")
    for name, value in options(master).items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise SparkMissing(f"Spark did not start: {' '.join(str(error).split())[:200]}") from error
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def options(master: str) -> dict[str, str]:
    """Return how Spark is set up: alone on a machine it listens to nobody else, a cluster has to reach the driver."""
    local = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
        **(local if master.startswith("local") else {}),
    }


class SparkFactoriser:
    """Learns factors on a cluster. `scratch` must be readable and writable by every executor."""

    def __init__(self, spark: Any, scratch: Path) -> None:
        self._spark = spark
        self._scratch = scratch

    def __call__(self, counts: csr_matrix, settings: Settings) -> Factors:
        """Factorise (users x items) purchase counts; a row without purchases has factors of nought."""
        rank = max(1, min(settings.factors, *counts.shape))
        if not counts.nnz:
            return Factors(np.zeros((counts.shape[0], rank), np.float32), np.zeros((counts.shape[1], rank), np.float32))
        with TemporaryDirectory(dir=self._scratch) as place:
            return self._learnt(counts, settings, rank, Path(place))

    def _learnt(self, counts: csr_matrix, settings: Settings, rank: int, place: Path) -> Factors:
        ratings = {
            "user": pa.array(row_of_entries(counts).astype(np.int32)),
            "item": pa.array(counts.indices.astype(np.int32)),
            "rating": pa.array(np.log1p(counts.data).astype(np.float32)),
        }
        pq.write_table(pa.table(ratings), place / "ratings.parquet")
        blocks = min(max(FEWEST_BLOCKS, self._spark.sparkContext.defaultParallelism), 1 + counts.nnz // BLOCK)
        model = (
            import_module("pyspark.ml.recommendation")
            .ALS(
                rank=rank,
                maxIter=settings.iterations,
                regParam=settings.regularization / usual_row(counts),
                alpha=1.0,
                implicitPrefs=True,
                seed=settings.seed,
                numUserBlocks=blocks,
                numItemBlocks=blocks,
                userCol="user",
                itemCol="item",
                ratingCol="rating",
            )
            .fit(self._spark.read.parquet(str(place / "ratings.parquet")))
        )
        users, items = place / "users", place / "items"
        model.userFactors.write.parquet(str(users))
        model.itemFactors.write.parquet(str(items))
        return Factors(_factors(users, counts.shape[0], rank), _factors(items, counts.shape[1], rank))


def usual_row(counts: csr_matrix) -> float:
    """Return how long the row of a typical purchase is, in the middle between its customer's and its item's.

    That is the geometric mean of sum(n^2) / sum(n) over the customers' numbers of items and over the items' numbers
    of customers; 0 without purchases.
    """
    customers = np.diff(counts.indptr).astype(np.float64)
    goods = np.bincount(counts.indices, minlength=1).astype(np.float64)
    return math.sqrt(float((customers**2).sum()) * float((goods**2).sum())) / max(int(counts.nnz), 1)


def _factors(path: Path, rows: int, rank: int) -> Floats:
    table = pq.read_table(path)
    found = np.zeros((rows, rank), np.float32)
    values = table.column("features").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    found[table.column("id").to_numpy()] = values.reshape(-1, rank)
    return found
