"""Simulate what experiments promise and write EXPERIMENT_RESULTS.md; `--people made-up` needs no data."""

from __future__ import annotations

import argparse
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.experiments import false_alarms, interleaved, powers
from benchmarks.experiments.population import PLAIN_REVENUE, Population, complete_journey, made_up
from storefront.experiments.metrics import CLICK_THROUGH, CONVERSION, ORDER_VALUE, REVENUE, UNITS
from storefront.experiments.planning import Watching

RESULTS = Path(__file__).parents[1] / "EXPERIMENT_RESULTS.md"
VISITORS = 3_000
WORDS = {
    PLAIN_REVENUE.key: "revenue per visitor",
    REVENUE.key: "revenue per visitor, CUPED",
    UNITS.key: "units per visitor, CUPED",
    ORDER_VALUE.key: "order value (ratio, delta method)",
    CONVERSION.key: "conversion in the first week",
    CLICK_THROUGH.key: "click-through, clustered by visitor",
}


@dataclass(frozen=True)
class Row:
    """One claim: what was simulated, what came out, what it had to be, and whether it was."""

    what: str
    found: str
    goal: str
    holds: bool | None


def share(found: float, experiments: int) -> str:
    """Return a share in per cent with its simulation error (one sigma)."""
    return f"{100 * found:.1f} ± {100 * _error(found, experiments):.1f} %"


def error_rates(people: Population, experiments: int) -> list[Row]:
    """Nothing differs, and somebody looks once, or every day, or at several arms."""
    found = false_alarms.once(people, experiments, VISITORS)
    rows = [
        Row(f"A/A, one look: {words}", share(found[key], experiments), "4 to 6.2 %", 0.04 <= found[key] <= 0.062)
        for key, words in WORDS.items()
    ]
    rows.append(
        Row("CUPED takes of the variance of revenue", f"{100 * found['cut']:.0f} %", ">= 55 %", found["cut"] >= 0.55)
    )
    for (key, way), rate in false_alarms.watched(people, experiments, VISITORS).items():
        goal = None if way.startswith("a fixed") else rate <= 0.05 + 2 * _error(0.05, experiments)
        words = "(what it costs not to pay for looking)" if goal is None else "<= 5 %"
        rows.append(Row(f"A/A, 28 looks, {way}: {WORDS[key]}", share(rate, experiments), words, goal))
    fewer = experiments // 4
    for watching in (Watching.SPENDING, Watching.SEQUENCE):
        rate = false_alarms.verdicts(people, fewer, VISITORS, watching)
        what = f"A/A, 28 looks, the whole verdict ever says win or lose: {watching}"
        rows.append(Row(what, share(rate, fewer), "<= 5 %", rate <= 0.05 + 2 * _error(0.05, fewer)))
    for arms in (3, 5):
        plain, held = false_alarms.several(people, experiments, VISITORS, arms)
        found_in = f"{share(held, experiments)} (uncorrected {100 * plain:.1f} %)"
        rows.append(
            Row(
                f"A/A, {arms} arms beside the control, Holm",
                found_in,
                "<= 5 %",
                held <= 0.05 + 2 * _error(0.05, experiments),
            )
        )
    return rows


def power_rates(people: Population, experiments: int) -> list[Row]:
    """An effect that is known."""
    asked = []
    for lift in (0.04, 0.08):
        plain, adjusted = powers.plain_and_adjusted(people, lift, experiments, VISITORS)
        asked += [(f"+{100 * lift:.0f} % revenue", plain), (f"+{100 * lift:.0f} % revenue, CUPED", adjusted)]
    asked.append(("3 % conversion +20 %, 10,000 an arm", powers.conversion(0.03, 0.2, experiments, 10_000)))
    for watching in (Watching.SPENDING, Watching.SEQUENCE):
        asked.append(
            (
                f"+5 % revenue, CUPED, 28 looks, {watching}",
                powers.watched(people, watching, 0.05, experiments, VISITORS),
            )
        )
    return [
        Row(
            f"power: {what}",
            f"{share(found, experiments)}, calculator {100 * promised:.1f} %",
            "within 3 points",
            abs(found - promised) <= 0.03,
        )
        for what, (found, promised) in asked
    ]


