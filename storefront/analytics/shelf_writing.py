"""How shelves and what was opened from them become rows. What a browser tells is held against what it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from storefront.analytics.events import (
    RecommendationClicked,
    RecommendationOpened,
    RecommendationsShown,
    RecommendationsViewed,
)
from storefront.analytics.models import RecommendationClickRow, RecommendationRow
from storefront.analytics.noted import Noted, insert_once
from storefront.analytics.rules import CLICKABLE, signature

MOST_EARLIER = 20
_NEW = insert(RecommendationRow)
_NOTHING_YET = {"clicks": 0, "ranks": 0, "adds": 0, "purchases": 0, "revenue_minor": 0}
_SHOWN = select(RecommendationRow.id, RecommendationRow.items, RecommendationRow.visitor)
_OF_REQUEST = _SHOWN.where(RecommendationRow.id == bindparam("request"), RecommendationRow.at >= bindparam("since"))
_OF_SHELF = (
    _SHOWN.where(
        RecommendationRow.visitor == bindparam("visitor"),
        RecommendationRow.shelf == bindparam("shelf"),
        RecommendationRow.at >= bindparam("since"),
    )
    .order_by(RecommendationRow.at.desc())
    .limit(MOST_EARLIER)
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a product was shown: the answered shelf, the rank on it, and the source that put it there."""

    request: str
    rank: int
    source: str


def write_shelf(connection: Connection, noted: Noted, event: RecommendationsShown) -> None:
    """Store an answered shelf: one row, whatever stands on it."""
    tried = dict(event.tried)
    values = {
        "id": event.request,
        "at": noted.at,
        "day": noted.day,
        "visitor": noted.visitor,
        "shelf": event.shelf,
        "context": event.context,
        "model_version": event.model_version,
        "experiment": event.experiment,
        "variation": event.variation,
        "items": [[*pair, tried[pair[0]]] if pair[0] in tried else list(pair) for pair in event.items],
        "sources": signature(source for _product, source in event.items),
        "shown": len(event.items),
        "viewed_at": noted.at if event.is_seen and event.items else None,
    }
    connection.execute(_NEW, {**values, **_NOTHING_YET})


def write_viewed(connection: Connection, noted: Noted, event: RecommendationsViewed) -> None:
    """Mark a shelf as seen, once, by the browser that it was shown to."""
    whose: ColumnElement[bool] = RecommendationRow.visitor.is_(None)
    if noted.visitor:
        whose = or_(whose, RecommendationRow.visitor == noted.visitor)
    connection.execute(
        update(RecommendationRow)
        .where(RecommendationRow.id == event.request, RecommendationRow.at >= noted.at - CLICKABLE)
        .where(RecommendationRow.viewed_at.is_(None), RecommendationRow.shown > 0, whose)
        .values(viewed_at=noted.at, visitor=_whose(noted))
    )


def write_shelf_click(connection: Connection, noted: Noted, event: RecommendationClicked) -> None:
    """Count a product that was opened from a shelf."""
    spot = find_on_shelf(connection, noted, event.request, event.product_id)
    if spot:
        _count_click(connection, noted, spot, event.product_id)


def write_shelf_opened(connection: Connection, noted: Noted, event: RecommendationOpened) -> None:
    """Count a product that was opened from the page of a shelf without a script."""
    spot = find_by_shelf(connection, noted, event.shelf, event.product_id)
    if spot:
        _count_click(connection, noted, spot, event.product_id)


def find_on_shelf(connection: Connection, noted: Noted, request: str, product_id: int) -> Spot | None:
    """Return where an answered shelf showed a product; None for what was not shown, or not to this visitor."""
    row = connection.execute(_OF_REQUEST, {"request": request, "since": noted.at - CLICKABLE}).one_or_none()
    if row is None or (row.visitor and row.visitor != noted.visitor):
        return None
    return _first_with(product_id, [row])


def find_by_shelf(connection: Connection, noted: Noted, shelf: str, product_id: int) -> Spot | None:
    """Return where this visitor was last shown a product on a shelf of this name."""
    if not noted.visitor or not shelf:
        return None
    facts = {"visitor": noted.visitor, "shelf": shelf, "since": noted.at - CLICKABLE}
    return _first_with(product_id, connection.execute(_OF_SHELF, facts).all())


def change_shelf(connection: Connection, noted: Noted, request: str, **values: Any) -> None:
    """Change the sums of an answered shelf, which has been seen if something on it was used."""
    seen = func.coalesce(RecommendationRow.viewed_at, bindparam("seen", noted.at, RecommendationRow.viewed_at.type))
    connection.execute(
        update(RecommendationRow)
        .where(RecommendationRow.id == request)
        .values(viewed_at=seen, visitor=_whose(noted), **values)
    )


def _count_click(connection: Connection, noted: Noted, spot: Spot, product_id: int) -> None:
    values = {"rank": spot.rank, "source": spot.source, "visitor": noted.visitor, "at": noted.at}
    click = {"request_id": spot.request, "product_id": product_id, **values}
    if insert_once(connection, RecommendationClickRow, click):
        clicks, ranks = RecommendationRow.clicks + 1, RecommendationRow.ranks + spot.rank
        change_shelf(connection, noted, spot.request, clicks=clicks, ranks=ranks)


def _whose(noted: Noted) -> ColumnElement[Any]:
    """A shelf that was shown to a browser without a number is that of the one who uses it."""
    return func.coalesce(RecommendationRow.visitor, bindparam("whose", noted.visitor, RecommendationRow.visitor.type))


def _first_with(product_id: int, rows: Sequence[Any]) -> Spot | None:
    for row in rows:
        for rank, (number, source, *_chance) in enumerate(row.items, start=1):
            if number == product_id:
                return Spot(row.id, rank, source)
    return None
