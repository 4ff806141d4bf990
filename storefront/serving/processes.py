"""The fork server and the workers as the supervisor sees them: each at the other end of a line."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from storefront.config import ROOT

PATIENCE = 30.0
"""Seconds after which a worker that does not end is ended."""
WORD = struct.Struct("!cq")
BORN, READY, ENDED = b"b", b"r", b"e"
"""What the supervisor is told, with a number: the worker's process, nothing, the code with which it ended."""
RETIRE = b"q"
"""What a worker is told; the end of the line means its own."""
BACKLOG = 1024
PARTS = {"web": b"w", "jobs": b"j", "office": b"o"}
"""What can be forked, and how the fork server is asked for it."""
ASKED = ("web", "jobs")
"""What can be started; an office comes with the web where it has a port."""


@dataclass(kw_only=True)
class Worker:
    """A process that was forked. Its end of the line is open in it, and in the fork server, which sees how it ended."""

    line: socket.socket
    answers: bool = True
    """Whether readers are connected to it, whom it has to let go before it ends."""
    pid: int = 0
    code: int | None = None
    born: float = field(default_factory=time.monotonic)
    is_ready: bool = False
    is_cut_off: bool = False
    """Whether nobody is at the other end any more."""
    end_at: float = 0.0
    """When a retiring one is told to end."""
    kill_at: float = 0.0
    """When it is made to."""
    was_told: bool = False

    def is_alive(self) -> bool:
        """Look whether it lives, and whether it has said that it is ready."""
        self._hear()
        return not self.is_cut_off or not (self.code is not None or self._is_buried())

    def _hear(self) -> None:
        try:
            while word := self.line.recv(WORD.size):
                kind, number = WORD.unpack(word)
                if kind == BORN:
                    self.pid = number
                elif kind == ENDED:
                    self.code = number
                else:
                    self.is_ready = True
            self.is_cut_off = True
        except BlockingIOError:
            pass
        except OSError:
            self.is_cut_off = True

    def _is_buried(self) -> bool:
        """Bury one whose fork server is gone: its parent is now the first process of all, in a container this one."""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG) if self.pid else (0, 0)
        except ChildProcessError:
            return True
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
        return not self.pid or bool(pid)

    def retire(self, seconds: float, *, patience: float = PATIENCE) -> None:
        """Let it finish: it takes no more connections, and ends after `seconds`."""
        self.end_at = time.monotonic()
        if self.answers and seconds:
            with suppress(OSError):
                self.line.send(RETIRE)
                self.end_at += seconds
        self.kill_at = self.end_at + patience

    def see_off(self) -> bool:
        """End it when it is time, by force when it does not; say whether it is gone."""
        if not self.is_alive():
            self.line.close()
            return True
        moment = time.monotonic()
        if moment >= self.kill_at:
            self._send(signal.SIGKILL)
        elif moment >= self.end_at and not self.was_told:
            self.was_told = bool(self.pid)
            self._send(signal.SIGTERM)
        return False

    def _send(self, what: signal.Signals) -> None:
        """Send a signal; a process that is still at its end of the line has not given its number back."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, what)


@dataclass(kw_only=True)
class ForkServer(Worker):
    """The process that has loaded a release and becomes its workers."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, home: Path) -> ForkServer:
        """Start to load the release that is at `home` now; raise OSError where the machine lets no process start."""
        ours, theirs = _line()
        command = [python(home), "-m", "storefront.serving.forking", str(theirs.fileno())]
        with theirs:
            try:
                process = subprocess.Popen(command, cwd=home, pass_fds=[theirs.fileno()])  # noqa: S603
            except OSError:
                ours.close()
                raise
        return cls(line=ours, answers=False, pid=process.pid, process=process)

    def is_alive(self) -> bool:
        """Look whether it lives, and whether it has loaded everything."""
        self._hear()
        self.code = self.process.poll()
        return self.code is None

    def fork(self, part: str, listener: socket.socket | None) -> Worker:
        """Ask for a worker; raise OSError where the machine has no descriptor to spare, or this one is gone."""
        ours, theirs = _line()
        with theirs:
            try:
                socket.send_fds(self.line, [PARTS[part]], [theirs.fileno(), *([listener.fileno()] if listener else [])])
            except OSError:
                ours.close()
                raise
        return Worker(line=ours, answers=listener is not None)


def say(line: socket.socket, kind: bytes, number: int = 0) -> None:
    """Tell the supervisor, if it is there."""
    with suppress(OSError):
        line.sendall(WORD.pack(kind, number))


def _line() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return ours, theirs


def python(home: Path) -> str:
    """Return the interpreter of a release, where it has one of its own."""
    own = str(home / ".venv" / "bin" / "python")
    return own if home != ROOT and os.access(own, os.X_OK) else sys.executable
