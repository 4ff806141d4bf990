"""The whole shop as two processes: it opens, answers, and closes when told."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.server import free_port
from storefront.config import ROOT


def _environ(data_dir: Path, port: int) -> dict[str, str]:
    own = {"DATA_DIR": str(data_dir), "PORT": str(port), "WEB_WORKERS": "1", "REDIS_URL": "", "DATABASE_URL": ""}
    return {**os.environ, **own}


def test_a_shop_whose_tables_are_not_there_is_not_opened(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "storefront.serving"]
    environ = _environ(tmp_path / "new", free_port())
    refused = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "no tables yet" in refused.stderr
    assert "--migrate" in refused.stderr


@pytest.mark.long
def test_the_shop_opens_on_its_port_tells_all_in_json_and_closes_when_told(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "storefront.serving", "--migrate"]
    with (tmp_path / "log").open("wb") as lines:
        shop = subprocess.Popen(command, cwd=ROOT, env=_environ(tmp_path, port), stderr=lines)
        try:
            assert _status(port) == 200
        finally:
            shop.send_signal(signal.SIGTERM)
        assert shop.wait(timeout=30) == 0
    told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"storefront.access", "huey.consumer"} <= {entry["logger"] for entry in told}


def _status(port: int) -> int:
    for _ in range(240):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except ConnectionError:
            time.sleep(0.25)
        finally:
            connection.close()
    raise AssertionError("the shop did not open")
