"""PayPal, by its orders: the shopper approves on PayPal's page, the money is captured when they are back; refunds.

Keys: PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, PAYPAL_WEBHOOK_ID; PAYPAL_API_BASE for another server than PayPal's own,
say its sandbox. PayPal's library knows no webhooks; whether one is genuine is asked of PayPal, by its
`verify-webhook-signature`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, ClassVar

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.providers.paypal_disputes import contested, reversed_payment
from storefront.payments.providers.paypal_values import WITHOUT_DECIMALS, read_amount, read_moment, told_amount
from storefront.payments.providers.protocol import (
    Notification,
    Online,
    Outcome,
    RefundRequest,
    Request,
    Start,
    Told,
)
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

API_BASE = "https://api-m.paypal.com"
TIMEOUT_SECONDS = 10
NEEDED = ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID")
CURRENCIES = WITHOUT_DECIMALS | {
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "MXN", "MYR", "NOK", "NZD", "PHP"),
    *("PLN", "SEK", "SGD", "THB", "USD"),
}
LOCALES = {"en": "en-US", "zh": "zh-CN"}
DECLINED = frozenset({"INSTRUMENT_DECLINED", "PAYER_CANNOT_PAY", "TRANSACTION_REFUSED", "PAYER_ACCOUNT_RESTRICTED"})
GOES_BY = frozenset({"REFUND_FAILED_INSUFFICIENT_FUNDS", "PREVIOUS_REQUEST_IN_PROGRESS", "PENDING_CAPTURE"})
"""Refusals after which another try may help."""
_SIGNED = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
_REFUND_ENDS = {
    "COMPLETED": TransactionResult.SUCCESS,
    "FAILED": TransactionResult.FAILURE,
    "CANCELLED": TransactionResult.FAILURE,
}


class Refused(ProviderFailed):
    """PayPal says no, and why."""

    def __init__(self, issue: str, words: str, *, permanent: bool) -> None:
        self.issue = issue
        super().__init__(f"{issue}: {words}", permanent=permanent)


class PayPal(Online):
    """PayPal's own page."""

    code: ClassVar[str] = "paypal"
    name: ClassVar[str] = N_("PayPal")
    description: ClassVar[str] = N_("You pay on the secure page of PayPal and come back here.")

    def is_offered(self, settings: ShopSettings) -> bool:
        return settings.currency in CURRENCIES and all(map(self.key, NEEDED))

    def start(self, request: Request) -> Start:
        options = {"body": _order(request), "paypal_request_id": request.reference, "prefer": "return=minimal"}
        made = self._call(lambda client: client.orders.create_order(options))
        pages = {link.get("rel"): link.get("href") for link in made.get("links", ())}
        page = pages.get("payer-action") or pages.get("approve")
        if not page:
            raise ProviderFailed(f"PayPal names no page for an order that is {made.get('status')}", permanent=False)
        return Start(url=str(page), handle=str(made["id"]))

    def query(self, request: Request) -> Outcome | None:
        """Return what became of an order. One that was approved is captured here, if it is still to be paid."""
        if not request.handle:
            return None
        order = self._call(lambda client: client.orders.get_order({"id": request.handle}))
        if order.get("status") == "APPROVED" and request.state is PaymentState.PENDING:
            return self._take(request)
        return _of_order(order, request)

    def refund(self, refund: RefundRequest) -> Outcome:
        options = {
            "capture_id": refund.payment.captured_as,
            "paypal_request_id": refund.key,
            "prefer": "return=representation",
            "body": {"amount": told_amount(refund.amount), "custom_id": f"{refund.payment.reference}:{refund.key}"},
        }
        made = self._call(lambda client: client.payments.refund_captured_payment(options))
        return _of_refund(made, refund.payment.reference, refund.key, refund.amount)

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        found = self._call(lambda client: client.payments.get_refund({"refund_id": refund.psp_reference}))
        outcome = _of_refund(found, refund.payment.reference, refund.key, refund.amount)
        return None if outcome.result is TransactionResult.REQUEST else outcome

    def handle_notification(self, notification: Notification) -> Sequence[Told]:
        event = self._verified(notification)
        kind, thing = str(event.get("event_type", "")), event.get("resource") or {}
        if kind in {"PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.DECLINED", "PAYMENT.CAPTURE.DENIED"}:
            outcome = _of_capture(thing, str(thing.get("custom_id", "")))
            return () if outcome is None else (outcome,)
        if kind == "PAYMENT.CAPTURE.REFUNDED" or kind.startswith("PAYMENT.REFUND."):
            reference, _, key = self._marks(thing).partition(":")
            return (_of_refund(thing, reference, key, read_amount(thing["amount"])),) if reference else ()
        if kind == "PAYMENT.CAPTURE.REVERSED":
            reference = self._marks(thing).partition(":")[0]
            at = read_moment(event.get("create_time"), notification.received_at)
            return (reversed_payment(reference, thing, at=at),) if reference else ()
        if kind.startswith("CUSTOMER.DISPUTE."):
            reference = self._contested_by(thing)
            at = read_moment(thing.get("update_time") or event.get("create_time"), notification.received_at)
            is_told = bool(reference) and "dispute_amount" in thing
            return (contested(reference, thing, at=at, is_sandbox="sandbox" in self._base),) if is_told else ()
        return ()

    def _contested_by(self, dispute: Mapping[str, Any]) -> str:
        """Return our reference of the payment that a dispute is about; "" where it is none of ours."""
        for each in dispute.get("disputed_transactions") or ():
            if not each.get("seller_transaction_id"):
                continue
            reference = self._marks_of(str(each["seller_transaction_id"]))
            if reference:
                return reference
        return ""

    def _take(self, request: Request) -> Outcome | None:
        """Capture an order; an instrument that PayPal declines ends the attempt, and the shopper may begin another."""
        options = {
            "id": request.handle,
            "paypal_request_id": f"capture-{request.reference}",
            "prefer": "return=representation",
        }
        try:
            order = self._call(lambda client: client.orders.capture_order(options))
        except Refused as refusal:
            if refusal.issue == "ORDER_ALREADY_CAPTURED":
                order = self._call(lambda client: client.orders.get_order({"id": request.handle}))
            elif refusal.issue in DECLINED:
                kind, result = TransactionKind.CAPTURE, TransactionResult.FAILURE
                key, facts = f"paypal-{request.handle}-declined", {"reason": refusal.issue.lower()}
                return Outcome(request.reference, kind, result, request.amount, "", key, facts)
            else:
                raise
        return _of_order(order, request)

    def _marks(self, thing: Mapping[str, Any]) -> str:
        """Return what we gave PayPal to name a refund by; one that was made at PayPal has what its capture has."""
        if thing.get("custom_id"):
            return str(thing["custom_id"])
        capture = next((link["href"] for link in thing.get("links", ()) if link.get("rel") == "up"), "")
        name = str(capture).rstrip("/").rpartition("/")[2]
        return self._marks_of(name) if name else ""

    def _marks_of(self, capture: str) -> str:
        """Return what we gave PayPal to name a capture by; "" where PayPal knows of none, say a payment in person."""
        try:
            found = self._call(lambda client: client.payments.get_captured_payment({"capture_id": capture}))
        except Refused as refusal:
            if refusal.issue in {"INVALID_RESOURCE_ID", "RESOURCE_NOT_FOUND"}:
                return ""
            raise
        return str(found.get("custom_id", ""))

    def _verified(self, notification: Notification) -> Mapping[str, Any]:
        """Return the event once PayPal says that it sent it; it is shown to PayPal byte for byte."""
        try:
            event = json.loads(notification.body)
            body = notification.body.decode()
        except ValueError as error:
            raise BadSignature from error
        marks = {name: notification.headers.get(header, "") for name, header in _SIGNED.items()}
        if not isinstance(event, dict) or not all(marks.values()):
            raise BadSignature
        marks["webhook_id"] = self.key("PAYPAL_WEBHOOK_ID")
        question = f'{json.dumps(marks)[:-1]}, "webhook_event": {body}}}'
        if self._ask_whether_genuine(question) != "SUCCESS":
            raise BadSignature
        return event

    def _ask_whether_genuine(self, question: str) -> str:
        requests, address = import_module("requests"), f"{self._base}/v1/notifications/verify-webhook-signature"
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        try:
            answer = requests.post(address, question.encode(), headers=headers, timeout=TIMEOUT_SECONDS)
            if answer.status_code == 400:
                return "MALFORMED"
            answer.raise_for_status()
            return str(answer.json().get("verification_status", ""))
        except (requests.RequestException, ValueError) as error:
            raise ProviderFailed(f"webhook: {error}", permanent=False) from error

    def _token(self) -> str:
        requests, errors = import_module("requests"), import_module("paypalserversdk.exceptions.api_exception")
        try:
            return str(self._client().oauth_2.fetch_token().access_token)
        except (requests.RequestException, errors.ApiException, AttributeError) as error:
            raise ProviderFailed(f"token: {error}", permanent=False) from error

    def _call(self, call: Callable[[Any], Any]) -> Mapping[str, Any]:
        """Ask PayPal, and say whether another try may help where that fails."""
        requests, errors = import_module("requests"), import_module("paypalserversdk.exceptions.api_exception")
        try:
            found = json.loads(call(self._client()).text)
        except errors.ApiException as error:
            if error.response_code == 401:
                _client.cache_clear()
            raise _refusal(error.response_code, str(error.response.text)) from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderFailed(str(error), permanent=False) from error
        except import_module("apimatic_core.exceptions.auth_validation_exception").AuthValidationException as error:
            raise ProviderFailed(f"PayPal gives us no token: {error}", permanent=False) from error
        return dict(found)

    @property
    def _base(self) -> str:
        return (self.key("PAYPAL_API_BASE") or API_BASE).rstrip("/")

    def _client(self) -> Any:
        return _client(self.key("PAYPAL_CLIENT_ID"), self.key("PAYPAL_CLIENT_SECRET"), self._base)


