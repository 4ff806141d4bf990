"""Goods without a history: whom they may suit by type, category and price, and the slot in which they are tried.

What nobody has bought yet no model ranks, so a small share of the lists gives its last place to a new item, drawn at
random, and says with which propensity: what shoppers do with it can be weighed by its inverse, and teaches the next
training without the bias of having been chosen.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes, Floats
from recommend.tables import Tables

CATEGORY_SHARE = 0.3
MOST_TRIED = 20
UNKNOWN_PRICE = -1.0
TINY = 1e-12


def chance(unit: str, purpose: str) -> float:
    """Return a number in [0, 1) that only `unit` (who is asking, and when) and `purpose` decide."""
    digest = hashlib.sha256(f"{purpose}:{unit}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2.0**64


def suitable(tables: Tables, owned: Codes, weights: Floats) -> tuple[Codes, NDArray[np.float64]]:
    """Return the MOST_TRIED new goods that suit best who owns these items, best first, and how well.

    How well is the share of the owned weights of the same product type plus CATEGORY_SHARE times that of the
    same category, times exp(-|log of the price against the usual one of the type|). Goods of which neither type
    nor category was ever bought do not suit.
    """
    fresh = tables.fresh_items
    total = float(weights.sum())
    if not len(fresh) or not len(owned) or total <= 0:
        return np.zeros(0, np.int32), np.zeros(0)
    kinds = int(tables.item_type.max(initial=-1)) + 2
    kind = np.where(tables.item_type[owned] >= 0, tables.item_type[owned], kinds - 1)
    category = tables.item_category[owned]
    same_type = np.bincount(kind, weights=weights, minlength=kinds)
    same_type[kinds - 1] = 0.0
    places = int(max(tables.item_category.max(initial=-1), category.max(initial=-1))) + 2
    same_category = np.bincount(np.where(category >= 0, category, places - 1), weights=weights, minlength=places)
    same_category[places - 1] = 0.0
    price = tables.item_price[owned]
    priced = price > 0
    logs = np.bincount(kind[priced], weights=weights[priced] * np.log(price[priced]), minlength=kinds)
    held = np.bincount(kind[priced], weights=weights[priced], minlength=kinds)
    of_fresh = np.where(tables.item_type[fresh] >= 0, tables.item_type[fresh], kinds - 1)
    cost = tables.item_price[fresh]
    compared = (cost > 0) & (held[of_fresh] > 0)
    usual = logs[of_fresh] / np.maximum(held[of_fresh], TINY)
    far = np.where(compared, np.abs(np.log(np.where(cost > 0, cost, 1.0)) - usual), 0.5)
    score = (same_type[of_fresh] + CATEGORY_SHARE * same_category[tables.item_category[fresh]]) / total * np.exp(-far)
    order = np.lexsort((fresh, -score))[:MOST_TRIED]
    order = order[score[order] > 0]
    return fresh[order], score[order]


def drawn(scores: NDArray[np.float64], unit: str) -> tuple[int, float]:
    """Draw one place in proportion to the scores, which are not all 0; return it and its probability."""
    shares = scores / scores.sum()
    place = min(int(np.searchsorted(np.cumsum(shares), chance(unit, "which"), side="right")), len(shares) - 1)
    return place, float(shares[place])
