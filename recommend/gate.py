"""Which tables may be served: judged on the last weeks, checked for soundness, published or refused with reasons."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from importlib.metadata import version as installed
from pathlib import Path

import numpy as np

from recommend.artifacts import Manifest, Tables, exclusive, publish
from recommend.columns import UNKNOWN, Id
from recommend.evaluation import Difference, Metrics, difference, evaluate
from recommend.interactions import Interactions, Items
from recommend.neighbours import Neighbours
from recommend.serving import Asked, Recommender
from recommend.splitting import Case, hidden_item_cases, next_basket_cases, split_at
from recommend.training import Progress, Settings, train

ENOUGH_CASES = 30
ENOUGH_BASKETS = 5
MOST_CASES = 1500


@dataclass(frozen=True, slots=True)
class Comparison:
    """One surface against the best sellers of the last weeks, on the same cases."""

    model: Metrics
    baseline: Metrics
    difference: Difference


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training came to: the published manifest, or the reasons why nothing was published."""

    manifest: Manifest | None
    refusals: tuple[str, ...]
    report: dict[str, Comparison] = field(default_factory=dict)


def validate(
    history: Interactions, items: Items, as_of: datetime | date, settings: Settings = Settings()
) -> dict[str, Comparison]:
    """Fit on all but the last `horizon_days`, ask what was bought in them, and ask the best sellers the same.

    Surfaces with fewer than ENOUGH_CASES answers are left out: nothing could be concluded from them.
    """
    cut = as_of - timedelta(days=settings.horizon_days)
    split = split_at(history, cut, settings.horizon_days)
    surfaces = {
        "home": next_basket_cases(split)[:MOST_CASES],
        "cart": hidden_item_cases(split, limit=MOST_CASES, seed=settings.seed),
    }
    surfaces = {name: cases for name, cases in surfaces.items() if len(cases) >= ENOUGH_CASES}
    if not surfaces or not len(split.known):
        return {}
    tables = train(split.known, items, cut, settings)
    recommender = Recommender(tables)
    return {name: _compared(recommender, name, cases) for name, cases in surfaces.items()}


def refusals(tables: Tables, report: dict[str, Comparison]) -> tuple[str, ...]:
    """Say why these tables must not be served; nothing means that they may."""
    return (*_unsound(tables), *_worse_than_best_sellers(report))


def train_and_publish(
    directory: Path,
    history: Interactions,
    items: Items,
    *,
    as_of: datetime | date,
    trained_at: datetime,
    settings: Settings = Settings(),
    progress: Progress = lambda _step: None,
) -> Outcome:
    """Validate, fit, judge, and publish if nothing speaks against it; otherwise what was current stays current.

    Raises TrainingBusy while another training holds the directory and ArtefactError when writing fails.
    """
    with exclusive(directory):
        past = history.between(None, as_of)
        if not len(past):
            return Outcome(None, (f"there are no purchases before {as_of}",))
        progress("check")
        report = validate(past, items, as_of, settings)
        tables = train(past, items, as_of, settings, progress)
        reasons = refusals(tables, report)
        if reasons:
            return Outcome(None, reasons, report)
        progress("publish")
        manifest = _manifest(
            past=past, tables=tables, as_of=as_of, trained_at=trained_at, settings=settings, report=report
        )
        return Outcome(publish(directory, tables, manifest), (), report)


def _compared(recommender: Recommender, surface: str, cases: list[Case]) -> Comparison:
    catalogue = len(recommender.tables.item_ids)

    def model(case: Case) -> list[Id]:
        asked = Asked(k=10, per_type=None)
        if surface == "home":
            return [found.item for found in recommender.home(case.user, asked)]
        return [found.item for found in recommender.cart(case.given, case.user, asked)]

    def best_sellers(case: Case) -> list[Id]:
        return [found.item for found in recommender.popular(Asked(k=10, exclude=case.given, per_type=None))]

    mine, theirs = (evaluate(cases, ask, catalogue=catalogue, k=10) for ask in (model, best_sellers))
    return Comparison(mine.metrics, theirs.metrics, difference(mine, theirs))


def _unsound(tables: Tables) -> list[str]:
    found = []
    n = len(tables.item_ids)
    if not len(tables.popular):
        found.append("no item has sold at all")
    for name in (
        "popularity",
        "home_scores",
        "own_scores",
        "discover_scores",
        "cart_scores",
        "together_scores",
        "similar_scores",
    ):
        if not bool(np.isfinite(getattr(tables, name)).all()):
            found.append(f"{name} holds a value that is no number")
    for name in (
        "popular",
        "category_items",
        "home_items",
        "home_because",
        "own_items",
        "discover_items",
        "cart_items",
        "together_items",
        "similar_items",
    ):
        codes = getattr(tables, name)
        if codes.size and (int(codes.min()) < UNKNOWN or int(codes.max()) >= n):
            found.append(f"{name} points at an item that does not exist")
    strangers = int((tables.home_items[:, 0] < 0).sum()) if tables.home_items.size else 0
    if strangers:
        found.append(f"{strangers} customers have an empty home list")
    found.extend(_lonely(tables))
    return found


def _lonely(tables: Tables) -> list[str]:
    """Items that sell in company must have cart neighbours."""
    active = tables.popularity >= ENOUGH_BASKETS
    if int(active.sum()) < ENOUGH_CASES:
        return []
    missing = float((Neighbours(tables.cart_items, tables.cart_scores).counts[active] == 0).mean())
    return [f"{missing:.1%} of the items that sell have no cart neighbours"] if missing > 0.01 else []


def _worse_than_best_sellers(report: dict[str, Comparison]) -> list[str]:
    return [
        f"{surface}: nDCG@10 {compared.model.ndcg:.4f} is clearly below the best sellers' {compared.baseline.ndcg:.4f}"
        for surface, compared in report.items()
        if compared.difference.clearly_worse
    ]


def _manifest(
    *,
    past: Interactions,
    tables: Tables,
    as_of: datetime | date,
    trained_at: datetime,
    settings: Settings,
    report: dict[str, Comparison],
) -> Manifest:
    metrics: dict[str, dict[str, float]] = {}
    for surface, compared in report.items():
        metrics[surface] = asdict(compared.model)
        metrics[f"{surface} best sellers"] = asdict(compared.baseline)
    return Manifest(
        version="",
        trained_at=trained_at.isoformat(),
        as_of=as_of.isoformat(),
        window=(str(past.at.min()), str(past.at.max())),
        counts={
            "lines": len(past),
            "baskets": past.baskets,
            "users": len(tables.user_ids),
            "items": len(tables.item_ids),
        },
        settings=asdict(settings),
        libraries={name: installed(name) for name in ("implicit", "numpy", "scipy")}
        | {"python": platform.python_version()},
        metrics=metrics,
    )
