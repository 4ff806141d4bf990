"""After the commit and by the clock: carriers are asked, and parcels that nobody speaks of are taken to be there."""

from __future__ import annotations

import logging

from flask import current_app

from storefront.database.transaction import transaction
from storefront.fulfilment import queries, services, tracking
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.carriers.protocol import CarrierError
from storefront.fulfilment.events import ParcelRelabelled, ParcelShipped
from storefront.fulfilment.states import ParcelState
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.orders.services import SYSTEM

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def follow_soon(fact: ParcelShipped | ParcelRelabelled) -> None:
    """Have a parcel's carrier tell about it, where it can."""
    parcel = queries.get_parcel(fact.parcel_id)
    is_followed = bool(parcel.tracking_number) and choosing.carrier_for(parcel.carrier).is_followed
    parcel.poll_at = now() if is_followed else None
    if is_followed:
        enqueue_after_commit(subscribe, parcel.id)


@job()
def subscribe(parcel_id: int) -> None:
    """Ask to be told about a parcel; without that, it is only asked about."""
    parcel = queries.get_parcel(parcel_id)
    carrier = choosing.carrier_for(parcel.carrier)
    if parcel.state != ParcelState.SHIPPED or not carrier.is_followed:
        return
    url = f"{current_app.config['SHOP'].public_url}/tracking/kuaidi100"
    try:
        carrier.subscribe(tracking.waybill_of(parcel), url)
    except CarrierError as error:
        if not error.permanent:
            raise
        log.warning("Parcel %s is not followed: %s", parcel.number, error)


@periodic(minute="*/10")
def ask_carriers() -> int:
    """Ask about every parcel that is due; return how many were asked. One that fails keeps no other waiting."""
    asked = 0
    for parcel_id in tracking.list_due(now(), most=MOST_AT_ONCE):
        with transaction():
            tracking.put_off(parcel_id=parcel_id, at=now())
        try:
            ask(parcel_id)
            asked += 1
        except CarrierError as error:
            log.warning("Parcel with id %s: %s", parcel_id, error)
        except Exception:
            log.exception("Parcel with id %s could not be asked about", parcel_id)
    return asked


def ask(parcel_id: int) -> None:
    """Ask one parcel's carrier, outside of any transaction, and take its news."""
    parcel = queries.get_parcel(parcel_id)
    news = choosing.carrier_for(parcel.carrier).poll(tracking.waybill_of(parcel))
    with transaction():
        tracking.take_news(parcel_id=parcel_id, news=news, at=now())


@periodic(minute="20")
def confirm_receipts() -> int:
    """Let parcels arrive that nobody has spoken of for the days that the merchant set; return how many."""
    arrived = 0
    for parcel_id in tracking.list_silent(now(), most=MOST_AT_ONCE):
        try:
            with transaction():
                services.arrive(parcel=queries.get_parcel(parcel_id), by=SYSTEM, at=now())
            arrived += 1
        except Exception:
            log.exception("Parcel with id %s could not be confirmed by the clock", parcel_id)
    return arrived
