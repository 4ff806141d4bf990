"""The shop as processes: it opens, answers, takes new code without a dropped request, mends itself, and closes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.server import free_port
from storefront.config import ROOT
from tests.front_door import IS_THERE, FrontDoor
from tests.open_shop import ANYBODYS, NUMBERS, Crowd, Shop, ask, release_of, status_of, wait_for_end


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that is not yet open."""
    shop = Shop(tmp_path)
    yield shop
    if shop.process and shop.process.poll() is None:
        shop.process.kill()
        shop.process.wait()


def _environ(data_dir: Path, port: int) -> dict[str, str]:
    own = {"DATA_DIR": str(data_dir), "PORT": str(port), "WEB_WORKERS": "1", "REDIS_URL": "", "DATABASE_URL": ""}
    return {**os.environ, **own}


def test_a_shop_whose_tables_are_not_there_is_not_opened(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "storefront.serving"]
    environ = _environ(tmp_path / "new", free_port())
    refused = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "no tables yet" in refused.stderr
    assert "--migrate" in refused.stderr


@pytest.mark.long
def test_the_shop_opens_on_its_port_tells_all_in_json_and_closes_when_told(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "storefront.serving", "--migrate"]
    with (tmp_path / "log").open("wb") as lines:
        shop = subprocess.Popen(command, cwd=ROOT, env=_environ(tmp_path, port), stderr=lines)
        try:
            assert status_of(port) == 200
            for _ in range(300):  # the job worker may take longer to load
                if "huey.consumer" in (tmp_path / "log").read_text():
                    break
                time.sleep(0.1)
        finally:
            shop.send_signal(signal.SIGTERM)
        assert shop.wait(timeout=30) == 0
    told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"storefront.access", "huey.consumer"} <= {entry["logger"] for entry in told}


@pytest.mark.long
def test_new_code_drops_no_request_and_a_killed_worker_only_its_own(shop: Shop) -> None:
    shop.deploy("first")
    shop.open()
    crowd = Crowd(shop.port)
    with crowd.busy():
        time.sleep(0.5)
        for name in ("second", "third"):
            shop.deploy(name)
            shop.reload(name)
        assert crowd.failures == []
        assert min(crowd.served[name] for name in ("first", "second", "third")) > 20

        os.kill(shop.workers()[0], signal.SIGKILL)
        time.sleep(0.3)
        lost = len(crowd.failures)
        assert lost <= 8, "each client lost at most what it was waiting for"
        shop.wait_for(2)
        assert len(crowd.failures) == lost
    assert shop.close() == 0


@pytest.mark.long
def test_code_that_does_not_start_changes_nothing_and_dying_workers_close_no_shop(shop: Shop) -> None:
    shop.deploy("good")
    shop.open()
    before = shop.workers()
    shop.deploy("broken", "raise RuntimeError('a release that cannot be loaded')  # {name}")
    assert shop.process is not None
    shop.process.send_signal(signal.SIGHUP)
    for _ in range(20):
        assert release_of(shop.port) == "good"
        time.sleep(0.1)
    assert shop.workers() == before

    for _ in range(3):
        os.kill(shop.workers()[0], signal.SIGKILL)
        time.sleep(0.3)
    shop.wait_for(2)
    assert {release_of(shop.port) for _ in range(6)} == {"good"}, "what is there now was not asked for"
    assert shop.process.poll() is None
    shop.deploy("mended")
    shop.reload("mended")


@pytest.mark.long
def test_the_fork_server_may_die_and_so_may_the_workers_that_it_leaves_behind(shop: Shop) -> None:
    shop.deploy("first")
    shop.open()
    before, (loaded,) = shop.workers(), shop.fork_servers()
    crowd = Crowd(shop.port)
    with crowd.busy():
        os.kill(loaded, signal.SIGKILL)
        for _ in range(100):
            if shop.fork_servers() not in ([], [loaded]):
                break
            time.sleep(0.1)
        assert shop.workers() == before
        assert crowd.failures == []
    assert len(shop.fork_servers()) == 1
    os.kill(before[0], signal.SIGKILL)
    wait_for_end(before[0])
    shop.wait_for(2)
    shop.deploy("second")
    shop.reload("second")
    assert not set(before) & set(shop.workers())
    assert len(shop.fork_servers()) == 1
    assert shop.close() == 0
    assert shop.workers() == shop.fork_servers() == []


@pytest.mark.long
@pytest.mark.skipif(not IS_THERE, reason="nginx is not installed")
def test_the_back_office_has_a_worker_of_its_own_and_the_others_stand_in_for_it(shop: Shop, tmp_path: Path) -> None:
    shop.office_port = free_port()
    shop.deploy("first", NUMBERS)
    shop.open()
    (office,), workers = shop.offices(), shop.workers()

    def who_answers(door: FrontDoor, path: str) -> int:
        return int(ask(door.port, path, ANYBODYS).getheader("X-Process", "0"))

    with FrontDoor(tmp_path, [shop.port], shop.office_port).opened() as door:
        assert {who_answers(door, path) for path in ("/admin/", "/admin/orders?page=2")} == {office}
        assert {who_answers(door, path) for path in ("/", "/cart") * 4} <= set(workers)
        os.kill(office, signal.SIGKILL)
        wait_for_end(office)
        shop.wait_for(2)
        assert who_answers(door, "/admin/") == shop.offices()[0] != office
        shop.deploy("second", NUMBERS)
        shop.reload("second")
        assert ask(door.port, "/admin/", ANYBODYS).getheader("X-Release") == "second"
    with FrontDoor(tmp_path, [shop.port], free_port()).opened() as door:
        assert who_answers(door, "/admin/") in shop.workers()
    assert shop.close() == 0
    assert shop.offices() == []


def test_each_worker_has_random_numbers_of_its_own(shop: Shop) -> None:
    shop.deploy("numbers", NUMBERS)
    shop.open()
    told: dict[str, str] = {}
    for _ in range(200):
        answer = ask(shop.port, "/")
        told.setdefault(answer.headers["X-Process"], answer.headers["X-Number"])
    assert len(told) == len(set(told.values())) == 2


@pytest.mark.long
@pytest.mark.skipif(not IS_THERE, reason="nginx is not installed")
def test_behind_nginx_a_machine_may_be_upgraded_or_closed_and_no_request_fails(tmp_path: Path) -> None:
    machines = [Shop(tmp_path / name) for name in ("left", "right")]
    (tmp_path / "nginx").mkdir()
    nginx = FrontDoor(tmp_path / "nginx", [machine.port for machine in machines])
    readers = Crowd(nginx.port, http.client.HTTPSConnection)
    writers = Crowd(nginx.port, http.client.HTTPSConnection, "POST")
    try:
        for machine in machines:
            machine.folder.mkdir()
            machine.deploy("first")
            machine.open()
        nginx.open()
        with readers.busy(), writers.busy():
            machines[0].deploy("second")
            machines[0].reload("second")
            time.sleep(0.3)
            assert machines[1].close() == 0
            time.sleep(1.0)
        assert readers.failures == writers.failures == []
        assert min(crowd.served[name] for crowd in (readers, writers) for name in ("first", "second")) > 5
    finally:
        nginx.close()
        for machine in machines:
            if machine.process and machine.process.poll() is None:
                machine.close()


def test_workers_and_fork_server_end_with_their_supervisor(shop: Shop) -> None:
    shop.deploy("only")
    shop.open(workers=1)
    assert shop.process is not None
    family = [*shop.workers(), *shop.fork_servers()]
    assert len(family) == 2
    shop.process.kill()
    shop.process.wait()
    for process in family:
        wait_for_end(process)
