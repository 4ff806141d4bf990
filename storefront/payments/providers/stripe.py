"""Stripe: its hosted Checkout page, so that no card data comes near the shop; signed webhooks, queries, refunds.

Keys: STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET (several, with commas, while one is being changed), STRIPE_API_BASE for
another server than Stripe's own, STRIPE_CAPTURE=manual to authorise first and capture by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any, ClassVar

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.providers.protocol import (
    Contested,
    Notification,
    Online,
    Outcome,
    RefundRequest,
    Request,
    Start,
    Told,
)
from storefront.payments.providers.stripe_amounts import from_stripe, to_stripe
from storefront.payments.providers.stripe_disputes import contested
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

TIMEOUT_SECONDS = 10
TOLERANCE_SECONDS = 300
SHORTEST_SESSION, LONGEST_SESSION = timedelta(hours=1), timedelta(hours=23)
"""Stripe lets a Checkout session live for half an hour to a day; the same payment must always ask for the same."""
INTENTS = {
    "payment_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
}
LOCALES = {"en": "en", "zh": "zh"}
_ENDS = {
    "succeeded": TransactionResult.SUCCESS,
    "failed": TransactionResult.FAILURE,
    "canceled": TransactionResult.FAILURE,
    "pending": TransactionResult.REQUEST,
    "requires_action": TransactionResult.REQUEST,
}


class Stripe(Online):
    """Cards and wallets on Stripe's own page."""

    code: ClassVar[str] = "stripe"
    name: ClassVar[str] = N_("Card or wallet")
    description: ClassVar[str] = N_("You pay on the secure page of Stripe and come back here.")

    def is_offered(self, settings: ShopSettings) -> bool:
        return bool(self.key("STRIPE_SECRET_KEY") and self.key("STRIPE_WEBHOOK_SECRET"))

    def start(self, request: Request) -> Start:
        session = self._call(lambda client: client.v1.checkout.sessions.create(self._session(request), _once(request)))
        return Start(url=session["url"], handle=session["id"])

    def withdraw(self, request: Request) -> None:
        if not request.handle:
            return
        session = self._call(lambda client: client.v1.checkout.sessions.retrieve(request.handle))
        if session["status"] == "open":
            self._call(lambda client: client.v1.checkout.sessions.expire(request.handle))
        elif session.get("payment_intent") and session["payment_status"] == "unpaid":
            intent = session["payment_intent"]
            if self._call(lambda client: client.v1.payment_intents.retrieve(intent))["status"] == "requires_capture":
                self._call(lambda client: client.v1.payment_intents.cancel(intent))

    def query(self, request: Request) -> Outcome | None:
        if not request.handle:
            return None
        session = self._call(lambda client: client.v1.checkout.sessions.retrieve(request.handle))
        found = _of_session(session)
        if found is None and session.get("payment_intent"):
            intent = session["payment_intent"]
            return _of_intent(self._call(lambda client: client.v1.payment_intents.retrieve(intent)))
        return found

    def capture(self, request: Request) -> Outcome:
        options = {"idempotency_key": f"capture-{request.reference}"}
        intent = self._call(lambda client: client.v1.payment_intents.capture(request.captured_as, {}, options))
        found = _of_intent(intent)
        if found is None:
            raise ProviderFailed(f"the capture is {intent['status']}", permanent=False)
        return found

    def refund(self, refund: RefundRequest) -> Outcome:
        wanted = {
            "payment_intent": refund.payment.captured_as,
            "amount": to_stripe(refund.amount),
            "metadata": {"reference": refund.payment.reference, "refund": refund.key},
        }
        made = self._made_before(refund) or self._call(
            lambda client: client.v1.refunds.create(wanted, {"idempotency_key": refund.key})
        )
        return _of_refund(made, refund.payment.reference)

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        if not refund.psp_reference:
            return None
        found = self._call(lambda client: client.v1.refunds.retrieve(refund.psp_reference))
        outcome = _of_refund(found, refund.payment.reference)
        return None if outcome.result is TransactionResult.REQUEST else outcome

    def handle_notification(self, notification: Notification) -> Sequence[Told]:
        event = self._verified(notification)
        kind, thing = str(event.get("type", "")), event.get("data", {}).get("object", {})
        if kind in {"checkout.session.completed", "checkout.session.async_payment_succeeded"}:
            return _some(_of_session(thing))
        if kind in {"checkout.session.expired", "checkout.session.async_payment_failed"}:
            return _some(_of_session(thing, failed=kind.endswith("failed")))
        if kind in INTENTS:
            return _some(_of_intent(thing))
        if kind.startswith(("refund.", "charge.refund.")):
            return self._told_of_refund(thing)
        if kind.startswith("charge.dispute."):
            return self._told_of_dispute(kind, thing, at=datetime.fromtimestamp(int(event.get("created", 0)), UTC))
        return ()

    def _verified(self, notification: Notification) -> Mapping[str, Any]:
        """Return the event once one of our secrets has signed it, not long ago."""
        stripe, signature = _library(), notification.headers.get("stripe-signature", "")
        for secret in filter(None, (part.strip() for part in self.key("STRIPE_WEBHOOK_SECRET").split(","))):
            try:
                stripe.WebhookSignature.verify_header(notification.body.decode(), signature, secret, tolerance=None)
                event = json.loads(notification.body)
            except (stripe.SignatureVerificationError, UnicodeDecodeError, json.JSONDecodeError):
                continue
            if isinstance(event, dict) and _is_fresh(signature, notification.received_at):
                return event
        raise BadSignature

    def _told_of_refund(self, thing: Mapping[str, Any]) -> Sequence[Outcome]:
        reference = (thing.get("metadata") or {}).get("reference") or self._reference_of(thing.get("payment_intent"))
        return _some(_of_refund(thing, reference)) if reference else ()

    def _told_of_dispute(self, kind: str, thing: Mapping[str, Any], *, at: datetime) -> Sequence[Contested]:
        reference = self._reference_of(thing.get("payment_intent"))
        return (contested(reference, kind, thing, at=at),) if reference else ()

    def _reference_of(self, intent: object) -> str:
        """Return our reference of a payment that Stripe speaks of by its own name; "" where it is none of ours."""
        if not intent:
            return ""
        found = self._call(lambda client: client.v1.payment_intents.retrieve(str(intent)))
        return str((found.get("metadata") or {}).get("reference", ""))

    def _made_before(self, refund: RefundRequest) -> Mapping[str, Any] | None:
        """Return the refund that an earlier try made: Stripe forgets idempotency keys after a day."""
        of_payment = {"payment_intent": refund.payment.captured_as, "limit": 100}
        found = self._call(lambda client: client.v1.refunds.list(of_payment))["data"]
        return next((each for each in found if (each.get("metadata") or {}).get("refund") == refund.key), None)

    def _session(self, request: Request) -> dict[str, Any]:
        marks = {"reference": request.reference, "order": request.order_number}
        intent: dict[str, Any] = {"metadata": marks, "description": request.description}
        if self.key("STRIPE_CAPTURE") == "manual":
            intent["capture_method"] = "manual"
        price = {
            "currency": request.amount.currency.lower(),
            "unit_amount": to_stripe(request.amount),
            "product_data": {"name": request.description},
        }
        wanted: dict[str, Any] = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": request.reference,
            "customer_email": request.email,
            "locale": LOCALES.get(request.locale, "auto"),
            "metadata": marks,
            "payment_intent_data": intent,
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
        }
        if request.created_at is not None:
            until = request.expires_at or request.created_at
            until = min(max(until, request.created_at + SHORTEST_SESSION), request.created_at + LONGEST_SESSION)
            wanted["expires_at"] = int(until.timestamp())
        return wanted

    def _call(self, call: Callable[[Any], Any]) -> Mapping[str, Any]:
        """Ask Stripe, and say whether another try may help where that fails."""
        stripe = _library()
        try:
            answer = call(_client(self.key("STRIPE_SECRET_KEY"), self.key("STRIPE_API_BASE")))
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise ProviderFailed(str(error), permanent=False) from error
        except stripe.StripeError as error:
            status = error.http_status or 500
            raise ProviderFailed(str(error), permanent=400 <= status < 500 and status != 409) from error
        found: Mapping[str, Any] = answer.to_dict()
        return found


