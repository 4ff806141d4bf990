"""The shop as processes that can be killed, and a browser that presses the button again until it has an answer."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.server import free_port
from storefront.config import ROOT

DOWN = (OSError, http.client.HTTPException)


@dataclass
class Processes:
    """The web server and the job worker, as `storefront.serving` starts them."""

    data_dir: Path
    keys: dict[str, str]
    port: int = field(default_factory=free_port)
    serving: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        ours = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "WEB_WORKERS": "1", "LOG_LEVEL": "ERROR"}
        return {**os.environ, **ours, "REDIS_URL": "", "DATABASE_URL": "", **self.keys}

    def open(self) -> None:
        """Start both, and return once the shop answers."""
        self._start()
        self.wait()

    def _start(self) -> None:
        command = [sys.executable, "-m", "storefront.serving"]
        quiet = subprocess.DEVNULL
        self.serving = subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def wait(self) -> None:
        """Return once the shop answers; a killed supervisor is started again, as by a service manager."""
        for _ in range(1200):
            if self.serving is None or self.serving.poll() is not None:
                self._start()
            with suppress(*DOWN):
                if Browser(self.port).send("GET", "/healthz")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the shop did not open")

    def kill(self, whom: str) -> None:
        """Kill the process that answers requests, the job worker, or all of them, without a word of warning."""
        assert self.serving is not None
        if whom == "web":
            _kill(self.web_workers())
            return
        if whom == "jobs":
            _kill([pid for pid in self._family() if _name(pid) == "shop-jobs"])
            return
        self.close()

    def web_workers(self) -> list[int]:
        """Return the processes that answer requests."""
        return [pid for pid in self._family() if _name(pid) == "shop-web"]

    def close(self) -> None:
        """Leave none of them."""
        if self.serving is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.serving.pid, signal.SIGKILL)
            self.serving.wait(timeout=30)
            self.serving = None

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the shop's commands."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environ, check=False, capture_output=True, text=True)

    def _family(self) -> list[int]:
        """Return the process ids of the server and everything that it started."""
        assert self.serving is not None
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getsid(int(folder.name)) == self.serving.pid:
                    found.append(int(folder.name))
        return found


@dataclass
class Browser:
    """Keeps cookies; `insist` sends again what was not answered, as people and providers do."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        """Send one request; return status, location and page."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        told = {"Accept-Language": "en", "Sec-Fetch-Site": "same-origin", "Cookie": cookies, **headers}
        if method == "POST":
            told.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=told)
            answer = connection.getresponse()
            page = answer.read().decode()
            for cookie in answer.msg.get_all("Set-Cookie", []):
                self.cookies.load(cookie)
        finally:
            connection.close()
        return answer.status, answer.headers.get("Location", ""), page

    def insist(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        """Send a request until it is answered."""
        for _ in range(1200):
            try:
                return self.send(method, path, body, **headers)
            except DOWN:
                time.sleep(0.1)
        raise AssertionError(f"{path} was never answered")

    def submit(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Send a form until it is answered."""
        return self.insist("POST", path, urlencode(fields).encode())


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
