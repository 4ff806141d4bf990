"""Writes of activities and sessions by staff: each checks that nobody else was faster, and leaves a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.flash.below_cost import refuse_below_cost
from storefront.flash.errors import ItemsRefused, SessionOver, SessionSold, StaleSale, StaleSession
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.planning import Held, ItemPlan, SalePlan, SessionPlan, troubles_of
from storefront.flash.queries import forget_soon
from storefront.flash.recording import Asked, asked_by, restate
from storefront.flash.rules import phase_of
from storefront.flash.states import Phase
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import first_free, slugify, squeeze


def add_sale(*, plan: SalePlan, by: str, at: datetime) -> FlashSale:
    """Make an activity, still without sessions."""
    sale = FlashSale(key=_free_key(plan.name), name="", translations={}, updated_at=at)
    _fill_sale(sale, plan, at)
    db.session.add(sale)
    db.session.flush()
    changes = {name: (None, value) for name, value in _told_sale(sale).items()}
    audit.record(actor=by, action="flash_sale.add", about=("flash_sale", str(sale.id)), changes=changes, at=at)
    return sale


def change_sale(*, sale_id: int, version: int, plan: SalePlan, by: str, at: datetime) -> FlashSale:
    """Set an activity's words as it was at `version`, or call its sessions off; else StaleSale."""
    sale = db.session.get(FlashSale, sale_id, with_for_update=True, populate_existing=True)
    if sale is None:
        raise NotFound
    if sale.version != version:
        raise StaleSale
    before = _told_sale(sale)
    _fill_sale(sale, plan, at)
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleSale from None
    changes = {name: (before[name], value) for name, value in _told_sale(sale).items()}
    audit.record(actor=by, action="flash_sale.change", about=("flash_sale", str(sale.id)), changes=changes, at=at)
    if before["is_active"] != sale.is_active:
        _switch(sale, by, at)
    forget_soon()
    return sale


def add_session(*, sale_id: int, plan: SessionPlan, by: str, at: datetime) -> FlashSession:
    """Give an activity another session; prices below cost that one person may not decide alone: NeedsApproval."""
    sale = db.session.get(FlashSale, sale_id)
    if sale is None:
        raise NotFound
    if plan.ends_at <= at:
        raise Invalid(N_("This time is over. Choose a later one."), field="ends_at")
    _check(plan, None, Phase.COMING)
    refuse_below_cost(plan, {}, sale_id=sale_id, session=None, by=by)
    session = FlashSession(flash_sale_id=sale_id, starts_at=plan.starts_at, ends_at=plan.ends_at, updated_at=at)
    db.session.add(session)
    db.session.flush()
    _store_items(session, plan, at)
    _restate(session, sale.is_active, _items(session.id), by, at)
    changes = {name: (None, value) for name, value in _told(session).items()}
    about = ("flash_session", str(session.id))
    audit.record(actor=by, action="flash_session.add", about=about, changes=changes, at=at)
    forget_soon()
    return session


def change_session(*, session_id: int, seen: str, plan: SessionPlan, by: str, at: datetime) -> FlashSession:
    """Set times and items of the session as it was when `seen` (its `updated_at`) was read; else StaleSession.

    Once it has begun its start and its prices stay; once it is over everything does.
    """
    session = _lock(session_id)
    if session.updated_at.isoformat() != seen:
        raise StaleSession
    phase = phase_of(session.starts_at, session.ends_at, at)
    if phase is Phase.OVER:
        raise SessionOver
    if phase is Phase.LIVE and plan.starts_at != session.starts_at:
        raise Invalid(N_("The session has begun, so its start stays as it is."), field="starts_at")
    if phase is Phase.COMING and plan.starts_at < at:
        raise Invalid(N_("This time is over. Choose a later one."), field="starts_at")
    if plan.ends_at < at:
        raise Invalid(N_("This time is over. Choose a later one."), field="ends_at")
    _check(plan, session, phase)
    before, old = _told(session), _items(session_id)
    refuse_below_cost(plan, old, sale_id=session.flash_sale_id, session=session, by=by)
    session.starts_at, session.ends_at, session.updated_at = plan.starts_at, plan.ends_at, at
    _store_items(session, plan, at)
    _restate(session, _is_active(session), {**dict.fromkeys(old), **_items(session_id)}, by, at)
    after = _told(session)
    changes = {name: (before.get(name), after.get(name)) for name in {**before, **after}}
    about = ("flash_session", str(session_id))
    audit.record(actor=by, action="flash_session.change", about=about, changes=changes, at=at)
    forget_soon()
    return session


