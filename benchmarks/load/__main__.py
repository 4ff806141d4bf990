"""Find the knee, hold 80 % of it, break things meanwhile; write LOAD_RESULTS.md.

    python -m benchmarks.load [--size standard] [--minutes 10] [--without-faults] [--users 40,80,...]

Needs Locust (`requirements-load.lock`), PostgreSQL's server programs and redis-server on this machine; everything runs
on loopback, bounded in shoppers and time. Shoppers and shop share the cores, so the knee is that of both together.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load.driving import Drive, drive, driving
from benchmarks.load.faults import Fault, break_things
from benchmarks.load.shop import Shop, open_shop

RESULTS = Path(__file__).resolve().parent.parent / "LOAD_RESULTS.md"
IDLE_USERS, IDLE_SECONDS, STEP_SECONDS = 4, 60, 30
WARM_UP = 40
"""Shoppers who come first: fewer do not get to the till with each worker in so short a time."""
STEPS = (20, 40, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 650, 800)
"""How many shoppers are tried, in turn, until it is too many."""
TOO_SLOW = 3.0
"""Times the idle p95: from there on it is past the knee."""
SHARE = 0.8
LOOK_EVERY = 15.0


def main() -> None:
    """Run everything; takes about twenty minutes."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.load")
    reader.add_argument("--size", default="standard", help="of the demo")
    reader.add_argument("--minutes", type=float, default=10, help="how long 80 % of the knee are held")
    reader.add_argument("--users", default=",".join(map(str, STEPS)), help="how many shoppers are tried in turn")
    reader.add_argument("--without-faults", action="store_true")
    asked = reader.parse_args()
    steps = [int(users) for users in asked.users.split(",")]
    with open_shop(size=asked.size) as shop:
        drive(shop, users=WARM_UP, seconds=STEP_SECONDS)  # every page, so that the first shoppers pay for nothing
        idle = drive(shop, users=IDLE_USERS, seconds=IDLE_SECONDS)
        tried = climb(shop, steps, idle)
        knee = max((step for step in tried if is_good(step, idle)), key=lambda step: step.users, default=idle)
        held, memory, orders = hold(shop, round(knee.users * SHARE), round(asked.minutes * 60))
        proof, faults = shop.verify(), list[Fault]()

        def keep() -> None:
            report = render(asked.size, idle, tried, knee, held, memory, orders, proof, faults)
            RESULTS.write_text(report, encoding="utf-8")

        keep()
        if not asked.without_faults:
            for fault in break_things(shop, users=max(IDLE_USERS, round(knee.users * SHARE / 2))):
                faults.append(fault)
                keep()
    print(RESULTS.read_text(encoding="utf-8"))


def is_good(step: Drive, idle: Drive) -> bool:
    """Say whether so many shoppers are still served well."""
    return not step.failed and step.p95 <= TOO_SLOW * idle.p95


def climb(shop: Shop, steps: list[int], idle: Drive) -> list[Drive]:
    """Let in more and more shoppers until it is too many."""
    tried = []
    for users in steps:
        tried.append(drive(shop, users=users, seconds=STEP_SECONDS))
        print(
            f"{users} shoppers: {tried[-1].per_second:.0f}/s, p95 {tried[-1].p95:.0f} ms, {tried[-1].failed} failed",
            flush=True,
        )
        if not is_good(tried[-1], idle):
            break
    return tried


def hold(shop: Shop, users: int, seconds: int) -> tuple[Drive, list[tuple[float, float]], float]:
    """Hold so many shoppers; return what they met, the largest worker's memory over time, and orders a second."""
    before, memory, started = shop.orders(), [], time.monotonic()
    with driving(shop, users=users, seconds=seconds) as found:
        while time.monotonic() - started < seconds:
            memory.append((time.monotonic() - started, max(shop.memory_mb().values())))
            time.sleep(LOOK_EVERY)
    return found[0], memory, (shop.orders() - before) / (time.monotonic() - started)


def render(
    size: str,
    idle: Drive,
    tried: list[Drive],
    knee: Drive,
    held: Drive,
    memory: list[tuple[float, float]],
    orders: float,
    proof: str,
    faults: list[Fault],
) -> str:
    """Return the results as Markdown."""
    third = max(1, len(memory) // 3)
    early, late = (max(mb for _, mb in part) for part in (memory[:third], memory[-third:]))
    lines = [
        "# Under load",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} shared cores, PostgreSQL "
        f"and Redis, two web workers and a job worker, demo data of size `{size}`; the shoppers (Locust, 1-3 s between "
        "pages) run on the same cores. README.md says how it is measured.",
        "",
        "| shoppers | seconds | requests/s | p50 ms | p95 ms | failed |",
        "|---|---|---|---|---|---|",
        *(_line(name, one) for name, one in [("idle: ", idle), *(("", step) for step in tried), ("held: ", held)]),
        "",
        f"The knee is at {knee.users} shoppers: no error, and p95 at most {TOO_SLOW:g} times that of an idle shop.",
        "",
        "| goal at 80 % of the knee | measured |",
        "|---|---|",
        f"| no error | {held.failed} of {held.requests} requests failed {'; '.join(held.failures[:5])} |",
        f"| p95 <= 3 x idle | {held.p95:.0f} ms, {held.p95 / max(1.0, idle.p95):.1f} x |",
        f"| memory flat | largest worker: {early:.0f} MB in the first third, {late:.0f} MB in the last |",
        f"| orders | {orders:.2f} a second |",
        f"| ledgers add up afterwards | {proof or 'yes'} |",
        "",
        "| request | times | p95 ms |",
        "|---|---|---|",
        *(f"| {name} | {count} | {p95:.0f} |" for name, (count, p95) in sorted(held.by_name.items())),
    ]
    if faults:
        lines += [
            "",
            "| fault under load | what shoppers saw | well again after | what was lost |",
            "|---|---|---|---|",
        ]
        lines += [f"| {fault.name} | {fault.seen} | {fault.recovered} | {fault.lost} |" for fault in faults]
    return "\n".join(lines) + "\n"


def _line(name: str, step: Drive) -> str:
    figures = f"{step.per_second:.0f} | {step.p50:.0f} | {step.p95:.0f} | {step.failed}"
    return f"| {name}{step.users} | {step.seconds:.0f} | {figures} |"


if __name__ == "__main__":
    main()
