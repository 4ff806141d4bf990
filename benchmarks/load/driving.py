"""Lets Locust drive so many shoppers for so long, and reads what they met."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.shop import Missing, Shop
from benchmarks.server import ROOT

PATIENCE = 60
"""Seconds that Locust may take beyond its time."""


@dataclass(frozen=True)
class Drive:
    """What shoppers met: all requests together, and the p95 by kind of request; milliseconds."""

    users: int
    seconds: float
    requests: int
    failed: int
    p50: float
    p95: float
    per_second: float
    by_name: dict[str, tuple[int, float]]
    failures: list[str]


@contextmanager
def driving(shop: Shop, *, users: int, seconds: int) -> Iterator[list[Drive]]:
    """Let shoppers in while the block runs; what they met is in the list once it has ended, after `seconds`."""
    if importlib.util.find_spec("locust") is None:
        raise Missing("Locust is not installed: uv pip install -r requirements-load.lock")
    with tempfile.TemporaryDirectory(prefix="shop-locust-") as folder:
        command = [
            *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("shoppers.py")), "--headless"),
            *("--host", shop.base, "-u", str(users), "-r", str(max(5, users // 10)), "-t", f"{seconds}s"),
            *("--csv", f"{folder}/met", "--only-summary", "--stop-timeout", "10", "--exit-code-on-error", "0"),
        ]
        with (Path(folder) / "out").open("w") as out:
            process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
            found: list[Drive] = []
            try:
                yield found
                process.wait(timeout=seconds + PATIENCE)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if process.returncode:
            raise RuntimeError(f"Locust ended with {process.returncode}: {(Path(folder) / 'out').read_text()[-2000:]}")
        found.append(_read(Path(folder), users, seconds))


def drive(shop: Shop, *, users: int, seconds: int) -> Drive:
    """Let shoppers in and wait until they have gone."""
    with driving(shop, users=users, seconds=seconds) as found:
        pass
    return found[0]


def _read(folder: Path, users: int, seconds: int) -> Drive:
    rows = list(csv.DictReader((folder / "met_stats.csv").open()))
    whole = next(row for row in rows if row["Name"] == "Aggregated")
    met = csv.DictReader((folder / "met_failures.csv").open())
    failures = [f"{row['Occurrences']} x {row['Name']}: {row['Error']}" for row in met]
    return Drive(
        users=users,
        seconds=seconds,
        requests=int(whole["Request Count"]),
        failed=int(whole["Failure Count"]),
        p50=float(whole["50%"]),
        p95=float(whole["95%"]),
        per_second=float(whole["Requests/s"]),
        by_name={
            row["Name"]: (int(row["Request Count"]), float(row["95%"])) for row in rows if row["Name"] != "Aggregated"
        },
        failures=failures,
    )