def sample_ratio_rates(experiments: int) -> list[Row]:
    """Visitors as planned, and visitors who are not."""
    ever, end = false_alarms.sample_ratio(experiments, 50_000, 0.5)
    rows = [
        Row("sample ratio, as planned, 200 looks to 50,000 visitors", share(ever, experiments), "<= 1 %", ever <= 0.01),
        Row("sample ratio, as planned, chi-square at the end", share(end, experiments), "<= 1 %", end <= 0.01),
    ]
    for visitors in (10_000, 50_000):
        ever, end = false_alarms.sample_ratio(experiments, visitors, 0.52)
        found = f"{share(ever, experiments)} watched, {share(end, experiments)} chi-square"
        always = visitors == 50_000
        rows.append(
            Row(
                f"sample ratio, 52/48 at {visitors:,}",
                found,
                "always" if always else "",
                (ever == end == 1) if always else None,
            )
        )
    return rows


def interleaving_rows(experiments: int) -> list[Row]:
    """A ranking that is a little better."""
    rows, worlds = [], [interleaved.shoppers(interleaved.world(0.1, seed), 10_000, seed) for seed in range(3)]
    asked = [interleaved.needs(made) for made in worlds]
    for one in asked:
        what = f"interleaving, clicks per impression +{100 * one.lift:.1f} %: A/B test {one.split:,} visitors"
        rows.append(Row(what, f"{one.merged:,}: {one.times:.1f} times fewer", ">= 3 times", one.times >= 3))
    fewer = experiments // 4
    split, merged = interleaved.found(worlds[0], asked[0], fewer)
    rows.append(
        Row(
            "power with as many visitors as that, the first of these",
            f"A/B test {share(split, fewer)}, interleaving {share(merged, fewer)}",
            "80 %, within 5 points",
            max(abs(split - 0.8), abs(merged - 0.8)) <= 0.05,
        )
    )
    alarms = interleaved.alarms(100, fewer)
    rows.append(
        Row(
            "interleaving, all items alike", share(alarms, fewer), "about 5 %", alarms <= 0.05 + 3 * _error(0.05, fewer)
        )
    )
    return rows


def render(people: Population, experiments: int, rows: list[Row], seconds: float) -> str:
    """Return the report."""
    marks = {True: "yes", False: "**no**", None: ""}
    return "\n".join(
        [
            "# What the statistics of experiments hold",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {experiments:,} simulated experiments "
            f"of {VISITORS:,} visitors an arm (where nothing else is said) drawn with replacement from {people.name}. "
            f"{seconds:.0f} CPU seconds. ± is one standard error of the simulation; goals of 5 % allow "
            "for two of them. Every figure is made by the functions that the shop uses. README.md says how.",
            "",
            "| claim | simulated | goal | holds |",
            "|---|---|---|---|",
            *(f"| {row.what} | {row.found} | {row.goal} | {marks[row.holds]} |" for row in rows),
            "",
        ]
    )


def main() -> None:
    """Run everything; takes a minute or two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=2_000)
    parser.add_argument("--people", choices=("complete-journey", "made-up"), default="complete-journey")
    asked = parser.parse_args()
    people = made_up() if asked.people == "made-up" else complete_journey()
    started = time.process_time()
    rows = [
        *error_rates(people, asked.experiments),
        *power_rates(people, asked.experiments),
        *sample_ratio_rates(asked.experiments),
        *interleaving_rows(asked.experiments),
    ]
    report = render(people, asked.experiments, rows, time.process_time() - started)
    RESULTS.write_text(report, encoding="utf-8")
    print(report)


def _error(rate: float, experiments: int) -> float:
    return float((rate * (1 - rate) / experiments) ** 0.5)


if __name__ == "__main__":
    main()
