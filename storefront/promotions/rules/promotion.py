"""The promotion itself: a frozen value that refuses to be nonsense."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.pricing.label import FactValue, Label
from storefront.pricing.snapshot import STAGE_ORDER, Shopper, Stage
from storefront.promotions.rules.benefits import AmountOff, Benefit, PercentOff, scopes_of
from storefront.promotions.rules.conditions import Condition
from storefront.promotions.rules.gift import Gift
from storefront.promotions.rules.scope import EVERYTHING, Scope

PROMOTION_STAGES = frozenset({Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON})


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom: signed-in members, tiers, groups, shoppers with at most so many past orders. Empty is everyone."""

    members_only: bool = False
    tiers: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    most_orders: int | None = None

    def __post_init__(self) -> None:
        if self.most_orders is not None and self.most_orders < 0:
            raise ValueError("a number of past orders is not negative")

    def misses(self, shopper: Shopper) -> str:
        """Return what keeps this shopper out ("members", "tier", "group", "orders"), or ""."""
        if self.members_only and not shopper.known:
            return "members"
        if self.tiers and shopper.tier not in self.tiers:
            return "tier"
        if self.groups and self.groups.isdisjoint(shopper.groups):
            return "group"
        if self.most_orders is not None and shopper.order_count > self.most_orders:
            return "orders"
        return ""


EVERYONE = Audience()


@dataclass(frozen=True, slots=True)
class Limits:
    """What is left of a promotion that can run out; None is without limit."""

    uses_left: int | None = None
    per_customer: int | None = None
    budget_left: Money | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """Conditions x benefit, for a scope, an audience and a time, and the rules of its combination.

    `falls_on` is the class: ITEM (single units, each used once), ORDER (spread over the goods) or SHIPPING.
    `combines_with` names stages; None is the usual: all stages but its own. An item promotion and a gift, unless it
    needs a code, also stand beside others of their own stage.
    """

    id: int
    name: str
    currency: str
    benefit: Benefit
    falls_on: Stage
    conditions: tuple[Condition, ...] = ()
    scope: Scope = EVERYTHING
    audience: Audience = EVERYONE
    limits: Limits = field(default_factory=Limits)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    codes: frozenset[str] = frozenset()
    needs_code: bool = False
    priority: int = 0
    exclusive: bool = False
    combines_with: frozenset[Stage] | None = None
    version: int = 1
    key: str = ""
    """The public name of the row it was read from."""
    translations: tuple[tuple[str, str], ...] = ()
    """The merchant's name for it in other languages: (("zh", "满199减20"),)."""
    stage: Stage = field(init=False)
    label: Label = field(init=False)
    is_gift: bool = field(init=False)
    scopes: tuple[Scope, ...] = field(init=False)
    """The goods that the benefit is about: the scope, or those of each part of a set."""
    order: tuple[int, int, int, int] = field(init=False)
    """The place of this promotion among others: stage, priority, particular units first, id."""

    def __post_init__(self) -> None:
        if self.falls_on not in self.benefit.falls_on:
            raise ValueError(f"{self.benefit.kind} does not fall on {self.falls_on}")
        if any(moment and moment.tzinfo is None for moment in (self.starts_at, self.ends_at)):
            raise ValueError("a promotion's times need a zone")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("a promotion ends after it starts")
        codes = frozenset(code_key(code) for code in self.codes)
        if "" in codes:
            raise ValueError("an empty code")
        self._set("codes", codes)
        self._set("needs_code", self.needs_code or bool(codes))
        self._set("stage", Stage.COUPON if self.needs_code else self.falls_on)
        self._set("is_gift", isinstance(self.benefit, Gift))
        alone = self.stage is Stage.COUPON if self.is_gift else self.stage is not Stage.ITEM
        own = frozenset({self.stage}) if alone else frozenset()
        self._set("combines_with", PROMOTION_STAGES - own if self.combines_with is None else self.combines_with)
        if not (self.combines_with or frozenset()) <= PROMOTION_STAGES:
            raise ValueError("promotions combine with item, order, shipping or coupon promotions")
        self._set("order", (STAGE_ORDER[self.stage], -self.priority, self.benefit.rank, self.id))
        self._set("label", self._label())
        self._set("scopes", scopes_of(self.benefit, self.scope))
        self._check_currency()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def combines(self, other: Promotion) -> bool:
        """Whether both may apply to one order."""
        if self.exclusive or other.exclusive:
            return False
        return self._admits(other) and other._admits(self)

    @property
    def uses_units(self) -> bool:
        """Whether a unit that it falls on serves no other promotion of its stage."""
        return self.falls_on is Stage.ITEM and not self.is_gift

    def _admits(self, other: Promotion) -> bool:
        """Whether this one allows the other's stage. "One reduction of the order" does not mean a gift."""
        allowed = self.combines_with or frozenset()
        return other.stage in allowed or (
            other.is_gift and other.stage is self.stage and self.stage is not Stage.COUPON and bool(allowed)
        )

    def _label(self) -> Label:
        facts: dict[str, FactValue] = {}
        for condition in self.conditions:
            facts.update(condition.facts())
        facts.update(self.benefit.facts())
        facts["on"] = self.falls_on.value
        facts.update({f"name_{locale}": name for locale, name in self.translations if name})
        return Label.of(self.benefit.kind, self.name, **facts)

    def _check_currency(self) -> None:
        amounts = [value for _, value in self.label.facts if isinstance(value, Money)]
        amounts += [self.limits.budget_left] if self.limits.budget_left is not None else []
        if any(amount.currency != self.currency for amount in amounts):
            raise ValueError("a promotion has one currency")


def is_for_every_piece(promotion: Promotion) -> bool:
    """Whether each single piece of the goods costs so much less, for everybody and whatever else is in the cart.

    A reduction with a most altogether, and one that goes with no other promotion, may pass a piece over.
    """
    benefit = promotion.benefit
    return (
        promotion.stage is Stage.ITEM
        and (isinstance(benefit, AmountOff) or (isinstance(benefit, PercentOff) and benefit.most is None))
        and not promotion.conditions
        and promotion.audience == EVERYONE
        and promotion.limits == Limits()
        and not promotion.exclusive
    )
