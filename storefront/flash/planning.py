"""What a merchandiser plans for a flash sale, and what speaks against it: pure, and checked where it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storefront.flash.states import Phase
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze

LONGEST_NAME = 120
LARGEST_QUOTA = 1_000_000
HIGHEST_PRICE_MINOR = 10**11
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class SalePlan:
    """An activity: what shoppers read above its sessions, and whether these take place at all."""

    name: str
    name_zh: str = ""
    is_active: bool = True

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("Give the activity a name; shoppers read it above its goods."), field="name")
        for name, text in (("name", self.name), ("name_zh", self.name_zh)):
            if len(squeeze(text)) > LONGEST_NAME:
                raise Invalid(N_("Use at most %(count)d characters."), field=name, count=LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """What a variant costs in a session, how many pieces there are, and how many for each customer (None: no limit)."""

    variant_id: int
    sku: str
    price: Money
    quota: int
    per_customer: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.price.minor <= HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A flash price is more than nothing, and not that high."), field="lines")
        if not 1 <= self.quota <= LARGEST_QUOTA:
            raise Invalid(N_("A quota is from 1 to %(most)d pieces."), field="lines", most=LARGEST_QUOTA)
        if self.per_customer is not None and not 1 <= self.per_customer <= LARGEST_QUOTA:
            raise Invalid(N_("The limit for each customer is at least 1; leave it out for no limit."), field="lines")


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One run: [starts_at, ends_at) and its items in the order of the page."""

    starts_at: datetime
    ends_at: datetime
    items: tuple[ItemPlan, ...]

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")
        if not self.items:
            raise Invalid(N_("A session needs at least one article."), field="lines")
        if len(self.items) > MOST_ITEMS:
            raise Invalid(N_("A session has at most %(most)d articles."), field="lines", most=MOST_ITEMS)
        if len({item.variant_id for item in self.items}) != len(self.items):
            raise Invalid(N_("The same article is there twice."), field="lines")


@dataclass(frozen=True, slots=True)
class Held:
    """An item as it is stored, with what is sold and the most pieces that one customer has."""

    sku: str
    price_minor: int
    quota: int
    sold: int
    per_customer: int | None
    most_held: int = 0
    is_in_ledger: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What speaks against one article, as a message with its facts."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)


def troubles_of(
    plan: SessionPlan,
    *,
    held: Mapping[int, Held],
    phase: Phase,
    elsewhere: Mapping[int, str],
    usual: Mapping[int, int],
) -> dict[str, Trouble]:
    """Return what speaks against a plan, by SKU.

    `held` are the items as stored, by variant id; `elsewhere` names the other session of that time that has a variant,
    `usual` is what variants cost otherwise. A price that stays as it is once the session has begun is not held to that.
    """
    found: dict[str, Trouble] = {}
    for item in plan.items:
        stored = held.get(item.variant_id)
        trouble = _trouble(item, stored, phase, elsewhere.get(item.variant_id))
        if trouble is None and (stored is None or phase is Phase.COMING):
            trouble = _dear(item, usual.get(item.variant_id))
        if trouble is not None:
            found[item.sku] = trouble
    kept = {item.variant_id for item in plan.items}
    for variant_id, stored in held.items():
        if variant_id not in kept and stored.is_in_ledger:
            found[stored.sku] = Trouble(
                N_("%(sku)s has been sold in this session, so it stays in it."), {"sku": stored.sku}
            )
    return found


def _trouble(item: ItemPlan, stored: Held | None, phase: Phase, elsewhere: str | None) -> Trouble | None:
    if elsewhere is not None:
        return Trouble(N_("It is in another session at that time: %(name)s."), {"name": elsewhere})
    if stored is None:
        return None
    if phase is Phase.LIVE and item.price.minor != stored.price_minor:
        return Trouble(N_("The session has begun, so its price stays as it is."))
    if item.quota < stored.sold:
        return Trouble(N_("%(sold)s pieces are sold already, so the quota cannot be lower."), {"sold": stored.sold})
    if item.per_customer is not None and item.per_customer < stored.most_held:
        return Trouble(
            N_("A customer has %(most)s pieces already, so the limit cannot be lower."), {"most": stored.most_held}
        )
    return None


def _dear(item: ItemPlan, usual: int | None) -> Trouble | None:
    """Return what speaks against a flash price that is no lower than what the article costs otherwise."""
    if usual is None or item.price.minor < usual:
        return None
    price = Money(usual, item.price.currency)
    return Trouble(
        N_("%(sku)s usually costs %(price)s: a flash price is lower than that."),
        {"sku": item.sku, "price": f"{price.decimal} {price.currency}"},
    )
