"""How much goes back: one pure function for whoever asks, for whoever decides, and for the refund itself.

Amounts are minor units of the order's currency; see the room's plaque for the three policies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storefront.kernel.money import split_minor
from storefront.returns.states import Policy


@dataclass(frozen=True, slots=True)
class Share:
    """What one reduction took off each unit of a line, in the order of its units."""

    label: str
    units: tuple[int, ...]
    is_points: bool = False


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold. `returned` of its units are back, `before` of them ahead of the request that is counted;
    of a gift, `kept` have been deducted."""

    line_id: int
    quantity: int
    unit_price: int
    shares: tuple[Share, ...] = ()
    is_gift: bool = False
    returned: int = 0
    before: int | None = None
    """None where all that are back came ahead."""
    kept: int = 0
    name: str = ""
    gift_of: str = ""
    """The public key of the promotion that gave it."""
    taxes: tuple[int, ...] = ()
    """What each unit was taxed beyond its price; empty where prices contain their tax."""

    def __post_init__(self) -> None:
        if not 0 <= self.returned + self.kept <= self.quantity:
            raise ValueError("no more comes back than was sold")
        if any(len(share.units) != self.quantity for share in self.shares) or len(self.taxes) not in {0, self.quantity}:
            raise ValueError("a reduction has one share for each unit")
        if min(self._in_order(), default=0) < 0:
            raise ValueError("a unit never costs less than nothing")

    def _in_order(self) -> list[int]:
        taxes = self.taxes or (0,) * self.quantity
        return [
            self.unit_price - sum(share.units[unit] for share in self.shares) + taxes[unit]
            for unit in range(self.quantity)
        ]

    @property
    def order(self) -> list[int]:
        """The units in the order in which they come back: the cheapest first."""
        costs = self._in_order()
        return sorted(range(self.quantity), key=lambda unit: (costs[unit], unit))

    @property
    def costs(self) -> list[int]:
        """What each unit had cost in money, in the order in which they come back."""
        return sorted(self._in_order())

    @property
    def values(self) -> list[int]:
        """The same before points paid their part, in the same order."""
        costs = self._in_order()
        points = [sum(share.units[unit] for share in self.shares if share.is_points) for unit in range(self.quantity)]
        return [costs[unit] + points[unit] for unit in self.order]

    @property
    def in_full(self) -> list[int]:
        """What each unit costs before reductions, with the tax that was paid for it, in the same order."""
        taxes = self.taxes or (0,) * self.quantity
        return [self.unit_price + taxes[unit] for unit in self.order]

    def slice_of(self, values: list[int], units: int) -> list[int]:
        """Return what belongs to the next `units` that come back."""
        return values[self.start : self.start + units]

    @property
    def start(self) -> int:
        """How many units came back ahead of those that are counted now."""
        return self.returned if self.before is None else self.before


@dataclass(frozen=True, slots=True)
class Basis:
    """An order as far as its refunds depend on it: what was sold, and what earlier requests gave back."""

    lines: tuple[SoldLine, ...]
    policy: Policy
    freight: int = 0
    """What was paid for delivery, as far as it has not gone back."""
    goods_refunded: int = 0
    codes: tuple[str, ...] = ()
    refund_freight: bool = False
    """Whether delivery goes back with the last of the goods, whoever's fault it is."""
    fault_before: bool = True
    """Whether all that came back before was the shop's fault."""
    fee_percent: int = 0
    replaced_before: bool = False
    """Whether some of the goods were exchanged: then the order's end is not the end of the sale."""
    left: int | None = None
    """What of the sale's money may still go back; None where that is of no matter."""

    @property
    def goods(self) -> tuple[SoldLine, ...]:
        return tuple(line for line in self.lines if not line.is_gift)

    @property
    def paid_for_goods(self) -> int:
        return sum(sum(line.costs) for line in self.goods)

    @property
    def value(self) -> int:
        """What the goods had cost before points paid their part."""
        return sum(sum(line.values) for line in self.goods)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What comes back now: units by line, and which of them are the shop's fault. `fee` says whether one is due."""

    units: Mapping[int, int]
    fault: frozenset[int] = frozenset()
    with_fee: bool = False


@dataclass(frozen=True, slots=True)
class Repriced:
    """What promotions of that day make of the goods that are kept: their price before points, and what is lost."""

    kept: int
    lost: tuple[tuple[str, int], ...] = ()
    gifts_lost: frozenset[str] = frozenset()
    """Public keys of promotions whose gift the kept goods no longer earn."""


@dataclass(frozen=True, slots=True)
class GiftDue:
    """A gift that is no longer earned: so many come back, and so many are kept and deducted."""

    line_id: int
    name: str
    returned: int
    kept: int
    value: int
    """Of one."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a return comes to. `total` is goods and freight less fee and gifts, and less what went back `before` without
    a return, where too little is left; never below zero.
    """

    amounts: Mapping[int, int]
    """By line; they add up to `goods`."""
    goods: int
    freight: int
    fee: int
    gift: int
    before: int = 0
    lost: tuple[tuple[str, int], ...] = ()
    gifts: tuple[GiftDue, ...] = ()
    is_whole: bool = False
    """Whether nothing of the sale is left afterwards."""
    codes: tuple[str, ...] = ()
    """Coupons that can be used again."""
    policy: Policy = Policy.SHARE
    """What was counted by."""
    value: int = 0
    """What had been paid for the goods, with points too."""
    kept_gifts: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = self.goods, self.freight, self.fee, self.gift, self.before
        if sum(self.amounts.values()) != self.goods or min(parts) < 0:
            raise ValueError("the lines of a refund add up to it")

    @property
    def total(self) -> int:
        return max(0, self.goods + self.freight - self.fee - self.gift - self.before)


