"""Prices below what goods cost the shop: where the merchant wants that, one person does not decide them alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import Seen, Wanted, acts_alone
from storefront.catalog.models import Variant
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings

MOST_SHOWN = 50


def refuse_below_cost(
    kind: str, *, about: tuple[str, str], priced: Iterable[tuple[Variant, Money]], payload: Mapping[str, Any], by: str
) -> None:
    """Raise NeedsApproval where one person wants these prices and any of them lies below what the goods cost."""
    if not acts_alone(by) or not get_settings().below_cost_approval:
        return
    below = [(variant, price) for variant, price in priced if is_below_cost(variant, price)]
    if not below:
        return
    seen: list[Seen] = []
    for variant, price in below[:MOST_SHOWN]:
        seen.append(Seen(N_("Article"), f"{variant.sku} {variant.name}".strip()))
        seen.append(Seen(N_("Cost"), amount=Money(variant.cost_minor or 0, price.currency)))
        seen.append(Seen(N_("Price now"), amount=Money(variant.price_minor, price.currency)))
        seen.append(Seen(N_("New price"), amount=price))
    if len(below) > MOST_SHOWN:
        seen.append(Seen(N_("Further articles below cost"), str(len(below) - MOST_SHOWN)))
    raise NeedsApproval(Wanted(kind, about, payload, tuple(seen)))


def is_below_cost(variant: Variant, price: Money) -> bool:
    """Say whether a price is less than a variant costs the shop; one whose cost nobody knows is not."""
    return variant.cost_minor is not None and price.minor < variant.cost_minor
