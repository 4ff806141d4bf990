"""Facts about returns."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class ReturnMoved(Fact):
    """A request came to `state`; the customer is told."""

    return_id: int
    number: str
    state: str
