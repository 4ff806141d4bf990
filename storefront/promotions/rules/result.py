"""What an evaluation says: what applied, what did not and why, and what is nearly reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storefront.kernel.money import Money, total
from storefront.pricing.allocation import DELIVERY, Allocation, TraceStep, sum_of
from storefront.pricing.label import Label
from storefront.pricing.quote import Adjustment, AdjustmentKind
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.gift import GiftLine
from storefront.promotions.rules.points import PointsSpent
from storefront.promotions.rules.promotion import Promotion
from storefront.promotions.rules.scope import Scope


class Reason(StrEnum):
    """Why a promotion gives nothing."""

    NOT_STARTED = "not_started"
    ENDED = "ended"
    THRESHOLD = "threshold"
    SCOPE = "scope"
    AUDIENCE = "audience"
    LIMIT = "limit"
    EXCLUDED_BY = "excluded_by"
    WORSE_DEAL = "worse_deal"
    FLOOR = "floor"
    BUDGET = "budget"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Applied:
    """A promotion that applied: `amount` is a positive reduction and the allocations add up to it exactly."""

    promotion: Promotion
    amount: Money
    allocations: tuple[Allocation, ...]
    label: Label
    code: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor < 0 or not (self.amount or self.promotion.is_gift):
            raise ValueError("an applied promotion gives something")
        if sum_of(self.allocations) != self.amount.minor:
            raise ValueError("the allocations do not add up to the amount")

    @property
    def line_ids(self) -> frozenset[str]:
        return frozenset(a.line_id for a in self.allocations if a.line_id != DELIVERY)

    @property
    def adjustment(self) -> Adjustment:
        """This reduction as a reason of the quote."""
        kind = AdjustmentKind.COUPON if self.promotion.stage is Stage.COUPON else AdjustmentKind.PROMOTION
        return Adjustment(
            kind=kind,
            stage=self.promotion.stage,
            label=self.label,
            amount=-self.amount,
            source_id=self.promotion.id,
            version=self.promotion.version,
            code=self.code,
            allocations=self.allocations,
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A promotion that did not apply, at which stage, why, and the facts of the matter."""

    promotion: Promotion
    stage: Stage
    reason: Reason
    code: str = ""
    shortfall: Shortfall | None = None
    excluded_by: int | None = None
    would_save: Money | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A saving within reach: close the gap and pay `would_save` less than now for the same goods."""

    promotion: Promotion
    shortfall: Shortfall
    would_save: Money
    scope: Scope
    """Goods that count towards the gap."""
    cost: Money
    """What closing the gap costs: the gap itself, or the missing pieces at the price of what is in the cart."""
    open: bool = False
    """Nothing of what is missing is in the cart, so its price is not known: `would_save` is the least it can be."""

    def __post_init__(self) -> None:
        if self.would_save.minor < 0 or not (self.would_save or self.open):
            raise ValueError("a near promotion would save something")

    @property
    def worth(self) -> float:
        """What is saved for each minor unit more that is spent: the order of `Result.near`."""
        return self.would_save.minor / max(1, self.cost.minor)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of an evaluation. `exact` is False where the search was greedy."""

    currency: str
    applied: tuple[Applied, ...]
    rejected: tuple[Rejected, ...]
    near: tuple[Near, ...]
    trace: tuple[TraceStep, ...]
    unknown_codes: tuple[str, ...] = ()
    exact: bool = True
    gifts: tuple[GiftLine, ...] = ()
    """Lines that promotions add; they cost nothing."""
    points: PointsSpent | None = None
    """What the shopper pays with points."""

    @property
    def saved(self) -> Money:
        return total((applied.amount for applied in self.applied), self.currency)

    @property
    def reductions(self) -> tuple[Adjustment, ...]:
        """What applied and what points pay, as reasons of a quote."""
        paid = (self.points.adjustment,) if self.points else ()
        return (*(applied.adjustment for applied in self.applied), *paid)

    def rejection_of(self, promotion_id: int) -> Rejected | None:
        return next((r for r in self.rejected if r.promotion.id == promotion_id), None)
