"""What is on offer right now, for the page of all offers and the page of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.kernel.errors import NotFound
from storefront.pricing.snapshot import Stage
from storefront.promotions.every_piece import every_piece_offers
from storefront.promotions.queries import running_offers
from storefront.promotions.rules import Bundle, Promotion
from storefront.promotions.rules.promotion import EVERYONE


class Group(StrEnum):
    """The groups of the page of all offers, in its order."""

    REDUCED = "reduced"
    GOODS = "goods"
    SETS = "sets"
    ORDER = "order"
    GIFTS = "gifts"
    DELIVERY = "delivery"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Offers:
    """Some of what is on offer, under one heading."""

    group: Group
    promotions: tuple[Promotion, ...]


def grouped_offers() -> list[Offers]:
    """Return the running offers by group, those that end soonest first."""
    reduced = frozenset(promotion.id for promotion in every_piece_offers())
    found: Mapping[Group, list[Promotion]] = {group: [] for group in Group}
    for promotion in running_offers():
        found[_group_of(promotion, reduced)].append(promotion)
    return [Offers(group, tuple(_by_end(promotions))) for group, promotions in found.items() if promotions]


def get_offer(key: str) -> Promotion:
    """Return a running offer by its public name, or NotFound."""
    found = next((promotion for promotion in running_offers() if promotion.key == key), None)
    if found is None:
        raise NotFound
    return found


def _group_of(promotion: Promotion, reduced: frozenset[int]) -> Group:
    if promotion.audience != EVERYONE:
        return Group.MEMBERS
    if promotion.is_gift:
        return Group.GIFTS
    if promotion.falls_on is Stage.SHIPPING:
        return Group.DELIVERY
    if isinstance(promotion.benefit, Bundle):
        return Group.SETS
    if promotion.id in reduced:
        return Group.REDUCED
    return Group.GOODS if promotion.falls_on is Stage.ITEM else Group.ORDER


def _by_end(promotions: Iterable[Promotion]) -> list[Promotion]:
    return sorted(
        promotions,
        key=lambda each: (each.ends_at is None, each.ends_at.timestamp() if each.ends_at else 0.0, *each.order),
    )
