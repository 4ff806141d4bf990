"""Supervisor and worker, looked at from inside: what a machine refuses, and what counts as busy."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.server import free_port
from storefront.config import ROOT, read_config
from storefront.serving import forking, processes, supervising
from storefront.serving.answering import Front
from tests.open_shop import wait_for_end

JOBS = """
import time

class app:
    class cli:
        def main(*_given, **_named):
            time.sleep(60)
"""
"""A release that does jobs for a minute."""


def test_the_job_worker_ends_with_its_supervisor(tmp_path: Path) -> None:
    (tmp_path / "wsgi.py").write_text(JOBS)
    lines = (
        "import os, sys, time; from pathlib import Path",
        "from storefront.config import read_config; from storefront.serving.supervising import Supervisor",
        "supervisor = Supervisor(read_config(), ('jobs',), home=Path(sys.argv[1]), drain=0.0)",
        "place = supervisor._places[0]",
        "while not (place.worker and place.worker.is_ready): supervisor.look(); time.sleep(0.05)",
        "print(place.worker.pid, flush=True); os.kill(os.getpid(), 9)",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    wait_for_end(int(done.stdout))


def test_a_machine_that_starts_nothing_just_now_closes_no_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = read_config({"DATA_DIR": str(tmp_path), "PORT": str(free_port()), "WEB_WORKERS": "1"})
    supervisor = supervising.Supervisor(config, ("web", "jobs"), home=tmp_path / "gone", drain=0.0)
    source = supervisor._source
    supervisor.look()
    supervisor.look()
    assert (source.worker, source.failures) == (None, 2)
    assert "A fork server could not be started" in caplog.text

    def no_line() -> None:
        raise OSError("Too many open files")

    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    source.worker = processes.ForkServer(line=ours, process=process, is_ready=True)
    monkeypatch.setattr(processes, "_line", no_line)
    supervisor.look()
    supervisor.look()
    assert [(place.worker, place.failures) for place in supervisor._places] == [(None, 2), (None, 2)]
    assert "A web worker could not be started" in caplog.text

    there = [processes.Worker(line=ours, is_ready=True) for _ in supervisor._places]
    for place, worker in zip(supervisor._places, there, strict=True):
        place.worker = worker
    supervisor.must_reload = True
    supervisor.look()
    assert [place.worker for place in supervisor._places] == there
    assert source.worker
    assert source.successor is None
    assert "the workers that are there stay" in caplog.text
    process.communicate()
    theirs.close()
    ours.close()


def test_how_a_worker_ended_is_known_while_its_fork_server_lives(caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    worker = processes.Worker(line=ours)
    assert worker.is_alive()
    processes.say(theirs, processes.BORN, 4711)
    processes.say(theirs, processes.READY)
    assert worker.is_alive()
    assert (worker.pid, worker.is_ready) == (4711, True)
    processes.say(theirs, processes.ENDED, -9)
    theirs.close()
    assert not worker.is_alive()
    supervising.Place("web").note_death(worker)
    assert "A web worker (4711) ended with -9" in caplog.text
    ours.close()


def test_an_orphan_that_this_process_inherited_is_buried_once_it_has_ended() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    process = subprocess.Popen([sys.executable, "-c", "input(); raise SystemExit(3)"], stdin=subprocess.PIPE)
    worker = processes.Worker(line=ours, pid=process.pid)
    theirs.close()
    assert worker.is_alive(), "its line is closed, but it is there"
    assert process.stdin
    process.stdin.write(b"\n")
    process.stdin.close()
    for _ in range(100):
        if not worker.is_alive():
            break
        time.sleep(0.1)
    assert worker.code == 3
    process.returncode = worker.code
    ours.close()


def test_a_supervisor_that_went_without_having_heard_everything_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    processes.say(theirs, processes.READY)
    ours.close()
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *what: sent.append(what))
    forking._end_with(theirs)
    assert sent == [(os.getpid(), signal.SIGTERM)]
    theirs.close()


def test_what_is_loaded_before_a_fork_has_opened_nothing(tmp_path: Path) -> None:
    lines = (
        "import gc, json, os, threading; from storefront.serving.forking import load; app = load()",
        "fds = [os.path.realpath(f'/dev/fd/{fd}') for fd in os.listdir('/dev/fd') if int(fd) > 2]",
        "with app.app_context(): pool = app.extensions['sqlalchemy'].engine.pool.checkedin()",
        "print(json.dumps([fds, threading.active_count(), pool, app.url_map._remap, gc.get_freeze_count() > 100_000]))",
    )
    nobody = {"REDIS_URL": "redis://127.0.0.1:1/0", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    environ = {**os.environ, **nobody, "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    opened, threads, connections, has_to_sort, is_frozen = json.loads(done.stdout)
    opened = [Path(path).name for path in opened if Path(path).exists() and not path.startswith("/dev/")]
    assert opened == ["changes"], "memory that all processes of a machine share, and nothing else"
    assert (threads, connections, has_to_sort, is_frozen) == (1, 0, False, True)


def test_an_answer_that_is_still_being_made_counts_as_busy() -> None:
    seen: list[bool] = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            seen.append(front.busy_since > 0)
            yield b"piece"

        def close(self) -> None:
            seen.append(front.busy_since > 0)

    def app(_environ: object, _start: object) -> Answer:
        seen.append(front.busy_since > 0)
        return Answer()

    front = Front(app)
    answer = front({}, lambda *_: None)
    assert front.busy_since == 0.0, "nothing of ours runs until the next piece is asked for"
    assert list(answer) == [b"piece"]
    answer.close()  # type: ignore[attr-defined]
    assert seen == [True, True, True]
    assert front.busy_since == 0.0
