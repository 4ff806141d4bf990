"""The fork server: loads the shop once, and becomes a worker each time that the supervisor asks for one.

What is loaded before a fork lies in memory once for all workers, as long as nobody writes to it, and a worker is there
at once. What each must have of its own is opened after it: here no page is asked for, no connection made, no thread
started. Python lets each begin with random numbers of its own.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask.cli import ScriptInfo

from storefront.serving.answering import answer
from storefront.serving.processes import BORN, ENDED, PARTS, READY, say

log = logging.getLogger(__name__)

TARGET = "wsgi:app"
ROUND = 0.1
"""Seconds between two looks at who has ended."""


def load() -> Any:
    """Load the shop. What it consists of lives as long as its processes: the collector of garbage never looks at it
    again, which would stop them for a fifth of a second now and then, and write to what they share.
    """
    module, _, name = TARGET.partition(":")
    gc.disable()
    release = importlib.import_module(module)
    app = getattr(release, name)
    if finish := getattr(release, "finish", None):
        finish(app)
    gc.freeze()
    return app


def fork_for(supervisor: socket.socket) -> tuple[str, list[socket.socket]]:
    """Fork a worker for each that is asked for; return in the worker alone, with its part and its sockets."""
    parts = {word: part for part, word in PARTS.items()}
    lines: dict[int, socket.socket] = {}
    supervisor.settimeout(ROUND)
    while True:
        _tell_ends(lines)
        try:
            word, fds, _flags, _address = socket.recv_fds(supervisor, 1, 2)
        except TimeoutError:
            continue
        except OSError:
            word = b""
        if not word:
            os._exit(0)  # the supervisor is gone
        line, *others = given = [socket.socket(fileno=fd) for fd in fds]
        try:
            pid = os.fork()
        except OSError as error:
            log.error("The machine lets no worker start: %s", error)
            pid = -1
        if pid == 0:
            for each in (supervisor, *lines.values()):
                each.close()
            os.dup(line.fileno())  # open to the very end: when it closes, the process is gone
            say(line, BORN, os.getpid())
            return parts[word], given
        if pid > 0:
            lines[pid] = line
        for each in others if pid > 0 else given:
            each.close()


def _tell_ends(lines: dict[int, socket.socket]) -> None:
    """Tell with which code workers ended; only then is nobody left at their end of the line."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with lines.pop(ended[0]) as line:
                say(line, ENDED, os.waitstatus_to_exitcode(ended[1]))


def work(app: Any, line: socket.socket) -> None:
    """Do jobs until told otherwise, or until the supervisor is gone."""
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    say(line, READY)
    app.cli.main(["jobs", "work"], obj=ScriptInfo(create_app=lambda: app))


def _end_with(line: socket.socket) -> None:
    with suppress(OSError):  # it may have gone without having heard everything
        line.recv(1)
    os.kill(os.getpid(), signal.SIGTERM)


def call_this_process(name: str) -> None:
    """Let people who look at the machine see what it is, on Linux."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name, encoding="ascii")


def main(supervisor: socket.socket) -> None:
    """Load, fork, and in each worker do what it is for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's; it may be a worker's in the end
    call_this_process("shop-fork")
    app = load()
    say(supervisor, READY)
    part, (line, *others) = fork_for(supervisor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()
    call_this_process(f"shop-{part}")
    if part == "jobs":
        work(app, line)
    else:
        answer(app, others[0], line)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
