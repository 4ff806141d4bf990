"""What an answer costs, what opening and switching cost, and how training grows with customers and goods.

    python -m benchmarks.recommending [--artefact DIR | --interactions F.parquet --items I.parquet --as-of DATE]
        [--answers-only]

Writes benchmarks/RECOMMEND_SERVING.md and recommend_cost.svg. Without files a shop is made up, of the size of the
demo's. Figures are CPU of this process, one thread; every round asks each surface in turn, the least round counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.chart import Series, chart
from recommend import Asked, Holder, Interactions, Items, Recommendation, Recommender, Source, Tables
from recommend.artifacts import Manifest, current_version, open_artefact, publish, rollback, switch, versions
from recommend.columns import Id
from recommend.frames import read_history, read_items
from recommend.training import Settings, train

HERE = Path(__file__).parent
PAGE = HERE / "RECOMMEND_SERVING.md"
CHART = HERE / "recommend_cost.svg"
TODAY = date(2026, 3, 1)
ROUNDS = 5
ASKED = 400
SIZES = (500, 1000, 2000)
GOODS = (5000, 10_000, 20_000)
USUAL_CUSTOMERS, USUAL_GOODS = 2000, 10_000
SWITCHES, REQUESTS, THREADS = 20, 10_000, 8


def main() -> None:
    """Measure and write the page."""
    given = _arguments()
    if given.artefact:
        tables, what = _opened(given.artefact)
    else:
        tables, what = _trained(given)
    with threadpool_limits(limits=1):
        answers = _answers(tables)
        with tempfile.TemporaryDirectory() as scratch:
            switching = _switching(Path(scratch), tables)
        growth = [] if given.answers_only else _growth()
    PAGE.write_text(_page(what, answers, switching, growth))
    print(PAGE.read_text())


def _opened(directory: Path) -> tuple[Tables, str]:
    """Open the current version of a directory and say what it was learnt from."""
    artefact = open_artefact(directory / (current_version(directory) or ""))
    counts = ", ".join(f"{count:,} {name}" for name, count in artefact.manifest.counts.items())
    return artefact.tables, f"A version learnt from {counts}"


def _trained(given: argparse.Namespace) -> tuple[Tables, str]:
    if given.interactions:
        history = read_history(given.interactions).interactions
        items = read_items(given.items) if given.items else Items.unknown(history.items)
        name, as_of = given.interactions.name, given.as_of
    else:
        history, items = made_up(2500, 40_000)
        name, as_of = "a made-up shop", TODAY
    with threadpool_limits(limits=1):
        began = time.process_time()
        tables = train(history, items, as_of)
    counts = f"{len(history):,} lines, {len(tables.user_ids):,} customers, {len(tables.item_ids):,} goods"
    return tables, f"{name}: {counts}, trained in {time.process_time() - began:.1f} CPU s"


def made_up(customers: int, goods: int, *, baskets: int = 50, seed: int = 1) -> tuple[Interactions, Items]:
    """Return a year of a shop in which everybody has habits and some goods are far better known than others."""
    draw = np.random.default_rng(seed)
    fame = 1.0 / np.arange(1, goods + 1) ** 0.8
    fame /= fame.sum()
    habits = draw.choice(goods, (customers, 40), p=fame)
    carts = customers * baskets
    owner = np.repeat(np.arange(customers), baskets)
    sizes = 1 + draw.poisson(9, carts)
    basket = np.repeat(np.arange(carts), sizes)
    user = owner[basket]
    usual = habits[user, draw.integers(0, 40, len(basket))]
    item = np.where(draw.random(len(basket)) < 0.55, usual, draw.choice(goods, len(basket), p=fame))
    day = np.datetime64(TODAY - timedelta(days=1)) - draw.integers(0, 364, carts).astype("timedelta64[D]")
    history = Interactions.of(user=user, item=item, basket=basket, timestamp=day[basket])
    kinds = max(20, goods // 40)
    items = Items.of(
        item=np.arange(goods),
        product_type=draw.integers(0, kinds, goods),
        category=draw.integers(0, 40, goods),
        price=draw.gamma(2.0, 5.0, goods),
    )
    return history, items


def _answers(tables: Tables) -> list[tuple[str, float, float]]:
    """Return (surface, CPU microseconds, ratio to the plain look-up) of one answer of ten."""
    draw = np.random.default_rng(3)
    recommender = Recommender(tables)
    users: list[Id] = draw.choice(tables.user_ids, ASKED).tolist()
    selling = tables.popular[: min(2000, len(tables.popular))]
    carts = [draw.choice(tables.item_ids[selling], 8).tolist() for _ in range(ASKED)]
    ready = {user: [one.item for one in recommender.home(user, Asked(k=60))] for user in users}
    k = Asked(k=10)
    kinds: dict[str, Callable[[Id, list[Id]], Sequence[object]]] = {
        "plain look-up": lambda user, cart: _plain(ready, user, cart),
        "home, known customer": lambda user, _cart: recommender.home(user, k),
        "home, after 3 items of a visit": lambda _user, cart: recommender.home(None, k, recent=cart[:3]),
        "buy again": lambda user, _cart: recommender.buy_again(user, k),
        "discover": lambda user, _cart: recommender.discover(user, k),
        "cart of 8, known customer": lambda user, cart: recommender.cart(cart, user, k),
        "cart of 8, nobody known": lambda _user, cart: recommender.cart(cart, None, k),
        "bought together": lambda _user, cart: recommender.together(cart[0], k),
        "similar": lambda _user, cart: recommender.similar(cart[0], k),
        "best sellers": lambda _user, _cart: recommender.popular(k),
    }
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, ask in kinds.items():
            began = time.process_time_ns()
            for user, cart in zip(users, carts, strict=True):
                ask(user, cart)
            spent[name].append((time.process_time_ns() - began) / 1000 / ASKED)
    least = {name: min(rounds) for name, rounds in spent.items()}
    return [(name, cost, cost / least["plain look-up"]) for name, cost in least.items()]


def _plain(ready: dict[Id, list[Id]], user: Id, cart: list[Id]) -> list[Recommendation]:
    """The least that can be done: a ready list from a dict, what is in the cart left out, ten made into answers."""
    held = set(cart)
    return [Recommendation(item, 1.0, Source.HABIT) for item in [one for one in ready[user] if one not in held][:10]]


def _switching(scratch: Path, tables: Tables) -> list[tuple[str, str]]:
    """Return (what, figure) for writing, opening, switching and going back, and for a storm of requests meanwhile."""
    made = []
    began = time.monotonic()
    for number in range(3):
        made.append(publish(scratch, tables, _manifest(number)).version)
    published = (time.monotonic() - began) / 3
    size = sum(path.stat().st_size for path in (scratch / made[-1]).iterdir()) / 1e6
    opening = min(_milliseconds(lambda: open_artefact(scratch / made[-1])) for _ in range(9))
    thorough = min(_milliseconds(lambda: open_artefact(scratch / made[-1], thorough=True)) for _ in range(5))
    back = _milliseconds(lambda: rollback(scratch), wall=True)
    wrong, seconds = _storm(scratch, versions(scratch), tables)
    return [
        ("size of a version", f"{size:.1f} MB"),
        ("publishing (written, synced, switched)", f"{published * 1000:.0f} ms"),
        ("opening a version", f"{opening:.1f} CPU ms (goal 10)"),
        ("opening it and checking every byte", f"{thorough:.1f} CPU ms"),
        ("rollback, with every byte checked", f"{back:.0f} ms (goal 1,000)"),
        (
            f"{REQUESTS:,} requests of {THREADS} threads over {SWITCHES} switches",
            f"{wrong} failed or mixed versions; {seconds:.1f} s",
        ),
    ]


def _storm(directory: Path, names: list[str], tables: Tables) -> tuple[int, float]:
    """Return how many answers failed or were not of the version that gave them, and how long it took."""
    holder = Holder(directory, look_every=0.0)
    users: list[Id] = tables.user_ids[:: max(1, len(tables.user_ids) // 50)].tolist()
    reference = Recommender(tables)
    expected = {user: [one.item for one in reference.home(user)] for user in users}
    turns, wrong = iter(range(REQUESTS)), []

    def shopper() -> None:
        for turn in turns:
            if turn % (REQUESTS // SWITCHES) == 0:
                switch(directory, names[turn * SWITCHES // REQUESTS % len(names)])
            user, recommender = users[turn % len(users)], holder.current()
            if recommender is None or [one.item for one in recommender.home(user)] != expected[user]:
                wrong.append(turn)

    began = time.monotonic()
    shoppers = [threading.Thread(target=shopper) for _ in range(THREADS)]
    for thread in shoppers:
        thread.start()
    for thread in shoppers:
        thread.join()
    return len(wrong), time.monotonic() - began


def _growth() -> list[Series]:
    """Return how the CPU seconds of a training grow with customers and with goods."""
    by_customers = [(size, _training(size, USUAL_GOODS)) for size in SIZES]
    by_goods = [(size, _training(USUAL_CUSTOMERS, size)) for size in GOODS]
    return [
        Series(f"customers ({USUAL_GOODS:,} goods)", by_customers),
        Series(f"goods ({USUAL_CUSTOMERS:,} customers)", by_goods),
    ]


def _training(customers: int, goods: int) -> float:
    history, items = made_up(customers, goods, baskets=30)
    began = time.process_time()
    train(history, items, TODAY, Settings(learned=False))
    return time.process_time() - began


def _manifest(number: int) -> Manifest:
    at = datetime(2026, 3, 1 + number, tzinfo=UTC).isoformat()
    return Manifest("", at, at, ("2025-03-01", "2026-03-01"), {}, {}, {}, {})


def _milliseconds(action: Callable[[], object], *, wall: bool = False) -> float:
    clock = time.monotonic if wall else time.process_time
    began = clock()
    action()
    return (clock() - began) * 1000


def _page(
    what: str, answers: list[tuple[str, float, float]], switching: list[tuple[str, str]], growth: list[Series]
) -> str:
    lines = [
        "# What recommending costs",
        "",
        f"Written by `python -m benchmarks.recommending` on {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, numpy {np.__version__}. {what}; peak memory of this run "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB.",
        "",
        "## An answer of ten",
        "",
        "CPU of one thread, the least of five rounds of 400 questions. The plain look-up is a ready list from a dict,",
        "without what is in the cart, ten of it made into answers; the ratio to it may be compared between machines.",
        "",
        "| surface | CPU ms | x plain look-up |",
        "|---|---:|---:|",
        *(f"| {name} | {cost / 1000:.4f} | {ratio:.0f} |" for name, cost, ratio in answers),
        "",
        "## Versions",
        "",
        "| what | figure |",
        "|---|---|",
        *(f"| {name} | {figure} |" for name, figure in switching),
        "",
    ]
    if growth:
        CHART.write_text(chart("CPU seconds of a training", growth))
        lines += [
            "## Training as the shop grows",
            "",
            "Without the learned rankers, 30 baskets of ten a customer.",
            "",
            f"![CPU seconds of a training]({CHART.name})",
            "",
        ]
        for series in growth:
            lines += ["| " + series.name + " | CPU s | CPU ms each |", "|---:|---:|---:|"]
            lines += [f"| {size:,} | {cost:.1f} | {cost / size * 1000:.2f} |" for size, cost in series.points]
            lines.append("")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interactions", type=Path)
    parser.add_argument("--items", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=TODAY)
    parser.add_argument("--artefact", type=Path, help="answer from what `python -m recommend fit` wrote")
    parser.add_argument("--answers-only", action="store_true", help="leave out how training grows")
    return parser.parse_args()


if __name__ == "__main__":
    main()
