"""The whole shop as two processes: it opens, answers, and closes when told."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.server import free_port
from storefront.config import ROOT


def test_the_shop_opens_on_its_port_and_closes_when_told(tmp_path: Path) -> None:
    port = free_port()
    environ = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(port), "WEB_WORKERS": "1", "LOG_LEVEL": "WARNING"}
    environ |= {"REDIS_URL": "", "DATABASE_URL": ""}
    shop = subprocess.Popen([sys.executable, "-m", "storefront.serving"], cwd=ROOT, env=environ)
    try:
        assert _status(port) == 503, "a shop without tables is down, and says so"
    finally:
        shop.send_signal(signal.SIGTERM)
    assert shop.wait(timeout=30) == 0


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
