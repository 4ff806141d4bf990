"""Pure: what an experiment can be judged by.

A metric takes one line per visitor who was exposed, from first exposure on: `y`, for a ratio also `d`, and for CUPED
`x`, which is what `y` would have been in the time before (0 for a visitor who was not there). What is summed of them
travels (`statistics.moments.Moments`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the lines of visitors become a figure."""

    MEAN = "mean"
    """Σy / visitors."""
    PROPORTION = "proportion"
    """The same, where y is 0 or 1."""
    RATIO = "ratio"
    """Σy / Σd, clustered by visitor: a visitor with many clicks counts as one source of noise, not as many."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `is_adjusted` asks for CUPED; `more_is_better` says which direction is a win."""

    key: str
    shape: Shape
    is_adjusted: bool = False
    more_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A figure that must not get worse by more than `margin`, relative to the control: .02 is 2 %."""

    metric: Metric
    margin: float

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1:
            raise ValueError("a guardrail's margin lies between 0 and 1")


REVENUE = Metric("revenue_per_visitor", Shape.MEAN, is_adjusted=True)
MARGIN = Metric("margin_per_visitor", Shape.MEAN, is_adjusted=True)
UNITS = Metric("units_per_visitor", Shape.MEAN, is_adjusted=True)
CONVERSION = Metric("conversion", Shape.PROPORTION)
"""y: 1 if the visitor bought at all."""
ORDER_VALUE = Metric("order_value", Shape.RATIO)
"""y: revenue, d: orders."""
CLICK_THROUGH = Metric("click_through", Shape.RATIO)
"""y: impressions that were clicked, d: impressions."""
UNDONE_ORDERS = Metric("undone_orders", Shape.RATIO, more_is_better=False)
"""y: orders that were cancelled as a whole, d: orders."""
EMPTY_BLOCKS = Metric("empty_blocks", Shape.RATIO, more_is_better=False)
"""y: times when the varied block had nothing to show, d: times when it was asked for."""

METRICS: dict[str, Metric] = {
    one.key: one
    for one in (REVENUE, MARGIN, UNITS, CONVERSION, ORDER_VALUE, CLICK_THROUGH, UNDONE_ORDERS, EMPTY_BLOCKS)
}
