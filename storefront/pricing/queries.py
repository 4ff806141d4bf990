"""Reads of prices: the merchant's lists as options for a variant, kept by the process, and the history of prices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.pricing.catalogue import PriceOption
from storefront.pricing.history import Lowest, Reductions, Statement, lowest_before, standing
from storefront.pricing.models import PriceChange, PriceEntry, PriceList
from storefront.pricing.snapshot import PriceSource
from storefront.web.locale import localized

SEEN_AFTER = 2.0
"""Seconds until an edit made by another process is seen."""


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A price list as it was read: `others` is what every variant costs that has no prices of its own in it."""

    state: tuple[object, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    prices: Mapping[int, tuple[PriceOption, ...]]
    others: tuple[PriceOption, ...]

    def is_live(self, at: datetime) -> bool:
        """Whether it holds at a moment: from its start on, and no longer at its end."""
        return not (self.starts_at and at < self.starts_at) and not (self.ends_at and at >= self.ends_at)

    def options(self, variant_id: int) -> tuple[PriceOption, ...]:
        return self.prices.get(variant_id, self.others)


def options_for(variant_ids: Iterable[int], at: datetime) -> Mapping[int, tuple[PriceOption, ...]]:
    """Return what lists ask for each variant at a moment, for whomever; a variant without such prices is left out."""
    live = [each for each in _lists.get() if each.is_live(at)]
    if not live:
        return {}
    found = ((number, tuple(o for each in live for o in each.options(number))) for number in variant_ids)
    return {number: options for number, options in found if options}


def live_state() -> tuple[object, ...]:
    """Return another object as soon as the set of lists that hold is another one, by an edit or by the clock."""
    return _live.get()


def forget_lists() -> None:
    """Drop what this process keeps of the lists: one was written to."""
    _lists.forget()
    _live.forget()


def lowest_price(variant_id: int, at: datetime, days: int) -> Lowest | None:
    """Return the lowest price of so many days before the price of a moment began; None for a variant there is not."""
    rows = db.session.execute(_HISTORY, {"variant": variant_id}).all()
    if not rows:
        return None
    statements = tuple(
        Statement((row.source, row.source_key), row.at, row.after_minor, row.before_minor)
        for row in rows
        if row.source is not None
    )
    reductions = _offers(variant_id)
    return lowest_before(statements, base_minor=rows[0].price_minor, at=at, days=days, reductions=reductions)


Offers = Callable[[int], Reductions | None]
"""Variant id -> what offers have left of its catalogue price, and when."""


def bind(*, offers: Offers) -> None:
    """Say where past offers come from, which lie in a room above this one; unbound there were none."""
    global _offers  # noqa: PLW0603
    _offers = offers


def _no_offers(_variant_id: int) -> None:
    return None


_offers: Offers = _no_offers


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what everybody is asked for a variant, with who made it."""

    variant_id: int
    sku: str
    source: str
    list_name: str
    at: datetime
    actor: str
    before_minor: int | None
    after_minor: int | None


def list_changes(variant_ids: Collection[int], *, most: int = 100) -> list[Change]:
    """Return the changes of some variants' prices, the latest first, without what was overruled before it came."""
    statement = (
        select(PriceChange.__table__, Variant.sku, PriceList.name.label("list_name"), PriceList.translations)
        .join(Variant, Variant.id == PriceChange.variant_id)
        .outerjoin(PriceList, PriceList.key == PriceChange.source_key)
        .where(PriceChange.variant_id.in_(variant_ids))
        .order_by(PriceChange.id.desc())
        .limit(most)
    )
    rows = db.session.execute(statement).all()
    facts: dict[Statement, Any] = {}
    for row in reversed(rows):
        source = (row.source, f"{row.variant_id}:{row.source_key}")
        facts[Statement(source, row.at, row.after_minor, row.before_minor)] = row
    return [_change(facts[each]) for each in reversed(standing(tuple(facts)))]


def _change(row: Any) -> Change:
    return Change(
        variant_id=row.variant_id,
        sku=row.sku,
        source=row.source,
        list_name=localized(row.list_name or row.source_key, row.translations),
        at=row.at,
        actor=row.actor,
        before_minor=row.before_minor,
        after_minor=row.after_minor,
    )


_HISTORY = (
    select(
        Variant.price_minor,
        PriceChange.source,
        PriceChange.source_key,
        PriceChange.at,
        PriceChange.before_minor,
        PriceChange.after_minor,
    )
    .outerjoin(PriceChange, PriceChange.variant_id == Variant.id)
    .where(Variant.id == bindparam("variant"))
    .order_by(PriceChange.id)
)


_ROW = (PriceList.is_active, or_(PriceList.ends_at.is_(None), PriceList.ends_at > bindparam("at")))
_LISTS = select(PriceList.__table__).where(*_ROW).order_by(PriceList.id)
_ENTRIES = (
    select(PriceEntry.variant_id, PriceEntry.min_quantity, PriceEntry.price_minor)
    .where(PriceEntry.price_list_id == bindparam("list"))
    .order_by(PriceEntry.variant_id, PriceEntry.min_quantity)
)
_known: Kept[dict[int, ListFacts]] = Kept(dict, seconds=3600)
"""Lists as last read; one whose row has not changed is not read again."""


def _read_lists() -> tuple[ListFacts, ...]:
    known = _known.get()
    found = {row.id: _read_list(row, known.get(row.id)) for row in read(_LISTS, {"at": now()}).all()}
    known.clear()
    known.update(found)
    return tuple(found.values())


def _read_list(row: Any, known: ListFacts | None) -> ListFacts:
    state = (row.id, row.version, row.updated_at)
    if known is not None and known.state == state:
        return known
    prices: dict[int, list[PriceOption]] = {}
    for entry in read(_ENTRIES, {"list": row.id}):
        prices.setdefault(entry.variant_id, []).extend(_options(row, entry.min_quantity, price=entry.price_minor))
    return ListFacts(
        state=state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        prices={number: tuple(options) for number, options in prices.items()},
        others=_options(row, 1, share=row.basis_points) if row.basis_points is not None else (),
    )


def _options(row: Any, quantity: int, *, price: int | None = None, share: int | None = None) -> tuple[PriceOption, ...]:
    """Return a price as an option: two for a list that is for tiers and for groups, so that each has its own reason."""
    names = tuple(
        sorted((locale, str(words["name"])) for locale, words in (row.translations or {}).items() if words.get("name"))
    )
    audiences: list[tuple[PriceSource, frozenset[str], frozenset[str]]] = []
    if row.tiers:
        audiences.append((PriceSource.TIER, frozenset(row.tiers), frozenset()))
    if row.groups:
        audiences.append((PriceSource.LIST, frozenset(), frozenset(row.groups)))
    if not audiences:
        scheduled = row.starts_at is not None or row.ends_at is not None
        audiences.append((PriceSource.SCHEDULED if scheduled else PriceSource.LIST, frozenset(), frozenset()))
    return tuple(
        PriceOption(
            source=PriceSource.QUANTITY if quantity > 1 else source,
            price_minor=price,
            min_quantity=quantity,
            tiers=tiers,
            groups=groups,
            key=row.key,
            name=row.name,
            basis_points=share,
            names=names,
        )
        for source, tiers, groups in audiences
    )


def _read_live() -> tuple[object, ...]:
    at = now()
    return tuple(each.state for each in _lists.get() if each.is_live(at))


_lists = Kept(_read_lists, seconds=SEEN_AFTER)
_live = Kept(_read_live, seconds=1.0)
