"""Product cards: what every list of the shop shows of a product, in two queries however long the list.

Stock, offers and promoted prices lie in rooms above this one, so they come in through `bind` (the rooms' `context` does
it). Unbound, as in a test of this room alone, everything is in stock and nothing is on offer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote

from sqlalchemy import bindparam, select

from storefront.catalog.attributes import fitting
from storefront.catalog.memory import remembered
from storefront.catalog.models import Product, Variant
from storefront.catalog.stock_shown import remember_stock
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.media.pictures import picture_srcset, picture_url
from storefront.shop.queries import get_settings

NEW_FOR = timedelta(days=30)
PICTURE_SIZE = 320
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


_ROWS = (
    select(
        Product.id,
        Product.slug,
        Product.name,
        Product.translations,
        Product.picture,
        Product.category_id,
        Product.brand_id,
        Product.published_at,
        Product.rating_sum,
        Product.rating_count,
        Variant.id.label("variant_id"),
        Variant.sku,
        Variant.name.label("variant_name"),
        Variant.options,
        Variant.price_minor,
        Variant.compare_at_minor,
        Variant.minimum_price_minor,
        Variant.picture.label("variant_picture"),
    )
    .join(Variant, Variant.product_id == Product.id)
    .where(Product.is_published, Variant.is_active, Product.id.in_(bindparam("ids", expanding=True)))
    .order_by(Product.id, Variant.position)
)
Wish = Sequence[tuple[str, tuple[str, ...]]]
"""Facets of options with the values asked for."""


def cards_by_ids(
    product_ids: Iterable[int], locale: str, *, in_stock_only: bool = False, wish: Wish = ()
) -> list[Card]:
    """Return the cards of these products in this order; what is unknown or unpublished is left out.

    A product is shown by its first variant in stock, among those with the options wished for where it has such.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return []
    found = _wished(ids, locale, wish) if wish else _remembered(ids, locale)
    cards = [card for card in found.values() if isinstance(card, Card) and not (in_stock_only and card.is_out)]
    badges, promoted = _offers(cards), shown_prices([_piece(card) for card in cards])
    if not badges and not promoted:
        return cards
    return [_dressed(card, badges.get(card.product_id, ()), promoted.get(card.variant_id)) for card in cards]


def list_in_stock(product_ids: Iterable[int], locale: str) -> list[int]:
    """Return those of these products that can be bought, in this order."""
    found = _remembered(list(dict.fromkeys(product_ids)), locale)
    return [number for number, card in found.items() if isinstance(card, Card) and not card.is_out]


def _remembered(ids: Sequence[int], locale: str) -> dict[int, object]:
    store, few = remembered(), get_settings().low_stock_threshold
    key = ("card", locale, few)
    found = {number: store.get(number, key) for number in ids}
    missing = [number for number, card in found.items() if card is None]
    if missing:
        for number, made in _read(missing, locale, few).items():
            found[number] = made
            store.put(number, key, made)
    return found


def _wished(ids: Sequence[int], locale: str, wish: Wish) -> dict[int, object]:
    """Read cards for a wish; there are too many wishes to remember."""
    return dict(_read(ids, locale, get_settings().low_stock_threshold, wish))


def _dressed(card: Card, badges: tuple[Badge, ...], promoted: Promoted | None) -> Card:
    """Return the card with its badges and the price of the moment, the base price struck through beside it."""
    if promoted is None:
        return replace(card, badges=badges) if badges else card
    every = dict.fromkeys((*((promoted.badge,) if promoted.badge else ()), *badges))
    return replace(card, badges=tuple(every), price_minor=promoted.price_minor, compare_at_minor=card.price_minor)


def _piece(card: Card) -> Piece:
    return Piece(
        variant_id=card.variant_id,
        product_id=card.product_id,
        sku=card.sku,
        category_id=card.category_id,
        brand_id=card.brand_id,
        price_minor=card.price_minor,
        minimum_minor=card.minimum_minor,
    )


def _read(ids: Sequence[int], locale: str, few: int, wish: Wish = ()) -> dict[int, Card | bool]:
    """Return a card for each product, False for one that cannot be shown."""
    rows, store = read(_ROWS, {"ids": ids}).all(), remembered()
    stock = _stock([row.variant_id for row in rows])
    made: dict[int, Card | bool] = dict.fromkeys(ids, False)
    for product_id, group in groupby(rows, key=lambda row: row.id):
        variants = tuple(group)
        made[product_id] = _card(variants, stock, locale, few, wish)
        remember_stock(store, product_id, [row.variant_id for row in variants], stock)
    return made


def _card(rows: Sequence[Any], stock: Mapping[int, int], locale: str, few: int, wish: Wish) -> Card:
    usual = first = _first_in_stock(rows, stock)
    if wish and (wished := fitting([row.options for row in rows], wish)):
        first = _first_in_stock([rows[place] for place in wished], stock)
    age = now() - first.published_at if first.published_at is not None else NEW_FOR
    available = stock.get(first.variant_id, 0)
    picture = first.variant_picture or first.picture
    words = first.translations.get(locale) if first.translations else None
    reduced = first.compare_at_minor is not None and first.compare_at_minor > first.price_minor
    return Card(
        product_id=first.id,
        variant_id=first.variant_id,
        sku=first.sku,
        slug=first.slug,
        url=f"/products/{first.slug}" if first is usual else f"/products/{first.slug}?sku={quote(first.sku)}",
        name=(words.get("name") if words else "") or first.name,
        category_id=first.category_id,
        brand_id=first.brand_id,
        picture_url=picture_url(picture, PICTURE_SIZE),
        srcset=picture_srcset(picture),
        price_minor=first.price_minor,
        compare_at_minor=first.compare_at_minor if reduced else None,
        note=first.variant_name,
        more=len(rows) - 1,
        rating=f"{first.rating_sum / first.rating_count:.1f}" if first.rating_count else "",
        rating_count=first.rating_count,
        is_new=age < NEW_FOR,
        is_out=available <= 0,
        left=available if 0 < available <= few else None,
        minimum_minor=first.minimum_price_minor,
    )


def _first_in_stock(rows: Sequence[Any], stock: Mapping[int, int]) -> Any:
    return next((row for row in rows if stock.get(row.variant_id, 0) > 0), rows[0])
