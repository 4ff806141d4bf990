"""What customers are written about their parcels."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext

from storefront.fulfilment import queries
from storefront.fulfilment.events import ParcelDelivered, ParcelShipped
from storefront.fulfilment.states import ParcelState
from storefront.fulfilment.tracked import track
from storefront.kernel.clock import now
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.orders import queries as orders
from storefront.orders import texts
from storefront.sms.states import SmsKind
from storefront.web.locale import speaking


def tell_sent(fact: ParcelShipped) -> None:
    """Say that a parcel is on its way, what is in it, and where it can be followed."""
    _write("fulfilment/mail/sent", fact.order_id, fact.parcel_id)
    order, parcel = orders.get_whole(fact.order_id), queries.get_parcel(fact.parcel_id)
    with speaking(order.locale):
        [shown] = track([parcel])
        told = {"carrier": gettext(shown.carrier), "tracking": shown.tracking_number or gettext("without a number")}
    texts.tell(order, SmsKind.SENT, occasion=parcel.number, **told)


def tell_arrived(fact: ParcelDelivered) -> None:
    """Say that a parcel has arrived, and what to do if it has not."""
    _write("fulfilment/mail/arrived", fact.order_id, fact.parcel_id)
    texts.tell(orders.get_whole(fact.order_id), SmsKind.DELIVERED, occasion=queries.get_parcel(fact.parcel_id).number)


def _write(template: str, order_id: int, parcel_id: int) -> None:
    order, parcel = orders.get_whole(order_id), queries.get_parcel(parcel_id)
    siblings = [each for each in queries.list_parcels(order_id) if each.resent_at is None]
    is_packed = not queries.left_of(order.id, order.number).units
    facts = {
        "order": order,
        "parcel": track([parcel])[0],
        "is_everything": is_packed and len(siblings) == 1,
        "is_last": is_packed and all(each.state == ParcelState.DELIVERED for each in siblings),
        "expected": [day for day in (order.expected_from, order.expected_to) if day],
        "order_url": f"{current_app.config['SHOP'].public_url}/orders/{order.number}?key={order.access_token}",
    }
    mail.put_in(letter=Letter(template, order.email, order.locale, parcel.number, facts), at=now())
