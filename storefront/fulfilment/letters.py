"""What customers are written about their parcels."""

from __future__ import annotations

from flask import current_app

from storefront.fulfilment import queries
from storefront.fulfilment.events import ParcelDelivered, ParcelShipped
from storefront.fulfilment.states import ParcelState
from storefront.fulfilment.tracked import track
from storefront.kernel.clock import now
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.orders import queries as orders


def tell_sent(fact: ParcelShipped) -> None:
    """Say that a parcel is on its way, what is in it, and where it can be followed."""
    _write("fulfilment/mail/sent", fact.order_id, fact.parcel_id)


def tell_arrived(fact: ParcelDelivered) -> None:
    """Say that a parcel has arrived, and what to do if it has not."""
    _write("fulfilment/mail/arrived", fact.order_id, fact.parcel_id)


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
