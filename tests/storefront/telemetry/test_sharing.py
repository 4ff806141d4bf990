"""Figures of several processes are added up, and stay when a process goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from storefront.config import ROOT

WORKER = """
import sys
from pathlib import Path
from storefront.telemetry import meters, sharing

sharing.share(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    meters.count_answer("home", 200, 0.003, 2, 0.001)
meters.sample("web", lambda: 1)
print("counted", flush=True)
sys.stdin.readline()
found = {sample.name + str(sample.labels): sample.value for metric in sharing.collect() for sample in metric.samples}
for name, value in sorted(found.items()):
    print(name, value)
"""
REQUESTS = "shop_requests_total{'endpoint': 'home', 'status': '200'}"


class Worker:
    """A process that counts some answers, and adds up those of all when told to."""

    def __init__(self, folder: Path, answers: int) -> None:
        command = [sys.executable, "-c", WORKER, str(folder), str(answers)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
        assert self._process.stdout.readline() == "counted\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def add_up(self) -> dict[str, float]:
        told, _ = self._process.communicate("\n")
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in told.splitlines())}


def test_workers_are_added_up_and_one_that_dies_stays_counted_once(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    first, second, third = Worker(folder, 5), Worker(folder, 7), Worker(folder, 11)
    first.kill()
    found = second.add_up()
    assert found[REQUESTS] == 23
    assert found["shop_request_seconds_bucket{'endpoint': 'home', 'le': '0.005'}"] == 23
    assert found["shop_request_seconds_bucket{'endpoint': 'home', 'le': '0.002'}"] == 0
    assert found["shop_database_statements_total{'endpoint': 'home'}"] == 46
    assert found["shop_processes{'kind': 'web'}"] == 2
    assert found["shop_memory_bytes{'kind': 'web'}"] > found["shop_memory_largest_bytes{'kind': 'web'}"] > 0
    found = third.add_up()
    assert (found[REQUESTS], found["shop_processes{'kind': 'web'}"]) == (23, 1)
    found = Worker(folder, 1).add_up()
    assert (found[REQUESTS], found["shop_processes{'kind': 'web'}"]) == (24, 1)
    assert len(list(folder.glob("*.db"))) <= 6, "files of those who are gone do not pile up"
