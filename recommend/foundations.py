"""What is learnt of customers at one moment, before anything is ranked: habits, paces, tastes and discoveries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import Codes, Floats
from recommend.discovery import discover_lists, learn_discovery
from recommend.habits import own_lists
from recommend.interactions import Interactions
from recommend.matrix import user_item
from recommend.models import Factoriser, Factors, factorise
from recommend.neighbours import Neighbours
from recommend.popularity import personal_frequency
from recommend.repurchase import Intervals, intervals
from recommend.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Foundations:
    """A history before `moment` and what follows from it; item codes index `types`, user codes `history.users`.

    `own_starts`, `own_items`, `own_scores` is the ragged table of `own_lists`; `discover` has a row per customer.
    """

    history: Interactions
    types: Codes
    moment: np.datetime64
    personal: csr_matrix
    own_starts: NDArray[np.int64]
    own_items: Codes
    own_scores: Floats
    pace: Intervals
    taste: Factors
    discover: Neighbours
    discover_because: Codes

    @property
    def owner(self) -> NDArray[np.int64]:
        """The customer of every row of the ragged table."""
        return np.repeat(np.arange(len(self.history.users)), np.diff(self.own_starts))


def lay_foundations(
    history: Interactions,
    types: Codes,
    moment: np.datetime64,
    settings: Settings,
    factoriser: Factoriser = factorise,
) -> Foundations:
    """Learn from lines that all lie before `moment`."""
    personal = personal_frequency(history, moment, settings.habit_half_life)
    own_starts, own_items, own_scores = own_lists(personal, settings.own_length)
    taste = factoriser(user_item(history), settings)
    model = learn_discovery(history, moment, goods=settings.discover_goods, ridge=settings.discover_ridge)
    discover, because = discover_lists(model, personal, k=settings.discover_length)
    return Foundations(
        history=history,
        types=types,
        moment=moment,
        personal=personal,
        own_starts=own_starts,
        own_items=own_items,
        own_scores=own_scores,
        pace=intervals(history, types),
        taste=taste,
        discover=discover,
        discover_because=because,
    )
