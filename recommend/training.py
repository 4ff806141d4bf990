"""From a history to tables: everything that serving reads, fitted from the lines before a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommend.affinity import UNKNOWN_PRICE
from recommend.association import cart_neighbours, similar_neighbours, together_neighbours
from recommend.columns import Floats, instant
from recommend.foundations import Foundations, lay_foundations
from recommend.habits import home_lists
from recommend.interactions import Interactions, Items
from recommend.models import Factoriser, factorise
from recommend.neighbours import Neighbours
from recommend.popularity import popularity, ranked, ranked_by_label
from recommend.rankers import (
    Lesson,
    cart_lesson,
    learn_cart,
    learn_next_order,
    next_order_lesson,
    ranked_lists,
)
from recommend.repurchase import DAY
from recommend.settings import Settings
from recommend.splitting import Split
from recommend.tables import Tables
from recommend.trees import Trees, no_trees

__all__ = ["STEPS", "Progress", "Settings", "train"]

Progress = Callable[[str], None]
STEPS = ("check", "popularity", "habits", "taste", "cart", "together", "similar", "publish")
"""What `progress` is told, in order; "check" is the validation on the last weeks, "taste" ends with the rankers."""

ORDER_LESSONS = 2
SEASON_DAYS = 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Rankers:
    """What was learnt from the answers of past weeks, and from how many right ones; empty trees mean too few."""

    next_order: Trees
    cart: Trees
    answers: tuple[int, int]


def train(
    history: Interactions,
    items: Items,
    as_of: datetime | date,
    settings: Settings = Settings(),
    progress: Progress = lambda _step: None,
    *,
    factoriser: Factoriser = factorise,
) -> Tables:
    """Fit all tables from the lines before `as_of`; what is dated later changes no bit of the result.

    The rankers learn from what the last weeks answered: of each `horizon_days`, with what was known before them. One
    thread everywhere: sums in another order would be other bits.
    """
    with threadpool_limits(limits=1):
        return _trained(history.between(None, as_of), items, as_of, settings, progress=progress, factoriser=factoriser)


def _trained(
    history: Interactions,
    items: Items,
    as_of: datetime | date,
    settings: Settings,
    *,
    progress: Progress,
    factoriser: Factoriser,
) -> Tables:
    items = items.joined(history.items)
    history = history.recoded(items.ids)
    progress("popularity")
    sales = popularity(history, instant(as_of))
    progress("habits")
    ground = lay_foundations(history, items.product_type, instant(as_of), settings, factoriser)
    progress("taste")
    rankers = Rankers(no_trees(), no_trees(), (0, 0))
    if settings.learned:
        rankers = _learnt(history, items, as_of, settings, factoriser)
    lists = _of_customers(ground, rankers, settings) | _of_goods(ground, items, sales, settings, progress)
    return _tables(ground, items, sales, rankers, settings=settings, lists=lists)


def _learnt(
    history: Interactions, items: Items, as_of: datetime | date, settings: Settings, factoriser: Factoriser
) -> Rankers:
    """Lay the foundations again as of past days and learn from what came after them."""
    lessons: list[Lesson] = []
    carts: Lesson | None = None
    for back in range(ORDER_LESSONS):
        cut = as_of - timedelta(days=settings.horizon_days * (back + 1))
        known = history.between(None, cut)
        later = history.between(cut, cut + timedelta(days=settings.horizon_days))
        if not len(known) or not len(later):
            break
        known, later = known.recoded(items.ids), later.recoded(items.ids)
        ground = lay_foundations(known, items.product_type, instant(cut), settings, factoriser)
        lessons.append(next_order_lesson(ground, later))
        if carts is None:
            tables = _for_carts(ground, items, settings)
            carts = cart_lesson(tables, Split(cut, known, later), settings.seed)
    next_order = learn_next_order(lessons, settings.seed)
    cart = learn_cart(carts, settings.seed) if carts else no_trees()
    learnt = sum(int(lesson.right.sum()) for lesson in lessons) if next_order else 0
    return Rankers(next_order, cart, (learnt, int(carts.right.sum()) if carts and cart else 0))


def _for_carts(ground: Foundations, items: Items, settings: Settings) -> Tables:
    """Fit what the second look at a cart reads, and leave the other lists empty."""
    empty = _pair("home", _none(len(ground.history.users))) | {
        "home_because": _none(len(ground.history.users)).items,
        "own_chance": ground.own_scores,
        **_pair("cart", _cart(ground, settings)),
        **_pair("together", _none(len(items))),
        **_pair("similar", _none(len(items))),
    }
    plain = Rankers(no_trees(), no_trees(), (0, 0))
    return _tables(ground, items, popularity(ground.history, ground.moment), plain, settings=settings, lists=empty)


def _none(rows: int) -> Neighbours:
    return Neighbours(np.zeros((rows, 0), np.int32), np.zeros((rows, 0), np.float32))


def _tables(
    ground: Foundations, items: Items, sales: Floats, rankers: Rankers, *, settings: Settings, lists: dict[str, Any]
) -> Tables:
    starts, category_items = ranked_by_label(sales, items.category, len(items.categories), settings.category_length)
    links, numbers = rankers.cart.stored()
    owned = ground.pace.at(ground.owner, ground.own_items)
    return Tables(
        as_of_day=np.array([ground.moment.astype(np.int64) / DAY]),
        item_ids=items.ids.ids,
        item_type=items.product_type,
        item_category=items.category,
        item_every=ground.pace.item_every,
        item_price=np.where(items.price > 0, items.price, UNKNOWN_PRICE).astype(np.float32),
        fresh_items=np.flatnonzero(np.bincount(ground.history.item, minlength=len(items)) == 0).astype(np.int32),
        category_ids=items.categories.ids,
        user_ids=ground.history.users.ids,
        popularity=sales,
        popular=ranked(sales, settings.popular_length),
        category_starts=starts,
        category_items=category_items,
        own_starts=ground.own_starts,
        own_items=ground.own_items,
        own_scores=ground.own_scores,
        own_due=ground.pace.last[owned] + ground.pace.every[owned],
        own_every=ground.pace.every[owned],
        discover_items=ground.discover.items,
        discover_scores=ground.discover.scores,
        discover_because=ground.discover_because,
        **lists,
        cart_links=links,
        cart_numbers=numbers,
        answers=np.array(rankers.answers, np.int64),
    )


def _of_customers(ground: Foundations, rankers: Rankers, settings: Settings) -> dict[str, Any]:
    if rankers.next_order:
        home, because, chance = ranked_lists(ground, rankers.next_order, settings.home_length)
    else:
        chance = ground.own_scores
        home, because = home_lists(
            ground.personal, ground.taste, k=settings.home_length, taste_share=settings.taste_share
        )
    return {"home_items": home.items, "home_scores": home.scores, "home_because": because, "own_chance": chance}


def _of_goods(
    ground: Foundations, items: Items, sales: Floats, settings: Settings, progress: Progress
) -> dict[str, Any]:
    history = ground.history
    progress("cart")
    cart = _cart(ground, settings)
    progress("together")
    together = together_neighbours(history, k=settings.together_length, support=settings.together_support)
    progress("similar")
    longer = popularity(history, ground.moment, SEASON_DAYS)
    similar = similar_neighbours(
        history,
        items,
        np.asarray(np.sqrt((1.0 + sales) * (1.0 + longer)) - 1.0, np.float32),
        k=settings.similar_length,
        popularity_share=settings.popularity_share,
        switch_share=settings.switch_share,
    )
    return {**_pair("cart", cart), **_pair("together", together), **_pair("similar", similar)}


def _cart(ground: Foundations, settings: Settings) -> Neighbours:
    return cart_neighbours(
        ground.history,
        ground.moment,
        k=settings.cart_length,
        half_life_days=settings.cart_half_life,
        damping=settings.cart_damping,
        cosine_share=settings.cart_cosine,
    )


def _pair(name: str, table: Neighbours) -> dict[str, Any]:
    return {f"{name}_items": table.items, f"{name}_scores": table.scores}
