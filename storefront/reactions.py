"""One table: what follows from what has happened."""

from __future__ import annotations

from storefront.catalog.events import ProductChanged
from storefront.discovery import jobs as discovery_jobs
from storefront.kernel.events import Fact, Reaction
from storefront.mail import jobs as mail_jobs
from storefront.mail.events import MailQueued
from storefront.orders import letters
from storefront.orders.events import OrderCancelled, OrderDelivered, OrderPaid, OrderPlaced, PaidLate
from storefront.payments import services as payments

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    ProductChanged: (discovery_jobs.index_soon,),
    OrderPlaced: (letters.confirm,),
    OrderPaid: (letters.send_receipt,),
    PaidLate: (letters.tell_paid_late,),
    OrderCancelled: (payments.end_attempts, letters.tell_cancelled),
    OrderDelivered: (payments.collect_cash,),
    MailQueued: (mail_jobs.send_soon,),
}
