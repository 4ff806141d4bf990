"""Pure: what a visitor did, and the sums that metrics are read from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storefront.experiments.metrics import METRICS
from storefront.experiments.statistics.moments import Moments


@dataclass(slots=True)
class Did:
    """What a visitor did in a while: sums in minor units, orders that were undone left out of them.

    `blocks` is how often a varied block was looked at or was empty, `clicked` how often something on it was opened.
    """

    revenue: int = 0
    margin: int = 0
    units: int = 0
    orders: int = 0
    undone: int = 0
    blocks: int = 0
    clicked: int = 0
    empty: int = 0

    def add_order(self, row: Any) -> None:
        """Add an order; where the cost of its goods is not known it adds nothing to the margin."""
        if row.is_undone:
            self.undone += 1
            return
        self.orders += 1
        self.revenue += row.revenue_minor
        self.units += row.quantity
        self.margin += row.revenue_minor - row.cost_minor if row.cost_minor is not None else 0

    @classmethod
    def sum(cls, several: Iterable[Did]) -> Did:
        """Return what was done in several whiles together."""
        total = cls()
        for did in several:
            for name in cls.__slots__:
                setattr(total, name, getattr(total, name) + getattr(did, name))
        return total


NOTHING = Did()
OF_ORDERS = (
    *("revenue_per_visitor", "margin_per_visitor", "units_per_visitor"),
    *("conversion", "order_value", "undone_orders"),
)
OF_BLOCKS = ("click_through", "empty_blocks")
_LINES: Mapping[str, Callable[[Did], tuple[int, int]]] = {
    "revenue_per_visitor": lambda did: (did.revenue, 0),
    "margin_per_visitor": lambda did: (did.margin, 0),
    "units_per_visitor": lambda did: (did.units, 0),
    "conversion": lambda did: (int(did.orders > 0), 0),
    "order_value": lambda did: (did.revenue, did.orders),
    "undone_orders": lambda did: (did.undone, did.orders + did.undone),
    "click_through": lambda did: (did.clicked, did.blocks - did.empty),
    "empty_blocks": lambda did: (did.empty, did.blocks),
}


def measurable(surface: str) -> tuple[str, ...]:
    """Return the keys of the metrics that can be measured of an experiment on a surface."""
    return OF_ORDERS + OF_BLOCKS if surface.startswith(("search:", "shelf:")) else OF_ORDERS


def moments_of(key: str, number: int, did: Iterable[tuple[Did, Did]]) -> Moments:
    """Return the sums of a metric over `number` visitors, of whom these did something (since exposure, and before)."""
    line, is_adjusted = _LINES[key], METRICS[key].is_adjusted
    lines = [(*line(after), line(before)[0] if is_adjusted else 0) for after, before in did]
    some = Moments.of([y for y, _, _ in lines], d=[d for _, d, _ in lines], x=[x for _, _, x in lines])
    return Moments(number, *some.values()[1:])