def remove_session(*, session_id: int, by: str, at: datetime) -> None:
    """Take a session away of which nothing was ever sold."""
    session = _lock(session_id)
    items = _items(session_id)
    taken = select(FlashTake.id).join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
    if db.session.scalar(taken.where(FlashItem.flash_session_id == session_id).limit(1)) is not None:
        raise SessionSold
    if session.ends_at <= at:
        raise SessionOver
    changes = {name: (value, None) for name, value in _told(session).items()}
    _restate(session, False, items, by, at)
    db.session.execute(delete(FlashItem).where(FlashItem.flash_session_id == session_id))
    db.session.delete(session)
    db.session.flush()
    about = ("flash_session", str(session_id))
    audit.record(actor=by, action="flash_session.remove", about=about, changes=changes, at=at)
    forget_soon()


def _switch(sale: FlashSale, by: str, at: datetime) -> None:
    """Tell the history of prices that sessions are called off, or that they take place after all if they may."""
    wanted = select(FlashSession).where(FlashSession.flash_sale_id == sale.id, FlashSession.ends_at > at)
    for session in db.session.scalars(wanted.order_by(FlashSession.id)).all():
        items = _items(session.id)
        taken = _elsewhere((session.starts_at, session.ends_at), _lock_variants(items), session.id)
        if sale.is_active and taken:
            raise Invalid(
                N_("Another session has articles of this one at the same time: %(name)s."),
                field="is_active",
                name=next(iter(taken.values())),
            )
        _restate(session, sale.is_active, items, by, at)


def _lock(session_id: int) -> FlashSession:
    session = db.session.get(FlashSession, session_id, with_for_update=True, populate_existing=True)
    if session is None:
        raise NotFound
    return session


def _check(plan: SessionPlan, session: FlashSession | None, phase: Phase) -> None:
    """Refuse with ItemsRefused."""
    usual = _lock_variants(item.variant_id for item in plan.items)
    held = _held(session.id) if session is not None else {}
    elsewhere = _elsewhere((plan.starts_at, plan.ends_at), usual, session.id if session is not None else None)
    found = troubles_of(plan, held=held, phase=phase, elsewhere=elsewhere, usual=usual)
    if found:
        raise ItemsRefused(found)


def _lock_variants(ids: Iterable[int]) -> dict[int, int]:
    """Lock variants in the order of ids, so that two sessions of one time do not get the same one at once.

    Return their usual prices by id.
    """
    wanted = select(Variant.id, Variant.price_minor).where(Variant.id.in_(list(ids)))
    return {row.id: row.price_minor for row in db.session.execute(wanted.order_by(Variant.id).with_for_update())}


def _elsewhere(span: tuple[datetime, datetime], ids: Iterable[int], session_id: int | None) -> dict[int, str]:
    """Return the names of other activities that have variants in a session of that time and take place."""
    statement = (
        select(FlashItem.variant_id, FlashSale.name)
        .join(FlashSession, FlashSession.id == FlashItem.flash_session_id)
        .join(FlashSale, FlashSale.id == FlashSession.flash_sale_id)
        .where(
            FlashItem.variant_id.in_(list(ids)),
            FlashSession.starts_at < span[1],
            FlashSession.ends_at > span[0],
            FlashSale.is_active,
        )
    )
    if session_id is not None:
        statement = statement.where(FlashSession.id != session_id)
    return {row.variant_id: row.name for row in db.session.execute(statement)}


