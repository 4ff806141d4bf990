"""One worker: granian on a socket that somebody else opened, and an ear for what the supervisor says.

Granian itself opens a socket for each worker, on Linux with a queue of its own that is lost with the worker, and has no
option for one that is open already. It has all that is needed inside, for Unix sockets and other systems: the names
with an underscore below are those of granian 2.8, which pyproject.toml holds it to.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from granian import Granian
from granian._granian import SocketHolder
from granian.constants import Interfaces, RuntimeModes
from granian.log import LogLevels
from werkzeug.test import Client

from storefront.config import ROOT, read_config
from storefront.serving.processes import BACKLOG, READY, RETIRE, say

LONGEST_ANSWER = 180.0
"""Seconds after which a request is taken to hang: the worker ends, and another takes its place."""
WARM = ("/",)
WARM_LATER = ("/search/suggestions?q=tea", "/search?q=tea")
"""Asked for while the first readers are answered: the index, which a large shop takes half a second to open."""
LINES = ROOT / "storefront" / "telemetry" / "granian.json"
"""How granian's own lines look: like all others."""

StartResponse = Callable[..., Any]


class Front:
    """The application, and what is known of it from outside: since when it is busy, and whether it retires."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._is_retiring = False
        self._began: dict[int, float] = {}
        """When the threads that are in the application's code came into it."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        with self.busy():
            answer = self._app(environ, partial(_last, start_response) if self._is_retiring else start_response)
        return answer if isinstance(answer, list) else Streamed(self, answer)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Run the application's code in here."""
        self._began[threading.get_ident()] = time.monotonic()
        try:
            yield
        finally:
            del self._began[threading.get_ident()]

    @property
    def busy_since(self) -> float:
        """Since when the longest is busy; 0.0 where nobody is."""
        return min(tuple(self._began.values()), default=0.0)

    def retire(self) -> None:
        """Ask whoever is answered from now on to connect anew: to another worker."""
        self._is_retiring = True


class Streamed:
    """An answer that the application is not done with: each piece of it, and what it does at its end, may hang."""

    def __init__(self, front: Front, answer: Iterable[bytes]) -> None:
        self._front, self._answer, self._pieces = front, answer, iter(answer)

    def __iter__(self) -> Streamed:
        return self

    def __next__(self) -> bytes:
        with self._front.busy():
            return next(self._pieces)

    def close(self) -> None:
        with self._front.busy():
            if end := getattr(self._answer, "close", None):
                end()


def _last(start: StartResponse, status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
    return start(status, [*headers, ("Connection", "close")], *rest)


def answer(app: Callable[..., Iterable[bytes]], listener: socket.socket, line: socket.socket) -> None:
    """Warm up, say that this worker is ready, and answer until told otherwise."""
    server: Any = Granian(
        "the shop, which is loaded",
        interface=Interfaces.WSGI,
        blocking_threads=1,
        backlog=BACKLOG,
        runtime_mode=RuntimeModes.mt,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=json.loads(LINES.read_text(encoding="utf-8")),
    )
    holder: Any = SocketHolder
    server._shd, server._sso = holder(listener.fileno(), False, BACKLOG), listener
    server._spawn_worker(0, server._spawn_wsgi_worker, partial(_begin, app, listener, line)).inner.run()


def _begin(app: Callable[..., Iterable[bytes]], listener: socket.socket, line: socket.socket) -> Front:
    """Ask the shop for a page, so that no reader is the first."""
    _warm_up(app, WARM)
    gc.collect()
    gc.freeze()
    front = Front(app)
    threading.Thread(target=_listen, args=(line, listener, front), daemon=True).start()
    say(line, READY)
    threading.Thread(target=_warm_up_on, args=(app,), daemon=True).start()
    return front


def _warm_up_on(app: Callable[..., Iterable[bytes]]) -> None:
    """Do the rest; what was opened for it stays as long as what was loaded."""
    _warm_up(app, WARM_LATER)
    gc.freeze()


def _warm_up(app: Callable[..., Iterable[bytes]], paths: Sequence[str]) -> None:
    """Ask as a robot, whom no report counts, under the shop's own name; whatever is wrong, readers will be told."""
    client = Client(app)
    with suppress(Exception):
        for path in paths:
            client.get(path, base_url=read_config().public_url, headers={"User-Agent": "warm-up (bot)"}).close()


def _listen(line: socket.socket, listener: socket.socket, front: Front) -> None:
    """Do what the supervisor says; end when it is gone, or when a request hangs."""
    line.settimeout(5.0)
    while True:
        try:
            word = line.recv(1)
        except TimeoutError:
            _mind(front)
            continue
        except OSError:
            word = b""
        if word != RETIRE:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        front.retire()
        _close(listener)


def _mind(front: Front) -> None:
    since = front.busy_since
    if since and time.monotonic() - since > LONGEST_ANSWER:
        print("A request has not ended in time; the worker is replaced. Where it hangs:", file=sys.stderr)
        faulthandler.dump_traceback()
        os._exit(1)


def _close(listener: socket.socket) -> None:
    """Take no more connections: every descriptor of the shared socket in this process becomes one that nobody calls.

    Granian cannot be asked to. Those that it has accepted already are not touched.
    """
    shared = os.fstat(listener.fileno())
    nobody = socket.socket(listener.family)
    nobody.setblocking(False)
    nobody.listen()
    for name in os.listdir("/dev/fd"):
        fd = int(name)
        try:
            found = os.fstat(fd)
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (shared.st_dev, shared.st_ino):
            os.dup2(nobody.fileno(), fd)
