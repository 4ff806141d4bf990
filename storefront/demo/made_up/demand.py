"""Who buys what and when: the sales of a made-up shop as a few columns of whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storefront.demo.made_up.goods import SEED, Goods
from storefront.demo.scale import Scale

DAYS = 730
GROWTH = 0.8
"""On its last day the shop sells so much more than on its first."""
WEEKDAYS = (0.9, 0.85, 0.9, 0.95, 1.1, 1.25, 1.2)
HOURS = (*(0.25, 0.12, 0.08, 0.06, 0.06, 0.1, 0.25, 0.5, 0.75, 0.95, 1.05, 1.1), *(1.2, 1.1, 1.0, 1.0, 1.05))
EVENING = (1.2, 1.35, 1.5, 1.6, 1.5, 1.1, 0.6)
"""By the shop's clock, from midnight on: the day, then the evening."""
SALE_DAYS = ((11, 11, 3.0), (11, 27, 2.5), (6, 18, 1.8), (12, 12, 1.6))
"""Month, day, and how much more is sold."""
SEASON = 0.5
PERIOD_DAYS = 30
GUESTS = 0.08
LOYALTY_TAIL, MOST_LOYAL = 1.2, 400
"""Pareto's exponent of how often customers come, and the most that anybody comes as often as the least."""
FAVOURED, AGAIN = 0.45, 0.2
"""Shares of lines from a customer's two departments, and of what they always buy."""
STAPLES = 6
LINES_SHARE, MOST_LINES = 0.38, 15
PIECES_SHARE, MOST_PIECES = 0.75, 12
PROMOTED, COUPONED = 0.22, 0.07
RATES = (500, 1_000, 1_500, 2_000)
"""What promotions take off, in basis points."""
FREE_FROM, FREIGHT = 3_500, 499


class Fate(IntEnum):
    """What has become of an order by the end."""

    CANCELLED = 0
    CALLED_OFF = 1
    """Cancelled after it had been paid."""
    WAITS = 2
    """For its payment."""
    AT_THE_DOOR = 3
    """To be paid at the door, and not sent yet."""
    PAID = 4
    PACKED = 5
    SENT = 6
    DELIVERED = 7


LIVE = (Fate.WAITS, Fate.AT_THE_DOOR, Fate.PAID, Fate.PACKED)
"""Their goods are still in the house."""


@dataclass(frozen=True, slots=True)
class Demand:
    """All sales, oldest first; an order's id is its place + 1, and so is a line's."""

    moment: NDArray[Any]
    customer: NDArray[Any]
    """Ids, the oldest customer first; 0 is a guest."""
    fate: NDArray[Any]
    promoted: NDArray[Any]
    """Basis points that a promotion took off, and a coupon after it."""
    couponed: NDArray[Any]
    starts: NDArray[Any]
    """Where each order's lines begin; one more number than there are orders."""
    variant: NDArray[Any]
    """Ids by line."""
    quantity: NDArray[Any]
    joined: NDArray[Any]
    """By customer: when their first order was placed."""


def make_demand(goods: Goods, scale: Scale, *, begins: datetime, ends: datetime) -> Demand:
    """Draw all sales between two moments."""
    rng = np.random.default_rng([SEED, 2])
    customer, share = _visits(rng, scale)
    moment = _moments(rng, share, begins, ends)
    order = np.argsort(moment, kind="stable")
    moment, customer = moment[order], _by_age(customer[order])
    counts = np.minimum(rng.geometric(LINES_SHARE, scale.orders), MOST_LINES)
    whose = np.repeat(np.arange(scale.orders), counts)
    product = _products(rng, goods, moment, customer, whose)
    offset = rng.geometric(0.6, len(whose)) - 1
    variant = goods.starts[product] + offset % np.diff(goods.starts)[product]
    whose, variant, quantity = _merged(rng, whose, variant, len(goods.variants))
    members = customer > 0
    joined = np.full(int(customer.max(initial=0)), moment[-1])
    np.minimum.at(joined, customer[members] - 1, moment[members])
    return Demand(
        moment=moment,
        customer=customer,
        fate=_fates(rng, moment, np.datetime64(ends.replace(tzinfo=None), "s")),
        promoted=_offers(rng, PROMOTED, scale.orders),
        couponed=_offers(rng, COUPONED, scale.orders),
        starts=np.searchsorted(whose, np.arange(scale.orders + 1)),
        variant=(variant + 1).astype(np.int32),
        quantity=quantity,
        joined=joined,
    )


