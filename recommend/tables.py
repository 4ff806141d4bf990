"""What training writes and serving reads: every list of every surface, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes, Floats
from recommend.trees import Trees


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Everything that serving reads. A field is a file; codes are positions in `item_ids`, -1 pads rows.

    `own_starts` and `category_starts` cut their ragged neighbours: row r is [starts[r]:starts[r + 1]].

    Days are counted from 1970 in UTC: `item_every` and `own_every` are those from one purchase to the next, `own_due`
    is the one on which the next is expected. `own_chance` orders what is bought again. A price of -1 is unknown;
    `fresh_items` never sold.

    `cart_links` and `cart_numbers` are the trees of the second look at a cart (see `Trees.stored`). `answers` is how
    many right answers the rankers of home and of the cart have learnt from; 0 means too few, and a plain blend in
    their place.
    """

    as_of_day: NDArray[np.float64]
    item_ids: NDArray[Any]
    item_type: Codes
    item_category: Codes
    item_every: Floats
    item_price: Floats
    fresh_items: Codes
    category_ids: NDArray[Any]
    user_ids: NDArray[Any]
    popularity: Floats
    popular: Codes
    category_starts: NDArray[np.int64]
    category_items: Codes
    home_items: Codes
    home_scores: Floats
    home_because: Codes
    own_starts: NDArray[np.int64]
    own_items: Codes
    own_scores: Floats
    own_due: NDArray[np.float64]
    own_every: Floats
    own_chance: Floats
    discover_items: Codes
    discover_scores: Floats
    discover_because: Codes
    cart_items: Codes
    cart_scores: Floats
    together_items: Codes
    together_scores: Floats
    similar_items: Codes
    similar_scores: Floats
    cart_links: NDArray[np.int32]
    cart_numbers: NDArray[np.float64]
    answers: NDArray[np.int64]

    def __post_init__(self) -> None:
        n, users, categories = len(self.item_ids), len(self.user_ids), len(self.category_ids)
        for name, length in (
            ("as_of_day", 1),
            ("answers", 2),
            *((name, n) for name in ("item_type", "item_category", "item_every", "item_price", "popularity")),
            *((f"{name}_items", n) for name in ("cart", "together", "similar")),
            ("home_items", users),
            ("discover_items", users),
            ("own_starts", users + 1),
            ("category_starts", categories + 1),
        ):
            if len(getattr(self, name)) != length:
                raise ValueError(f"{name} has {len(getattr(self, name))} rows where {length} belong")
        for name in ("home", "discover", "cart", "together", "similar", "own"):
            if getattr(self, f"{name}_items").shape != getattr(self, f"{name}_scores").shape:
                raise ValueError(f"{name}: items and scores differ in shape")
        for name, like in (
            ("home_because", "home_items"),
            ("discover_because", "discover_items"),
            ("own_due", "own_items"),
            ("own_every", "own_items"),
            ("own_chance", "own_items"),
        ):
            if getattr(self, name).shape != getattr(self, like).shape:
                raise ValueError(f"{name} and {like} differ in shape")
        Trees.read(self.cart_links, self.cart_numbers)
