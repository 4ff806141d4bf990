"""Writes of payments: attempts begin and end, what providers say is booked once, money goes back.

None of these speaks to a provider; `talking` does, outside any transaction, and books here what it learns.
"""

from storefront.payments.services.attempts import (
    begin_payment,
    collect_cash,
    end_attempts,
    note_asked,
    note_issue,
    note_opened,
    pay_before,
    pay_with,
    put_handle,
    start_payment,
)
from storefront.payments.services.booking import book_outcome
from storefront.payments.services.disputes import book_dispute
from storefront.payments.services.ending import void_pending
from storefront.payments.services.refunds import ask_refund
from storefront.payments.services.returning import refund_cancelled, refund_late
from storefront.payments.services.transfers import book_transfer

__all__ = [
    "ask_refund",
    "begin_payment",
    "book_dispute",
    "book_outcome",
    "book_transfer",
    "collect_cash",
    "end_attempts",
    "note_asked",
    "note_issue",
    "note_opened",
    "pay_before",
    "pay_with",
    "put_handle",
    "refund_cancelled",
    "refund_late",
    "start_payment",
    "void_pending",
]
