"""The second look at a cart: the most promising completions, described by what the tables say, judged by trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.blending import HABIT_SHARE, LONGEST_SUM, Candidates, Source
from recommend.columns import UNKNOWN, Codes, Floats, Id, IdMap
from recommend.tables import Tables
from recommend.trees import Trees

JUDGED = 48
HABITS_HEARD = 80
LONGEST_CART = 40
MOST = 2**63
FEATURES = (
    "blend",
    "sum",
    "sum against the best",
    "greatest part",
    "share of the cart that speaks for it",
    "cart size",
    "habit",
    "habit against the strongest",
    "age against interval",
    "place among habits",
    "log sales",
    "items of its type in the cart",
    "items of its category in the cart",
    "usual interval",
    "customer known",
    "place",
)
NO_HABIT = 999.0
TINY = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """Completions in order of their blend; `rows` describes the first JUDGED of them, a column per feature."""

    items: Codes
    blend: NDArray[np.float64]
    because: Codes
    rows: NDArray[np.float32]


def cart_codes(known: IdMap, items: Sequence[Id]) -> Codes:
    """Return the known ones of the latest LONGEST_CART items, each once."""
    latest = list(dict.fromkeys(list(items)[-LONGEST_CART:]))
    if latest and all(type(item) is int and abs(item) < MOST for item in latest) and known.ids.dtype.kind == "i":
        codes: Codes = known.codes(np.array(latest, np.int64))
        return np.asarray(codes[codes != UNKNOWN], np.int32)
    found = [known.code(item) for item in latest]
    return np.array([code for code in found if code != UNKNOWN], np.int32)


def shortlist(tables: Tables, cart: Codes, user: int, sales: Floats) -> Shortlist:
    """Sum the neighbours of the cart, add the habits of a known customer (-1: nobody), and describe the best.

    `sales` is log(1 + popularity) per item. Items of the cart are left out.
    """
    near = tables.cart_items[cart]
    there = near >= 0
    scores = tables.cart_scores[cart][there]
    span = slice(0, 0)
    if user != UNKNOWN:
        first = int(tables.own_starts[user])
        span = slice(first, min(first + HABITS_HEARD, int(tables.own_starts[user + 1])))
    habits, strength = tables.own_items[span], tables.own_scores[span]
    paired, best_habit = len(scores), max(float(strength.max(initial=0.0)), TINY)
    groups = _grouped(np.concatenate((near[there], habits)), scores)
    found, total, n = groups.items, groups.total, len(groups.items)
    relative = total / max(float(total.max(initial=0.0)), TINY)
    owned = groups.weakest >= paired
    habit = np.zeros(n)
    habit[owned] = strength[groups.weakest[owned] - paired]
    blend = relative + (HABIT_SHARE / best_habit) * habit
    if n:
        own = np.minimum(np.searchsorted(found, cart), n - 1)
        blend[own[found[own] == cart]] = 0.0
    order = np.argsort(-blend, kind="stable")[: min(LONGEST_SUM, int(np.count_nonzero(blend)))]
    strongest = groups.strongest[order]
    entry = np.flatnonzero(there)
    lead = np.full(len(order), UNKNOWN, np.int32)
    paired_up = strongest < paired
    lead[paired_up] = cart[entry[strongest[paired_up]] // max(near.shape[1], 1)]
    top = order[:JUDGED]
    kept = np.flatnonzero(owned[top])
    place = groups.weakest[top[kept]] - paired
    items = found[top]
    rows = np.empty((len(top), len(FEATURES)), np.float32)
    rows[:, 0] = blend[top]
    rows[:, 1] = total[top]
    rows[:, 2] = relative[top]
    rows[:, 3] = groups.part[top]
    rows[:, 4] = (groups.size[top] - owned[top]) / max(len(cart), 1)
    rows[:, 5] = len(cart)
    rows[:, 6] = habit[top]
    rows[:, 7] = rows[:, 6] / np.float32(best_habit)
    rows[:, 8:10] = (-9.0, NO_HABIT)
    rows[kept, 8] = (float(tables.as_of_day[0]) - tables.own_due[span][place]) / tables.own_every[span][place]
    rows[kept, 9] = place
    rows[:, 10] = sales[items]
    rows[:, 11] = (tables.item_type[items][:, None] == tables.item_type[cart]).sum(axis=1)
    rows[:, 12] = (tables.item_category[items][:, None] == tables.item_category[cart]).sum(axis=1)
    rows[:, 13] = tables.item_every[items]
    rows[:, 14] = user != UNKNOWN
    rows[:, 15] = np.arange(len(top))
    return Shortlist(found[order].astype(np.int32), blend[order], lead, rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Entries of equal items as one: their sum, number and greatest score, and which entries gave most and least."""

    items: Codes
    total: NDArray[np.float64]
    size: NDArray[np.intp]
    part: NDArray[np.float64]
    strongest: NDArray[np.intp]
    weakest: NDArray[np.intp]


def _grouped(codes: Codes, scores: Floats) -> _Groups:
    """Group entries by item; those beyond the (positive) scores are habits, which count 0.

    One sort does it: the bits of positive floats are in the order of the floats, so that item and score make one key.
    """
    values = np.zeros(len(codes), np.float32)
    values[: len(scores)] = scores
    order = np.argsort((codes.astype(np.int64) << 32) | values.view(np.int32), kind="stable")
    in_order, sums = codes[order], values[order].astype(np.float64)
    begins = np.ones(len(order) + 1, bool)
    np.not_equal(in_order[1:], in_order[:-1], out=begins[1:-1])
    borders = np.flatnonzero(begins)
    starts, ends = borders[:-1], borders[1:] - 1
    return _Groups(
        items=in_order[starts],
        total=np.add.reduceat(sums, starts) if len(order) else sums,
        size=ends - starts + 1,
        part=sums[ends],
        strongest=order[ends],
        weakest=order[starts],
    )


def reranked(listed: Shortlist, trees: Trees, sales_share: float = 0.0) -> Candidates:
    """Put the judged ones in the order of the trees, the others behind them; scores fall from 1 on.

    The log-odds gain `sales_share` times the log of the sales. Without trees the blend decides.
    """
    judged = len(listed.rows)
    if not judged or not (trees or sales_share):
        return Candidates(Source.CART, listed.items, listed.blend.astype(np.float32), listed.because)
    odds = trees.scores(listed.rows) if trees else np.log(listed.blend[:judged])
    odds = odds + sales_share * listed.rows[:, FEATURES.index("log sales")]
    chance = 1.0 / (1.0 + np.exp(-odds))
    order = np.argsort(-chance, kind="stable")
    behind = float(chance[order[-1]]) * listed.blend[judged:] / max(float(listed.blend[judged - 1]), TINY)
    scores = np.concatenate((chance[order], behind)).astype(np.float32)
    place = np.concatenate((order, np.arange(judged, len(listed.items))))
    return Candidates(Source.CART, listed.items[place], scores, listed.because[place])
