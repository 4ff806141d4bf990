"""Several goods put into a cart at once: a set whole or not at all, a selection as far as it can be bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.cart.errors import (
    CartFull,
    GoneFromSale,
    NoMore,
    NotForSale,
    NothingAsked,
    NothingChosen,
    OnlySome,
    SetIncomplete,
    SoldOut,
)
from storefront.cart.rules import Owner
from storefront.cart.services import add_goods
from storefront.kernel.errors import ShopError
from storefront.shop.queries import get_settings

MOST_PARTS = 20
MOST_CHOSEN = 60


@dataclass(frozen=True, slots=True)
class Added:
    """How many pieces came into the cart, and its token where it is a guest's."""

    pieces: int
    token: str


@dataclass(frozen=True, slots=True)
class Selected:
    """What became of a selection: pieces that came into the cart, and why others did not."""

    pieces: int
    refusals: tuple[ShopError, ...]
    token: str


def add_selection(*, owner: Owner, skus: Sequence[str], at: datetime) -> Selected:
    """Put one of each SKU into a cart, as far as it can be bought; what cannot is told and stops nothing else."""
    wanted = list(dict.fromkeys(sku for given in skus if (sku := given.strip())))
    if not 1 <= len(wanted) <= MOST_CHOSEN:
        raise NothingChosen
    pieces, refusals = 0, []
    for sku in wanted:
        try:
            change = add_goods(owner=owner, sku=sku, quantity=1, at=at)
        except (CartFull, SoldOut, NoMore, NotForSale) as refusal:
            refusals.append(refusal)
            continue
        pieces += 1
        if change.token and owner.customer_id is None:
            owner = replace(owner, token=change.token)
    return Selected(pieces, tuple(refusals), owner.token if owner.customer_id is None else "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that was bought before; without a SKU it is gone."""

    name: str
    sku: str | None
    quantity: int


def add_again(*, owner: Owner, wanted: Sequence[Wanted], at: datetime) -> Selected:
    """Put what was bought before into a cart, beside what is there; what cannot be had is told and stops no other."""
    pieces, refusals, largest = 0, list[ShopError](), get_settings().largest_quantity
    for each in wanted:
        try:
            if each.sku is None:
                raise GoneFromSale(name=each.name)
            change = add_goods(owner=owner, sku=each.sku, quantity=min(each.quantity, largest), at=at)
        except NotForSale:
            refusals.append(GoneFromSale(name=each.name))
            continue
        except (CartFull, SoldOut, NoMore, GoneFromSale) as refusal:
            refusals.append(refusal)
            continue
        added = change.quantity - change.before
        pieces += added
        if added < each.quantity:
            refusals.append(OnlySome(name=change.name, units=added))
        if change.token and owner.customer_id is None:
            owner = replace(owner, token=change.token)
    return Selected(pieces, tuple(refusals), owner.token if owner.customer_id is None else "")


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
