"""Replaying a promotion over past orders: pure, one order after the other, in the order in which they were placed.

Every order is priced twice: with the promotions that would have stood beside the draft, and with the draft as well.
What the second saves more is what the draft costs. The shoppers buy just the same: nobody buys more because of it, so
the figures say what it costs, not what it brings. The break-even uplift says how much more it would have to bring.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot
from storefront.promotions.rules import Deal, Limits, Near, Promotion, Reason, Scales

WHOLE = 10_000
"""Shares are counted in basis points."""
ANY_CODE = "ANY"
"""What a draft whose codes are still to be made is tried with: everybody is taken to have entered it."""


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order as it was: its goods at the prices of that day, who bought, and what the goods had cost the shop.

    `cost` is None where the cost of a line is not known; `customer` says whose limits it counts against.
    """

    snapshot: Snapshot
    customer: str
    cost: Money | None = None

    @property
    def month(self) -> str:
        return f"{self.snapshot.now.year}-{self.snapshot.now.month:02}"


@dataclass(slots=True)
class Month:
    """One month of a replay; amounts in minor units."""

    orders: int = 0
    touched: int = 0
    cost: int = 0


@dataclass(slots=True)
class Conflict:
    """What another promotion and the draft took from each other: in how many orders, and how much (minor units)."""

    orders: int = 0
    amount: int = 0


