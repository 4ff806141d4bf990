"""Writes of price lists: each checks that nobody else was faster, leaves a trace, and is written into the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from storefront.accounts.models import CustomerGroup
from storefront.approvals.kinds import acts_alone
from storefront.audit import services as audit
from storefront.catalog import limits
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.money import Money
from storefront.kernel.text import first_free, slugify, squeeze
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.errors import StalePriceList
from storefront.pricing.models import PriceEntry, PriceList
from storefront.pricing.plans import EntryPlan, ListPlan
from storefront.pricing.queries import forget_lists
from storefront.pricing.recording import note_base_price as note_base_price
from storefront.pricing.recording import plan_of, restate
from storefront.pricing.recording import record_change as record_change
from storefront.shop.queries import get_settings

MOST_ENTRIES = 5_000
"""So many prices may be stored at once."""


def add_list(*, plan: ListPlan, by: str, at: datetime) -> PriceList:
    """Make a list, still without prices of its own. A share that brings goods below their cost, which one person may
    not decide alone, is refused with NeedsApproval."""
    _check_groups(plan)
    _refuse_share_below_cost(plan, None, by)
    row = PriceList(key=_free_key(plan.name))
    _fill(row, plan, at)
    db.session.add(row)
    db.session.flush()
    restate(row, None, by=by, at=at)
    changes = {field: (None, value) for field, value in _told(plan).items() if value not in (None, "", [])}
    audit.record(actor=by, action="price_list.add", about=("price_list", str(row.id)), changes=changes, at=at)
    after_commit(forget_lists)
    return row


def change_list(*, list_id: int, version: int, plan: ListPlan, by: str, at: datetime) -> PriceList:
    """Set everything about the list but its prices as it was at `version`; else StalePriceList."""
    row = _get_at(list_id, version)
    _check_groups(plan)
    before, after = _told(plan_of(row)), _told(plan)
    if before == after:
        return row
    _refuse_share_below_cost(plan, row, by)
    _fill(row, plan, at)
    _store(row, at)
    restate(row, None, by=by, at=at)
    changes = {field: (before[field], after[field]) for field in after}
    audit.record(actor=by, action="price_list.change", about=("price_list", str(row.id)), changes=changes, at=at)
    return row


def set_entries(*, list_id: int, version: int, entries: Collection[EntryPlan], by: str, at: datetime) -> int:
    """Set prices of the list as it was at `version`, in place of those for the same variant and quantity.

    Return how many changed; the same variant and quantity twice is refused. Prices below cost that one person may not
    decide alone are refused with NeedsApproval.
    """
    row = _get_at(list_id, version)
    if len(entries) > MOST_ENTRIES:
        raise Invalid(N_("Store at most %(most)d prices at once."), field="lines", most=MOST_ENTRIES)
    if len({(entry.variant_id, entry.quantity) for entry in entries}) != len(entries):
        raise Invalid(N_("The same article and quantity is there twice."), field="lines")
    ids = {entry.variant_id for entry in entries}
    stored = {
        (entry.variant_id, entry.min_quantity): entry
        for entry in db.session.scalars(select(PriceEntry).where(PriceEntry.price_list_id == list_id))
        if entry.variant_id in ids
    }
    _refuse_below_cost(row, entries, stored, by)
    names = _skus(ids)
    changes: dict[str, tuple[object, object]] = {}
    touched: set[int] = set()
    for plan in entries:
        entry = stored.get((plan.variant_id, plan.quantity))
        before = entry.price_minor if entry else None
        if before == plan.price.minor:
            continue
        if entry is None:
            entry = PriceEntry(price_list_id=list_id, variant_id=plan.variant_id, min_quantity=plan.quantity)
            db.session.add(entry)
        entry.price_minor = plan.price.minor
        changes[_entry_name(names[plan.variant_id], plan.quantity)] = (before, plan.price.minor)
        touched.add(plan.variant_id)
    _note_entries(row, changes, touched, by, at)
    return len(changes)


def remove_entries(*, list_id: int, version: int, entry_ids: Collection[int], by: str, at: datetime) -> int:
    """Take prices out of the list as it was at `version`; return how many there were."""
    row = _get_at(list_id, version)
    gone = db.session.execute(
        select(PriceEntry.id, PriceEntry.variant_id, PriceEntry.min_quantity, PriceEntry.price_minor, Variant.sku)
        .join(Variant, Variant.id == PriceEntry.variant_id)
        .where(PriceEntry.price_list_id == list_id, PriceEntry.id.in_(entry_ids))
    ).all()
    db.session.execute(delete(PriceEntry).where(PriceEntry.id.in_([entry.id for entry in gone])))
    changes = {_entry_name(entry.sku, entry.min_quantity): (entry.price_minor, None) for entry in gone}
    _note_entries(row, changes, {entry.variant_id for entry in gone}, by, at)
    return len(gone)


def _note_entries(
    row: PriceList, changes: Mapping[str, tuple[object, object]], variant_ids: set[int], by: str, at: datetime
) -> None:
    if not changes:
        return
    _store(row, at)
    restate(row, variant_ids, by=by, at=at)
    audit.record(actor=by, action="price_list.prices", about=("price_list", str(row.id)), changes=changes, at=at)


def _refuse_below_cost(
    row: PriceList, entries: Collection[EntryPlan], stored: Mapping[tuple[int, int], PriceEntry], by: str
) -> None:
    if not acts_alone(by) or not get_settings().below_cost_approval or not entries:
        return
    statement = select(Variant).where(Variant.id.in_({entry.variant_id for entry in entries}))
    variants = {variant.id: variant for variant in db.session.scalars(statement)}
    cheaper = [
        (variants[entry.variant_id], entry.price)
        for entry in entries
        if (known := stored.get((entry.variant_id, entry.quantity))) is None or entry.price.minor < known.price_minor
    ]
    currency = next(iter(entries)).price.currency
    frozen = [[entry.variant_id, entry.quantity, entry.price.minor] for entry in entries]
    payload = {"list": row.id, "version": row.version, "currency": currency, "entries": frozen}
    about = ("price_list", str(row.id))
    limits.refuse_below_cost("list_prices", about=about, priced=cheaper, payload=payload, by=by)


def _refuse_share_below_cost(plan: ListPlan, row: PriceList | None, by: str) -> None:
    """Ask where a list begins to hold, or takes more off than before, and goods then cost less than the shop paid."""
    share = plan.basis_points
    if share is None or not plan.is_active or not acts_alone(by) or not get_settings().below_cost_approval:
        return
    if row is not None and row.is_active and row.basis_points is not None and row.basis_points <= share:
        return
    currency = get_settings().currency
    below = Variant.is_active, Variant.price_minor * share < Variant.cost_minor * WHOLE
    variants = db.session.scalars(select(Variant).where(*below).order_by(Variant.sku).limit(MOST_ENTRIES))
    cheaper = [(each, Money(each.price_minor, currency).portion(share, WHOLE)) for each in variants]
    payload = {"list": row.id if row else None, "version": row.version if row else 0, "plan": _told(plan)}
    about = ("price_list", str(row.id) if row else "")
    limits.refuse_below_cost("list_share", about=about, priced=cheaper, payload=payload, by=by)


def _get_at(list_id: int, version: int) -> PriceList:
    statement = select(PriceList).where(PriceList.id == list_id).with_for_update()
    row = db.session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if row.version != version:
        raise StalePriceList
    return row


def _store(row: PriceList, at: datetime) -> None:
    """Write the list; its version grows with every change, of a price in it too."""
    row.updated_at = at
    try:
        db.session.flush()
    except StaleDataError:
        raise StalePriceList from None
    after_commit(forget_lists)


def _fill(row: PriceList, plan: ListPlan, at: datetime) -> None:
    row.name = squeeze(plan.name)
    others = {locale: words for locale, words in (row.translations or {}).items() if locale != "zh"}
    row.translations = {**others, **({"zh": {"name": squeeze(plan.name_zh)}} if squeeze(plan.name_zh) else {})}
    row.tiers, row.groups = sorted(set(plan.tiers)), sorted(set(plan.groups))
    row.basis_points, row.is_active = plan.basis_points, plan.is_active
    row.starts_at, row.ends_at, row.updated_at = plan.starts_at, plan.ends_at, at


def _told(plan: ListPlan) -> dict[str, object]:
    """Return a plan as the ledger of changes keeps it."""
    return {
        "name": squeeze(plan.name),
        "name_zh": squeeze(plan.name_zh),
        "tiers": sorted(set(plan.tiers)),
        "groups": sorted(set(plan.groups)),
        "basis_points": plan.basis_points,
        "starts_at": plan.starts_at.isoformat() if plan.starts_at else None,
        "ends_at": plan.ends_at.isoformat() if plan.ends_at else None,
        "is_active": plan.is_active,
    }


def _check_groups(plan: ListPlan) -> None:
    known = set(db.session.scalars(select(CustomerGroup.key).where(CustomerGroup.key.in_(plan.groups))))
    unknown = sorted(set(plan.groups) - known)
    if unknown:
        raise Invalid(N_("There is no customer group “%(group)s”."), field="groups", group=unknown[0])


def _free_key(name: str) -> str:
    wanted = slugify(name, fallback="list", longest=50)
    taken = set(db.session.scalars(select(PriceList.key).where(PriceList.key.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)


def _skus(ids: Iterable[int]) -> dict[int, str]:
    rows = db.session.execute(select(Variant.id, Variant.sku).where(Variant.id.in_(list(ids))))
    return {row.id: row.sku for row in rows}


def _entry_name(sku: str, quantity: int) -> str:
    return sku if quantity == 1 else f"{sku} × {quantity}"
