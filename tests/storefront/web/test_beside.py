"""Work beside the requests where the machine has nothing to spare."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from storefront.web.beside import Beside


@pytest.mark.usefixtures("work_goes_on_beside")
def test_work_that_could_not_begin_is_begun_by_the_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    done = threading.Event()
    beside = Beside("reading")
    with app.app_context():
        with monkeypatch.context() as short_of_threads:
            short_of_threads.setattr(threading.Thread, "start", no_thread)
            beside.start(done.set)
        assert not done.is_set()
        assert beside.wait(1.0)
        beside.start(done.set)
        assert done.wait(5.0)