def _held(session_id: int) -> dict[int, Held]:
    """Return the items as stored, their rows locked: nobody takes a piece until this is decided."""
    rows = db.session.execute(
        select(FlashItem.__table__, Variant.sku)
        .join(Variant, Variant.id == FlashItem.variant_id)
        .where(FlashItem.flash_session_id == session_id)
        .order_by(FlashItem.id)
        .with_for_update(of=FlashItem.__table__)
    ).all()
    each = (
        select(FlashTake.flash_item_id, func.sum(FlashTake.pieces).label("pieces"))
        .where(FlashTake.flash_item_id.in_([row.id for row in rows]))
        .group_by(FlashTake.flash_item_id, FlashTake.customer_key)
        .subquery()
    )
    most = db.session.execute(select(each.c.flash_item_id, func.max(each.c.pieces)).group_by(each.c.flash_item_id))
    held = {item_id: int(pieces) for item_id, pieces in most}
    return {
        row.variant_id: Held(
            sku=row.sku,
            price_minor=row.price_minor,
            quota=row.quota,
            sold=row.sold,
            per_customer=row.per_customer,
            most_held=held.get(row.id, 0),
            is_in_ledger=row.id in held,
        )
        for row in rows
    }


def _store_items(session: FlashSession, plan: SessionPlan, at: datetime) -> None:
    stored = _items(session.id)
    wanted = {item.variant_id for item in plan.items}
    for variant_id, row in stored.items():
        if variant_id not in wanted:
            db.session.delete(row)
    for position, item in enumerate(plan.items):
        row = stored.get(item.variant_id) or FlashItem(flash_session_id=session.id, variant_id=item.variant_id, sold=0)
        _fill_item(row, item, position)
        db.session.add(row)
    session.updated_at = at
    db.session.flush()


def _fill_item(row: FlashItem, item: ItemPlan, position: int) -> None:
    row.price_minor, row.quota, row.per_customer = item.price.minor, item.quota, item.per_customer
    row.position = position


def _items(session_id: int) -> dict[int, FlashItem]:
    statement = select(FlashItem).where(FlashItem.flash_session_id == session_id).order_by(FlashItem.position)
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {row.variant_id: row for row in rows}


def _is_active(session: FlashSession) -> bool:
    return bool(db.session.scalar(select(FlashSale.is_active).where(FlashSale.id == session.flash_sale_id)))


def _restate(
    session: FlashSession, is_active: bool, items: Mapping[int, FlashItem | None], by: str, at: datetime
) -> None:
    span = (session.starts_at, session.ends_at)
    asked: dict[int, Asked] = {
        variant_id: asked_by(item.price_minor, span, at) if is_active and item is not None else ((at, None),)
        for variant_id, item in items.items()
    }
    restate(session_id=session.id, asked=asked, by=by, at=at)


def _fill_sale(sale: FlashSale, plan: SalePlan, at: datetime) -> None:
    sale.name, sale.is_active, sale.updated_at = squeeze(plan.name), plan.is_active, at
    others = {locale: words for locale, words in (sale.translations or {}).items() if locale != "zh"}
    chinese = squeeze(plan.name_zh)
    sale.translations = {**others, "zh": {"name": chinese}} if chinese else others


def _told_sale(sale: FlashSale) -> dict[str, object]:
    chinese = ((sale.translations or {}).get("zh") or {}).get("name") or ""
    return {"name": sale.name, "name_zh": chinese, "is_active": sale.is_active}


def _told(session: FlashSession) -> dict[str, object]:
    """Return times and items as the ledger of changes keeps them."""
    rows = db.session.execute(
        select(FlashItem.price_minor, FlashItem.quota, FlashItem.per_customer, Variant.sku)
        .join(Variant, Variant.id == FlashItem.variant_id)
        .where(FlashItem.flash_session_id == session.id)
        .order_by(FlashItem.position)
    )
    items = {row.sku: [row.price_minor, row.quota, row.per_customer] for row in rows}
    times: dict[str, object] = {"starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat()}
    return {**times, **items}


def _free_key(name: str) -> str:
    wanted = slugify(name, fallback="flash", longest=50)
    taken = set(db.session.scalars(select(FlashSale.key).where(FlashSale.key.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)