def _visits(rng: np.random.Generator, scale: Scale) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return who orders (from 1, 0 a guest) and when, as a share of all demand: everybody once, a few very often."""
    guests = min(round(scale.orders * GUESTS), scale.orders - scale.customers)
    keen = np.minimum(rng.pareto(LOYALTY_TAIL, scale.customers) + 0.2, MOST_LOYAL)
    again = rng.choice(scale.customers, size=scale.orders - guests - scale.customers, p=keen / keen.sum())
    first = rng.random(scale.customers) ** 1.25
    came = first[again] + (1 - first[again]) * rng.random(len(again))
    customer = np.concatenate([np.arange(1, scale.customers + 1), again + 1, np.zeros(guests, np.int64)])
    return customer, np.concatenate([first, came, rng.random(guests)])


def _moments(rng: np.random.Generator, share: NDArray[Any], begins: datetime, ends: datetime) -> NDArray[Any]:
    """Turn shares of demand into moments: dense where much is sold."""
    start = np.datetime64(begins.replace(tzinfo=None), "s")
    hours = int((ends - begins).total_seconds() // 3600)
    local = (start + np.arange(hours).astype("timedelta64[h]")) - np.timedelta64(begins.hour, "h")
    day = local.astype("datetime64[D]")
    number = (day - day[0]).astype(int)
    weight = 1 + GROWTH * number / max(number[-1], 1)
    weight *= np.array(WEEKDAYS)[(day.astype(int) + 3) % 7]
    weight *= np.array((*HOURS, *EVENING))[local.astype("datetime64[h]").astype(int) % 24]
    weight *= 1 + 0.15 * np.cos(2 * np.pi * (_day_of_year(day) - 340) / 365)
    month = day.astype("datetime64[M]").astype(int) % 12 + 1
    of_month = (day - day.astype("datetime64[M]")).astype(int) + 1
    for sale_month, sale_day, times in SALE_DAYS:
        weight[(month == sale_month) & (of_month == sale_day)] *= times
    edges = np.concatenate([[0], np.cumsum(weight)])
    seconds = np.interp(share * edges[-1], edges, np.arange(hours + 1) * 3600.0)
    moments: NDArray[Any] = start + np.minimum(seconds, hours * 3600 - 1).astype("timedelta64[s]")
    return moments


def _day_of_year(day: NDArray[Any]) -> NDArray[Any]:
    passed: NDArray[Any] = (day - day.astype("datetime64[Y]")).astype(int)
    return passed


def _by_age(customer: NDArray[Any]) -> NDArray[Any]:
    """Number customers by their first order."""
    seen, first = np.unique(customer, return_index=True)
    members = seen > 0
    number = np.zeros(int(seen.max()) + 1, np.int32)
    number[seen[members][np.argsort(first[members], kind="stable")]] = np.arange(1, members.sum() + 1)
    ranked: NDArray[Any] = number[customer]
    return ranked


def _products(
    rng: np.random.Generator,
    goods: Goods,
    moment: NDArray[Any],
    customer: NDArray[Any],
    whose: NDArray[Any],
) -> NDArray[Any]:
    """Return the place of each line's product. Goods that had not come yet are not bought."""
    department = goods.products.department.to_numpy()
    order = np.argsort(department, kind="stable")
    weight, launched = goods.products.weight.to_numpy()[order], goods.products.launched.to_numpy()[order]
    edges = np.searchsorted(department[order], np.arange(department.max() + 2))
    buyer = customer[whose].astype(np.int64)
    luck, way = rng.random(len(whose)), rng.random(len(whose))
    favourite = _mixed(buyer, 1 + rng.integers(0, 2, len(whose))) % (len(edges) - 1)
    staple = _mixed(buyer, 10 + rng.integers(0, STAPLES, len(whose))) / 2.0**32
    member = buyer > 0
    period = ((moment[whose] - moment[0]) // np.timedelta64(PERIOD_DAYS, "D")).astype(int)
    cuts = np.searchsorted(period, np.arange(period[-1] + 2))
    always = np.cumsum(weight * (launched <= moment[0]))
    place = np.empty(len(whose), np.int64)
    for number in range(len(cuts) - 1):
        part = slice(cuts[number], cuts[number + 1])
        if part.start == part.stop:
            continue
        begun = moment[whose[part.start]]
        season = 2 * np.pi * (_day_of_year(begun.astype("datetime64[D]")[None])[0] / 365 + np.arange(len(edges)) / 7)
        now = weight * (1 + SEASON * np.cos(season))[department[order]] * (launched <= begun)
        sums = np.concatenate([[0], np.cumsum(now)])
        low, high = sums[edges[favourite[part]]], sums[edges[favourite[part] + 1]]
        favoured = member[part] & (way[part] < FAVOURED) & (high > low)
        wanted = np.where(favoured, low + luck[part] * (high - low), luck[part] * sums[-1])
        place[part] = np.searchsorted(sums, wanted, side="right") - 1
        again = member[part] & (way[part] > 1 - AGAIN)
        place[part][again] = np.searchsorted(always, staple[part][again] * always[-1], side="right")
    return order[np.minimum(place, len(order) - 1)]


def _mixed(number: NDArray[Any], salt: NDArray[Any]) -> NDArray[Any]:
    """Return 32 bits that look drawn, the same for the same numbers (the finisher of MurmurHash3)."""
    bits = (number.astype(np.uint64) * np.uint64(0x9E3779B1) + salt.astype(np.uint64) * np.uint64(0x85EBCA77)) & _MASK
    for multiplier in (0x85EBCA6B, 0xC2B2AE35):
        bits ^= bits >> np.uint64(15)
        bits = (bits * np.uint64(multiplier)) & _MASK
    return bits ^ (bits >> np.uint64(16))


_MASK = np.uint64(0xFFFFFFFF)


def _merged(
    rng: np.random.Generator, whose: NDArray[Any], variant: NDArray[Any], variants: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """One line for each variant of an order, and how many pieces of it."""
    keys = np.unique(whose * variants + variant)
    pieces = np.minimum(rng.geometric(PIECES_SHARE, len(keys)), MOST_PIECES).astype(np.int16)
    return keys // variants, keys % variants, pieces


def _fates(rng: np.random.Generator, moment: NDArray[Any], end: np.datetime64) -> NDArray[Any]:
    """Old orders are delivered but for a few; those of the last days stand where a shop's orders stand."""
    hours = (end - moment).astype("timedelta64[s]").astype(float) / 3600 * rng.uniform(0.7, 1.4, len(moment))
    luck = rng.random(len(moment))
    fate = np.select([hours < 18, hours < 36, hours < 96], [Fate.PAID, Fate.PACKED, Fate.SENT], Fate.DELIVERED)
    fate[(hours < 12) & (luck > 0.85)] = Fate.AT_THE_DOOR
    fate[(hours < 6) & (luck > 0.95)] = Fate.WAITS
    fate[(hours > 24) & (luck < 0.025)] = Fate.CANCELLED
    fate[(hours > 12) & (luck >= 0.025) & (luck < 0.032)] = Fate.CALLED_OFF
    return fate.astype(np.int8)


def _offers(rng: np.random.Generator, share: float, orders: int) -> NDArray[Any]:
    rates = np.array(RATES, np.int16)[rng.integers(0, len(RATES), orders)]
    return np.where(rng.random(orders) < share, rates, 0).astype(np.int16)
