"""The web server and the job worker side by side: `flask shop serve`, or `python -m storefront.serving`.

Nothing of the shop is loaded here: both children load it for themselves.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from storefront.config import ROOT, Config, read_config


def serve(config: Config, *, migrate: bool = False) -> None:
    """Run both until one stops, Ctrl-C or SIGTERM; raise SystemExit with a sentence when one stopped by itself, or
    before they start where the database's tables are not those of the code. `migrate` brings them up to date first.
    """
    config.data_dir.mkdir(parents=True, exist_ok=True)
    if migrate:
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"], cwd=ROOT, check=True)
    look = [sys.executable, "-m", "storefront.readiness"]
    if subprocess.run(look, cwd=ROOT, check=False).returncode:  # noqa: S603
        sys.exit("The shop was not opened. `flask shop serve --migrate` brings the tables up to date and opens it.")
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", config.host, "--port", str(config.port)),
        *("--workers", str(config.workers), "--blocking-threads", "1", "--no-ws", "--log-level", "warning"),
        *("--log-config", str(ROOT / "storefront" / "telemetry" / "granian.json")),
        *("--respawn-failed-workers", "wsgi:app"),
    ]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    print(f"The shop is open at http://{config.host}:{config.port} (Ctrl-C closes it)", flush=True)
    processes = [subprocess.Popen(command, cwd=ROOT) for command in (web, worker)]  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        sys.exit("One of the two processes stopped; see its last lines above.")
    except KeyboardInterrupt:
        print("Closing.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    serve(read_config(), migrate="--migrate" in sys.argv[1:])
