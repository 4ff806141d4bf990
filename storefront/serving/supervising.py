"""The supervisor: has workers forked, replaces those that die, and all of them when told to."""

from __future__ import annotations

import logging
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storefront.config import ROOT, Config
from storefront.serving import notices
from storefront.serving.processes import ASKED, BACKLOG, PARTS, PATIENCE, ForkServer, Worker, python

log = logging.getLogger(__name__)

ROUND = 0.1
"""Seconds between two looks at workers that say nothing."""
DRAIN = 5.0
"""Seconds for which a replaced worker answers on connections that it has; who asks on one is told to close it."""
LAST_DRAIN = 1.0
"""The same when the whole shop closes."""
LONGEST_JOB = 600.0
"""Seconds after which a job worker that has a successor already is ended: nobody waits for it."""
SLOWEST_START = 120.0
STEADY = 60.0
"""A worker that lived so long died by accident; one that did not may die again."""
LONGEST_PAUSE = 30.0


@dataclass
class Place:
    """Where one worker stands at a time, or the fork server, and how the last ones fared."""

    part: str
    worker: Worker | None = None
    successor: Worker | None = None
    failures: int = 0
    start_at: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.part} worker" if self.part in PARTS else self.part

    def note_death(self, worker: Worker) -> None:
        """Decide when the next one starts: at once after an accident, later and later where they die young."""
        pause = self._pause(time.monotonic() - worker.born)
        code = "a code that nobody saw" if worker.code is None else worker.code
        log.error("A %s (%s) ended with %s; another starts in %s s", self.name, worker.pid, code, pause)

    def note_refusal(self, error: OSError) -> None:
        """The machine let none start; it may a moment later."""
        log.error("A %s could not be started (%s); the next try is in %s s", self.name, error, self._pause(0.0))

    def _pause(self, lived: float) -> float:
        self.failures = self.failures + 1 if lived < STEADY else 1
        pause = min(2.0 ** (self.failures - 2), LONGEST_PAUSE) if self.failures > 1 else 0.0
        self.start_at = time.monotonic() + pause
        return pause


class Supervisor:
    """The workers of one machine, and the fork server that they come from."""

    def __init__(self, config: Config, parts: tuple[str, ...], *, home: Path, drain: float) -> None:
        self._config, self._home, self._drain = config, home, drain
        self._listeners: dict[str, socket.socket] = {}
        self._source = Place("fork server")
        """Where the process stands that loaded the code, which workers are forked from."""
        counts = {"web": config.workers, "jobs": 1, "office": 1}
        offices = ("office",) if "web" in parts and config.office_port else ()
        self._places = [Place(part) for part in (*parts, *offices) for _ in range(counts[part])]
        self._retiring: list[Worker] = []
        self._replacing: Iterator[Place] | None = None
        self._is_told_ready = False
        self.is_closing = False
        self.must_reload = False

    def open(self, *, migrate: bool) -> None:
        """Open the port once the tables are right; the code is loaded meanwhile."""
        self._source.worker = self._start(self._source, None)
        _look_at_tables(self._config, self._home, migrate=migrate)
        parts, config = {place.part for place in self._places}, self._config
        if "web" in parts:
            self._listen("web", notices.handed_socket() or _listener(config.host, config.port))
            print(f"The shop is open at http://{config.host}:{config.port} (Ctrl-C closes it)", flush=True)
        if "office" in parts:
            self._listen("office", _listener(config.host, config.office_port))

    def _listen(self, part: str, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listeners[part] = listener

    def run(self) -> None:
        """Go round until told to close."""
        spoke_at = 0.0
        while not self.is_closing:
            self.look()
            if time.monotonic() - spoke_at > 5.0:
                notices.alive()
                spoke_at = time.monotonic()
            self._listen_for_news()

    def _listen_for_news(self) -> None:
        """Wait until somebody says something or is gone, for a round at most."""
        lines = [worker.line for worker in (*self._standing(), *self._retiring) if not worker.is_cut_off]
        select.select(lines, [], [], ROUND)

    def _standing(self) -> Iterator[Worker]:
        for place in (self._source, *self._places):
            yield from filter(None, (place.worker, place.successor))

    def look(self) -> None:
        """Start what is missing, end what is to end, take the next step of a replacement."""
        for place in (self._source, *self._places):
            if place.worker and not place.worker.is_alive():
                place.note_death(place.worker)
                place.worker.see_off()
                place.worker = None
            if place.worker is None and place.successor is None and time.monotonic() >= place.start_at:
                place.worker = self._start(place, self._source.worker)
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
        """Load the new code, replace the workers one after the other, a look at a time; stop where one does not start.

        The old fork server stays until a worker of the new one is ready.
        """
        for place in (self._source, *self._places):
            fresh = place.successor = self._start(place, self._source.successor or self._source.worker)
            while fresh and fresh.is_alive() and not fresh.is_ready and time.monotonic() - fresh.born < SLOWEST_START:
                yield place
            if not fresh or not fresh.is_ready or not fresh.is_alive():
                log.error("The new code does not start; the workers that are there stay")
                self._give_up(place)
                self._give_up(self._source)
                break
            if place is not self._source:
                self._hand_over(self._source)
                self._hand_over(place)
        else:
            log.info("Every worker was replaced")
        self._replacing = None
        notices.ready()

    def _hand_over(self, place: Place) -> None:
        if place.successor:
            if place.worker:
                self._retire(place.worker, self._drain, patience=LONGEST_JOB if place.part == "jobs" else PATIENCE)
            place.worker, place.successor, place.failures = place.successor, None, 0

    def _give_up(self, place: Place) -> None:
        if place.successor:
            self._retire(place.successor, 0.0)
            place.successor = None

    def _retire(self, worker: Worker, seconds: float, *, patience: float = PATIENCE) -> None:
        worker.retire(seconds, patience=patience)
        self._retiring.append(worker)

    def close(self, *, seconds: float = 0.0) -> None:
        """Take nothing more, finish what was begun, end everything."""
        notices.stopping()
        for listener in self._listeners.values():
            listener.close()
        for worker in self._standing():
            self._retire(worker, seconds)
        while self._retiring:
            self._retiring = [worker for worker in self._retiring if not worker.see_off()]
            time.sleep(ROUND)

    def _start(self, place: Place, source: Worker | None) -> Worker | None:
        """Start a fork server, or a worker from one that is ready; None where the machine has no process, memory or
        descriptor to spare, or the code is gone.
        """
        try:
            if place is self._source:
                return ForkServer.start(self._home)
            if isinstance(source, ForkServer) and source.is_ready:
                return source.fork(place.part, self._listeners.get(place.part))
        except OSError as error:
            place.note_refusal(error)
        return None


def _look_at_tables(config: Config, home: Path, *, migrate: bool) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    if migrate:
        command = [python(home), "-m", "flask", "--app", "wsgi", "db", "upgrade"]
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
    supervisor = Supervisor(config, parts or ASKED, home=home, drain=drain)
    signal.signal(signal.SIGTERM, lambda *_: setattr(supervisor, "is_closing", True))
    signal.signal(signal.SIGHUP, lambda *_: setattr(supervisor, "must_reload", True))
    try:
        supervisor.open(migrate=migrate)
        supervisor.run()
        supervisor.close(seconds=LAST_DRAIN)
    except SystemExit:
        supervisor.close()
        raise
    except KeyboardInterrupt:
        print("Closing.")
        supervisor.close()
