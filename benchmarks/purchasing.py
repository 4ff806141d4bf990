"""What buying costs: each step of a purchase, an order beside its rows inserted bare, and a rush for a few pieces.

    python -m benchmarks.purchasing [--flows 10000]

Orders are real, so everything happens on a copy of the demo. BENCH_POSTGRES_URL names a server where a database may be
made: then the rush happens there, too, on the small demo.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.buyer import Answer, Browser, Buyer, Unexpected, skus_in
from benchmarks.copies import copied_demo, postgres_demo, stock_in
from benchmarks.rushing import BUYERS, PIECES, Rush, flows, goods_of, rush
from benchmarks.server import ROOT, Server, serving

PURCHASES = 40
"""Measured ones, each by a new guest with three products."""
WARM_UP = 5
OSCAR, BARE_PAGE = 519.0, 1.5
"""CPU ms of a whole purchase in django-oscar and of the bare page beside it, in one run (the anchors)."""


@dataclass
class Steps:
    """CPU milliseconds by step, and of all requests of a purchase together."""

    cpu_ms: dict[str, list[float]] = field(default_factory=dict)
    whole_ms: list[float] = field(default_factory=list)

    def add(self, name: str, ms: float) -> None:
        self.cpu_ms.setdefault(name, []).append(ms)
        self.whole_ms[-1] += ms

    @property
    def medians(self) -> dict[str, float]:
        return {name: statistics.median(found) for name, found in self.cpu_ms.items()}


def purchase(server: Server, pages: Sequence[str], skus: Sequence[str], number: int, steps: Steps | None) -> str:
    """Let a new guest look around, buy and pay; note what each step cost the server."""
    browser = Browser(server.port)

    def send(name: str, method: str, path: str, body: str) -> Answer:
        before = server.cpu_seconds()
        answer = browser.fetch(method, path, body)
        if steps is not None:
            steps.add(name, (server.cpu_seconds() - before) * 1000)
        return answer

    if steps is not None:
        steps.whole_ms.append(0.0)
    buyer = Buyer(send, f"buyer-{number}@example.com")
    for name, path in zip(("home", "category", "product"), pages, strict=True):
        buyer.look(name, path)
    receipt = buyer.buy(skus)
    browser.close()
    if not receipt:
        raise Unexpected("the goods ran out: load the demo anew")
    return receipt


def written_rows(environ: dict[str, str]) -> list[tuple[str, list[str], list[Any]]]:
    """Place one order inside this process and return the rows that it inserts: table, columns, values."""
    program = "from benchmarks.purchasing import record; record()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "WARNING", **environ},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    rows: list[tuple[str, list[str], list[Any]]] = json.loads(done.stdout)
    return rows


def record() -> None:
    """Print as JSON what the request that places an order inserts (run in a process of its own)."""
    from sqlalchemy import event  # noqa: PLC0415

    from storefront.database.base import db  # noqa: PLC0415
    from wsgi import create_app  # noqa: PLC0415

    app = create_app()
    client = app.test_client()
    rows: list[tuple[str, list[str], list[Any]]] = []
    noting = False

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        found = re.match(r'INSERT(?: OR \w+)? INTO "?(\w+)"? \(([^)]*)\)', statement)
        if noting and found:
            columns = [name.strip(' "') for name in found.group(2).split(",")]
            for values in parameters if isinstance(parameters, list) else [parameters]:
                whole = [values[at : at + len(columns)] for at in range(0, len(values), len(columns))]
                rows.extend((found.group(1), columns[: len(each)], [str(value) for value in each]) for each in whole)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)

    def send(name: str, method: str, path: str, body: str) -> Answer:
        nonlocal noting
        noting = name == "place the order"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        answer = client.open(path, method=method, data=body or None, headers=headers)
        noting = False
        return Answer(answer.status_code, answer.data, answer.headers.get("Location", ""))

    home = client.get("/").text
    listing = next(
        page
        for path in re.findall(r'href="(/categories/[a-z0-9-]+)"', home)
        if len(skus_in(page := client.get(path).text)) >= 3
    )
    Buyer(send, "record@example.com").buy(skus_in(listing)[:3])
    print(json.dumps(rows))


@dataclass(frozen=True)
class Cost:
    """What a purchase costs beside a bare page, and an order beside its rows."""

    steps: dict[str, float]
    whole: float
    page: float
    rows: float
    row_count: int


def cost(environ: dict[str, str], bare_environ: dict[str, str]) -> Cost:
    """Measure purchases, the bare page and the bare rows in turn."""
    steps, pages, bare_rows = Steps(), [], []
    with serving("benchmarks.bare:app", **bare_environ) as bare, serving("wsgi:app", **environ) as shop:
        walk, skus = goods_of(shop)
        stock = stock_in(environ)
        for sku in skus:
            stock(sku, 10 * PURCHASES)
        for number in range(WARM_UP):
            purchase(shop, walk, skus, number, None)
            bare.fetch("GET", "/page")
            bare.fetch("POST", "/rows", "x=1")
        for number in range(PURCHASES):
            purchase(shop, walk, skus, WARM_UP + number, steps)
            for path, found in (("/page", pages), ("/rows", bare_rows)):
                before = bare.cpu_seconds()
                for _ in range(5):
                    bare.fetch("POST" if path == "/rows" else "GET", path, "x=1" if path == "/rows" else "")
                found.append((bare.cpu_seconds() - before) * 200)
    count = len(json.loads(Path(bare_environ["BARE_ROWS"]).read_text()))
    return Cost(
        steps.medians, statistics.median(steps.whole_ms), statistics.median(pages), statistics.median(bare_rows), count
    )


def measure(flow_count: int = 0) -> list[tuple[str, str]]:
    """Measure all of it; return what to print, as (what, figure)."""
    with copied_demo() as environ:
        bare = _bare_rows(environ)
        found = cost(environ, bare)
        lines = [_whole(found), _order(found)]
        lines += [(f"... {name}", _times(ms, found.page)) for name, ms in found.steps.items()]
        lines += _rush_lines("SQLite", rush(environ, bare))
        if flow_count:
            flowed, memory = flows(environ, flow_count)
            words = f"{flowed.orders} paid, {_failures(flowed)}, {flowed.per_second:.0f}/s, {memory:.0f} MB a worker"
            lines.append((f"{flow_count} purchases by 8 clients on SQLite", words))
        url = os.environ.get("BENCH_POSTGRES_URL", "")
        if not url:
            return [*lines, ("the rush on PostgreSQL", "left out: BENCH_POSTGRES_URL is not set")]
        with postgres_demo(url) as on_server:
            found_there = rush(on_server, {**bare, "BARE_POSTGRES": on_server["DATABASE_URL"]})
        return [*lines, *_rush_lines("PostgreSQL", found_there)]


def _bare_rows(environ: dict[str, str]) -> dict[str, str]:
    """Write down what an order inserts; return the environment in which the bare application does the same."""
    rows = Path(environ["DATA_DIR"]) / "rows.json"
    rows.write_text(json.dumps(written_rows(environ)))
    return {"BARE_ROWS": str(rows), "BARE_DATABASE": str(rows.with_suffix(".db"))}


def _whole(found: Cost) -> tuple[str, str]:
    goal = OSCAR / BARE_PAGE / 20
    return (
        "a whole purchase of 3 products: 12 requests",
        f"{_times(found.whole, found.page)}; goal: <= {goal:.0f} x, a twentieth of Oscar's {OSCAR / BARE_PAGE:.0f} x",
    )


def _order(found: Cost) -> tuple[str, str]:
    ms = found.steps["place the order"]
    return (
        f"placing the order beside its {found.row_count} rows inserted bare",
        f"{ms:.2f} ms CPU, {ms / found.rows:.1f} x ({found.rows:.2f} ms); goal: <= 3 x",
    )


def _times(ms: float, page: float) -> str:
    return f"{ms:.2f} ms, {ms / page:.2f} x the bare page"


def _failures(found: Rush) -> str:
    return f"{len(found.failed)} failed {found.failed[:3] or ''}".strip()


def _rush_lines(database: str, found: tuple[Rush, Rush, Rush]) -> list[tuple[str, str]]:
    few, many, bare = found
    return [
        (
            f"{BUYERS} buyers at once for {PIECES} pieces on {database}",
            f"{few.orders} orders, {few.refused} told that it is sold out, {_failures(few)}; goal: none oversold",
        ),
        (
            f"{many.orders} orders of {BUYERS} buyers at once on {database}, 2 workers",
            f"{many.per_second:.0f}/s, {_failures(many)}; the same rows bare {bare.per_second:.0f}/s: "
            f"{many.per_second / bare.per_second:.2f} x; goal: >= 0.3 x",
        ),
    ]


def main() -> None:
    """Print the figures."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.purchasing")
    reader.add_argument(
        "--flows", type=int, default=0, help="also buy and pay so often, by 8 clients (10,000 take a while)"
    )
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    for name, figure in measure(reader.parse_args().flows):
        print(f"{name}: {figure}")


if __name__ == "__main__":
    main()
