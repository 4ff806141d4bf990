"""One table: what follows from what has happened."""

from __future__ import annotations

from storefront.accounts import letters as account_letters
from storefront.accounts.events import CustomerRegistered
from storefront.analytics import jobs as analytics
from storefront.cart.events import GoodsAdded
from storefront.catalog import jobs as catalog_jobs
from storefront.catalog.events import (
    CategoryChanged,
    CollectionChanged,
    PriceChanged,
    ProductChanged,
    TypeChanged,
)
from storefront.discovery import jobs as discovery_jobs
from storefront.figures import following as figures
from storefront.fulfilment import following
from storefront.fulfilment import jobs as fulfilment_jobs
from storefront.fulfilment import letters as parcel_letters
from storefront.fulfilment.events import ParcelDelivered, ParcelRelabelled, ParcelSentAgain, ParcelShipped
from storefront.invoicing import services as invoicing
from storefront.kernel.events import Fact, Reaction
from storefront.mail import jobs as mail_jobs
from storefront.mail.events import MailQueued
from storefront.operations import counting
from storefront.orders import jobs as order_jobs
from storefront.orders import letters, rewards
from storefront.orders.events import (
    BalancePaid,
    OrderCancelled,
    OrderChanged,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaidLate,
)
from storefront.payments import jobs as payment_jobs
from storefront.payments import letters as payment_letters
from storefront.payments import services as payments
from storefront.payments.events import (
    AttemptEnded,
    DisputeOpened,
    PaymentFailed,
    PaymentShort,
    RefundAsked,
    RefundFailed,
    RefundSucceeded,
)
from storefront.pricing import services as pricing
from storefront.privacy import jobs as privacy_jobs
from storefront.privacy.events import CopyAsked
from storefront.promotions import claims
from storefront.returns import following as returns
from storefront.returns import letters as return_letters
from storefront.returns.events import ReturnMoved
from storefront.sms import jobs as sms_jobs
from storefront.sms.events import SmsQueued

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    CustomerRegistered: (claims.welcome, account_letters.welcome),
    ProductChanged: (discovery_jobs.index_soon, catalog_jobs.gather_soon),
    CategoryChanged: (discovery_jobs.index_members_soon, catalog_jobs.gather_moved_soon),
    CollectionChanged: (discovery_jobs.index_members_soon,),
    TypeChanged: (discovery_jobs.index_members_soon,),
    PriceChanged: (pricing.note_base_price,),
    GoodsAdded: (analytics.note_added,),
    OrderPlaced: (
        letters.confirm,
        analytics.note_bought,
        figures.note_placed,
        order_jobs.count_worth_soon,
        counting.count_order,
    ),
    OrderPaid: (
        *(rewards.reward, letters.send_receipt, analytics.note_paid, returns.follow_up_paid),
        *(figures.note_paid, order_jobs.count_worth_soon),
        counting.count_payment,
    ),
    OrderChanged: (letters.tell_changed, analytics.note_changed, figures.note_changed),
    BalancePaid: (
        *(rewards.look_again, letters.tell_balance_paid, invoicing.supplement),
        *(figures.note_balance_paid, order_jobs.count_worth_soon),
        counting.count_payment,
    ),
    PaidLate: (letters.tell_paid_late, payments.refund_late, order_jobs.count_worth_soon, counting.count_payment),
    OrderCancelled: (
        *(payments.end_attempts, payments.refund_cancelled, following.unpack_cancelled),
        *(rewards.reconsider, letters.tell_cancelled, analytics.note_cancelled, returns.follow_up_cancelled),
        *(figures.note_cancelled, order_jobs.count_worth_soon),
    ),
    OrderDelivered: (payments.collect_cash, rewards.start_window, returns.follow_up_delivered),
    PaymentFailed: (payment_letters.tell_failed, counting.count_payment),
    PaymentShort: (payment_letters.tell_short, counting.count_payment),
    AttemptEnded: (payment_jobs.withdraw_soon,),
    DisputeOpened: (payment_letters.tell_contested, counting.count_payment),
    RefundAsked: (payment_jobs.refund_soon,),
    RefundSucceeded: (
        *(invoicing.credit, payment_letters.tell_refunded, returns.money_moved),
        *(figures.note_refunded, order_jobs.count_worth_soon),
        counting.count_payment,
    ),
    RefundFailed: (payment_letters.tell_staff, returns.money_moved, counting.count_payment),
    ReturnMoved: (returns.give_back, return_letters.tell, analytics.note_returned),
    ParcelShipped: (fulfilment_jobs.follow_soon, parcel_letters.tell_sent),
    ParcelSentAgain: (returns.refuse_claimed,),
    ParcelRelabelled: (fulfilment_jobs.follow_soon,),
    ParcelDelivered: (parcel_letters.tell_arrived,),
    CopyAsked: (privacy_jobs.make_copy_soon,),
    MailQueued: (mail_jobs.send_soon,),
    SmsQueued: (sms_jobs.send_soon,),
}
