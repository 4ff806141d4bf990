"""The supervisor: starts workers, replaces those that die, and all of them when told to."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from storefront.config import ROOT, Config
from storefront.serving import notices

log = logging.getLogger(__name__)

PARTS = ("web", "jobs")
ROUND = 0.1
"""Seconds between two looks at the workers."""
DRAIN = 5.0
"""Seconds for which a replaced worker answers on connections that it has; who asks on one is told to close it."""
LAST_DRAIN = 1.0
"""The same when the whole shop closes."""
PATIENCE = 30.0
"""Seconds after which a worker that does not end is ended."""
LONGEST_JOB = 600.0
"""The same for a job worker that has a successor already: nobody waits for it."""
SLOWEST_START = 120.0
STEADY = 60.0
"""A worker that lived so long died by accident; one that did not may die again."""
LONGEST_PAUSE = 30.0
BACKLOG = 1024
READY, RETIRE = b"r", b"q"
"""What worker and supervisor say to each other; the supervisor's end means the worker's."""
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Worker:
    """A process; `control` is our end of the line to one that answers requests, None for the job worker."""

    process: subprocess.Popen[bytes]
    control: socket.socket | None
    born: float = field(default_factory=time.monotonic)
    is_ready: bool = False
    end_at: float = 0.0
    """When a retiring one is told to end."""
    kill_at: float = 0.0
    """When it is made to."""
    was_told: bool = False

    def is_alive(self) -> bool:
        """Look whether it lives, and whether it has said that it is ready."""
        if self.control and not self.is_ready:
            with suppress(OSError):
                self.is_ready = self.control.recv(1) == READY
        return self.process.poll() is None

    def retire(self, seconds: float, *, patience: float = PATIENCE) -> None:
        """Let it finish: it takes no more connections, and ends after `seconds`."""
        self.end_at = time.monotonic()
        if self.control and seconds:
            with suppress(OSError):
                self.control.send(RETIRE)
                self.end_at += seconds
        self.kill_at = self.end_at + patience

    def see_off(self) -> bool:
        """End it when it is time, by force when it does not; say whether it is gone."""
        if self.process.poll() is not None:
            if self.control:
                self.control.close()
            return True
        moment = time.monotonic()
        if moment >= self.kill_at:
            self.process.kill()
        elif moment >= self.end_at and not self.was_told:
            self.was_told = True
            self.process.terminate()
        return False


@dataclass
class Place:
    """Where one worker stands at a time, and how the last ones fared."""

    part: str
    worker: Worker | None = None
    successor: Worker | None = None
    failures: int = 0
    start_at: float = 0.0

    def note_death(self, worker: Worker) -> None:
        """Decide when the next one starts: at once after an accident, later and later where they die young."""
        pause, code = self._pause(time.monotonic() - worker.born), worker.process.returncode
        log.error("A %s worker (%s) ended with %s; another starts in %s s", self.part, worker.process.pid, code, pause)

    def note_refusal(self, error: OSError) -> None:
        """The machine let none start; it may a moment later."""
        log.error("A %s worker could not be started (%s); the next try is in %s s", self.part, error, self._pause(0.0))

    def _pause(self, lived: float) -> float:
        self.failures = self.failures + 1 if lived < STEADY else 1
        pause = min(2.0 ** (self.failures - 2), LONGEST_PAUSE) if self.failures > 1 else 0.0
        self.start_at = time.monotonic() + pause
        return pause


class Supervisor:
    """The workers of one machine."""

    def __init__(self, config: Config, parts: tuple[str, ...], *, home: Path, drain: float) -> None:
        self._home, self._drain = home, drain
        self._listener = notices.handed_socket() or _listener(config.host, config.port) if "web" in parts else None
        counts = {"web": config.workers, "jobs": 1}
        self._places = [Place(part) for part in parts for _ in range(counts[part])]
        self._retiring: list[Worker] = []
        self._replacing: Iterator[Place] | None = None
        self._is_told_ready = False
        self.is_closing = False
        self.must_reload = False

    def run(self) -> None:
        """Go round until told to close."""
        spoke_at = 0.0
        while not self.is_closing:
            self.look()
            if time.monotonic() - spoke_at > 5.0:
                notices.alive()
                spoke_at = time.monotonic()
            time.sleep(ROUND)

    def look(self) -> None:
        """Start what is missing, end what is to end, take the next step of a replacement."""
        for place in self._places:
            if place.worker and not place.worker.is_alive():
                place.note_death(place.worker)
                place.worker.see_off()
                place.worker = None
            if place.worker is None and place.successor is None and time.monotonic() >= place.start_at:
                place.worker = self._start(place)
        self._retiring = [worker for worker in self._retiring if not worker.see_off()]
        if self.must_reload and self._replacing is None:
            self.must_reload = False
            notices.reloading()
            self._replacing = self._replace_all()
        if self._replacing:
            next(self._replacing, None)
        elif not self._is_told_ready and all(place.worker and place.worker.is_ready for place in self._places):
            self._is_told_ready = True
            notices.ready()

    def _replace_all(self) -> Iterator[Place]:
        """Replace the workers one after the other, a look at a time; stop where a new one does not start."""
        for place in self._places:
            place.successor = fresh = self._start(place)
            while fresh and fresh.is_alive() and not fresh.is_ready and time.monotonic() - fresh.born < SLOWEST_START:
                yield place
            place.successor = None
            if not fresh or not fresh.is_ready or not fresh.is_alive():
                log.error("The new code does not start; the workers that are there stay")
                if fresh:
                    fresh.retire(0.0)
                    self._retiring.append(fresh)
                break
            if place.worker:
                place.worker.retire(self._drain, patience=LONGEST_JOB if place.part == "jobs" else PATIENCE)
                self._retiring.append(place.worker)
            place.worker, place.failures = fresh, 0
        else:
            log.info("Every worker was replaced")
        self._replacing = None
        notices.ready()

    def close(self, *, seconds: float) -> None:
        """Take nothing more, finish what was begun, end everything."""
        notices.stopping()
        if self._listener:
            self._listener.close()
        for place in self._places:
            for worker in (place.worker, place.successor):
                if worker:
                    worker.retire(seconds)
                    self._retiring.append(worker)
        while self._retiring:
            self._retiring = [worker for worker in self._retiring if not worker.see_off()]
            time.sleep(ROUND)

    def _start(self, place: Place) -> Worker | None:
        """Start a worker; None where the machine has no process, memory or descriptor to spare, or the code is gone."""
        try:
            return self._start_jobs() if place.part == "jobs" else self._start_web()
        except OSError as error:
            place.note_refusal(error)
            return None

    def _start_jobs(self) -> Worker:
        command = [_python(self._home), "-m", "flask", "--app", "wsgi", "jobs", "work"]
        return Worker(subprocess.Popen(command, cwd=self._home, preexec_fn=_end_with_parent), None, is_ready=True)  # noqa: PLW1509, S603

    def _start_web(self) -> Worker:
        assert self._listener
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        fds = (self._listener.fileno(), theirs.fileno())
        command = [_python(self._home), "-m", "storefront.serving.answering", *map(str, fds)]
        with theirs:
            try:
                return Worker(subprocess.Popen(command, cwd=self._home, pass_fds=fds), ours)  # noqa: S603
            except OSError:
                ours.close()
                raise


def _end_with_parent() -> None:
    """Ask Linux to tell this process to end when the supervisor does: no line to it is open that would say so."""
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _python(home: Path) -> str:
    """Return the interpreter of a release, where it has one of its own."""
    own = str(home / ".venv" / "bin" / "python")
    return own if home != ROOT and os.access(own, os.X_OK) else sys.executable


def _look_at_tables(config: Config, home: Path, *, migrate: bool) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    if migrate:
        command = [_python(home), "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        if subprocess.run(command, cwd=home, check=False).returncode:  # noqa: S603
            sys.exit("The shop was not opened: its tables could not be brought up to date, see above.")
    if subprocess.run([sys.executable, "-m", "storefront.readiness"], cwd=ROOT, check=False).returncode:
        sys.exit("The shop was not opened. `flask shop serve --migrate` brings the tables up to date and opens it.")


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        sys.exit(f"The shop cannot open at {host}:{port}: {error.strerror or error}")


def serve(config: Config, *parts: str, home: Path = ROOT, drain: float = DRAIN, migrate: bool = False) -> None:
    """Run the parts (all of them by default) until Ctrl-C or SIGTERM; replace their workers on SIGHUP.

    Raise SystemExit with a sentence where the database's tables are not those of the code; `migrate` brings them up to
    date first.
    """
    _look_at_tables(config, home, migrate=migrate)
    supervisor = Supervisor(config, parts or PARTS, home=home, drain=drain)
    if supervisor._listener:
        supervisor._listener.setblocking(False)
        print(f"The shop is open at http://{config.host}:{config.port} (Ctrl-C closes it)", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: setattr(supervisor, "is_closing", True))
    signal.signal(signal.SIGHUP, lambda *_: setattr(supervisor, "must_reload", True))
    try:
        supervisor.run()
        supervisor.close(seconds=LAST_DRAIN)
    except KeyboardInterrupt:
        print("Closing.")
        supervisor.close(seconds=0.0)