@dataclass(slots=True)
class Figures:
    """What a replay found; amounts in minor units of `currency`.

    `given` is what the draft itself gave in the orders that it touched, gifts at their price. `cost` is what that
    would have cost the shop: less where the draft displaced other promotions, and gifts at what they cost. `sales` and
    `margin` are those of the touched orders without it; `margin` only of those whose goods' cost is known (`costed` of
    them, whose part of `cost` is `costed_cost`). `kept_out` counts orders in which the draft lost to another promotion,
    `displaced` those in which it won against one, `near` those that were one piece or a fifth of an amount short of it.
    """

    currency: str
    orders: int = 0
    touched: int = 0
    customers: int = 0
    given: int = 0
    cost: int = 0
    sales: int = 0
    costed: int = 0
    costed_cost: int = 0
    margin: int = 0
    near: int = 0
    guessed: int = 0
    """Orders in which so many promotions held at once that the best set was searched for greedily."""
    months: dict[str, Month] = field(default_factory=lambda: defaultdict(Month))
    displaced: dict[str, Conflict] = field(default_factory=lambda: defaultdict(Conflict))
    kept_out: dict[str, Conflict] = field(default_factory=lambda: defaultdict(Conflict))
    reasons: Counter[str] = field(default_factory=Counter)
    """Why it gave nothing to the others, as counts of `promotions.rules.Reason`."""

    @property
    def break_even(self) -> int | None:
        """How many more orders like those touched would make up for the cost, in basis points of their number.

        None where nothing was touched, no cost is known, or each such order would lose money.
        """
        left = self.margin - self.costed_cost
        if not self.costed or left <= 0:
            return None
        return -(-self.costed_cost * WHOLE // left) if self.costed_cost > 0 else 0

    @property
    def loses_money(self) -> bool:
        """Whether the orders that it touches would together bring a loss."""
        return bool(self.costed) and self.margin <= self.costed_cost

    def to_data(self) -> dict[str, object]:
        """Return plain JSON-able data; `from_data` reads it back."""
        data: dict[str, object] = {name: getattr(self, name) for name in _NUMBERS}
        months = {name: [month.orders, month.touched, month.cost] for name, month in sorted(self.months.items())}
        data |= {"currency": self.currency, "months": months, "reasons": dict(self.reasons)}
        for name in ("displaced", "kept_out"):
            data[name] = {key: [each.orders, each.amount] for key, each in getattr(self, name).items()}
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Figures:
        """Read back what `to_data` wrote; raises KeyError or TypeError for anything else."""
        figures = cls(str(data["currency"]))
        for name in _NUMBERS:
            setattr(figures, name, int(data[name]))  # type: ignore[call-overload]
        figures.months.update({key: Month(*values) for key, values in data["months"].items()})  # type: ignore[attr-defined]
        for name in ("displaced", "kept_out"):
            pairs = data[name].items()  # type: ignore[attr-defined]
            getattr(figures, name).update({key: Conflict(*values) for key, values in pairs})
        figures.reasons.update(data["reasons"])  # type: ignore[call-overload]
        return figures


_NUMBERS = (
    *("orders", "touched", "customers", "given", "cost", "sales"),
    *("costed", "costed_cost", "margin", "near", "guessed"),
)


def prepared(promotion: Promotion) -> Promotion:
    """Return a promotion as a replay asks it: at any time, without limits, with its code already entered."""
    return replace(promotion, starts_at=None, ends_at=None, limits=Limits())


class Replay:
    """Takes past orders one after the other. The draft's own limits run out as they would have; those of others do not.

    `gift_costs` says what a piece of a gift costs the shop, in minor units by SKU; one that it does not know counts at
    its price. Raises ValueError for a draft in another currency than the orders'.
    """

    def __init__(
        self, draft: Promotion, others: Iterable[Promotion], gift_costs: Mapping[str, int] | None = None
    ) -> None:
        self.gift_costs = gift_costs or {}
        self.draft = replace(prepared(draft), limits=draft.limits)
        if draft.needs_code and not draft.codes:
            self.draft = replace(self.draft, codes=frozenset({ANY_CODE}))
        self.others = tuple(prepared(each) for each in others if each.id != draft.id)
        self.figures = Figures(draft.currency)
        self._uses: Counter[str] = Counter()
        self._touched: set[str] = set()
        self._codes = tuple(sorted(self.draft.codes))[:1]

    def add(self, order: PastOrder) -> None:
        """Price one more order with and without the draft."""
        snapshot, figures, draft = self._seen(order), self.figures, self.draft
        if snapshot.currency != figures.currency:
            raise ValueError("an order in another currency")
        figures.orders += 1
        month = figures.months[order.month]
        month.orders += 1
        scales = Scales(snapshot)
        alone = scales.weigh((draft,))
        if not alone.given:
            # what gives nothing alone gives nothing beside others: they only make goods cheaper
            figures.near += _is_just_short(scales.nearest(draft, alone))
            refused = scales.why_not(draft, alone)
            figures.reasons[(refused.reason if refused else Reason.SCOPE).value] += 1
            return
        rivals = [each for each in self.others if scales.may_give(each)]
        together = scales.weigh((*rivals, draft)) if rivals else alone
        figures.guessed += not together.exact
        mine = together.amount_of(draft.id)
        if mine is None:
            self._note_loss(scales, together, alone)
            return
        before = scales.weigh(rivals)
        cost = self._expense(together) - self._expense(before)
        figures.touched += 1
        figures.given += mine
        figures.cost += cost
        sales = _total(snapshot) - before.saved + before.saved_by_gifts
        figures.sales += sales
        month.touched += 1
        month.cost += cost
        if order.cost is not None:
            figures.costed += 1
            figures.costed_cost += cost
            figures.margin += _total(snapshot) - self._expense(before) - order.cost.minor
        self._touched.add(order.customer)
        figures.customers = len(self._touched)
        self._take(mine, order.customer)
        self._note_wins(before, together)

    def _seen(self, order: PastOrder) -> Snapshot:
        """Return an order as the draft meets it: with its code entered, and with how often the customer had it."""
        snapshot = order.snapshot
        if self.draft.limits.per_customer is not None:
            uses = ((self.draft.id, self._uses[order.customer]),)
            snapshot = replace(snapshot, shopper=replace(snapshot.shopper, uses=uses))
        return replace(snapshot, codes=self._codes) if self._codes else snapshot

    def _expense(self, deal: Deal) -> int:
        """Return what a deal costs the shop: what it takes off, and its gifts at what they cost."""
        gifts = [
            count * self.gift_costs[sku] if sku in self.gift_costs else amount for sku, count, amount in deal.gifts
        ]
        return deal.saved - deal.saved_by_gifts + sum(gifts)

    def _take(self, amount: int, customer: str) -> None:
        limits = self.draft.limits
        if limits.per_customer is not None:
            self._uses[customer] += 1
        if limits.uses_left is None and limits.budget_left is None:
            return
        self.draft = replace(
            self.draft,
            limits=replace(
                limits,
                uses_left=None if limits.uses_left is None else limits.uses_left - 1,
                budget_left=None
                if limits.budget_left is None
                else limits.budget_left - Money(amount, self.draft.currency),
            ),
        )

    def _note_loss(self, scales: Scales, together: Deal, alone: Deal) -> None:
        rejected = scales.why_not(self.draft, together)
        reason = rejected.reason if rejected else Reason.WORSE_DEAL
        self.figures.reasons[reason.value] += 1
        rival = rejected.excluded_by if rejected else None
        key = next((promotion.key for promotion, _ in together.amounts if promotion.id == rival), "")
        conflict = self.figures.kept_out[key]
        conflict.orders += 1
        conflict.amount += alone.saved

    def _note_wins(self, before: Deal, together: Deal) -> None:
        kept = {promotion.id for promotion, _ in together.amounts}
        for promotion, amount in before.amounts:
            if promotion.id not in kept:
                conflict = self.figures.displaced[promotion.key]
                conflict.orders += 1
                conflict.amount += amount


def _is_just_short(near: Near | None) -> bool:
    """Whether one piece is missing, or no more than a fifth of an amount."""
    if near is None:
        return False
    need, gap = near.shortfall.need, near.shortfall.gap
    if isinstance(need, Money) and isinstance(gap, Money):
        return gap.minor * 5 <= need.minor
    return gap == 1


def _total(snapshot: Snapshot) -> int:
    delivery = snapshot.delivery.amount.minor if snapshot.delivery else 0
    return snapshot.goods.minor + delivery
