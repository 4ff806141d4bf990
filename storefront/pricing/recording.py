"""Writes of the price history: every change of what everybody is asked, as statements (`pricing.history`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, insert, select

from storefront.catalog.events import PriceChanged
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.history import Statement, standing
from storefront.pricing.models import PriceChange, PriceEntry, PriceList
from storefront.pricing.plans import ListPlan, asked_by
from storefront.shop.queries import get_settings

FROM_LIST = "list"
AT_ONCE = 500
Rows = list[dict[str, object]]
Changes = tuple[tuple[datetime, int | None], ...]


def record_change(
    *,
    variant_id: int,
    before: int | None,
    after: int | None,
    actor: str,
    at: datetime,
    source: str = "base",
    source_key: str = "",
) -> None:
    """Write down that from `at` on a source asks `after` for a variant (None: nothing any more)."""
    if before == after:
        return
    values = {"before_minor": before, "after_minor": after, "actor": actor, "at": at}
    db.session.execute(
        insert(PriceChange).values(variant_id=variant_id, source=source, source_key=source_key, **values)
    )


def note_base_price(fact: PriceChanged) -> None:
    """Write down a variant's new base price, and what the lists for everybody that take a share of it now ask."""
    record_change(
        variant_id=fact.variant_id,
        before=fact.before_minor,
        after=fact.after_minor,
        actor=fact.actor,
        at=fact.at,
    )
    for row in db.session.scalars(select(PriceList).where(PriceList.is_active, PriceList.basis_points.is_not(None))):
        if not row.tiers and not row.groups and (row.ends_at is None or row.ends_at > fact.at):
            restate(row, (fact.variant_id,), by=fact.actor, at=fact.at)


def restate(row: PriceList, variant_ids: Collection[int] | None, *, by: str, at: datetime) -> None:
    """Write down what a list asks everybody from now on for some variants, or for all that it says anything about.

    What the history says already is not said again.
    """
    plan = plan_of(row)
    if variant_ids is None:
        variant_ids = _concerned(row)
    db.session.flush()
    for ids in _chunks(sorted(variant_ids)):
        prices = _prices(row, ids) if plan.is_public else {}
        known = _known(row.key, ids)
        rows: Rows = []
        for variant_id in ids:
            wanted = asked_by(plan, prices.get(variant_id), at)
            rows += _statements(wanted, _from(known.get(variant_id, ()), at), variant_id, row.key, by)
        if rows:
            db.session.execute(insert(PriceChange), rows)


def plan_of(row: Any) -> ListPlan:
    """Return a list's row as a plan."""
    return ListPlan(
        name=row.name,
        name_zh=((row.translations or {}).get("zh") or {}).get("name") or "",
        tiers=tuple(row.tiers or ()),
        groups=tuple(row.groups or ()),
        basis_points=row.basis_points,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_active=row.is_active,
    )


def _concerned(row: PriceList) -> set[int]:
    """Return the variants that a list prices, and those that its history is about."""
    own = select(PriceEntry.variant_id).where(PriceEntry.price_list_id == row.id)
    told = select(PriceChange.variant_id).where(PriceChange.source == FROM_LIST, PriceChange.source_key == row.key)
    found = set(db.session.scalars(own)) | set(db.session.scalars(told))
    if row.basis_points is not None and not row.tiers and not row.groups:
        found |= set(db.session.scalars(select(Variant.id)))
    return found


def _prices(row: PriceList, ids: Sequence[int]) -> dict[int, int]:
    """Return what a list asks for one piece of each variant, whatever the moment."""
    entries = db.session.execute(
        select(PriceEntry.variant_id, PriceEntry.min_quantity, PriceEntry.price_minor).where(
            PriceEntry.price_list_id == row.id, PriceEntry.variant_id.in_(ids)
        )
    ).all()
    found = {entry.variant_id: entry.price_minor for entry in entries if entry.min_quantity == 1}
    if row.basis_points is not None:
        own, currency = {entry.variant_id for entry in entries}, get_settings().currency
        bases = db.session.execute(select(Variant.id, Variant.price_minor).where(Variant.id.in_(ids)))
        for number, base in bases:
            if number not in own:
                found[number] = Money(base, currency).portion(row.basis_points, WHOLE).minor
    return found


_KNOWN = (
    select(PriceChange.variant_id, PriceChange.at, PriceChange.after_minor)
    .where(
        PriceChange.source == FROM_LIST,
        PriceChange.source_key == bindparam("key"),
        PriceChange.variant_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(PriceChange.id)
)


def _known(key: str, ids: Sequence[int]) -> Mapping[int, list[Statement]]:
    found: dict[int, list[Statement]] = {}
    for row in db.session.execute(_KNOWN, {"key": key, "ids": list(ids)}):
        found.setdefault(row.variant_id, []).append(Statement((FROM_LIST, key), row.at, row.after_minor))
    return found


def _from(statements: Sequence[Statement], at: datetime) -> Changes:
    """Return what statements say from a moment on, as `asked_by` does."""
    stands = standing(statements)
    asked = next((each.price_minor for each in reversed(stands) if each.at <= at), None)
    return _plain(((at, asked), *((each.at, each.price_minor) for each in stands if each.at > at)))


def _plain(changes: Changes) -> Changes:
    """Leave out what changes nothing."""
    found = [changes[0]]
    found.extend(change for before, change in pairwise(changes) if change[1] != before[1])
    return tuple(found)


def _statements(wanted: Changes, known: Changes, variant_id: int, key: str, by: str) -> Rows:
    if _plain(wanted) == known:
        return []
    rows: Rows = []
    before = known[0][1]
    said = len(known) == 1
    for at, price in wanted:
        if not (said and price == before):
            rows.append(
                {
                    "variant_id": variant_id,
                    "source": FROM_LIST,
                    "source_key": key,
                    "before_minor": before,
                    "after_minor": price,
                    "actor": by,
                    "at": at,
                }
            )
        said, before = True, price
    return rows


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
