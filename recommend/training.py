"""From a history to tables: everything that serving reads, fitted from the lines before a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime

import numpy as np

from recommend.artifacts import Tables
from recommend.association import cart_neighbours, similar_neighbours, together_neighbours
from recommend.columns import instant
from recommend.habits import discover_lists, home_lists, own_lists
from recommend.interactions import Interactions, Items
from recommend.matrix import user_item
from recommend.models import als
from recommend.popularity import personal_frequency, popularity, ranked, ranked_by_label
from recommend.repurchase import DAY, intervals

Progress = Callable[[str], None]
STEPS = ("check", "popularity", "habits", "taste", "cart", "together", "similar", "publish")
"""What `progress` is told, in order; "check" is the validation on the last weeks."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of the pipeline; the defaults were chosen on a year of grocery baskets, cut in October."""

    seed: int = 42
    habit_half_life: float = 60.0
    factors: int = 64
    regularization: float = 10.0
    iterations: int = 15
    taste_share: float = 0.7
    cart_half_life: float = 180.0
    cart_damping: float = 0.2
    together_support: int = 3
    popularity_share: float = 0.3
    horizon_days: int = 28
    home_length: int = 60
    own_length: int = 200
    discover_length: int = 60
    cart_length: int = 40
    together_length: int = 24
    similar_length: int = 30
    popular_length: int = 500
    category_length: int = 60

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name != "seed" and not value > 0:
                raise ValueError(f"{name} must be above zero")


def train(
    history: Interactions,
    items: Items,
    as_of: datetime | date,
    settings: Settings = Settings(),
    progress: Progress = lambda _step: None,
) -> Tables:
    """Fit all tables from the lines before `as_of`; what is dated later changes no bit of the result."""
    history = history.between(None, as_of)
    items = items.joined(history.items)
    history = history.recoded(items.ids)
    moment = instant(as_of)
    progress("popularity")
    sales = popularity(history, moment)
    starts, category_items = ranked_by_label(sales, items.category, len(items.categories), settings.category_length)
    progress("habits")
    personal = personal_frequency(history, moment, settings.habit_half_life)
    own_starts, own_items, own_scores = own_lists(personal, settings.own_length)
    pace = intervals(history, items.product_type)
    owned = pace.at(np.repeat(np.arange(len(history.users)), np.diff(own_starts)), own_items)
    progress("taste")
    taste = als(
        user_item(history),
        factors=settings.factors,
        regularization=settings.regularization,
        iterations=settings.iterations,
        seed=settings.seed,
    )
    home, because = home_lists(personal, taste, k=settings.home_length, taste_share=settings.taste_share)
    discover, led = discover_lists(personal, taste, k=settings.discover_length)
    progress("cart")
    cart = cart_neighbours(
        history,
        moment,
        k=settings.cart_length,
        half_life_days=settings.cart_half_life,
        damping=settings.cart_damping,
    )
    progress("together")
    together = together_neighbours(history, k=settings.together_length, support=settings.together_support)
    progress("similar")
    similar = similar_neighbours(
        history, items, sales, k=settings.similar_length, popularity_share=settings.popularity_share
    )
    return Tables(
        as_of_day=np.array([moment.astype(np.int64) / DAY]),
        item_ids=items.ids.ids,
        item_type=items.product_type,
        item_category=items.category,
        item_every=pace.item_every,
        category_ids=items.categories.ids,
        user_ids=history.users.ids,
        popularity=sales,
        popular=ranked(sales, settings.popular_length),
        category_starts=starts,
        category_items=category_items,
        home_items=home.items,
        home_scores=home.scores,
        home_because=because,
        own_starts=own_starts,
        own_items=own_items,
        own_scores=own_scores,
        own_due=pace.last[owned] + pace.every[owned],
        own_every=pace.every[owned],
        discover_items=discover.items,
        discover_scores=discover.scores,
        discover_because=led,
        cart_items=cart.items,
        cart_scores=cart.scores,
        together_items=together.items,
        together_scores=together.scores,
        similar_items=similar.items,
        similar_scores=similar.scores,
    )