def _of_session(session: Mapping[str, Any], *, failed: bool = False) -> Outcome | None:
    reference = session.get("client_reference_id") or (session.get("metadata") or {}).get("reference")
    if not reference:
        return None
    amount = from_stripe(session["amount_total"], session["currency"])
    name = session["id"]
    if session.get("payment_status") == "paid":
        intent = str(session["payment_intent"])
        return _captured(reference, amount, intent, {"session": name})
    if failed:
        kind, result = TransactionKind.CAPTURE, TransactionResult.FAILURE
    elif session.get("status") == "expired":
        kind, result = TransactionKind.VOID, TransactionResult.SUCCESS
    else:
        return None
    return Outcome(reference, kind, result, amount, name, f"stripe-{name}-{kind}", {})


def _of_intent(intent: Mapping[str, Any]) -> Outcome | None:
    reference = (intent.get("metadata") or {}).get("reference")
    if not reference:
        return None
    amount, name = from_stripe(intent["amount"], intent["currency"]), str(intent["id"])
    if intent["status"] == "succeeded":
        received = intent.get("amount_received", intent["amount"])
        return _captured(reference, from_stripe(received, intent["currency"]), name, {})
    if intent["status"] == "requires_capture":
        kind, result = TransactionKind.AUTHORIZE, TransactionResult.SUCCESS
        return Outcome(reference, kind, result, amount, name, f"stripe-{name}-authorized", {})
    if intent["status"] == "canceled":
        kind, result = TransactionKind.VOID, TransactionResult.SUCCESS
        return Outcome(reference, kind, result, amount, name, f"stripe-{name}-canceled", {})
    return None


