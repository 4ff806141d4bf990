"""`flask shop`: run the whole shop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import click
from flask.cli import AppGroup

from storefront.config import ROOT, read_config

group = AppGroup("shop", help="Run and check the shop.")


@group.command("serve")
def serve() -> None:
    """Run the web server and the job worker side by side until one stops or Ctrl-C."""
    config = read_config()
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", config.host, "--port", str(config.port)),
        *("--workers", str(config.workers), "--blocking-threads", "1", "--no-ws", "--log-level", "warning"),
        *("--respawn-failed-workers", "wsgi:app"),
    ]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    click.echo(f"The shop is open at http://{config.host}:{config.port} (Ctrl-C closes it)")
    processes = [subprocess.Popen(command, cwd=ROOT) for command in (web, worker)]  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        sys.exit("One of the two processes stopped; see its last lines above.")
    except KeyboardInterrupt:
        click.echo("Closing.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
