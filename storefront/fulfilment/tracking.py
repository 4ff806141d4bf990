"""Where parcels are: news from carriers, taken once each, and what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from storefront.database.base import db
from storefront.fulfilment import services
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.carriers.protocol import News, Report, Waybill
from storefront.fulfilment.models import Parcel, TrackingEvent
from storefront.fulfilment.states import ParcelAction, ParcelState, TrackingStatus
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

BY = "carrier"
MOST_NEWS = 200
"""Of one parcel at a time; a carrier that tells more is not believed."""


def list_due(at: datetime, *, most: int) -> Sequence[int]:
    """Return parcels on their way whose carrier is to be asked again, the longest due first."""
    due = (Parcel.poll_at <= at, Parcel.state == ParcelState.SHIPPED)
    return db.session.scalars(select(Parcel.id).where(*due).order_by(Parcel.poll_at, Parcel.id).limit(most)).all()


def list_silent(at: datetime, *, most: int) -> Sequence[int]:
    """Return parcels that have been on their way so long that they are taken to have arrived."""
    days = get_settings().auto_confirm_days
    silent = (Parcel.state == ParcelState.SHIPPED, Parcel.shipped_at < at - timedelta(days=days))
    return db.session.scalars(select(Parcel.id).where(*silent).order_by(Parcel.shipped_at, Parcel.id).limit(most)).all()


def waybill_of(parcel: Parcel) -> Waybill:
    """Return what a parcel's carrier is asked with; of the receiver's phone only what carriers check."""
    address = db.session.scalar(select(Order.shipping_address).where(Order.id == parcel.order_id)) or {}
    digits = "".join(symbol for symbol in str(address.get("phone", "")) if symbol.isdecimal())
    return Waybill(parcel.tracking_number, digits[-11:])


def put_off(*, parcel_id: int, at: datetime) -> None:
    """Ask again later: whoever takes a parcel to ask about puts it off first, so that two workers do not both ask."""
    later = at + timedelta(hours=get_settings().tracking_poll_hours)
    db.session.execute(update(Parcel).where(Parcel.id == parcel_id, Parcel.poll_at <= at).values(poll_at=later))


def take_report(*, report: Report, at: datetime) -> int:
    """Take what was pushed for every parcel with this number and carrier; return how many there were."""
    companies = {facts.code for facts in choosing.list_facts() if facts.kuaidi100 == report.company}
    ids = db.session.scalars(
        select(Parcel.id)
        .where(Parcel.tracking_number == report.tracking_number, Parcel.carrier.in_(companies))
        .order_by(Parcel.order_id, Parcel.id)
    ).all()
    for parcel_id in ids if report.tracking_number else ():
        take_news(parcel_id=parcel_id, news=report.news, at=at)
    return len(ids) if report.tracking_number else 0


def take_news(*, parcel_id: int, news: Sequence[News], at: datetime) -> int:
    """Keep what is new of a carrier's news, and let a parcel arrive that it says has arrived; return how much was new.

    News comes again and in any order: what is kept is not kept twice, and what has happened does not happen again.
    """
    parcel = db.session.get(Parcel, parcel_id)
    if parcel is None:
        return 0
    orders.get_locked(parcel.order_id)
    db.session.refresh(parcel)
    fresh = _fresh(parcel, news[-MOST_NEWS:])
    if not fresh:
        return 0
    rows = [
        {
            "parcel_id": parcel.id,
            "key": each.key,
            "status": each.status.value,
            "text": each.text,
            "place": each.place,
            "at": each.at,
            "told_at": at,
        }
        for each in fresh
    ]
    db.session.execute(insert(TrackingEvent), rows)
    _follow(parcel, fresh, at)
    return len(fresh)


def _fresh(parcel: Parcel, news: Sequence[News]) -> list[News]:
    kept = set(db.session.scalars(select(TrackingEvent.key).where(TrackingEvent.parcel_id == parcel.id)))
    return list({each.key: each for each in news if each.key not in kept}.values())


def _follow(parcel: Parcel, fresh: Sequence[News], at: datetime) -> None:
    """Do what the newest word permits: a parcel that has arrived stays where it is, whatever is told late."""
    arrived = [each.at for each in fresh if each.status is TrackingStatus.DELIVERED]
    returned = any(each.status is TrackingStatus.RETURNED for each in fresh)
    allowed = services.actions_of(parcel)
    if returned and ParcelAction.COME_BACK in allowed:
        services.come_back(parcel=parcel, restock=False, by=BY, at=at)
    elif arrived and ParcelAction.ARRIVE in allowed:
        when = min(max(arrived), at)
        services.arrive(parcel=parcel, by=BY, at=max(when, parcel.shipped_at or when))
