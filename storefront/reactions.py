"""One table: what follows from what has happened."""

from __future__ import annotations

from storefront.kernel.events import Fact, Reaction

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {}
