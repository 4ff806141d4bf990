"""The page of one order: everything that happened to it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from admin.access import staff_here
from admin.audit.queries import people
from admin.fulfilment.tables import LOOKS as PARCEL_LOOKS
from admin.orders import queries
from admin.orders.tables import EVENTS, ORIGINS, REASONS, WORDS
from admin.payments.forms import suggested_refund
from admin.payments.queries import money_of
from admin.support.queries import list_about
from storefront.accounts.permissions import Permission
from storefront.accounts.rules import PostalAddress
from storefront.amending.rules import may_change
from storefront.audit.queries import list_entries_about
from storefront.fulfilment import tracked
from storefront.fulfilment.carriers import choosing
from storefront.invoicing import queries as invoicing
from storefront.kernel.clock import now
from storefront.mail.again import list_letters
from storefront.mail.models import OutboxMail
from storefront.orders import notes
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.receipt import receipt_of, traced_lines
from storefront.orders.states import FulfillmentStatus, OrderAction
from storefront.returns.offering import returns_of
from storefront.shop.queries import get_settings
from storefront.support.states import LOOKS as TICKET_LOOKS
from storefront.support.states import STATES as TICKET_STATES
from storefront.web.fragments import render_page


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took an order down, to be named."""

    actor: str


def order_page(found: Order, *, status: int = 200, **typed: Any) -> Response:
    """Show an order that was read whole; `typed` is what of a refused form is shown again."""
    staff = staff_here()
    parcels = tracked.list_tracked(found.id)
    written = notes.list_notes(found.id)
    entries = list_entries_about("order", found.number)
    money = money_of(found) if staff.may(Permission.ORDERS_REFUND) else None
    return render_page(
        "admin/orders/order.html",
        status=status,
        order=found,
        receipt=receipt_of(found),
        traced=traced_lines(found),
        address=PostalAddress.from_fields(found.shipping_address) if found.shipping_address else None,
        transactions=queries.list_transactions(found.id),
        parcels=parcels,
        carriers=choosing.list_carriers() if found.fulfillment_status != FulfillmentStatus.UNFULFILLED else (),
        parcel_looks=PARCEL_LOOKS,
        returns=returns_of(found, now()) if staff.may(Permission.RETURNS_VIEW) else None,
        may_ask_back=staff.may(Permission.RETURNS_EDIT),
        may_send=staff_here().may(Permission.FULFILMENT_EDIT),
        may_pack=staff_here().may(Permission.FULFILMENT_EDIT) and OrderAction.SEND in orders.actions_of(found),
        people=people([*found.events, *entries, *written, Taken(found.taken_by)]),
        notes=written,
        tickets=list_about(found) if staff.may(Permission.TICKETS_VIEW) else (),
        ticket_states=TICKET_STATES,
        ticket_looks=TICKET_LOOKS,
        letters=letters_of(found, [each.number for each in parcels]),
        entries=entries,
        invoice=invoicing.find_invoice(found.id),
        may_leave=OrderAction.SEND in orders.actions_of(found),
        may_change=staff.may(Permission.ORDERS_EDIT) and may_change(found),
        may_cancel=staff.may(Permission.ORDERS_CANCEL) and OrderAction.CANCEL in orders.actions_of(found),
        money=money,
        refund_form=suggested_refund(money) if money and money.refundable else None,
        words=WORDS,
        events=EVENTS,
        origins=ORIGINS,
        reasons=REASONS,
        **typed,
    )


def letters_of(order: Order, parcels: Sequence[str] | None = None) -> Sequence[OutboxMail]:
    """Return what was written to an order's customer about it and its parcels (their numbers), the newest first."""
    if parcels is None:
        parcels = [each.number for each in tracked.list_tracked(order.id)]
    return list_letters([order.number, *parcels], but_to=get_settings().email)
