"""On what terms offers have lowered the price that pages show, and what they left of a variant's price when.

A statement is written with each change of an offer that every single piece gets, however many goods it is about; prices
are put together only where somebody asks. An offer that nobody has changed since statements are written is told of from
its row. Which goods an offer means is judged by what they are today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from storefront.catalog.cards import Piece
from storefront.catalog.collections import marks_of
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import after_commit
from storefront.kernel.kept import Kept
from storefront.pricing.history import Reductions
from storefront.pricing.snapshot import Stage
from storefront.promotions.every_piece import NO_MARKS, left_of, meant_for
from storefront.promotions.models import OfferStatement
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Promotion, promotion_from_data, promotion_to_data
from storefront.promotions.rules.promotion import is_for_every_piece
from storefront.shop.queries import get_settings

SEEN_AFTER = 2.0
"""Seconds until a statement of another process is seen."""


@dataclass(frozen=True, slots=True)
class Period:
    """An offer lowered prices in [start, end); None for one that still does."""

    start: datetime
    end: datetime | None
    offer: Promotion

    def holds(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as a value; without an offer it says that nothing is lowered any more."""

    at: datetime
    offer: Promotion | None


def state_offer(row: PromotionRow, at: datetime) -> None:
    """Write down on what terms a promotion lowers shown prices from now on, unless that has been said."""
    last = db.session.scalar(
        select(OfferStatement.terms)
        .where(OfferStatement.promotion_id == row.id)
        .order_by(OfferStatement.id.desc())
        .limit(1)
    )
    terms = _terms(row)
    if terms != (last or {}):
        _write(row.id, terms, at)


def state_offer_so_far(row: PromotionRow) -> None:
    """Write down since when a promotion has lowered shown prices as it does, before the first change of it."""
    begun = row.activated_at or row.created_at or row.updated_at
    if row.is_active and not db.session.scalar(select(func.count()).where(OfferStatement.promotion_id == row.id)):
        terms = _terms(row)
        if terms:
            _write(row.id, terms, begun)


def reductions_of(variant_id: int) -> Reductions | None:
    """Return what offers have left of a variant's prices, with the moments at which that changed."""
    periods = _periods.get()
    row = read(_PIECE, {"variant": variant_id}).first() if periods else None
    if row is None:
        return None
    piece, marks = Piece(*row), marks_of((row.product_id,)).get(row.product_id, NO_MARKS)
    mine = [period for period in periods if meant_for((period.offer,), piece, marks)]
    moments = {moment for period in mine for moment in (period.start, period.end) if moment is not None}
    known: dict[tuple[int, tuple[int, ...]], int] = {}

    def left(price_minor: int, at: datetime) -> int:
        holding = [number for number, period in enumerate(mine) if period.holds(at)]
        key = (price_minor, tuple(holding))
        if key not in known:
            offers = [mine[number].offer for number in holding]
            known[key] = left_of(offers, replace(piece, price_minor=price_minor), marks)
        return known[key]

    return Reductions(tuple(sorted(moments)), left) if mine else None


def periods_of(statements: Sequence[Said]) -> list[Period]:
    """Return when an offer lowered prices on which terms; `statements` are those of one offer, as they were made."""
    found: list[Period] = []
    for said, then in pairwise((*statements, None)):
        if said is None or said.offer is None:
            continue
        start = max(said.at, said.offer.starts_at or said.at)
        ends = [moment for moment in (said.offer.ends_at, then.at if then else None) if moment is not None]
        end = min(ends, default=None)
        if end is None or start < end:
            found.append(Period(start, end, replace(said.offer, starts_at=None, ends_at=None)))
    return found


_PIECE = (
    select(
        Variant.id,
        Variant.product_id,
        Variant.sku,
        Product.category_id,
        Product.brand_id,
        Variant.price_minor,
        Variant.minimum_price_minor,
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.id == bindparam("variant"))
)
_SAID = select(OfferStatement.__table__).order_by(OfferStatement.promotion_id, OfferStatement.id)
_STATE = select(func.count(), func.max(OfferStatement.id))
_UNTOLD = (
    select(PromotionRow.__table__)
    .where(
        PromotionRow.is_active,
        ~PromotionRow.requires_code,
        PromotionRow.promotion_class == Stage.ITEM.value,
        PromotionRow.id.not_in(select(OfferStatement.promotion_id)),
    )
    .order_by(PromotionRow.id)
)


def _terms(row: Any) -> dict[str, Any]:
    """Return the terms of a promotion that lowers shown prices, times included; of any other, none."""
    promotion = find_promotion(row, get_settings().currency) if row.is_active else None
    if promotion is None or not is_for_every_piece(promotion):
        return {}
    return dict(promotion_to_data(replace(promotion, name="", translations=(), version=1)))


def _write(promotion_id: int, terms: dict[str, Any], at: datetime) -> None:
    db.session.execute(insert(OfferStatement).values(promotion_id=promotion_id, terms=terms, at=at))
    after_commit(_periods.forget)


_known: Kept[dict[tuple[object, ...], tuple[Period, ...]]] = Kept(dict, seconds=3600)
"""Periods as last put together; while no offer has changed they are not put together again."""


def _read_periods() -> tuple[Period, ...]:
    untold = read(_UNTOLD).all()
    state = (*read(_STATE).one(), *((row.id, row.version, row.updated_at) for row in untold))
    known = _known.get()
    if state not in known:
        known.clear()
        known[state] = (*_told(), *_from_rows(untold))
    return known[state]


def _told() -> Iterable[Period]:
    for _, rows in groupby(read(_SAID).all(), key=lambda row: row.promotion_id):
        yield from periods_of([Said(row.at, promotion_from_data(row.terms) if row.terms else None) for row in rows])


def _from_rows(rows: Sequence[Any]) -> Iterable[Period]:
    currency = get_settings().currency
    for row in rows:
        offer = find_promotion(row, currency)
        if offer is not None and is_for_every_piece(offer):
            yield from periods_of([Said(row.activated_at or row.created_at or row.updated_at, offer)])


_periods = Kept(_read_periods, seconds=SEEN_AFTER)
