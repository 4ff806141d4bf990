"""What the linter finds, and what it must know of the shop to find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storefront.pricing.label import FactValue
from storefront.promotions.rules.goods import NO_GOODS, Goods


class Severity(StrEnum):
    """An error keeps a promotion from being saved as active; a warning is likely a mistake; a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Odd(StrEnum):
    """What can be odd about a promotion."""

    UNREADABLE = "unreadable"
    NO_GOODS = "no_goods"
    ENDED = "ended"
    UNREACHABLE = "unreachable"
    OUT_OF_STOCK = "out_of_stock"
    NO_USES = "no_uses"
    NOBODY = "nobody"
    NO_CODES = "no_codes"
    NO_GIFT = "no_gift"
    GIFT_OUT_OF_STOCK = "gift_out_of_stock"
    ALWAYS = "always"
    THRESHOLD_ALWAYS_MET = "threshold_always_met"
    BELOW_COST = "below_cost"
    COSTS_NOTHING = "costs_nothing"
    HELD_BY_MINIMUM = "held_by_minimum"
    BUDGET_TOO_SMALL = "budget_too_small"
    RUNG_NEVER_PAYS = "rung_never_pays"
    TWO_EXCLUSIVE = "two_exclusive"
    NOT_TOGETHER = "not_together"
    DUPLICATE = "duplicate"


SEVERITIES: Mapping[Odd, Severity] = {
    Odd.ENDED: Severity.WARNING,
    Odd.OUT_OF_STOCK: Severity.WARNING,
    Odd.NO_CODES: Severity.WARNING,
    Odd.GIFT_OUT_OF_STOCK: Severity.WARNING,
    Odd.ALWAYS: Severity.WARNING,
    Odd.BELOW_COST: Severity.WARNING,
    Odd.COSTS_NOTHING: Severity.WARNING,
    Odd.TWO_EXCLUSIVE: Severity.WARNING,
    Odd.DUPLICATE: Severity.WARNING,
    Odd.THRESHOLD_ALWAYS_MET: Severity.NOTE,
    Odd.HELD_BY_MINIMUM: Severity.NOTE,
    Odd.RUNG_NEVER_PAYS: Severity.NOTE,
    Odd.NOT_TOGETHER: Severity.NOTE,
}
"""All others are errors."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity: what it is, the facts that its sentence needs, and the other promotion that it is about."""

    kind: Odd
    facts: tuple[tuple[str, FactValue], ...] = ()
    other_id: int | None = None

    @property
    def severity(self) -> Severity:
        return SEVERITIES.get(self.kind, Severity.ERROR)

    @property
    def blocks(self) -> bool:
        """Whether the promotion had better not be switched on."""
        return self.severity is Severity.ERROR

    def __getitem__(self, fact: str) -> FactValue:
        return dict(self.facts)[fact]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the linter knows of the shop: its goods, gifts among them, and what tiers and groups there are.

    Without goods nothing is said that depends on them; without tiers or groups any name may be one.
    """

    now: datetime
    goods: Goods = NO_GOODS
    tiers: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    most_tried: int | None = None
    """With so many goods below their cost there may be more: only those that earn least were tried. None: all were."""
    codes: int | None = None
    """How many codes unlock the promotion, those in wallets and batches included; None if that is not known."""
