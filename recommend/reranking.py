"""The second look at a cart: the most promising completions, described by what the tables say, judged by trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.blending import HABIT_SHARE, LONGEST_SUM, Candidates, Source
from recommend.columns import UNKNOWN, Codes, Floats, Id, IdMap
from recommend.tables import Tables
from recommend.trees import SmallTrees, Trees

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
PLACE_BITS = 31
PLACE_MASK = 2**PLACE_BITS - 1
PLACES = np.arange(JUDGED, dtype=np.float32)


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
    near = tables.cart_items.take(cart, axis=0).reshape(-1)
    entry = np.flatnonzero(near >= 0)
    scores = tables.cart_scores.take(cart, axis=0).reshape(-1).take(entry)
    span = slice(0, 0)
    if user != UNKNOWN:
        first = int(tables.own_starts[user])
        span = slice(first, min(first + HABITS_HEARD, int(tables.own_starts[user + 1])))
    habits, strength = tables.own_items[span], tables.own_scores[span]
    paired, best_habit = len(scores), max(float(strength.max(initial=0.0)), TINY)
    groups = _grouped(np.concatenate((near.take(entry), habits)), scores)
    found, total, n = groups.items, groups.total, len(groups.items)
    relative = total / max(float(total.max(initial=0.0)), TINY)
    owned = groups.last >= paired
    theirs = np.flatnonzero(owned)
    habit = np.zeros(n)
    habit[theirs] = strength.take(groups.last.take(theirs) - paired)
    blend = relative + (HABIT_SHARE / best_habit) * habit
    if n:
        own = np.minimum(found.searchsorted(cart), n - 1)
        blend[own[found.take(own) == cart]] = 0.0
    order = _descending(blend)[: min(LONGEST_SUM, int(np.count_nonzero(blend)))]
    strongest = groups.strongest.take(order)
    lead = np.full(len(order), UNKNOWN, np.int32)
    paired_up = np.flatnonzero(strongest < paired)
    lead[paired_up] = cart.take(entry.take(strongest.take(paired_up)) * len(cart) // max(len(near), 1))
    top = order[:JUDGED]
    mine = owned.take(top)
    kept = np.flatnonzero(mine)
    place = groups.last.take(top.take(kept)) - paired
    found, blend = found.take(order), blend.take(order)
    items = found[:JUDGED]
    rows = np.empty((len(FEATURES), len(top)), np.float32)
    rows[0] = blend[:JUDGED]
    rows[1] = total.take(top)
    rows[2] = relative.take(top)
    rows[3] = groups.part.take(top)
    rows[4] = (groups.size.take(top) - mine) / max(len(cart), 1)
    rows[5], rows[14] = len(cart), user != UNKNOWN
    rows[6] = habit.take(top)
    rows[7] = rows[6] / np.float32(best_habit)
    rows[8], rows[9] = -9.0, NO_HABIT
    if len(kept):
        rows[8, kept] = (tables.as_of_day[0] - tables.own_due[span].take(place)) / tables.own_every[span].take(place)
        rows[9, kept] = place
    rows[10] = sales.take(items)
    rows[11] = _alike(tables.item_type, items, cart)
    rows[12] = _alike(tables.item_category, items, cart)
    rows[13] = tables.item_every.take(items)
    rows[15] = PLACES[: len(top)]
    return Shortlist(found, blend, lead, rows.T)


def _descending(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the places of the values that are not negative, the greatest first, equal ones (of 32 bits) in order.

    The bits of such floats are in the order of the floats, so that value and place make one key, and sorting keys is
    much faster than sorting places.
    """
    keys = (~values.astype(np.float32).view(np.int32)).astype(np.int64) << 32
    keys |= np.arange(len(values))
    keys.sort()
    return keys & 0xFFFFFFFF


def _alike(labels: Codes, items: Codes, cart: Codes) -> NDArray[np.integer]:
    """Return for every item how many of the cart bear its label."""
    same = labels.take(cart)[:, None] == labels.take(items)
    return np.asarray(np.add.reduce(same.view(np.int8), axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Entries of equal items as one: their sum, number and greatest score, and which gave most and which came last."""

    items: Codes
    total: NDArray[np.float64]
    size: NDArray[np.intp]
    part: Floats
    strongest: NDArray[np.int64]
    last: NDArray[np.int64]


def _grouped(codes: Codes, scores: Floats) -> _Groups:
    """Group entries by item; those beyond the (positive) scores are habits, which count 0.

    Item and place make one key, so that sorting numbers does it; so do score and place, for the greatest of each.
    """
    values = np.zeros(len(codes), np.float32)
    values[: len(scores)] = scores
    keys = codes.astype(np.int64) << PLACE_BITS
    keys |= np.arange(len(codes))
    keys.sort()
    order, in_order = keys & PLACE_MASK, keys >> PLACE_BITS
    begins = np.ones(len(order) + 1, bool)
    np.not_equal(in_order[1:], in_order[:-1], out=begins[1:-1])
    borders = np.flatnonzero(begins)
    starts, ends = borders[:-1], borders[1:] - 1
    if not len(order):
        return _Groups(codes, np.zeros(0), ends, values, order, order)
    sorted_values = values.take(order)
    strength = sorted_values.view(np.int32).astype(np.int64) << PLACE_BITS
    strongest = np.maximum.reduceat(strength | order, starts) & PLACE_MASK
    return _Groups(
        items=in_order.take(starts).astype(np.int32),
        total=np.add.reduceat(sorted_values, starts, dtype=np.float64),
        size=ends - starts + 1,
        part=values.take(strongest),
        strongest=strongest,
        last=order.take(ends),
    )


def reranked(listed: Shortlist, trees: Trees | SmallTrees, sales_share: float = 0.0) -> Candidates:
    """Put the judged ones in the order of the trees, the others behind them; scores fall from 1 on.

    The log-odds gain `sales_share` times the log of the sales. Without trees the blend decides.
    """
    judged = len(listed.rows)
    if not judged or not (trees or sales_share):
        return Candidates(Source.CART, listed.items, listed.blend.astype(np.float32), listed.because)
    odds = trees.scores(listed.rows) if trees else np.log(listed.blend[:judged])
    odds = odds + sales_share * listed.rows[:, FEATURES.index("log sales")]
    chance = 1.0 / (1.0 + np.exp(-odds))
    order = (-chance).argsort(kind="stable")
    behind = float(chance[order[-1]]) * listed.blend[judged:] / max(float(listed.blend[judged - 1]), TINY)
    scores = np.concatenate((chance[order], behind)).astype(np.float32)
    place = np.concatenate((order, np.arange(judged, len(listed.items))))
    return Candidates(Source.CART, listed.items.take(place), scores, listed.because.take(place))
