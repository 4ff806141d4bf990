"""The shop as processes: it opens, answers, takes new code without a dropped request, mends itself, and closes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.server import free_port
from storefront.config import ROOT
from tests.front_door import IS_THERE, FrontDoor

RELEASE = """
import time

def app(environ, start_response):
    time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "4"), ("X-Release", {name!r})])
    return [b"open"]
"""
"""A release that says its name; it stands for the shop, which takes seconds to load."""


ANYBODYS = ssl.create_default_context()
ANYBODYS.check_hostname, ANYBODYS.verify_mode = False, ssl.CERT_NONE


@dataclass
class Shop:
    """A supervisor and its workers, in a folder that a link names: a deployment moves the link."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return self.folder / "current"

    def deploy(self, name: str, code: str = RELEASE) -> None:
        """Put a release into a folder of its own and move the link to it."""
        release = self.folder / name
        release.mkdir()
        (release / "wsgi.py").write_text(code.format(name=name))
        moved = self.folder / "moved"
        moved.symlink_to(release)
        moved.replace(self.home)

    def open(self, *, workers: int = 2) -> None:
        (self.folder / "data").mkdir()
        with closing(sqlite3.connect(self.folder / "data" / "shop.db")) as tables:
            tables.execute("CREATE TABLE setting (key TEXT)")  # no more than tells them from none
        data = {"DATA_DIR": str(self.folder / "data"), "REDIS_URL": "", "DATABASE_URL": "", "LOG_LEVEL": "WARNING"}
        environ = {**os.environ, **data, "PORT": str(self.port), "WEB_WORKERS": str(workers), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "storefront.serving", "web", "--home", str(self.home), "--drain", "1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ)
        self.wait_for(workers)

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        assert self.process is not None
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def wait_for(self, workers: int) -> None:
        """Return once so many workers live, no more, and the shop answers."""
        for _ in range(400):
            if len(self.workers()) == workers and _status(self.port) == 200:
                return
            time.sleep(0.1)
        raise AssertionError("the shop did not come to rest")

    def reload(self, name: str) -> None:
        """Take the new code, and return once nobody runs the old."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)
        for _ in range(400):
            if {_release(self.port) for _ in range(6)} == {name} and len(self.workers()) == 2:
                return
            time.sleep(0.1)
        raise AssertionError(f"{name} did not take over")

    def close(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)


@dataclass
class Crowd:
    """Eight clients that hardly rest: half keep their connection, half connect anew for every page."""

    port: int
    door: type[http.client.HTTPConnection] = http.client.HTTPConnection
    method: str = "GET"
    is_over: threading.Event = field(default_factory=threading.Event)
    served: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def busy(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._visit, args=(number % 2 == 0,)) for number in range(8)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()

    def _visit(self, keeps: bool) -> None:
        options = {"context": ANYBODYS} if self.door is http.client.HTTPSConnection else {}
        connection = self.door("127.0.0.1", self.port, timeout=30, **options)
        headers = {"Connection": "keep-alive" if keeps else "close"}
        while not self.is_over.wait(0.01):
            try:
                connection.request(self.method, "/", headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(f"{answer.status}")
                    continue
                self.served[answer.headers["X-Release"]] += 1
            except (OSError, http.client.HTTPException) as failure:
                self.failures.append(repr(failure))
                connection.close()
        connection.close()


def _status(port: int, path: str = "/healthz") -> int:
    for _ in range(240):
        with suppress(ConnectionError):
            return _ask(port, path).status
        time.sleep(0.25)
    raise AssertionError("the shop did not open")


def _release(port: int) -> str:
    return _ask(port, "/healthz").headers["X-Release"]


def _ask(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse()
    finally:
        connection.close()


def wait_for_end(pid: int) -> None:
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    raise AssertionError("a worker went on without its supervisor")


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
            assert _status(port) == 200
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
        assert _release(shop.port) == "good"
        time.sleep(0.1)
    assert shop.workers() == before

    shop.deploy("mended")
    for _ in range(3):
        os.kill(shop.workers()[0], signal.SIGKILL)
        time.sleep(0.3)
    shop.wait_for(2)
    assert shop.process.poll() is None


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


def test_workers_end_with_their_supervisor(shop: Shop) -> None:
    shop.deploy("only")
    shop.open(workers=1)
    assert shop.process is not None
    (worker,) = shop.workers()
    shop.process.kill()
    shop.process.wait()
    wait_for_end(worker)
