"""Flash prices in the history of prices: a session says, when it is planned, from when until when it asks what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from storefront.database.base import db
from storefront.pricing.history import Statement, standing
from storefront.pricing.models import PriceChange

SOURCE = "flash"
Asked = tuple[tuple[datetime, int | None], ...]
"""(moment, price or None) of every change from now on."""


def asked_by(price_minor: int, span: tuple[datetime, datetime], at: datetime) -> Asked:
    """Return what an item of a session asks from `at` on."""
    starts_at, ends_at = span
    if ends_at <= at:
        return ((at, None),)
    begin: Asked = ((at, price_minor),) if starts_at <= at else ((at, None), (starts_at, price_minor))
    return (*begin, (ends_at, None))


def restate(*, session_id: int, asked: Mapping[int, Asked], by: str, at: datetime) -> None:
    """Write down what a session asks for variants from `at` on; what the history says already is not said again."""
    key = f"session-{session_id}"
    known: dict[int, list[Statement]] = {}
    rows = db.session.execute(
        select(PriceChange.variant_id, PriceChange.at, PriceChange.after_minor)
        .where(PriceChange.source == SOURCE, PriceChange.source_key == key, PriceChange.variant_id.in_(list(asked)))
        .order_by(PriceChange.id)
    )
    for row in rows:
        known.setdefault(row.variant_id, []).append(Statement((SOURCE, key), row.at, row.after_minor))
    new: list[dict[str, object]] = []
    for variant_id, wanted in sorted(asked.items()):
        said = _from(known.get(variant_id, []), at)
        if said == wanted:
            continue
        before = said[0][1]
        for moment, price in wanted if variant_id in known else [each for each in wanted if each != (at, None)]:
            who = {"variant_id": variant_id, "source": SOURCE, "source_key": key, "actor": by}
            new.append({**who, "before_minor": before, "after_minor": price, "at": moment})
            before = price
    if new:
        db.session.execute(insert(PriceChange), new)


def _from(statements: list[Statement], at: datetime) -> Asked:
    stands = standing(statements)
    now = next((each.price_minor for each in reversed(stands) if each.at <= at), None)
    return ((at, now), *((each.at, each.price_minor) for each in stands if each.at > at))
