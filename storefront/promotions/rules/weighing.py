"""Several sets of promotions on one cart, one after the other: what each would give, with nothing told about it.

The deal is that of `evaluate`, which also says which pieces bear it and how every price came about. Who adds up many
carts needs neither, and the goods are laid out only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.evaluation import settle
from storefront.promotions.rules.nearness import nearest
from storefront.promotions.rules.promotion import Promotion
from storefront.promotions.rules.refusals import Gate, Given, explain
from storefront.promotions.rules.result import Near, Rejected
from storefront.promotions.rules.units import Position, start


@dataclass(frozen=True, slots=True)
class Deal:
    """What a set of promotions comes to. `exact` is False where the search was greedy."""

    given: tuple[Given, ...]
    ends: Mapping[Stage, Position]
    exact: bool

    @property
    def amounts(self) -> list[tuple[Promotion, int]]:
        """What applied and how much each gives, in minor units."""
        return [(candidate.promotion, reduction.amount) for candidate, _, reduction in self.given]

    @property
    def saved(self) -> int:
        """What all of it saves, in minor units."""
        return sum([reduction.amount for _, _, reduction in self.given])

    @property
    def gifts(self) -> list[tuple[str, int, int]]:
        """What is given away: SKU, pieces, and what they are worth together in minor units."""
        found = [(reduction.gift, reduction.amount) for _, _, reduction in self.given]
        return [(gift[0], gift[1], amount) for gift, amount in found if gift]

    @property
    def saved_by_gifts(self) -> int:
        """What the gifts are worth, in minor units; a part of `saved`."""
        return sum([amount for _, _, amount in self.gifts])

    def amount_of(self, promotion_id: int) -> int | None:
        """Return how much one promotion gives, in minor units; None if it does not apply."""
        return next((amount for promotion, amount in self.amounts if promotion.id == promotion_id), None)


class Scales:
    """One cart. Of two promotions with the same id, the first that is weighed counts."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._frame, self._begin = start(snapshot)
        self._gate = Gate(snapshot)
        self._admitted: dict[int, tuple[Candidate, int] | None] = {}

    def weigh(self, promotions: Iterable[Promotion]) -> Deal:
        """Return the best that these promotions make of the cart."""
        ordered = sorted(promotions, key=lambda promotion: promotion.order)
        candidates = [found for each in ordered if (found := self._admit(each))]
        given, ends, exact = settle(self._frame, self._begin, candidates)
        return Deal(tuple(given), ends, exact)

    def may_give(self, promotion: Promotion) -> bool:
        """Say whether a promotion could be part of a deal at all; one that could not changes no deal."""
        found = self._admit(promotion)
        return found is not None and found[1] > 0

    def why_not(self, promotion: Promotion, deal: Deal) -> Rejected | None:
        """Say why a promotion is not part of a deal that it was weighed for; None if nobody entered its code."""
        found = self._admit(promotion)
        if found is None:
            return next((each for each in self._gate.rejected if each.promotion.id == promotion.id), None)
        return explain(self._frame, self._begin, found[0], deal.ends[promotion.stage], deal.given)

    def nearest(self, promotion: Promotion, deal: Deal) -> Near | None:
        """Return the step more with which a promotion would save more than the deal does."""
        found = self._admit(promotion)
        return next(iter(nearest(self._frame, (found[0],), deal.ends, deal.given)), None) if found else None

    def _admit(self, promotion: Promotion) -> tuple[Candidate, int] | None:
        """Return a promotion as a candidate with its bound; None if it is out of the question."""
        if promotion.id not in self._admitted:
            found = self._gate.admit(promotion)
            self._admitted[promotion.id] = (found, found.bound(self._frame, self._begin)) if found else None
        return self._admitted[promotion.id]
