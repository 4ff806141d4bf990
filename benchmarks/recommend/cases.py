"""The questions of the proof: what the 28 days after a cut answered, for every surface."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from recommend import Id, Interactions, Items
from recommend.columns import UNKNOWN
from recommend.splitting import (
    Case,
    Split,
    basket_groups,
    companion_cases,
    hidden_item_cases,
    next_basket_cases,
    switch_cases,
)

MOST_CASES = 8000
ENOUGH_SALES = 5
FIRST_ITEMS = 3
FEWEST_TOGETHER = 3
FEWEST_OF_VISITOR = FIRST_ITEMS + 2
"""Of smaller carts there is next to nothing left to guess. With carts of three and more the best sellers hit .36 of the
companions, as where the required figures come from."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Cases by surface, and the items that each customer had bought before the cut."""

    surfaces: dict[str, list[Case]]
    bought: dict[Id, frozenset[Id]]


def questions(split: Split, items: Items, most: int = MOST_CASES) -> Questions:
    """Return all cases of a split. A hidden item is asked twice: with its customer and anonymously."""
    bought = _bought(split.known)
    hidden = hidden_item_cases(split, limit=most)
    known = [case for case in hidden if case.user in bought]
    types = items.types.ids[items.product_type].tolist() if len(items.types) else []
    label_of = {
        item: label
        for item, label, code in zip(items.ids.ids.tolist(), types, items.product_type.tolist(), strict=True)
        if code != UNKNOWN
    }
    turned = _next_of_type_cases(split, label_of, most)
    return Questions(
        {
            "next basket": next_basket_cases(split),
            "novel": _novel_cases(split, bought),
            "cart known": known,
            "cart anonymous": [Case(None, case.given, case.targets) for case in hidden],
            "similar": turned,
            "similar, nobody known": [Case(None, case.given, case.targets) for case in turned],
            "similar, goods sold five times": _next_of_type_cases(split, label_of, most, among=_sold(split.known)),
            "similar, new to the customer": switch_cases(split, label_of, limit=most),
            "together": companion_cases(split, limit=most, fewest=FEWEST_TOGETHER),
            "new visitor": _first_items_cases(split, FIRST_ITEMS, most),
        },
        bought,
    )


def never_bought(cases: list[Case], bought: dict[Id, frozenset[Id]]) -> Callable[[int], bool]:
    """Return whether the case of that number asks for what its customer had never bought."""
    new = [case.user is not None and not case.targets & bought.get(case.user, frozenset()) for case in cases]
    return new.__getitem__


def _bought(known: Interactions) -> dict[Id, frozenset[Id]]:
    found: dict[Id, set[Id]] = {}
    users, items = known.users.ids.tolist(), known.items.ids.tolist()
    for user, item in zip(known.user.tolist(), known.item.tolist(), strict=True):
        if user != UNKNOWN:
            found.setdefault(users[user], set()).add(items[item])
    return {user: frozenset(mine) for user, mine in found.items()}


def _novel_cases(split: Split, bought: dict[Id, frozenset[Id]]) -> list[Case]:
    """For every known customer who tries something new in the weeks after the cut: what, of all that is new?"""
    later = _bought(split.later)
    cases = [Case(user, (), mine - bought[user]) for user, mine in sorted(later.items(), key=str) if user in bought]
    return [case for case in cases if case.targets]


def _first_items_cases(split: Split, given: int, most: int, *, seed: int = 7) -> list[Case]:
    """For carts of FEWEST_OF_VISITOR and more: after `given` items, drawn at random, what else comes into the cart?"""
    draw = np.random.default_rng(seed)
    cases = []
    for _, names in basket_groups(split.later):
        if len(names) >= FEWEST_OF_VISITOR:
            mixed = [names[place] for place in draw.permutation(len(names))]
            cases.append(Case(None, tuple(mixed[:given]), frozenset(mixed[given:])))
    return _some(cases, most, draw)


def _sold(known: Interactions) -> frozenset[Id]:
    """Return what was sold ENOUGH_SALES times and more."""
    return frozenset(known.items.ids[np.bincount(known.item, minlength=len(known.items)) >= ENOUGH_SALES].tolist())


def _next_of_type_cases(
    split: Split, label_of: dict[Id, Id], most: int, *, among: Collection[Id] | None = None, seed: int = 7
) -> list[Case]:
    """For every purchase of another item than the customer's last of that type, tried before or not: which is it?

    Only what turns from and to goods `among` those given is asked; without them everything is.
    """
    last: dict[tuple[Id, Id], Id] = {}
    cases = []
    for history, counts in ((split.known, False), (split.later, True)):
        for user, names in basket_groups(history):
            if user == UNKNOWN:
                continue
            customer = history.users.id(user)
            for item in names:
                label = label_of.get(item)
                if label is None:
                    continue
                before = last.get((customer, label))
                asked = among is None or (before in among and item in among)
                if counts and asked and before is not None and before != item:
                    cases.append(Case(customer, (before,), frozenset((item,))))
                last[customer, label] = item
    return _some(cases, most, np.random.default_rng(seed))


def _some(cases: list[Case], most: int, draw: np.random.Generator) -> list[Case]:
    if len(cases) <= most:
        return cases
    return [cases[place] for place in sorted(draw.choice(len(cases), most, replace=False).tolist())]