def preview(basis: Basis, wanted: Wanted, repriced: Repriced | None = None) -> Preview:
    """Return what goes back for `wanted`, and what is lost with it. `repriced` is for the goods that are then kept;
    without it (nobody can say) a policy of pricing anew counts by shares.

    Units beyond what is left of a line raise ValueError.
    """
    units = {line.line_id: wanted.units.get(line.line_id, 0) for line in basis.lines}
    if wanted.units.keys() - units.keys():
        raise ValueError("a line of another order")
    for line in basis.lines:
        if not 0 <= units[line.line_id] <= line.quantity - line.returned - line.kept:
            raise ValueError("more comes back than is left")
    is_whole = all(line.returned + units[line.line_id] == line.quantity for line in basis.goods)
    ends = is_whole and not basis.replaced_before
    policy = Policy.SHARE if basis.policy is Policy.RE_PRICE and repriced is None and not is_whole else basis.policy
    by_share = {line.line_id: sum(line.slice_of(line.costs, units[line.line_id])) for line in basis.lines}
    goods = _goods(basis, units, policy, repriced, is_whole=is_whole, by_share=sum(by_share.values()))
    coming = {line_id: amount for line_id, amount in by_share.items() if units[line_id]}
    amounts = coming if goods == sum(coming.values()) or not coming else _spread(goods, coming)
    fault = basis.fault_before and all(id_ in wanted.fault for id_, count in units.items() if count)
    freight = basis.freight if ends and (fault or basis.refund_freight) else 0
    charged = sum(amount for id_, amount in amounts.items() if id_ not in wanted.fault) if wanted.with_fee else 0
    gifts = _gifts(basis, units, policy, ends, repriced)
    fee, gift = charged * basis.fee_percent // 100, sum(gift.kept * gift.value for gift in gifts)
    comes_to = max(0, goods + freight - fee - gift)
    return Preview(
        amounts=amounts,
        goods=goods,
        freight=freight,
        fee=fee,
        gift=gift,
        before=0 if basis.left is None else max(0, comes_to - basis.left),
        lost=_lost(basis, units, policy, repriced),
        gifts=gifts,
        is_whole=ends,
        codes=basis.codes if ends else (),
        policy=policy,
        value=sum(sum(line.slice_of(line.values, units[line.line_id])) for line in basis.goods),
        kept_gifts={gift.line_id: gift.kept for gift in gifts if gift.kept},
    )


def _goods(
    basis: Basis, units: Mapping[int, int], policy: Policy, repriced: Repriced | None, *, is_whole: bool, by_share: int
) -> int:
    left = max(0, basis.paid_for_goods - basis.goods_refunded)
    if is_whole:
        return left
    if policy is Policy.KEEP:
        return min(left, sum(sum(line.slice_of(line.in_full, units[line.line_id])) for line in basis.goods))
    if policy is Policy.RE_PRICE and repriced is not None:
        kept_costs, kept_values = _kept(basis, units)
        points = kept_values - kept_costs
        return max(0, left - max(0, repriced.kept + _kept_taxes(basis, units) - points))
    return min(left, by_share)


def _kept(basis: Basis, units: Mapping[int, int]) -> tuple[int, int]:
    gone = {line.line_id: line.returned + units[line.line_id] for line in basis.goods}
    costs = sum(sum(line.costs[gone[line.line_id] :]) for line in basis.goods)
    return costs, sum(sum(line.values[gone[line.line_id] :]) for line in basis.goods)


def _kept_taxes(basis: Basis, units: Mapping[int, int]) -> int:
    """Return what was taxed beyond the price of the units that are kept."""
    return sum(
        sum(line.taxes[unit] for unit in line.order[line.returned + units[line.line_id] :])
        for line in basis.goods
        if line.taxes
    )


def _spread(goods: int, by_share: Mapping[int, int]) -> dict[int, int]:
    return dict(zip(by_share, split_minor(goods, list(by_share.values())), strict=True))


def _lost(
    basis: Basis, units: Mapping[int, int], policy: Policy, repriced: Repriced | None
) -> tuple[tuple[str, int], ...]:
    """Return what each promotion no longer takes off: by shares its part of what comes back."""
    if policy is Policy.KEEP:
        return ()
    if policy is Policy.RE_PRICE and repriced is not None:
        return repriced.lost
    sums: dict[str, int] = {}
    for line in basis.goods:
        coming = line.order[line.start : line.start + units[line.line_id]]
        for share in line.shares:
            if not share.is_points:
                sums[share.label] = sums.get(share.label, 0) + sum(share.units[unit] for unit in coming)
    return tuple((label, amount) for label, amount in sums.items() if amount)


def _gifts(
    basis: Basis, units: Mapping[int, int], policy: Policy, ends: bool, repriced: Repriced | None
) -> tuple[GiftDue, ...]:
    """Return gifts that are no longer earned: all with the last of the goods, else those whose promotion is lost."""
    due = []
    lost = repriced.gifts_lost if repriced is not None and policy is not Policy.KEEP else frozenset()
    for line in basis.lines:
        coming = units[line.line_id]
        left = line.quantity - line.returned - line.kept
        if line.is_gift and left and (ends or line.gift_of in lost):
            due.append(GiftDue(line.line_id, line.name, coming, left - coming, line.unit_price))
    return tuple(due)
