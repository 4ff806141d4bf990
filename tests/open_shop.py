"""A shop that is open as processes, its releases, and a crowd of clients, for tests of how it is kept open."""

from __future__ import annotations

import http.client
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

from benchmarks.server import free_port
from storefront.config import ROOT

RELEASE = """
import time

def app(environ, start_response):
    time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "4"), ("X-Release", {name!r})])
    return [b"open"]
"""
"""A release that says its name; it stands for the shop, which takes seconds to load."""
NUMBERS = """
import os, random, time

random.random()

def app(environ, start_response):
    time.sleep(0.01)
    told = {{"X-Process": str(os.getpid()), "X-Number": str(random.random())}}
    start_response("200 OK", [("Content-Length", "4"), ("X-Release", {name!r}), *told.items()])
    return [b"open"]
"""

ANYBODYS = ssl.create_default_context()
ANYBODYS.check_hostname, ANYBODYS.verify_mode = False, ssl.CERT_NONE


@dataclass
class Shop:
    """A supervisor and its workers, in a folder that a link names: a deployment moves the link."""

    folder: Path
    port: int = field(default_factory=free_port)
    office_port: int = 0
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
        ports = {"PORT": str(self.port), "OFFICE_PORT": str(self.office_port)}
        environ = {**os.environ, **data, **ports, "WEB_WORKERS": str(workers), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "storefront.serving", "web", "--home", str(self.home), "--drain", "1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ)
        self.wait_for(workers)

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return self._named("shop-web")

    def offices(self) -> list[int]:
        """Return the processes that answer the back office alone."""
        return self._named("shop-office")

    def fork_servers(self) -> list[int]:
        """Return the processes that have loaded a release, for others to be forked from."""
        return self._named("shop-fork")

    def _named(self, name: str) -> list[int]:
        """Return the processes that call themselves so and run a release of this shop's, whoever their parent is."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                is_named = (process / "comm").read_text() == f"{name}\n"
                if is_named and (process / "cwd").readlink().is_relative_to(self.folder):
                    found.append(int(process.name))
        return sorted(found)

    def wait_for(self, workers: int) -> None:
        """Return once so many workers live, no more, and the shop answers."""
        for _ in range(400):
            if len(self.workers()) == workers and status_of(self.port) == 200:
                return
            time.sleep(0.1)
        raise AssertionError("the shop did not come to rest")

    def reload(self, name: str) -> None:
        """Take the new code, and return once nobody runs the old."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)
        for _ in range(400):
            if {release_of(self.port) for _ in range(6)} == {name} and len(self.workers()) == 2:
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


def status_of(port: int, path: str = "/healthz") -> int:
    for _ in range(240):
        with suppress(ConnectionError):
            return ask(port, path).status
        time.sleep(0.25)
    raise AssertionError("the shop did not open")


def release_of(port: int) -> str:
    return ask(port, "/healthz").headers["X-Release"]


def ask(port: int, path: str, tls: ssl.SSLContext | None = None) -> http.client.HTTPResponse:
    """Ask for a page on a connection of its own, over TLS where `tls` says whom to believe."""
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=tls)
        if tls
        else http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    )
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
