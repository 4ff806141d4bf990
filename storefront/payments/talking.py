"""Conversations with providers: what to ask is read, the asking happens outside any transaction, the answer is booked.

Edges call these, and no transaction may be open. Each can be repeated: our references and keys make two of them one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from storefront.database.base import db
from storefront.database.transaction import is_open, transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.payments import queries, services
from storefront.payments.errors import (
    AmountMismatch,
    BadSignature,
    NotCapturable,
    PaymentClosed,
    ProviderFailed,
    UnknownPayment,
)
from storefront.payments.models import PaymentMessage
from storefront.payments.providers.protocol import (
    Contested,
    Device,
    Notification,
    Provider,
    Request,
    Start,
    Told,
)
from storefront.payments.providers.registry import find_provider
from storefront.payments.providers.sandbox import Sandbox
from storefront.payments.providers.wechatpay import WeChatPay
from storefront.payments.services import messages, refunds
from storefront.payments.states import DisputeState, MessageState, PaymentState

log = logging.getLogger(__name__)

ASKED_AT_MOST_EVERY = timedelta(seconds=2)
"""However often a waiting shopper loads the page."""
DOES_NOT_FIT = (UnknownPayment, AmountMismatch, PaymentClosed)


def open_payment(reference: str, *, device: Device = Device()) -> str:
    """Let the provider take an attempt on and return where its shopper goes, "" where there is nothing to do now.

    Opened before, it is the same place. Raises ProviderFailed, after which nothing is lost: the order waits.
    """
    begun = queries.get_begun(reference)
    if not begun.is_opened and begun.is_pending:
        start = _begin(replace(queries.get_request(reference), device=device))
        with transaction():
            services.note_opened(reference=reference, start=start, at=now())
        begun = queries.get_begun(reference)
    return f"/payments/{reference}" if begun.leads_on and begun.is_pending else ""


def open_sheet(reference: str, code: str) -> Mapping[str, str]:
    """Return what WeChat's own sheet is opened with, for the reader of a page inside WeChat."""
    request = queries.get_request(reference)
    provider = _ready(request)
    if not isinstance(provider, WeChatPay):
        raise UnknownPayment
    return provider.open_sheet(request, code)


def ask(reference: str, *, patient: bool = True) -> PaymentState:
    """Ask what became of an attempt and book it; return where it stands. `patient` asks no more than every 2 s."""
    payment, at = queries.get_payment(reference), now()
    is_fresh = payment.asked_at is not None and at - payment.asked_at < ASKED_AT_MOST_EVERY
    if payment.state == PaymentState.CAPTURED or payment.opened_at is None or (patient and is_fresh):
        return PaymentState(payment.state)
    request = queries.get_request(reference)
    with transaction():
        services.note_asked(reference=reference, at=at)
    outcome = _ready(request).query(request)
    if outcome is not None:
        _book(outcome, by=request.provider)
    db.session.expire_all()
    return PaymentState(queries.get_payment(reference).state)


def capture(reference: str) -> PaymentState:
    """Take the money that a provider holds for us."""
    request = queries.get_request(reference)
    if request.state is not PaymentState.AUTHORIZED:
        raise NotCapturable
    _book(_ready(request).capture(request), by=request.provider)
    return PaymentState(queries.get_payment(reference).state)


def withdraw(reference: str) -> None:
    """Tell a provider that nobody is to pay an attempt any more."""
    request = queries.get_request(reference)
    if request.state is PaymentState.VOIDED:
        _ready(request).withdraw(request)


def practise_dispute(reference: str, state: str) -> None:
    """Let the bank behind a test payment contest it, or decide; refuses what is no test payment, or no state."""
    request = queries.get_request(reference)
    provider = _ready(request)
    if not isinstance(provider, Sandbox) or state not in set(DisputeState):
        raise UnknownPayment
    _book(provider.contest(request, DisputeState(state)), by=Sandbox.code)


