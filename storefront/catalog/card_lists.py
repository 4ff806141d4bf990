"""Cards of products by id, for every list of the shop: two queries however long it is, none for what is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import bindparam, select

from storefront.catalog.attributes import fitting
from storefront.catalog.cards import Badge, Card, Piece, Promoted, is_marked_down, offers_for, shown_prices, stock_of
from storefront.catalog.memory import remembered
from storefront.catalog.models import Product, Variant
from storefront.catalog.stock_shown import remember_stock
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.media.pictures import picture_srcset, picture_url
from storefront.shop.queries import get_settings
from storefront.web.kept_pages import state_now
from storefront.web.locale import current_locale

NEW_FOR = timedelta(days=30)
PICTURE_SIZE = 320

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
    product_ids: Iterable[int],
    locale: str,
    *,
    in_stock_only: bool = False,
    wish: Wish = (),
    reduced_first: bool = False,
) -> list[Card]:
    """Return the cards of these products in this order; what is unknown or unpublished is left out.

    A product is shown by its first variant in stock: among those with the options wished for where it has such, and,
    where somebody looks for what is `reduced_first`, among those at a lower price.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return []
    is_particular = bool(wish) or reduced_first
    found = _wished(ids, locale, wish, reduced_first) if is_particular else _remembered(ids, locale)
    cards = [card for card in found.values() if isinstance(card, Card) and not (in_stock_only and card.is_out)]
    return _dress(cards) if is_particular else _dressed_now(cards, locale)


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


def _wished(ids: Sequence[int], locale: str, wish: Wish, reduced_first: bool) -> dict[int, object]:
    """Read cards for a wish; there are too many wishes to remember."""
    return dict(_read(ids, locale, get_settings().low_stock_threshold, wish, reduced_first))


def _dressed_now(cards: Sequence[Card], locale: str) -> list[Card]:
    """Return remembered cards as they are at the moment; each is dressed once for as long as no page changes."""
    store, state, key = remembered(), state_now(), ("dressed", locale, current_locale())
    known: dict[int, Card] = {}
    for card in cards:
        held = store.get(card.product_id, key)
        if isinstance(held, _Worn) and held.card is card and held.state is state:
            known[card.product_id] = held.dressed
    missing = [card for card in cards if card.product_id not in known]
    for card, dressed in zip(missing, _dress(missing) if missing else (), strict=True):
        known[card.product_id] = dressed
        store.put(card.product_id, key, _Worn(card, state, dressed))
    return [known[card.product_id] for card in cards]


def _dress(cards: Sequence[Card]) -> list[Card]:
    """Return cards with their badges and prices of the moment."""
    badges, promoted = offers_for(cards), shown_prices([_piece(card) for card in cards])
    return [_dressed(card, badges.get(card.product_id, ()), promoted.get(card.variant_id)) for card in cards]


class _Worn(NamedTuple):
    """A card as it was when pages were made from this."""

    card: Card
    state: object
    dressed: Card


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


def _read(
    ids: Sequence[int], locale: str, few: int, wish: Wish = (), reduced_first: bool = False
) -> dict[int, Card | bool]:
    """Return a card for each product, False for one that cannot be shown."""
    rows, store = read(_ROWS, {"ids": ids}).all(), remembered()
    stock = stock_of([row.variant_id for row in rows])
    preferred = {number for number in _reduced(rows) if stock.get(number, 0) > 0} if reduced_first else frozenset[int]()
    made: dict[int, Card | bool] = dict.fromkeys(ids, False)
    for product_id, group in groupby(rows, key=lambda row: row.id):
        variants = tuple(group)
        made[product_id] = _card(variants, _choice(variants, wish, preferred), stock, locale, few)
        remember_stock(store, product_id, [row.variant_id for row in variants], stock)
    return made


def _reduced(rows: Sequence[Any]) -> set[int]:
    """Return which of these variants stand below the price that they are compared with, or below their own."""
    promoted = shown_prices([Piece.of(row) for row in rows])
    return {*promoted, *(row.variant_id for row in rows if is_marked_down(row))}


def _choice(rows: Sequence[Any], wish: Wish, preferred: Collection[int]) -> Sequence[Any]:
    """Return the variants of a product that its card may show, those that were asked for before others."""
    fit = fitting([row.options for row in rows], wish) if wish else []
    wished = [rows[place] for place in fit] or rows
    return [row for row in wished if row.variant_id in preferred] or wished


def _card(rows: Sequence[Any], choice: Sequence[Any], stock: Mapping[int, int], locale: str, few: int) -> Card:
    usual, first = _first_in_stock(rows, stock), _first_in_stock(choice, stock)
    age = now() - first.published_at if first.published_at is not None else NEW_FOR
    available = stock.get(first.variant_id, 0)
    picture = first.variant_picture or first.picture
    words = first.translations.get(locale) if first.translations else None
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
        compare_at_minor=first.compare_at_minor if is_marked_down(first) else None,
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
