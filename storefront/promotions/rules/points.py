"""Points pay for goods, after every promotion and coupon: exactly, and never for nothing."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.money import Money, digits_of
from storefront.pricing.allocation import Allocation, sum_of
from storefront.pricing.label import Label
from storefront.pricing.quote import Adjustment, AdjustmentKind
from storefront.pricing.snapshot import PointsOffer, Stage


@dataclass(frozen=True, slots=True)
class PointsSpent:
    """So many points pay `amount`, which the allocations share over the goods."""

    points: int
    amount: Money
    allocations: tuple[Allocation, ...]

    def __post_init__(self) -> None:
        if self.points < 1 or self.amount.minor < 1:
            raise ValueError("points pay for something")
        if sum_of(self.allocations) != self.amount.minor:
            raise ValueError("the allocations do not add up to the amount")

    @property
    def label(self) -> Label:
        return Label.of("points", points=self.points)

    @property
    def adjustment(self) -> Adjustment:
        """This payment as a reason of the quote."""
        return Adjustment(AdjustmentKind.POINTS, Stage.POINTS, self.label, -self.amount, allocations=self.allocations)


def points_worth(points: int, worth: int, currency: str) -> Money:
    """Return what `points` can pay, in whole minor units, rounded down; `worth` points stand for one whole unit."""
    return Money(points * _whole(currency) // worth, currency)


def points_for(amount: Money, worth: int) -> int:
    """Return the fewest points that can pay `amount`."""
    return -(-amount.minor * worth // _whole(amount.currency))


def points_payment(goods: Money, offer: PointsOffer) -> tuple[int, Money]:
    """Return how many points pay how much of goods that cost `goods` by now: the fewest points for the most money."""
    most = Money(goods.minor * offer.most_percent // 100, goods.currency)
    amount = min(most, points_worth(offer.spend, offer.worth, goods.currency))
    return points_for(amount, offer.worth), amount


def most_points(goods: Money, worth: int, most_percent: int) -> int:
    """Return how many points can pay for goods that cost `goods` by now, if the shopper has as many."""
    return points_for(Money(goods.minor * most_percent // 100, goods.currency), worth)


def _whole(currency: str) -> int:
    """How many minor units make one whole unit of a currency."""
    return int(10 ** digits_of(currency))
