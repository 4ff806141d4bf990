"""Pure: what is sold in a rehearsal, who comes, what they like, and what they do before a shelf."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

TABLES = 4
"""Kinds of goods that go together: breakfast, tea, supper, sweets."""
KINDS = (
    ("Oats", "Honey", "Milk"),
    ("Tea", "Biscuits", "Lemon"),
    ("Pasta", "Sauce", "Cheese"),
    ("Flour", "Cocoa", "Butter"),
)
SORTS = ("Plain", "Fine", "Country", "Old Mill", "Golden")
LOOKS_AT = 12
"""How many goods of a shelf are looked at."""
OPENS = 3
"""How many of them are opened at most in one visit."""
GOES_WITH, ALIKE, ELSE = 0.07, 0.03, 0.01
"""How likely somebody wants what goes with the product they look at, another of its kind, and anything else."""
BUYS_OPENED = 0.8
BUYS_ANCHOR = 0.3
COMES_BACK = 0.4
EVERY_NO_TRACE, EVERY_ROBOT = 20, 30


@dataclass(frozen=True, slots=True)
class Ware:
    """Something that is sold: of a kind, which goes with two other kinds of its `table`."""

    number: int
    name: str
    kind: str
    table: int
    price_minor: int


class Nature(StrEnum):
    """What a shopper is: only somebody counts."""

    SOMEBODY = "somebody"
    NO_TRACE = "no-trace"
    """A browser that says it wants not to be followed."""
    ROBOT = "robot"


@dataclass(frozen=True, slots=True)
class Visit:
    """When somebody comes, after the start, and which product they come for."""

    after: timedelta
    anchor: int


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody with one or two visits."""

    number: int
    nature: Nature
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What is done on a visit: wares that are opened on the shelf, and wares that are bought, in this order."""

    opened: tuple[int, ...]
    bought: tuple[int, ...]


def wares() -> tuple[Ware, ...]:
    """Return everything that is sold: 60 wares of twelve kinds, with prices from 2.47 to 9.96."""
    made: list[Ware] = []
    for table, kinds in enumerate(KINDS):
        for kind in kinds:
            for sort in SORTS:
                number = len(made)
                made.append(Ware(number, f"{sort} {kind}", kind, table, 247 + number * 107 % 750))
    return tuple(made)


def baskets(seed: int, customers: int, count: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """Return past orders as (customer, days ago, wares): mostly one of each of some kinds that go together."""
    chance, goods = random.Random(f"past:{seed}"), wares()
    made = []
    for place in range(count):
        customer = place % customers
        table = customer % TABLES if chance.random() < 0.8 else chance.randrange(TABLES)
        kinds = chance.sample(KINDS[table], chance.choice((2, 2, 3)))
        basket = [chance.choice([one.number for one in goods if one.kind == kind]) for kind in kinds]
        if chance.random() < 0.15:
            basket.append(chance.randrange(len(goods)))
        made.append((customer, 1 + place * 70 // count, tuple(dict.fromkeys(basket))))
    return made


def shoppers(seed: str, count: int, days: int) -> list[Shopper]:
    """Return `count` shoppers who come within `days` whole days, by day, and among them some who must not count."""
    chance, made = random.Random(f"shoppers:{seed}"), []
    for number in range(count):
        first = chance.randrange(days)
        visits = [_visit(chance, first)]
        if first + 1 < days and chance.random() < COMES_BACK:
            visits.append(_visit(chance, chance.randint(first + 1, min(first + 5, days - 1))))
        made.append(Shopper(number, _nature(number), tuple(visits)))
    return made


def _visit(chance: random.Random, day: int) -> Visit:
    minute = chance.randrange(60, 23 * 60)
    return Visit(timedelta(days=day, minutes=minute), chance.randrange(len(wares())))


def _nature(number: int) -> Nature:
    if number % EVERY_ROBOT == EVERY_ROBOT - 1:
        return Nature.ROBOT
    return Nature.NO_TRACE if number % EVERY_NO_TRACE == EVERY_NO_TRACE - 1 else Nature.SOMEBODY


def liking(anchor: Ware, ware: Ware) -> float:
    """Return the probability with which somebody who looks at `anchor` wants `ware` when they see it."""
    if ware.table != anchor.table:
        return ELSE
    return ALIKE if ware.kind == anchor.kind else GOES_WITH


def draw(seed: str, *parts: object) -> float:
    """Return a number in [0, 1) that is the same whenever the same is asked: what is wanted does not hang on the arm.

    The first eight bytes of sha256 over the parts, divided by 2^64.
    """
    text = ":".join(str(part) for part in (seed, *parts))
    return int.from_bytes(sha256(text.encode()).digest()[:8]) / 2**64


def deeds(seed: str, shopper: int, visit: int, anchor: int, shelf: Sequence[int]) -> Deeds:
    """Return what a shopper does on a visit before `shelf` (wares, best first).

    They open what they like, at most OPENS of it from the left, buy most of what they open, and now and then what they
    came for.
    """
    goods = wares()
    liked = [
        ware
        for ware in shelf[:LOOKS_AT]
        if draw(seed, shopper, visit, "likes", ware) < liking(goods[anchor], goods[ware])
    ]
    opened = tuple(liked[:OPENS])
    bought = [ware for ware in opened if draw(seed, shopper, visit, "buys", ware) < BUYS_OPENED]
    if draw(seed, shopper, visit, "comes for") < BUYS_ANCHOR:
        bought.insert(0, anchor)
    return Deeds(opened, tuple(dict.fromkeys(bought)))


def worth(bought: Sequence[int]) -> int:
    """Return what wares cost together, in minor units."""
    goods = wares()
    return sum(goods[ware].price_minor for ware in bought)
