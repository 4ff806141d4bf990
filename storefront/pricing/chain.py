"""A trace as its readers see it: each chain of steps from the price that it starts from."""

from __future__ import annotations

from collections.abc import Sequence

from storefront.pricing.allocation import TraceStep
from storefront.pricing.label import Label
from storefront.pricing.snapshot import PriceSource, Stage


def full_chain(steps: Sequence[TraceStep]) -> tuple[TraceStep, ...]:
    """Put in front of steps that begin with a reduction what there was before it: the base price, the delivery fee."""
    if not steps or not steps[0].delta.minor:
        return tuple(steps)
    first = steps[0]
    nothing = first.before - first.before
    kind = f"{PriceSource.BASE}_price" if first.stage is Stage.CATALOGUE else "delivery"
    start = TraceStep(Stage.CATALOGUE, Label.of(kind), first.before, nothing, first.before, first.line_id)
    return (start, *steps)
