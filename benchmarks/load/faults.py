"""Faults while shoppers are in the shop: what they see, how long until all is well without hands, and what is lost."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.load.driving import driving
from benchmarks.load.shop import Missing, Shop

SECONDS = 45
"""How long each fault is watched."""
BEFORE, DURING = 8.0, 10.0
"""Seconds before it happens, and how long it lasts."""
WELL_FOR = 3.0
PATIENCE = 60.0


@dataclass(frozen=True)
class Fault:
    """What became of one."""

    name: str
    seen: str
    recovered: str
    lost: str


Breaking = Callable[[Shop], Callable[[], object] | None]
"""Breaks something; returns what puts it right again after a while, None where the shop does that itself."""


def break_things(shop: Shop, *, users: int) -> Iterator[Fault]:
    """Break one thing after the other under load."""
    return (watch(shop, name, breaking, users) for name, breaking in FAULTS.items())


def watch(shop: Shop, name: str, breaking: Breaking, users: int) -> Fault:
    """Let shoppers in, break something, and look."""
    with driving(shop, users=users, seconds=SECONDS) as found:
        time.sleep(BEFORE)
        try:
            mend = breaking(shop)
        except Missing as problem:
            return Fault(name, f"left out: {problem}", "", "")
        if mend is not None:
            time.sleep(DURING)
            mend()
        since = time.monotonic()
        well = _well_again(shop)
    drive = found[0]
    kinds = Counter[str]()
    for failure in drive.failures:
        times, _, rest = failure.partition(" x ")
        kinds[rest.partition(": ")[2][:90]] += int(times)
    seen = (
        "nothing"
        if not drive.failed
        else f"{drive.failed} of {drive.requests} requests: "
        + "; ".join(f"{times} x {what}" for what, times in kinds.most_common(3))
    )
    what = "it happened" if mend is None else "the cause was gone"
    recovered = "not within a minute" if well is None else f"{well - since:.1f} s after {what}"
    return Fault(name, seen, recovered, shop.verify() or "nothing: every ledger adds up")


def _well_again(shop: Shop) -> float | None:
    """Return the moment since when pages of all kinds have been answered; None if they are not in good time."""
    until, since = time.monotonic() + PATIENCE, None
    while time.monotonic() < until:
        good = all(shop.answers(path)[0] == 200 for path in ("/", "/search?q=milk", "/cart"))
        since = (since or time.monotonic()) if good else None
        if since is not None and time.monotonic() - since > WELL_FOR:
            return since
        time.sleep(0.25)
    return None


def _redis_stops(shop: Shop) -> Callable[[], None]:
    shop.redis.stop()
    return shop.redis.start


def _postgres_restarts(shop: Shop) -> None:
    shop.postgres.stop()
    shop.postgres.start()


def _postgres_is_away(shop: Shop) -> Callable[[], None]:
    shop.postgres.stop(at_once=True)
    return shop.postgres.start


def _worker_dies(shop: Shop) -> None:
    os.kill(shop.web_workers()[0], signal.SIGKILL)


def _index_goes(shop: Shop) -> None:
    shutil.rmtree(shop.folder / "data" / "index")


def _disk_is_full(shop: Shop) -> Callable[[], None]:
    """There is no byte left where index, pictures and models lie."""
    data = shop.folder / "data"
    if not data.is_mount():
        raise Missing("only root can make a small file system")
    full = data / "full"
    with suppress(OSError), full.open("wb") as filled:
        while filled.write(b"0" * 1_000_000):
            pass
    return full.unlink


def _clock_jumps(shop: Shop) -> Callable[[], object]:
    shop.clock.write_text("7200")
    return lambda: shop.clock.write_text("0")


FAULTS: dict[str, Breaking] = {
    "Redis is stopped for ten seconds": _redis_stops,
    "PostgreSQL is restarted": _postgres_restarts,
    "PostgreSQL is gone for ten seconds, its plug pulled": _postgres_is_away,
    "a web worker is killed": _worker_dies,
    "the search index is deleted": _index_goes,
    "the disk of pictures, index and models is full": _disk_is_full,
    "the clock jumps two hours ahead, then back": _clock_jumps,
}
