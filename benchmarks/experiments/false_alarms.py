"""A/A: nothing differs, so whatever is found is found wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.experiments.population import (
    DAYS,
    METRICS,
    PLAIN_REVENUE,
    Numbers,
    Population,
    drawn,
    to_moments,
)
from storefront.experiments.metrics import REVENUE, Metric
from storefront.experiments.planning import Plan, Watching
from storefront.experiments.readings import Readings
from storefront.experiments.statistics import corrections, srm
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.means import compare
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.sequential import Anytime, Once, Rule, Spending
from storefront.experiments.verdict import Decision, read

ALPHA = 0.05


def once(population: Population, experiments: int, visitors: int, seed: int = 1) -> dict[str, float]:
    """Return the share of experiments in which one look tells each metric from itself, and "cut", what CUPED takes."""
    rng, found, kept = np.random.default_rng(seed), {metric.key: 0 for metric in METRICS}, []
    lines = {metric: population.lines(metric) for metric in METRICS}
    for chunk in _chunks(experiments):
        control, treated = (drawn(rng, population.size, chunk, visitors) for _ in range(2))
        for metric, table in lines.items():
            for left, right in zip(control @ table, treated @ table, strict=True):
                read_out = figures(metric, {"a": to_moments(left), "b": to_moments(right)})
                found[metric.key] += compare(read_out.arms["a"], read_out.arms["b"]).p_value < ALPHA
                if metric is REVENUE:
                    kept.append(read_out.kept)
    return {key: count / experiments for key, count in found.items()} | {"cut": 1 - float(np.mean(kept))}


def several(population: Population, experiments: int, visitors: int, arms: int, seed: int = 2) -> tuple[float, float]:
    """Return the share of experiments in which any of `arms` is told from the control, (as it is, after Holm)."""
    rng, plain, held = np.random.default_rng(seed), 0, 0
    table = population.lines(REVENUE)
    for chunk in _chunks(experiments):
        sums = [drawn(rng, population.size, chunk, visitors) @ table for _ in range(arms + 1)]
        for rows in zip(*sums, strict=True):
            measured = figures(REVENUE, {str(place): to_moments(row) for place, row in enumerate(rows)}).arms
            p_values = {arm: compare(measured["0"], figure).p_value for arm, figure in measured.items() if arm != "0"}
            plain += min(p_values.values()) < ALPHA
            held += min(corrections.holm(p_values).values()) < ALPHA
    return plain / experiments, held / experiments


@dataclass(frozen=True)
class Course:
    """One A/A experiment at the end of each day: moments of both arms without and with what they spent before."""

    control: list[Moments]
    treated: list[Moments]


def courses(
    population: Population, experiments: int, visitors: int, lift: float = 0.0, seed: int = 3
) -> Iterator[Course]:
    """Yield experiments whose visitors come evenly over 28 days and go on spending from their first day to the last.

    In the treated arm everybody spends `lift` more.
    """
    rng = np.random.default_rng(seed)
    so_far = np.cumsum(population.spend, axis=1)
    before = population.spend_before[:, None]
    table = np.concatenate([so_far, so_far**2, so_far * before, before, before**2], axis=1)
    newcomers = np.diff(np.arange(DAYS + 1) * visitors // DAYS)
    for chunk in _chunks(experiments, 100):
        arms = [_days(rng, population.size, chunk, newcomers, table) for _ in range(2)]
        arms[1] *= np.array([1, 1 + lift, (1 + lift) ** 2, 1, 1, 1 + lift])
        for control, treated in zip(*arms, strict=True):
            yield Course([_moments(row) for row in control], [_moments(row) for row in treated])


def _days(rng: np.random.Generator, people: int, experiments: int, newcomers: Numbers, table: Numbers) -> Numbers:
    """Return (experiments, days, [n, y, yy, x, xx, yx]) of one arm."""
    sums = np.zeros((experiments, DAYS, 6))
    for day, count in enumerate(newcomers):
        found = drawn(rng, people, experiments, int(count)) @ table
        left = DAYS - day
        sums[:, day:, 0] += count
        for place, start in ((1, 0), (2, DAYS), (5, 2 * DAYS)):
            sums[:, day:, place] += found[:, start : start + left]
        sums[:, day:, 3] += found[:, -2:-1]
        sums[:, day:, 4] += found[:, -1:]
    return sums


def _moments(row: Numbers) -> Moments:
    n, y, yy, x, xx, yx = (float(value) for value in row)
    return Moments(round(n), y, yy, x=x, xx=xx, yx=yx)


def rules(day: int, visitors: int) -> dict[str, Rule]:
    """Return the ways of looking at the end of `day` (1 to 28) of an experiment with `visitors` in each arm planned."""
    seen = tuple(float(2 * (one * visitors // DAYS)) for one in range(1, day + 1))
    return {
        "a fixed test, looked at every day": Once(ALPHA),
        "O'Brien-Fleming spending": Spending(ALPHA, seen, tuple(one / DAYS for one in range(1, day + 1))),
        "confidence sequence": Anytime(ALPHA, seen[-1], 2.0 * visitors, ALPHA),
    }


def watched(
    population: Population, experiments: int, visitors: int, lift: float = 0.0, seed: int = 3
) -> dict[tuple[str, str], float]:
    """Return for each (metric, way of looking) the share of experiments told apart on any of 28 days."""
    ways = [rules(day, visitors) for day in range(1, DAYS + 1)]
    found = {(metric.key, way): 0 for metric in (PLAIN_REVENUE, REVENUE) for way in ways[0]}
    for course in courses(population, experiments, visitors, lift, seed):
        for metric in (PLAIN_REVENUE, REVENUE):
            seen = _ever(metric, course, ways)
            for way in seen:
                found[metric.key, way] += 1
    return {key: count / experiments for key, count in found.items()}


def _ever(metric: Metric, course: Course, ways: list[dict[str, Rule]]) -> set[str]:
    seen: set[str] = set()
    for day, rules_of_day in enumerate(ways):
        measured = figures(metric, {"a": course.control[day], "b": course.treated[day]}).arms
        for way, rule in rules_of_day.items():
            if way not in seen and compare(measured["a"], measured["b"], rule).is_shown:
                seen.add(way)
    return seen


def verdicts(population: Population, experiments: int, visitors: int, watching: Watching, seed: int = 4) -> float:
    """Return the share of A/A experiments, watched daily, whose whole verdict is ever a win or a loss."""
    plan = Plan("a", {"a": 5_000, "b": 5_000}, REVENUE, 2 * visitors, DAYS, watching=watching)
    wrong = 0
    for course in courses(population, experiments, visitors, seed=seed):
        seen: list[int] = []
        for control, treated in zip(course.control, course.treated, strict=True):
            seen.append(control.n + treated.n)
            readings = Readings(
                {"a": {REVENUE.key: control}, "b": {REVENUE.key: treated}},
                {"a": control.n, "b": treated.n},
                tuple(seen),
            )
            if read(readings, plan).decision in {Decision.WIN, Decision.LOSE}:
                wrong += 1
                break
    return wrong / experiments


def sample_ratio(experiments: int, visitors: int, share: float, looks: int = 200, seed: int = 5) -> tuple[float, float]:
    """Return how often (the watched test ever alarms, chi-square does at the end) where `share` are treated."""
    rng, plan = np.random.default_rng(seed), {"a": 5_000, "b": 5_000}
    steps = np.diff(np.arange(looks + 1) * visitors // looks)
    treated = np.cumsum(rng.binomial(steps, share, size=(experiments, looks)), axis=1)
    total, ever, end = np.cumsum(steps), 0, 0
    for row in treated:
        counts = [{"a": int(whole - part), "b": int(part)} for whole, part in zip(total, row, strict=True)]
        ever += any(srm.watched(one, plan) < srm.WATCHED_LEVEL for one in counts)
        end += srm.chi_square(counts[-1], plan) < srm.LEVEL
    return ever / experiments, end / experiments


def _chunks(experiments: int, size: int = 500) -> Iterator[int]:
    for start in range(0, experiments, size):
        yield min(size, experiments - start)
