"""What the weeks after a cut answered: questions for every surface, and how tables and best sellers did on them.

The origin rolls: tables are trained on what lay before a cut and asked what the next four weeks brought, at cuts
four weeks apart. A large shop is judged on a random share of its customers (`sampled`), so that judging stays
cheaper than training; the figures say how one set of tables compares with another on the same cases and are lower
than those of tables trained on everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np

from recommend.artifacts import Tables
from recommend.columns import UNKNOWN, Id
from recommend.evaluation import Evaluation, evaluate
from recommend.interactions import Interactions, Items
from recommend.serving import Asked, Recommender
from recommend.splitting import Case, companion_cases, hidden_item_cases, next_basket_cases, split_at, switch_cases
from recommend.training import Settings, train

SURFACES = ("home", "discover", "cart", "together", "similar")
ENOUGH_CASES = 30
MOST_CASES = 600
MOST_LINES = 150_000
FEWER_ITERATIONS = 6
K = 10


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A cut with its past, the questions of the weeks after it by surface, and what each asked customer owned."""

    cut: datetime | date
    past: Interactions
    items: Items
    cases: dict[str, list[Case]]
    owned: dict[Id, frozenset[Id]]


def origins(
    history: Interactions, items: Items, as_of: datetime | date, *, cuts: int, horizon_days: int, seed: int
) -> list[Origin]:
    """Return the latest cut first; those without a past or without ENOUGH_CASES on any surface are left out."""
    history = sampled(history, MOST_LINES, seed)
    found = [
        _origin(history, items, as_of - timedelta(days=horizon_days * (back + 1)), horizon_days, seed)
        for back in range(cuts)
    ]
    return [origin for origin in found if origin.cases]


def sampled(history: Interactions, most_lines: int, seed: int) -> Interactions:
    """Return about `most_lines` lines: random customers with all their lines, and a like share of nobody's carts."""
    if len(history) <= most_lines:
        return history
    draw, share = np.random.default_rng(seed), most_lines / len(history)
    customers, baskets = draw.random(len(history.users)) < share, draw.random(history.baskets) < share
    known = history.user >= 0
    keep = (
        np.where(known, customers[history.user], baskets[history.basket]) if len(customers) else baskets[history.basket]
    )
    return history.where(keep)


def trained_at(origin: Origin, settings: Settings) -> Tables:
    """Train for judging: the settings as they are, but with fewer iterations, for all candidates alike."""
    cheaper = replace(settings, iterations=min(settings.iterations, FEWER_ITERATIONS))
    return train(origin.past, origin.items, origin.cut, cheaper)


def asked(origin: Origin, tables: Tables) -> dict[str, Evaluation]:
    """Ask tables every question of an origin."""
    recommender = Recommender(tables)
    return _evaluated(origin, tables, lambda surface, case: _answer(recommender, surface, case))


def best_sellers(origin: Origin, tables: Tables) -> dict[str, Evaluation]:
    """Ask the best sellers of the last 28 days the same questions."""
    recommender = Recommender(tables)
    return _evaluated(origin, tables, lambda surface, case: _best_sellers(recommender, surface, case, origin.owned))


def _evaluated(origin: Origin, tables: Tables, ask: Callable[[str, Case], list[Id]]) -> dict[str, Evaluation]:
    sold = dict(zip(tables.item_ids.tolist(), tables.popularity.tolist(), strict=True))
    return {
        surface: evaluate(cases, partial(ask, surface), catalogue=len(tables.item_ids), k=K, sold=sold)
        for surface, cases in origin.cases.items()
    }


def _origin(history: Interactions, items: Items, cut: datetime | date, horizon_days: int, seed: int) -> Origin:
    split = split_at(history, cut, horizon_days)
    if not len(split.known) or not len(split.later):
        return Origin(cut, split.known, items, {}, {})
    owned, later = _owned(split.known), _owned(split.later)
    found = {
        "home": next_basket_cases(split),
        "discover": [
            Case(user, (), bought - owned[user]) for user, bought in later.items() if bought - owned.get(user, bought)
        ],
        "cart": hidden_item_cases(split, limit=MOST_CASES, seed=seed),
        "together": companion_cases(split, limit=MOST_CASES, seed=seed),
        "similar": switch_cases(split, _labels(items), limit=MOST_CASES, seed=seed),
    }
    draw = np.random.default_rng(seed)
    cases = {surface: _some(found[surface], draw) for surface in SURFACES if len(found[surface]) >= ENOUGH_CASES}
    return Origin(cut, split.known, items.only(split.known.items), cases, owned)


def _answer(recommender: Recommender, surface: str, case: Case) -> list[Id]:
    asked = Asked(k=K, per_type=None)
    match surface:
        case "home":
            found = recommender.home(case.user, asked)
        case "discover":
            found = recommender.discover(case.user, asked)
        case "cart":
            found = recommender.cart(case.given, case.user, asked)
        case "together":
            found = recommender.together(case.given[0], asked)
        case _:
            found = recommender.similar(case.given[0], asked)
    return [one.item for one in found]


def _best_sellers(recommender: Recommender, surface: str, case: Case, owned: dict[Id, frozenset[Id]]) -> list[Id]:
    """The best sellers without what is in the hand already; for discovery without what the customer knows."""
    known = owned.get(case.user, frozenset()) if surface == "discover" and case.user is not None else ()
    asked = Asked(k=K, exclude={*case.given, *known}, per_type=None)
    return [one.item for one in recommender.popular(asked)]


def _owned(history: Interactions) -> dict[Id, frozenset[Id]]:
    """Return what each known customer bought, in order of the customers' ids."""
    known = history.user >= 0
    order = np.argsort(history.user[known], kind="stable")
    users, names = history.user[known][order], history.items.ids[history.item[known][order]]
    borders = np.flatnonzero(np.diff(users)) + 1
    groups = np.split(np.arange(len(users)), borders) if len(users) else []
    return {history.users.id(int(users[group[0]])): frozenset(names[group].tolist()) for group in groups}


def _labels(items: Items) -> dict[Id, Id]:
    there = items.product_type != UNKNOWN
    if not bool(there.any()):
        return {}
    labels = items.types.ids[items.product_type[there]].tolist()
    return dict(zip(items.ids.ids[there].tolist(), labels, strict=True))


def _some(cases: list[Case], draw: np.random.Generator) -> list[Case]:
    if len(cases) <= MOST_CASES:
        return cases
    return [cases[place] for place in sorted(draw.choice(len(cases), MOST_CASES, replace=False).tolist())]
