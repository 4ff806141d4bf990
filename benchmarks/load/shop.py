"""A shop for load: its own PostgreSQL and Redis on free ports, the demo, and the processes as in production."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from benchmarks.server import ROOT, Server, free_port

PATIENCE = 60.0
"""Seconds that a process may take to start."""
PLENTY = (
    "UPDATE stock_level SET on_hand = on_hand + 1000000",
    "INSERT INTO stock_movement (variant_id, warehouse_id, kind, on_hand_delta, allocated_delta, reserved_delta, "
    "reference, actor, at) SELECT variant_id, warehouse_id, 'adjusted', 1000000, 0, 0, 'load', 'load', now() "
    "FROM stock_level",
)
"""More of everything than is ever asked for, booked as the ledgers want it."""
CLOCK = Path(__file__).with_name("clock")
"""What Python imports first in there sets the clock."""


class Missing(RuntimeError):
    """The machine has not what this needs."""


@dataclass
class Postgres:
    """A cluster of our own, which may be stopped; as root, another user runs it."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the cluster."""
        (self.folder / "pg").mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder / "pg", "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D", self._data)
        with (self.folder / "pg" / "data" / "postgresql.conf").open("a") as conf:
            conf.write("max_connections = 60\nshared_buffers = 256MB\nfsync = on\n")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-p {self.port} -k {self.folder / 'pg'} -h 127.0.0.1"
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", options, "-l", str(self.folder / "pg" / "log"))

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server, if it runs; `at_once` as if somebody had pulled the plug."""
        if (self.folder / "pg" / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-m", "immediate" if at_once else "fast", "-D", self._data)

    @property
    def _data(self) -> str:
        return str(self.folder / "pg" / "data")

    def _run(self, program: str, *arguments: str) -> None:
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}")) or [shutil.which(program) or ""]
        if not found[-1]:
            raise Missing(f"{program} of PostgreSQL was not found")
        other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        with (self.folder / f"{program}.out").open("w") as out:
            subprocess.run([*other, found[-1], *arguments], check=True, stdout=out, stderr=out, cwd="/")


@dataclass
class RedisServer:
    """A Redis of our own, which may be stopped."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        if not shutil.which("redis-server"):
            raise Missing("redis-server was not found")
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                Redis.from_url(self.url).ping()
                return
            except RedisError:
                time.sleep(0.1)
        raise Missing("redis-server did not start")

    def stop(self) -> None:
        """Stop the server; what was queued is gone."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


@dataclass
class Shop:
    """The running shop and what it stands on."""

    folder: Path
    postgres: Postgres
    redis: RedisServer
    port: int
    process: subprocess.Popen[bytes]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> Path:
        """Says how many seconds the clock of its processes is ahead."""
        return self.folder / "clock"

    def pids(self) -> list[int]:
        """Return the processes of the shop: supervisor, web and job workers."""
        return Server(self.port, self.process).workers()

    def web_workers(self) -> list[int]:
        """Return the processes that answer."""
        return [pid for pid in self.pids() if Path(f"/proc/{pid}/comm").read_text() == "shop-web\n"]

    def memory_mb(self) -> dict[int, float]:
        """Return the proportional set size of each web worker, in megabytes."""
        found = {}
        for pid in self.web_workers():
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found[pid] = next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:"))
        return found

    def count(self, query: str) -> int:
        """Ask the database for one number."""
        with psycopg.connect(self.postgres.url) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        return int(row[0]) if row else 0

    def orders(self) -> int:
        """Return how many orders there are."""
        return self.count('SELECT count(*) FROM "order"')

    def answers(self, path: str = "/healthz") -> tuple[int, str]:
        """Return status and body of a page; (0, reason) where nobody answers."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError as problem:
            return 0, str(problem)

    def verify(self) -> str:
        """Return what `flask shop verify` finds wrong with the ledgers; "" where they add up."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "verify"],
            cwd=ROOT,
            env=environment(self.folder, self.postgres, self.redis),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return ""
        wrong = [line for line in done.stdout.splitlines() if line.startswith(" ")]
        return "; ".join(line.strip() for line in wrong[:5]) or done.stderr.strip()[-300:]


def environment(folder: Path, postgres: Postgres, redis: RedisServer) -> dict[str, str]:
    """Return the environment of everything that belongs to this shop."""
    mine = {"DATA_DIR": str(folder / "data"), "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
    return {**os.environ, "LOG_LEVEL": "WARNING", "WEB_WORKERS": "2", "OMP_NUM_THREADS": "1", **mine}


@contextmanager
def open_shop(*, size: str) -> Iterator[Shop]:
    """Set a shop up, with plenty of everything in stock, and serve it until the block ends."""
    with tempfile.TemporaryDirectory(prefix="shop-load-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = _small_disk(folder / "data")
        postgres, redis = Postgres(folder), RedisServer(folder)
        try:
            postgres.create()
            postgres.start()
            redis.start()
            environ = environment(folder, postgres, redis)
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "prepare", "--size", size]
            subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
            with psycopg.connect(postgres.url) as connection:
                for statement in PLENTY:
                    connection.execute(statement)
                connection.execute("ANALYZE")
            port = free_port()
            log = (folder / "shop.log").open("w")
            process = subprocess.Popen(
                [sys.executable, "-m", "storefront.serving"],
                cwd=ROOT,
                env={**environ, "PORT": str(port), "PYTHONPATH": str(CLOCK), "LOAD_CLOCK": str(folder / "clock")},
                stdout=log,
                stderr=log,
            )
            shop = Shop(folder, postgres, redis, port, process)
            try:
                _await(shop)
                yield shop
            finally:
                _end(shop)
        finally:
            redis.stop()
            postgres.stop(at_once=True)
            if data:
                subprocess.run(["umount", "-l", str(folder / "data")], check=True)


def _small_disk(folder: Path) -> bool:
    """Give the shop's files a file system of their own that can be filled up; only root can."""
    folder.mkdir()
    return (
        os.getuid() == 0
        and not subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "none", str(folder)], check=False).returncode
    )


def _await(shop: Shop) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if shop.process.poll() is not None:
            raise RuntimeError(f"the shop stopped while starting: {(shop.folder / 'shop.log').read_text()[-2000:]}")
        if shop.answers()[0] == 200:
            return
        time.sleep(0.3)
    raise RuntimeError(f"the shop did not start: {(shop.folder / 'shop.log').read_text()[-2000:]}")


def _end(shop: Shop) -> None:
    started = shop.pids()
    shop.process.terminate()
    try:
        shop.process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        for pid in started:
            os.kill(pid, signal.SIGKILL)