def _captured(reference: str, amount: Money, intent: str, facts: Mapping[str, str]) -> Outcome:
    kind, result = TransactionKind.CAPTURE, TransactionResult.SUCCESS
    return Outcome(reference, kind, result, amount, intent, f"stripe-{intent}-captured", facts)


def _of_refund(thing: Mapping[str, Any], reference: str) -> Outcome:
    result = _ENDS.get(str(thing.get("status")), TransactionResult.REQUEST)
    return Outcome(
        reference=reference,
        kind=TransactionKind.REFUND,
        result=result,
        amount=from_stripe(thing["amount"], thing["currency"]),
        psp_reference=str(thing["id"]),
        idempotency_key=f"stripe-{thing['id']}-{result}",
        facts={"reason": str(thing["failure_reason"])} if thing.get("failure_reason") else {},
        refund=str((thing.get("metadata") or {}).get("refund", "")),
    )


def _is_fresh(signature: str, received_at: datetime) -> bool:
    """Say whether a signature that is right was made shortly before it arrived, by the time that it covers."""
    signed_at = dict(part.strip().partition("=")[::2] for part in signature.split(",")).get("t", "")
    return signed_at.isdecimal() and abs(received_at.timestamp() - int(signed_at)) <= TOLERANCE_SECONDS


def _some(outcome: Outcome | None) -> Sequence[Outcome]:
    return () if outcome is None else (outcome,)


def _once(request: Request) -> dict[str, str]:
    return {"idempotency_key": f"start-{request.reference}"}


@lru_cache(maxsize=1)
def _library() -> Any:
    """Return Stripe's library, which is large: only a shop with Stripe imports it."""
    return import_module("stripe")


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> Any:
    stripe = _library()
    addresses = {"api": base.rstrip("/")} if base else {}
    return stripe.StripeClient(
        key,
        base_addresses=addresses,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=1,
    )
