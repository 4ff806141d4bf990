"""A whole set of goods put into a cart at once, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.cart.errors import NothingAsked, SetIncomplete
from storefront.cart.rules import Owner
from storefront.cart.services import add_goods

MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Added:
    """How many pieces came into the cart, and its token where it is a guest's."""

    pieces: int
    token: str


def add_set(*, owner: Owner, wanted: Sequence[tuple[str, int]], at: datetime) -> Added:
    """Put so many of each SKU into a cart; where there are not enough of one, refuse."""
    if not 1 <= len(wanted) <= MOST_PARTS:
        raise NothingAsked
    for sku, quantity in wanted:
        change = add_goods(owner=owner, sku=sku, quantity=quantity, at=at)
        if change.is_capped:
            raise SetIncomplete(name=change.name)
        if change.token and owner.customer_id is None:
            owner = replace(owner, token=change.token)
    return Added(sum(quantity for _, quantity in wanted), change.token)
