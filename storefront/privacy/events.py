"""What happens to requests."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class CopyAsked(Fact):
    """A copy is to be made."""

    request_id: int
