"""Runs a WSGI application under the shop's own server and reads what it cost from the kernel's accounting."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent
IDLE = 15.0
"""Seconds after which the server may have closed a connection that nobody used."""


def free_port() -> int:
    """Return a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server with one worker, and one keep-alive connection to it."""

    port: int
    process: subprocess.Popen[bytes]
    jars: dict[str, dict[str, str]] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    used_at: float = 0.0

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

    def memory_mb(self) -> float:
        """Return the proportional set size of the largest process, in megabytes."""
        sizes = []
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    sizes.append(int(line.split()[1]) / 1024)
        return max(sizes)

    def fetch(self, method: str, path: str, body: str = "", jar: str = "", **headers: str) -> tuple[int, bytes]:
        """Send one request on the kept connection; a named `jar` remembers cookies, a nameless one does not."""
        if self.connection is None or time.monotonic() - self.used_at > IDLE:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.used_at = time.monotonic()
        sent = {"Accept-Language": "en", **{key.replace("_", "-"): value for key, value in headers.items()}}
        cookies = self.jars.setdefault(jar, {}) if jar else {}
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if method == "POST":
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        self.connection.request(method, path, body=body or None, headers=sent)
        response = self.connection.getresponse()
        content = response.read()
        for header, value in response.getheaders():
            if header.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                cookies[name] = rest.split(";")[0]
        return response.status, content


def _ticks(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def serving(target: str, **environ: str) -> Iterator[Server]:
    """Serve `module:app` with granian, one worker, one thread, until the block ends."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "error", target),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LOG_LEVEL": "WARNING", **environ})
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=60)


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
