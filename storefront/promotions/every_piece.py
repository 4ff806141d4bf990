"""Offers that every single piece gets: they lower the price that lists and product pages show.

Such an offer takes a percentage or an amount off each piece, for everybody, without condition, code or limit. What it
leaves of a price is what the cart would ask for that one piece: the same `evaluate` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storefront.catalog.cards import Badge, Piece, Promoted
from storefront.catalog.collections import Marks, marks_of
from storefront.catalog.queries import category_tree
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot, SnapshotLine
from storefront.promotions.queries import open_offers
from storefront.promotions.rules import Promotion, evaluate
from storefront.promotions.rules.promotion import is_for_every_piece
from storefront.promotions.words import terms_of
from storefront.shop.queries import get_settings

NO_MARKS = Marks()
MOST_KNOWN = 50_000

Answer = tuple[int, Promotion] | None
"""What one piece costs and the offer that makes it so; None where none does."""


@dataclass(slots=True)
class _Desk:
    """The offers of the moment, and what they have made of prices so far."""

    offers: tuple[Promotion, ...]
    known: dict[tuple[tuple[int, ...], int, int | None], Answer] = field(default_factory=dict)


def every_piece_offers() -> tuple[Promotion, ...]:
    """Return the running offers that every single piece of their goods gets."""
    return tuple(promotion for promotion in open_offers() if is_for_every_piece(promotion))


def deals_for(pieces: Sequence[Piece]) -> Mapping[int, Promoted]:
    """Return by variant id what these offers leave of prices, where that is less, with the offer in words."""
    offers = every_piece_offers()
    if not offers or not pieces:
        return {}
    desk = _desk_of(offers)
    is_asked = any(part.attributes for offer in offers for scope in offer.scopes for part in scope.parts)
    marks = marks_of((piece.product_id for piece in pieces), with_attributes=is_asked)
    found: dict[int, Promoted] = {}
    words: dict[int, Badge] = {}
    for piece in pieces:
        own = marks.get(piece.product_id, NO_MARKS)
        answer = _price(desk, piece, own)
        if answer is not None:
            price, offer = answer
            if offer.id not in words:
                words[offer.id] = Badge("promo", terms_of(offer.label))
            found[piece.variant_id] = Promoted(price, words[offer.id])
    return found


def meant_for(offers: Iterable[Promotion], piece: Piece, marks: Marks) -> list[Promotion]:
    """Return those of the offers that are about a piece."""
    above = category_tree().line(piece.category_id)
    return [
        offer
        for offer in offers
        if offer.scope.covers(
            product_id=piece.product_id,
            sku=piece.sku,
            category_ids=above,
            brand_id=piece.brand_id,
            collection_ids=marks.collection_ids,
            attributes=marks.attributes,
        )
    ]


def left_of(offers: Sequence[Promotion], piece: Piece, marks: Marks) -> int:
    """Return what offers that are about a piece leave of its price."""
    answer = _evaluated(offers, piece, marks) if offers else None
    return answer[0] if answer else piece.price_minor


def _price(desk: _Desk, piece: Piece, marks: Marks) -> Answer:
    meant = meant_for(desk.offers, piece, marks)
    if not meant:
        return None
    key = (tuple(offer.id for offer in meant), piece.price_minor, piece.minimum_minor)
    if key not in desk.known:
        if len(desk.known) >= MOST_KNOWN:
            desk.known.clear()
        desk.known[key] = _evaluated(meant, piece, marks)
    return desk.known[key]


def _evaluated(offers: Sequence[Promotion], piece: Piece, marks: Marks) -> Answer:
    currency = get_settings().currency
    line = SnapshotLine(
        line_id=piece.sku,
        sku=piece.sku,
        quantity=1,
        unit_price=Money(piece.price_minor, currency),
        minimum_price=None if piece.minimum_minor is None else Money(piece.minimum_minor, currency),
        product_id=piece.product_id,
        brand_id=piece.brand_id,
        category_ids=category_tree().line(piece.category_id),
        collection_ids=marks.collection_ids,
        attributes=marks.attributes,
    )
    result = evaluate(Snapshot(now(), currency, (line,)), offers)
    if not result.applied:
        return None
    return piece.price_minor - result.saved.minor, result.applied[0].promotion


_desks: Kept[dict[str, _Desk]] = Kept(dict, seconds=3600)


def _desk_of(offers: tuple[Promotion, ...]) -> _Desk:
    desks = _desks.get()
    held = desks.get("")
    if held is None or held.offers != offers:
        held = desks[""] = _Desk(offers)
    return held
