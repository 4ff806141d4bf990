"""PayPal on this machine: tokens, orders, captures, refunds, and webhooks that a shop asks it about.

As its REST reference documents them. A webhook is signed over its id, its time, the webhook's id and the CRC32 of the
body as it was sent, so a body that was read and written again on the way does not verify.
"""

from __future__ import annotations

import json
import re
import secrets
import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.gateways.server import Answer, Call, Loopback, as_json, key_of

CLIENT, SECRET, WEBHOOK = "AZ-client", "EK-secret", "8PT597110X687430LKGECATA"
ZERO_DECIMALS = {"HUF", "JPY", "TWD"}


class PayPalPeer(Loopback):
    """A running PayPal; `approve` is what a shopper does on its page."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.captures: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.tokens: set[str] = set()
        self.declines = ""
        self.is_slow_to_refund = False
        self.is_slow_to_capture = False
        self._answers: dict[str, tuple[bytes, Answer]] = {}

    def approve(self, order_id: str) -> dict[str, Any]:
        """Approve an order on PayPal's page."""
        order = self.orders[order_id]
        assert order["status"] == "PAYER_ACTION_REQUIRED", order["status"]
        order["status"] = "APPROVED"
        return order

    def capture(self, order_id: str) -> dict[str, Any]:
        """Take the money of an approved order; return the capture."""
        order = self.orders[order_id]
        unit = order["purchase_units"][0]
        name = f"CAP{secrets.token_hex(7).upper()}"
        self.captures[name] = made = {
            "id": name,
            "status": "PENDING" if self.is_slow_to_capture else "COMPLETED",
            "amount": unit["amount"],
            "custom_id": unit["custom_id"],
            "final_capture": True,
        }
        order["status"], unit["payments"] = "COMPLETED", {"captures": [made]}
        return made

    def give_back(self, capture_id: str, amount: dict[str, str], custom_id: str = "") -> dict[str, Any]:
        """Send a part of a capture back."""
        name = f"REF{secrets.token_hex(7).upper()}"
        up = {"rel": "up", "method": "GET", "href": f"{self.url}/v2/payments/captures/{capture_id}"}
        self.refunds[name] = made = {
            "id": name,
            "status": "PENDING" if self.is_slow_to_refund else "COMPLETED",
            "amount": amount,
            "links": [{"rel": "self", "method": "GET", "href": f"{self.url}/v2/payments/refunds/{name}"}, up],
        }
        if custom_id:
            made["custom_id"] = custom_id
        self.captures[capture_id]["status"] = "PARTIALLY_REFUNDED"
        return made

    def dispute(
        self, capture_id: str, status: str = "WAITING_FOR_SELLER_RESPONSE", *, later: int = 0, outcome: str = ""
    ) -> dict[str, Any]:
        """Return a dispute about a capture as PayPal tells of it so many seconds from now; `outcome` decides it."""
        capture, at = self.captures[capture_id], datetime.now(UTC) + timedelta(seconds=later)
        told = {
            "dispute_id": f"PP-D-{capture_id[-6:]}",
            "create_time": datetime.now(UTC).isoformat(),
            "update_time": at.isoformat(),
            "disputed_transactions": [
                {"seller_transaction_id": capture_id, "buyer_transaction_id": "B-1", "gross_amount": capture["amount"]}
            ],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "status": status,
            "dispute_amount": capture["amount"],
            "dispute_life_cycle_stage": "CHARGEBACK",
            "seller_response_due_date": (at + timedelta(days=10)).isoformat(),
        }
        if outcome:
            told["status"], told["dispute_outcome"] = "RESOLVED", {"outcome_code": outcome}
            if outcome in {"RESOLVED_BUYER_FAVOUR", "RESOLVED_WITH_PAYOUT"}:
                told["dispute_outcome"]["amount_refunded"] = capture["amount"]
        return told

    def event(self, kind: str, thing: dict[str, Any]) -> bytes:
        """Return a webhook's body, written in a way of PayPal's own."""
        told = {
            "id": f"WH-{secrets.token_hex(8).upper()}",
            "event_version": "1.0",
            "create_time": datetime.now(UTC).isoformat(),
            "event_type": kind,
            "summary": "A payment of ¥10.00 \u2014 \u4ed8\u6b3e",
            "resource": thing,
        }
        return json.dumps(told, indent=1, ensure_ascii=False).encode()

    def headers(self, body: bytes, *, whom: str = "paypal", webhook: str = WEBHOOK) -> dict[str, str]:
        """Sign a webhook."""
        name, at = secrets.token_hex(16), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"{name}|{at}|{webhook}|{zlib.crc32(body)}"
        return {
            "PayPal-Auth-Algo": "SHA256withRSA",
            "PayPal-Cert-Url": f"{self.url}/v1/notifications/certs/CERT-1",
            "PayPal-Transmission-Id": name,
            "PayPal-Transmission-Time": at,
            "PayPal-Transmission-Sig": b64encode(key_of(whom).sign(text.encode(), PKCS1v15(), SHA256())).decode(),
        }

    def answer(self, call: Call) -> Answer:
        if call.path == "/v1/oauth2/token":
            return self._token(call)
        if call.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return as_json(401, {"name": "INVALID_TOKEN", "message": "who are you"})
        if call.path == "/v1/notifications/verify-webhook-signature":
            return as_json(200, {"verification_status": "SUCCESS" if self._sent(call.body) else "FAILURE"})
        once = call.headers.get("paypal-request-id", "") if call.method == "POST" else ""
        if once in self._answers:
            body, answer = self._answers[once]
            return answer if body == call.body else _refuse(422, "DUPLICATE_REQUEST_ID", "another body")
        answer = self._say(call)
        if once and answer.status < 500:
            self._answers[once] = (call.body, answer)
        return answer

    def _say(self, call: Call) -> Answer:
        said = json.loads(call.body) if call.body else {}
        if call.method == "POST" and call.path == "/v2/checkout/orders":
            return self._create(said)
        if found := re.fullmatch("/v2/checkout/orders/([^/]+)(/capture)?", call.path):
            order = self.orders.get(found[1])
            if order is None:
                return _refuse(404, "INVALID_RESOURCE_ID", "no such order")
            return self._capture(order) if found[2] else as_json(200, order)
        if found := re.fullmatch("/v2/payments/captures/([^/]+)(/refund)?", call.path):
            capture = self.captures.get(found[1])
            if capture is None:
                return _refuse(404, "INVALID_RESOURCE_ID", "no such capture")
            return self._refund(capture, said) if found[2] else as_json(200, capture)
        if found := re.fullmatch("/v2/payments/refunds/([^/]+)", call.path):
            made = self.refunds.get(found[1])
            return as_json(200, made) if made else _refuse(404, "INVALID_RESOURCE_ID", "no such refund")
        return _refuse(404, "NOT_FOUND", call.path)

    def _create(self, said: dict[str, Any]) -> Answer:
        unit, name = said["purchase_units"][0], secrets.token_hex(8).upper()
        amount = unit["amount"]
        pattern = r"\d+" if amount["currency_code"] in ZERO_DECIMALS else r"\d+\.\d\d"
        if not re.fullmatch(pattern, amount["value"]):
            return _refuse(422, "DECIMAL_PRECISION", amount["value"])
        page = {"rel": "payer-action", "method": "GET", "href": f"{self.url}/checkoutnow?token={name}"}
        self.orders[name] = order = {
            "id": name,
            "intent": said["intent"],
            "status": "PAYER_ACTION_REQUIRED",
            "purchase_units": [unit],
            "payment_source": said["payment_source"],
            "links": [{"rel": "self", "method": "GET", "href": f"{self.url}/v2/checkout/orders/{name}"}, page],
        }
        return as_json(200, {key: order[key] for key in ("id", "status", "links")})

    def _capture(self, order: dict[str, Any]) -> Answer:
        if order["status"] == "COMPLETED":
            return _refuse(422, "ORDER_ALREADY_CAPTURED", "once only")
        if order["status"] != "APPROVED":
            return _refuse(422, "ORDER_NOT_APPROVED", "the payer has not approved")
        if self.declines:
            return _refuse(422, self.declines, "the instrument was declined")
        self.capture(order["id"])
        return as_json(201, order)

    def _refund(self, capture: dict[str, Any], said: dict[str, Any]) -> Answer:
        if self.declines:
            return _refuse(422, self.declines, "no")
        made = self.give_back(capture["id"], said["amount"], said.get("custom_id", ""))
        total = sum(float(each["amount"]["value"]) for each in self._refunds_of(capture["id"]))
        if total > float(capture["amount"]["value"]):
            del self.refunds[made["id"]]
            return _refuse(422, "REFUND_AMOUNT_EXCEEDED", "more than was captured")
        return as_json(201, made)

    def _refunds_of(self, capture_id: str) -> list[dict[str, Any]]:
        return [each for each in self.refunds.values() if each["links"][1]["href"].endswith(capture_id)]

    def _token(self, call: Call) -> Answer:
        told = b64decode(call.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if told != f"{CLIENT}:{SECRET}" or call.body != b"grant_type=client_credentials":
            return as_json(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
        made = secrets.token_urlsafe(24)
        self.tokens.add(made)
        return as_json(200, {"access_token": made, "token_type": "Bearer", "expires_in": 32400, "scope": "all"})

    def _sent(self, question: bytes) -> bool:
        """Say whether this PayPal sent what is shown to it; the event is taken out as the bytes that it came as."""
        asked = json.loads(question)
        event = question.partition(b'"webhook_event":')[2].strip().removesuffix(b"}")
        text = "|".join(
            [asked["transmission_id"], asked["transmission_time"], asked["webhook_id"], str(zlib.crc32(event))]
        )
        try:
            signature = b64decode(asked["transmission_sig"])
            key_of("paypal").public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return bool(asked["webhook_id"] == WEBHOOK)


def _refuse(status: int, issue: str, words: str) -> Answer:
    name = {422: "UNPROCESSABLE_ENTITY", 404: "RESOURCE_NOT_FOUND"}.get(status, "INVALID_REQUEST")
    return as_json(
        status, {"name": name, "message": words, "debug_id": "d1", "details": [{"issue": issue, "description": words}]}
    )
