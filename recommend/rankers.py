"""The learnt rankers: what past weeks answered, trees fitted to the answers, and the lists that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.columns import UNKNOWN, Codes, Floats, IdMap
from recommend.features import Pairs, Past
from recommend.foundations import Foundations
from recommend.interactions import Interactions
from recommend.learning import boosted
from recommend.neighbours import Neighbours
from recommend.reranking import FEATURES, cart_codes, shortlist
from recommend.splitting import Split, hidden_item_cases
from recommend.tables import Tables
from recommend.trees import Trees, no_trees

HABITS_JUDGED = 150
DISCOVERIES_JUDGED = 20
MOST_CARTS = 12_000
ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Rows of features and whether each turned out right."""

    rows: NDArray[np.float32]
    right: NDArray[np.bool_]


def candidates(ground: Foundations) -> Pairs:
    """Return every customer's strongest habits and best discoveries, customer by customer."""
    owner = ground.owner
    place = np.arange(len(owner)) - ground.own_starts[owner]
    judged = place < HABITS_JUDGED
    new = ground.discover.items[:, :DISCOVERIES_JUDGED]
    there = new >= 0
    user = np.concatenate([owner[judged], np.nonzero(there)[0]])
    item = np.concatenate([ground.own_items[judged], new[there]])
    liking = np.concatenate(
        [np.zeros(int(judged.sum())), ground.discover.scores[:, :DISCOVERIES_JUDGED][there].astype(np.float64)]
    )
    order = np.argsort(user, kind="stable")
    user, item = user[order].astype(np.int32), item[order].astype(np.int32)
    taste = np.einsum("rf,rf->r", ground.taste.users[user], ground.taste.items[item], dtype=np.float64)
    return Pairs(user, item, taste, liking[order])


def next_order_lesson(ground: Foundations, later: Interactions) -> Lesson:
    """Ask which candidates were in the first basket of `later`, of the customers who came back in it."""
    pairs = candidates(ground)
    known = np.flatnonzero(later.user >= 0)
    codes = ground.history.users.codes(later.users.ids) if len(later.users) else np.zeros(0, np.int32)
    people, first = np.unique(later.user[known], return_index=True)
    basket_of = np.full(len(later.users), UNKNOWN, np.int64)
    basket_of[people] = later.basket[known[first]]
    in_first = known[later.basket[known] == basket_of[later.user[known]]]
    user = codes[later.user[in_first]].astype(np.int64)
    here = user >= 0
    n = len(ground.types)
    bought = user[here] * n + later.item[in_first][here]
    asked = np.isin(pairs.user, user[here])
    chosen = Pairs(pairs.user[asked], pairs.item[asked], pairs.taste[asked], pairs.discovery[asked])
    rows = Past(ground.history, ground.types, ground.moment).columns(chosen)
    return Lesson(rows, np.isin(chosen.user.astype(np.int64) * n + chosen.item, bought))


def learn_next_order(lessons: list[Lesson], seed: int) -> Trees:
    """Fit the trees that tell how likely a candidate is in the next order."""
    if not lessons:
        return no_trees()
    rows = np.concatenate([lesson.rows for lesson in lessons])
    right = np.concatenate([lesson.right for lesson in lessons])
    return boosted(rows, right, seed=seed, iterations=150, leaves=15, rate=0.06, share_of_wrong=0.25)


def ranked_lists(ground: Foundations, trees: Trees, k: int) -> tuple[Neighbours, Codes, Floats]:
    """Return every customer's k likeliest, the reasons of the new ones among them, and the chance of every habit.

    Shapes (users, k), (users, k) and that of the ragged table; a habit that was not judged follows those that were.
    """
    pairs = candidates(ground)
    past = Past(ground.history, ground.types, ground.moment)
    odds = np.empty(len(pairs.user))
    rows = past.columns(pairs)
    for first in range(0, len(rows), ROWS_AT_ONCE):
        odds[first : first + ROWS_AT_ONCE] = trees.scores(rows[first : first + ROWS_AT_ONCE])
    chance = (1.0 / (1.0 + np.exp(-odds))).astype(np.float32)
    users = len(ground.history.users)
    place = np.lexsort((pairs.item, -chance, pairs.user))
    starts = np.searchsorted(pairs.user, np.arange(users + 1))
    rank = np.arange(len(place)) - starts[pairs.user[place]]
    kept = rank < k
    at, row = place[kept], pairs.user[place][kept]
    found, scores = np.full((users, k), UNKNOWN, np.int32), np.zeros((users, k), np.float32)
    found[row, rank[kept]], scores[row, rank[kept]] = pairs.item[at], chance[at]
    return Neighbours(found, scores), _reasons(ground, found), _own_chances(ground, pairs, chance)


def _reasons(ground: Foundations, found: Codes) -> Codes:
    """Return for what is a discovery the item that led to it, -1 for habits."""
    because = np.full(found.shape, UNKNOWN, np.int32)
    for place in range(min(DISCOVERIES_JUDGED, ground.discover.items.shape[1])):
        same = (found == ground.discover.items[:, place][:, None]) & (found >= 0)
        because = np.where(same, ground.discover_because[:, place][:, None], because)
    return because.astype(np.int32)


def _own_chances(ground: Foundations, pairs: Pairs, chance: Floats) -> Floats:
    n = len(ground.types)
    key = pairs.user.astype(np.int64) * n + pairs.item
    order = np.argsort(key)
    wanted = ground.owner * n + ground.own_items
    at = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
    if not len(wanted):
        return np.zeros(0, np.float32)
    judged = key[order][at] == wanted
    least = np.full(len(ground.history.users), np.inf, np.float32)
    np.minimum.at(least, pairs.user, chance)
    strongest = np.maximum.reduceat(ground.own_scores, ground.own_starts[:-1][np.diff(ground.own_starts) > 0])
    of_user = np.zeros(len(ground.history.users), np.float32)
    of_user[np.diff(ground.own_starts) > 0] = strongest
    behind = least[ground.owner] * ground.own_scores / of_user[ground.owner]
    return np.where(judged, chance[order][at], behind).astype(np.float32)


def cart_lesson(tables: Tables, split: Split, seed: int) -> Lesson:
    """Ask which of the judged completions was the item hidden from a cart, with its customer and without."""
    items, users = IdMap(tables.item_ids), IdMap(tables.user_ids)
    sales = np.log1p(tables.popularity)
    rows, right = [np.zeros((0, len(FEATURES)), np.float32)], [np.zeros(0, bool)]
    for number, case in enumerate(hidden_item_cases(split, limit=MOST_CARTS, seed=seed)):
        cart = cart_codes(items, case.given)
        hidden = items.code(next(iter(case.targets)))
        user = users.code(case.user)
        if not len(cart) or hidden == UNKNOWN:
            continue
        for asker in (user, UNKNOWN) if number % 2 == 0 and user != UNKNOWN else (user,):
            listed = shortlist(tables, cart, asker, sales)
            rows.append(listed.rows)
            right.append(listed.items[: len(listed.rows)] == hidden)
    return Lesson(np.concatenate(rows), np.concatenate(right))


def learn_cart(lesson: Lesson, seed: int) -> Trees:
    """Fit few and small trees, for they are evaluated inside requests."""
    return boosted(lesson.rows, lesson.right, seed=seed, iterations=20, leaves=8, rate=0.3, share_of_wrong=0.5)
