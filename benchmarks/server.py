"""Runs a WSGI application under the shop's own server and reads what it cost from the kernel's accounting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.buyer import Browser

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server, and browsers with a connection each to it."""

    port: int
    process: subprocess.Popen[bytes]
    browsers: dict[str, Browser] = field(default_factory=dict)

    def workers(self) -> list[int]:
        """Return the process ids of the server and everything it started."""
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            children = Path(f"/proc/{pid}/task/{pid}/children")
            if children.exists():
                waiting += [int(child) for child in children.read_text().split()]
        return found

    def cpu_seconds(self) -> float:
        """Return user and system CPU seconds used so far, by the process's own accounting."""
        seconds = 0.0
        for pid in self.workers():
            text = Path(f"/proc/{pid}/schedstat")
            seconds += (
                sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
                if text.exists()
                else _ticks(pid)
            )
        return seconds

    def memory_mb(self, part: str = "Pss") -> float:
        """Return the proportional set size of the largest process, in megabytes; `Pss_Anon` is without pages of files,
        which the kernel drops when it needs room.
        """
        return max(self.sizes_mb(part))

    def sizes_mb(self, part: str = "Pss") -> list[float]:
        """Return the proportional set size of each process, in megabytes."""
        sizes = []
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(f"{part}:"):
                    sizes.append(int(line.split()[1]) / 1024)
        return sizes

    def reconnect(self) -> None:
        """Let every browser connect anew for its next request, to whichever worker is free."""
        for browser in self.browsers.values():
            browser.close()

    def fetch(self, method: str, path: str, body: str = "", jar: str = "", **headers: str) -> tuple[int, bytes]:
        """Send one request on a kept connection, asking for compressed answers as browsers do; a named `jar` remembers
        cookies, a nameless one does not.
        """
        browser = self.browsers.setdefault(jar, Browser(self.port, encoding="br, gzip"))
        if not jar:
            browser.cookies.clear()
        answer = browser.fetch(method, path, body, **headers)
        return answer.status, answer.body


def _ticks(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def serving(target: str, *, workers: int = 1, **environ: str) -> Iterator[Server]:
    """Serve `module:app` with granian, one thread a worker, until the block ends."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "1", "--no-ws", "--log-level", "error", target),
    ]
    with running(command, port, {**os.environ, "LOG_LEVEL": "WARNING", **environ}) as server:
        yield server


@contextmanager
def running(command: list[str], port: int, environ: dict[str, str]) -> Iterator[Server]:
    """Run a command that serves at `port`, until the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        started = Server(port, process).workers()
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            for pid in started:
                os.kill(pid, signal.SIGKILL)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(2_400):
        if process.poll() is not None:
            raise RuntimeError("the server stopped while starting")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")
