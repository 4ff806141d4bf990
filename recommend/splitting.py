"""Cutting the past at a day, and the questions that the days after it answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from recommend.columns import UNKNOWN, Id
from recommend.interactions import Interactions


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its answer: who asks (None: nobody known), what is in the hand, and what was really bought."""

    user: Id | None
    given: tuple[Id, ...]
    targets: frozenset[Id]


@dataclass(frozen=True, slots=True)
class Split:
    """A history cut in two: `known` before the cut, `later` in the days after it. Codes differ between the two."""

    cut: datetime | date
    known: Interactions
    later: Interactions


def split_at(history: Interactions, cut: datetime | date, horizon_days: int = 28) -> Split:
    """Cut at the first second of `cut`; what happens after the horizon belongs to neither side."""
    return Split(cut, history.between(None, cut), history.between(cut, cut + timedelta(days=horizon_days)))


def next_basket_cases(split: Split) -> list[Case]:
    """For every customer with a past: what is in the first basket after the cut?"""
    cases, seen = [], set[int]()
    for user, basket_items in basket_groups(split.later):
        if user in seen or user == UNKNOWN:
            continue
        seen.add(user)
        name = split.later.users.id(user)
        if split.known.users.code(name) != UNKNOWN:
            cases.append(Case(name, (), frozenset(basket_items)))
    return cases


def hidden_item_cases(split: Split, *, limit: int = 8000, seed: int = 7, anonymous: bool = False) -> list[Case]:
    """For carts of two and more: one item, drawn at random, is hidden; which is it?"""
    draw = np.random.default_rng(seed)
    cases = []
    for user, basket_items in basket_groups(split.later):
        if len(basket_items) < 2:
            continue
        hidden = int(draw.integers(len(basket_items)))
        rest = tuple(item for place, item in enumerate(basket_items) if place != hidden)
        name = None if anonymous or user == UNKNOWN else split.later.users.id(user)
        cases.append(Case(name, rest, frozenset((basket_items[hidden],))))
    return _sampled(cases, limit, draw)


def companion_cases(split: Split, *, limit: int = 8000, seed: int = 7, fewest: int = 2) -> list[Case]:
    """For carts of `fewest` (two or more) and more: given one item, drawn at random, what else is in the cart?"""
    draw = np.random.default_rng(seed)
    cases = []
    for _, basket_items in basket_groups(split.later):
        if len(basket_items) < fewest:
            continue
        anchor = basket_items[int(draw.integers(len(basket_items)))]
        cases.append(Case(None, (anchor,), frozenset(basket_items) - {anchor}))
    return _sampled(cases, limit, draw)


def switch_cases(split: Split, label_of: dict[Id, Id], *, limit: int = 8000, seed: int = 7) -> list[Case]:
    """For customers who turn to an item new to them: given what they bought last of its type, which is it?"""
    before: dict[int, dict[Id, Id]] = {}
    owned: dict[int, set[Id]] = {}
    known = split.known
    for line in range(len(known)):
        user = int(known.user[line])
        if user == UNKNOWN:
            continue
        item = known.items.id(int(known.item[line]))
        owned.setdefault(user, set()).add(item)
        if item in label_of:
            before.setdefault(user, {})[label_of[item]] = item
    cases, asked = [], set[tuple[int, Id]]()
    for user_later, basket_items in basket_groups(split.later):
        user = known.users.code(split.later.users.id(user_later)) if user_later != UNKNOWN else UNKNOWN
        if user == UNKNOWN:
            continue
        for item in basket_items:
            label = label_of.get(item)
            anchor = before.get(user, {}).get(label) if label is not None else None
            if anchor is not None and label is not None and item not in owned[user] and (user, label) not in asked:
                asked.add((user, label))
                cases.append(Case(known.users.id(user), (anchor,), frozenset((item,))))
    return _sampled(cases, limit, np.random.default_rng(seed))


def basket_groups(history: Interactions) -> Iterator[tuple[int, tuple[Id, ...]]]:
    """Yield (user code, items) of every basket in order of its first line."""
    order = np.argsort(history.basket, kind="stable")
    borders = np.flatnonzero(np.diff(history.basket[order])) + 1
    groups = [group for group in np.split(order, borders) if len(group)]
    groups.sort(key=lambda group: int(group[0]))
    for group in groups:
        yield int(history.user[group[0]]), tuple(history.items.ids[history.item[group]].tolist())


def _sampled(cases: list[Case], limit: int, draw: np.random.Generator) -> list[Case]:
    if len(cases) <= limit:
        return cases
    return [cases[place] for place in sorted(draw.choice(len(cases), limit, replace=False).tolist())]
