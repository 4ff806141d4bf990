"""Parcels to a customer, and what carriers told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.fulfilment.models import Parcel, TrackingEvent
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person

_HIDDEN = frozenset({"id", "parcel_id", "order_id", "key", "packed_by", "poll_at", "warehouse_id"})


def _parcel_ids(person: Person) -> Select[int]:
    return select(Parcel.id).where(Parcel.order_id.in_(person.orders))


def _parcels(person: Person) -> Sequence[Data]:
    parcels = rows_of(table_of(Parcel), Parcel.id.in_(_parcel_ids(person)), but=_HIDDEN)
    news = rows_of(table_of(TrackingEvent), TrackingEvent.parcel_id.in_(_parcel_ids(person)), but=_HIDDEN)
    return [*({"kind": "parcel", **row} for row in parcels), *({"kind": "news", **row} for row in news)]


def _forget(person: Person, _at: datetime) -> None:
    """Carriers tell who signed, and where: the words go, the steps stay. No carrier is asked any more."""
    quiet = {"synchronize_session": False}
    news = update(TrackingEvent).where(TrackingEvent.parcel_id.in_(_parcel_ids(person)))
    db.session.execute(news.values(text="", place="").execution_options(**quiet))
    polls = update(Parcel).where(Parcel.id.in_(_parcel_ids(person)))
    db.session.execute(polls.values(poll_at=None).execution_options(**quiet))


PERSONAL = (Keeper("parcels", N_("Parcels"), ("parcel", "tracking_event"), _parcels, _forget),)