def _order(request: Request) -> dict[str, Any]:
    unit = {
        "reference_id": request.reference,
        "custom_id": request.reference,
        "description": request.description[:127],
        "amount": told_amount(request.amount),
    }
    experience = {
        "return_url": request.return_url,
        "cancel_url": request.cancel_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
        "locale": LOCALES.get(request.locale[:2], "en-US"),
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }


def _of_order(order: Mapping[str, Any], request: Request) -> Outcome | None:
    captures = [
        capture
        for unit in order.get("purchase_units", ())
        for capture in unit.get("payments", {}).get("captures", ())
        if unit.get("reference_id", request.reference) == request.reference
    ]
    if captures:
        return _of_capture(captures[-1], request.reference)
    if order.get("status") == "VOIDED":
        kind, result, key = TransactionKind.VOID, TransactionResult.SUCCESS, f"paypal-{request.handle}-voided"
        return Outcome(request.reference, kind, result, request.amount, "", key, {})
    return None


def _of_capture(capture: Mapping[str, Any], reference: str) -> Outcome | None:
    """Return what a capture's status says; money that went back since came in before."""
    status, name = capture.get("status"), str(capture.get("id", ""))
    if not reference or status == "PENDING":
        return None
    came_in = status in {"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}
    result = TransactionResult.SUCCESS if came_in else TransactionResult.FAILURE
    key = f"paypal-{name}-{'captured' if came_in else 'declined'}"
    return Outcome(reference, TransactionKind.CAPTURE, result, read_amount(capture["amount"]), name, key, {})


def _of_refund(thing: Mapping[str, Any], reference: str, key: str, amount: Money) -> Outcome:
    name, result = str(thing["id"]), _REFUND_ENDS.get(str(thing.get("status")), TransactionResult.REQUEST)
    return Outcome(
        reference=reference,
        kind=TransactionKind.REFUND,
        result=result,
        amount=read_amount(thing["amount"]) if "amount" in thing else amount,
        psp_reference=name,
        idempotency_key=f"paypal-{name}-{result}",
        facts={"reason": str(thing.get("status", "")).lower()} if result is TransactionResult.FAILURE else {},
        refund=key,
    )


def _refusal(status: int, text: str) -> Refused:
    try:
        said = json.loads(text)
        details = said.get("details") or [{}]
        issue = str(details[0].get("issue") or said.get("name") or status)
        words = str(details[0].get("description") or said.get("message") or "")
    except (ValueError, AttributeError, LookupError):
        issue, words = str(status), text[:200]
    passing = status >= 500 or status in {401, 403, 408, 409, 429} or issue in GOES_BY
    return Refused(issue, words, permanent=not passing)


@lru_cache(maxsize=4)
def _client(client_id: str, secret: str, base: str) -> Any:
    """Return PayPal's library, which is large: only a shop with PayPal imports it."""
    library = import_module("paypalserversdk.paypal_serversdk_client")
    credentials = import_module("paypalserversdk.http.auth.o_auth_2").ClientCredentialsAuthCredentials(
        client_id, secret, o_auth_clock_skew=60
    )
    config = import_module("paypalserversdk.configuration").Configuration(
        timeout=TIMEOUT_SECONDS, client_credentials_auth_credentials=credentials
    )
    config.get_base_uri = lambda *_server: base
    return library.PaypalServersdkClient(config=config)
