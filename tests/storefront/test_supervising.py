"""Supervisor and worker, looked at from inside: what a machine refuses, and what counts as busy."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.server import free_port
from storefront.config import ROOT, read_config
from storefront.serving import supervising
from storefront.serving.answering import Front
from tests.storefront.test_serving import wait_for_end


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell a process nothing of its parent's end")
def test_the_job_worker_ends_with_its_supervisor(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    lines = (
        "import os, sys; from pathlib import Path",
        "from storefront.config import read_config; from storefront.serving.supervising import Supervisor",
        "supervisor = Supervisor(read_config(), ('jobs',), home=Path(sys.argv[1]), drain=0.0)",
        "supervisor.look(); print(supervisor._places[0].worker.process.pid, flush=True); os.kill(os.getpid(), 9)",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    wait_for_end(int(done.stdout))


def test_a_machine_that_starts_nothing_just_now_closes_no_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = read_config({"DATA_DIR": str(tmp_path), "PORT": str(free_port()), "WEB_WORKERS": "1"})
    supervisor = supervising.Supervisor(config, ("web", "jobs"), home=tmp_path / "gone", drain=0.0)
    assert supervisor._listener
    supervisor._listener.close()
    monkeypatch.setattr(supervisor, "_listener", SimpleNamespace(fileno=lambda: 0))
    supervisor.look()
    supervisor.look()
    assert [(place.worker, place.failures) for place in supervisor._places] == [(None, 2), (None, 2)]
    assert "could not be started" in caplog.text

    class Process:
        pid, returncode = 1, None

        def poll(self) -> None:
            return None

    worker = supervising.Worker(Process(), None, is_ready=True)  # type: ignore[arg-type]
    for place in supervisor._places:
        place.worker = worker
    supervisor.must_reload = True
    supervisor.look()
    assert all(place.worker is worker for place in supervisor._places)
    assert "the workers that are there stay" in caplog.text


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
