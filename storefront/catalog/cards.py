"""What lists show of a product, and what everybody is asked for a piece at the moment.

Stock, offers and promoted prices lie in rooms above this one, so they come in through `bind` (the rooms' `context` does
it). Unbound, as in a test of this room alone, everything is in stock and nothing is on offer. `card_lists` reads cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on a picture; `kind` is how they look: promo, new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One product in a list. Price, stock and `sku` are those of the variant that its + puts into the cart."""

    product_id: int
    variant_id: int
    sku: str
    slug: str
    url: str
    name: str
    category_id: int
    brand_id: int | None
    picture_url: str
    srcset: str
    price_minor: int
    compare_at_minor: int | None
    note: str
    """What tells the variant from its siblings: "11 oz"."""
    more: int
    """How many other variants there are."""
    rating: str
    rating_count: int
    is_new: bool
    is_out: bool
    left: int | None
    """How many are left, where that is few."""
    badges: tuple[Badge, ...] = ()
    minimum_minor: int | None = None
    """Below what no promotion takes its price."""


Stock = Callable[[Iterable[int]], Mapping[int, int]]
"""Variant ids -> units that may still be sold."""
Offers = Callable[[Sequence[Card]], Mapping[int, tuple[Badge, ...]]]
"""Cards -> badges by product id, of the offers that hold for everybody."""


@dataclass(frozen=True, slots=True)
class Promoted:
    """A price that everybody is asked at the moment in place of the base price, with words that say why."""

    price_minor: int
    badge: Badge | None = None
    catalogue_minor: int | None = None
    """The catalogue price where offers that every single piece gets took it down to `price_minor`."""


Prices = Callable[[Mapping[int, int]], Mapping[int, Promoted]]
"""Base prices by variant id -> those that are promoted right now, for everybody."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a variant with what its price depends on; `price_minor` is the base price."""

    variant_id: int
    product_id: int
    sku: str
    category_id: int
    brand_id: int | None
    price_minor: int
    minimum_minor: int | None = None

    @classmethod
    def of(cls, row: Any) -> Piece:
        """Return one piece of a row that joins a variant (`variant_id`) to its product (`id`)."""
        return cls(
            variant_id=row.variant_id,
            product_id=row.id,
            sku=row.sku,
            category_id=row.category_id,
            brand_id=row.brand_id,
            price_minor=row.price_minor,
            minimum_minor=row.minimum_price_minor,
        )


def is_marked_down(row: Any) -> bool:
    """Say whether a variant's row stands below the price that it is compared with."""
    return row.compare_at_minor is not None and row.compare_at_minor > row.price_minor


Deals = Callable[[Sequence[Piece]], Mapping[int, Promoted]]
"""Pieces at today's catalogue price -> by variant id, what the offers leave of it that every single piece gets."""


def _all_in_stock(variant_ids: Iterable[int]) -> Mapping[int, int]:
    return dict.fromkeys(variant_ids, PLENTY)


def _no_offers(_cards: Sequence[Card]) -> Mapping[int, tuple[Badge, ...]]:
    return {}


def _no_prices(_bases: Mapping[int, int]) -> Mapping[int, Promoted]:
    return {}


def _no_deals(_pieces: Sequence[Piece]) -> Mapping[int, Promoted]:
    return {}


_stock: Stock = _all_in_stock
_offers: Offers = _no_offers
_prices: Prices = _no_prices
_flash: Prices = _no_prices
_deals: Deals = _no_deals


def bind(
    *,
    stock: Stock | None = None,
    offers: Offers | None = None,
    prices: Prices | None = None,
    flash: Prices | None = None,
    deals: Deals | None = None,
) -> None:
    """Say where stock, offers, prices of lists and of flash sales, and what offers leave of them come from; what is not
    named stays as it is.
    """
    global _stock, _offers, _prices, _flash, _deals
    _stock, _offers = stock or _stock, offers or _offers
    _prices, _flash, _deals = prices or _prices, flash or _flash, deals or _deals


def stock_of(variant_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many of each variant may still be sold."""
    return _stock(variant_ids)


def offers_for(cards: Sequence[Card]) -> Mapping[int, tuple[Badge, ...]]:
    """Return the badges of products by id."""
    return _offers(cards)


def shown_prices(pieces: Sequence[Piece]) -> Mapping[int, Promoted]:
    """Return by variant id what everybody is asked for one piece, where that is less than its base price."""
    found = dict(promoted_prices({piece.variant_id: piece.price_minor for piece in pieces}))
    today = [
        replace(piece, price_minor=found[piece.variant_id].price_minor) if piece.variant_id in found else piece
        for piece in pieces
    ]
    prices = {piece.variant_id: piece.price_minor for piece in today}
    for variant_id, deal in _deals(today).items():
        badge = found[variant_id].badge if variant_id in found else None
        found[variant_id] = Promoted(deal.price_minor, badge or deal.badge, prices[variant_id])
    return found


def after_deals(piece: Piece) -> int:
    """Return what one piece costs after the offers that every single piece gets."""
    deal = _deals([piece]).get(piece.variant_id)
    return deal.price_minor if deal else piece.price_minor


def promoted_prices(bases: Mapping[int, int]) -> Mapping[int, Promoted]:
    """Return the catalogue price for everybody in place of base prices (by variant id), where that is lower."""
    found: dict[int, Promoted] = {}
    for source in (_prices, _flash):
        for variant_id, promoted in source(bases).items():
            best = found[variant_id].price_minor if variant_id in found else bases.get(variant_id, 0)
            if promoted.price_minor < best:
                found[variant_id] = promoted
    return found