def refund(refund_id: int) -> None:
    """Ask for a refund that is due, or what became of it, and book the answer; every fault counts as a try."""
    with transaction():
        claimed = refunds.claim_refund(refund_id=refund_id, at=now())
    if not claimed:
        return
    wanted = queries.get_refund_request(refund_id)
    provider = _ready(wanted.payment)
    asked_before = bool(wanted.psp_reference) and not provider.refunds_by_hand
    try:
        outcome = provider.query_refund(wanted) if asked_before else provider.refund(wanted)
        if outcome is not None:
            _book(outcome, by=wanted.payment.provider)
        with transaction():
            refunds.plan(refund_id=refund_id, by_hand=provider.refunds_by_hand, at=now())
    except Exception as fault:
        error = fault if isinstance(fault, ProviderFailed) else ProviderFailed(repr(fault), permanent=False)
        if error is not fault:
            log.exception("Refund %s could not be asked for", refund_id)
        with transaction():
            refunds.record_trouble(refund_id=refund_id, error=error, at=now())


def receive(code: str, notification: Notification) -> MessageState:
    """Keep a provider's message, then read it; return what became of it. It is safe once this returns."""
    with transaction():
        message = messages.store_message(provider=code, notification=notification, at=now())
    return read_message(message.id)


def read_message(message_id: int) -> MessageState:
    """Verify a message and book what it says, if nobody else is at it; a fault puts it off."""
    with transaction():
        message = messages.claim_message(message_id=message_id, at=now())
    if message is None:
        db.session.expire_all()
        return MessageState(queries.get_message(message_id).state)
    try:
        told = _read(message)
        state, facts = MessageState.BOOKED, {"about": _about(told), "told": _words(told)}
    except BadSignature as refusal:
        state, facts = MessageState.REFUSED, {"error": str(refusal)}
    except DOES_NOT_FIT as refusal:
        log.error("Message %s of %s does not fit the books: %s", message_id, message.provider, refusal)
        state, facts = MessageState.UNMATCHED, {"error": str(refusal)}
    except Exception as fault:
        _note_fault(message_id, fault)
        return MessageState.RECEIVED
    with transaction():
        messages.close_message(message_id=message_id, state=state, at=now(), **facts)
    return state


def _read(message: PaymentMessage) -> list[Told]:
    """Book everything that a message says, each fact in a transaction of its own."""
    provider = find_provider(message.provider)
    if provider is None:
        raise BadSignature
    notification = Notification(message.headers, message.body, message.query, message.received_at)
    outcomes = list(provider.handle_notification(notification))
    for outcome in outcomes:
        _book(outcome, by=message.provider)
    return outcomes


def _begin(request: Request) -> Start:
    """Let a provider take an attempt on; what it refuses for good is told to the back office."""
    try:
        return _ready(request).start(request)
    except ProviderFailed as failure:
        if failure.permanent:
            with transaction():
                services.note_issue(reference=request.reference, issue=f"not begun: {failure.reason}")
        raise


def _book(outcome: Told, *, by: str) -> None:
    """Book an outcome; what does not agree with the books is kept beside the payment before it is refused."""
    _outside()
    try:
        with transaction():
            if isinstance(outcome, Contested):
                services.book_dispute(contested=outcome, by=by, at=now())
            else:
                services.book_outcome(outcome=outcome, by=by, at=now())
    except (AmountMismatch, PaymentClosed) as refusal:
        with transaction():
            words = f"{_word(outcome)} {outcome.amount.minor} {outcome.amount.currency}: {refusal}"
            services.note_issue(reference=outcome.reference, issue=words)
        raise


def _note_fault(message_id: int, fault: Exception) -> None:
    if isinstance(fault, ShopError):
        log.warning("Message %s is put off: %s", message_id, fault)
    else:
        log.exception("Message %s is put off", message_id, exc_info=fault)
    with transaction():
        messages.put_off(message_id=message_id, error=str(fault) or repr(fault), at=now())


def _ready(request: Request) -> Provider:
    """Return the provider of a payment; the network must not be waited for inside a transaction."""
    _outside()
    provider = find_provider(request.provider)
    if provider is None:
        raise ProviderFailed(f"there is no provider {request.provider}", permanent=True)
    return provider


def _outside() -> None:
    if is_open():
        raise RuntimeError("a provider is not spoken to inside a transaction")
    db.session.rollback()


def _about(outcomes: list[Told]) -> str:
    return queries.get_request(outcomes[0].reference).order_number if outcomes else ""


def _words(outcomes: list[Told]) -> str:
    return ", ".join(map(_word, outcomes)) or "nothing for us"


def _word(told: Told) -> str:
    return f"dispute {told.state}" if isinstance(told, Contested) else f"{told.kind} {told.result}"
