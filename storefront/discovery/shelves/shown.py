"""What a shelf is asked for and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from recommend import Id
from storefront.catalog.cards import Card
from storefront.catalog.tree import Node


class Reason(StrEnum):
    """Why goods are on a shelf: the whole row, or one card of it."""

    HABIT = "habit"
    BECAUSE_BOUGHT = "because-bought"
    BOUGHT_WITH = "bought-with"
    SIMILAR = "similar"
    VIEWED = "viewed"
    SAME_CATEGORY = "same-category"
    BEST_SELLERS = "best-sellers"
    PICKED = "picked"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, the products in their cart, the latest last, those that they do not want to be shown, and when they
    last ordered what they ordered lately."""

    customer_id: int | None = None
    in_cart: tuple[int, ...] = ()
    unwanted: frozenset[int] = frozenset()
    ordered: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The product that a shelf is about."""

    id: int
    name: str
    category_id: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a shelf is asked: by whom, when, in which language, and about what, where it is about something.

    `items` are the products of an order placed `days_ago`, or those looked at lately, the latest first. Where two
    rankings share a shelf, `coin` and the moment decide who comes first.
    """

    visit: Visit
    at: datetime
    locale: str = "en"
    anchor: Anchor | None = None
    category: Node | None = None
    items: tuple[int, ...] = ()
    days_ago: float = 0.0
    coin: str = ""

    @property
    def unwanted(self) -> frozenset[Id]:
        """What must not stand on the shelf, whatever speaks for it."""
        about = () if self.anchor is None else (self.anchor.id,)
        return self.visit.unwanted | {*self.visit.in_cart, *about}


@dataclass(frozen=True, slots=True)
class ShelfCard:
    """Goods at their place on a shelf, `rank` from 1. `source` is where it came from, `score` its score there.

    `because` names the product that `reason` speaks of. Of what is bought again and again `every_days` says how often,
    and `due_days` in how many days it is due; below zero it is overdue. `propensity` is the probability with which
    chance put it here; of what was ranked it is 1.
    """

    card: Card
    rank: int
    source: str
    reason: Reason
    because: str = ""
    score: float = 0.0
    every_days: float | None = None
    due_days: float | None = None
    propensity: float = 1.0

    @property
    def is_due(self) -> bool:
        return self.due_days is not None and self.due_days <= DUE_SOON


@dataclass(frozen=True, slots=True)
class Shelf:
    """Goods and the reason for them; `because` is the name of the product that the reason speaks of, or empty.

    `request` is this answer's public id: what is told later of clicks and purchases names it. `model_version` is empty
    where the catalogue alone answered.
    """

    key: str
    reason: Reason
    because: str
    items: tuple[ShelfCard, ...]
    request: str = ""
    model_version: str = ""
    context: str = ""
    """What the shelf is about: "product:7", "category:3", "order", or empty."""
    anchor: Card | None = None
    """The card of the product that the shelf is about, where it is shown beside the goods."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the words of the shelf name beside `because`: {"category": "Tea"}."""
    title: str = ""
    """What it is called, untranslated, unless it fell back to something else."""
    told_as: str = ""
    """The shelf whose words say why, where an experiment fills this one like that."""

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(one.card for one in self.items)

    @property
    def due(self) -> tuple[ShelfCard, ...]:
        """What is due now or soon."""
        return tuple(one for one in self.items if one.is_due)


DUE_SOON = 2.0
"""Within so many days something counts as due: it would be bought with the next delivery."""
