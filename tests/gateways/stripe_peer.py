"""Stripe on this machine: localstripe, and before it the Checkout Sessions that localstripe does not know.

Sessions, idempotency keys and the signature of webhooks are as Stripe documents them; payment intents, charges and
refunds are localstripe's own, and so are the webhooks that it sends by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

ROOT = Path(__file__).resolve().parents[2]
KEY, SECRET = "sk_test_12345", "whsec_the_shop_and_stripe_know"
GOOD_CARD, BAD_CARD = "4242424242424242", "4000000000000341"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signature(payload: bytes, *, secret: str = SECRET, at: int | None = None) -> str:
    """Sign a payload: HMAC-SHA256 over the time, a dot and the body."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class StripePeer:
    """A running Stripe; `pay` is what a shopper does on its page."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[bytes, int, bytes]] = {}
        self.is_down = False
        self.calls: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        self._behind = f"http://127.0.0.1:{free_port()}"
        port = self._behind.rpartition(":")[2]
        command = [sys.executable, "-m", "tests.gateways.localstripe_server", port]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=ROOT)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop both servers."""
        self._server.shutdown()
        self._server.server_close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def pay(self, session_id: str, *, card: str = GOOD_CARD) -> dict[str, Any]:
        """Pay a session with a card; declined, it stays open."""
        session = self.sessions[session_id]
        method = self.ask("POST", "/v1/payment_methods", {"type": "card", **_card(card)})
        intent = {
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_method": method["id"],
            "confirm": "true",
            **{f"metadata[{name}]": value for name, value in session["_intent_metadata"].items()},
        }
        if session["_capture"] == "manual":
            intent["capture_method"] = "manual"
        try:
            made = self.ask("POST", "/v1/payment_intents", intent)
        except urllib.error.HTTPError as refusal:
            return dict(json.loads(refusal.read()))
        paid = "paid" if made["status"] == "succeeded" else "unpaid"
        session.update(status="complete", payment_status=paid, payment_intent=made["id"])
        return session

    def dispute(self, intent: str, amount: int, status: str = "needs_response", *moves: int) -> dict[str, Any]:
        """Return a dispute as Stripe shows it; `moves` are its lines in the balance, what was taken below zero.

        What is taken costs 15.00, which a merchant who wins does not get back.
        """
        name = f"du_{intent[-12:]}"
        lines = [
            {
                "id": f"txn_{name}_{number}",
                "object": "balance_transaction",
                "amount": move,
                "currency": "usd",
                "fee": 1500 if move < 0 else 0,
                "reporting_category": "dispute" if move < 0 else "dispute_reversal",
            }
            for number, move in enumerate(moves)
        ]
        return {
            "id": name,
            "object": "dispute",
            "amount": amount,
            "currency": "usd",
            "payment_intent": intent,
            "reason": "fraudulent",
            "status": status,
            "livemode": False,
            "evidence_details": {"due_by": int(time.time()) + 7 * 86400, "has_evidence": False},
            "balance_transactions": lines,
        }

    def listen(self, url: str) -> None:
        """Let localstripe send its own webhooks somewhere."""
        self.ask("POST", "/_config/webhooks/shop", {"url": url, "secret": SECRET})

    def event(self, kind: str, thing: dict[str, Any], *, later: int = 0) -> bytes:
        """Return an event as Stripe sends it, so many seconds from now."""
        return json.dumps(
            {
                "id": f"evt_{secrets.token_hex(8)}",
                "object": "event",
                "type": kind,
                "created": int(time.time()) + later,
                "data": {"object": _shown(thing)},
            }
        ).encode()

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask localstripe itself."""
        data = urlencode(fields).encode() if fields else None
        headers = {"Authorization": f"Bearer {KEY}"}
        request = urllib.request.Request(self._behind + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return dict(json.loads(body)) if body else {}

    def _wait(self) -> None:
        for _ in range(600):
            with suppress(OSError):
                self.ask("GET", "/v1/refunds")
                return
            time.sleep(0.1)
        raise RuntimeError("localstripe did not start")

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self.is_down:
            return 503, b'{"error": {"type": "api_error", "message": "we are down"}}'
        found = path.partition("?")[0].removeprefix("/v1/checkout/sessions")
        if found == path.partition("?")[0]:
            return self._pass_on(method, path, body)
        if method == "POST" and not found:
            return self._create(dict(parse_qsl(body.decode())))
        session = self.sessions.get(found.split("/")[1])
        if session is None:
            return 404, b'{"error": {"type": "invalid_request_error", "message": "no such session"}}'
        if found.endswith("/expire"):
            if session["status"] != "open":
                return 400, b'{"error": {"type": "invalid_request_error", "message": "not open"}}'
            session["status"] = "expired"
        return 200, json.dumps(_shown(session)).encode()

    def _create(self, fields: dict[str, str]) -> tuple[int, bytes]:
        name = f"cs_test_{secrets.token_hex(12)}"
        price = {key.rpartition("[")[2].rstrip("]"): value for key, value in fields.items() if "price_data" in key}
        marks = ("metadata[", "payment_intent_data[metadata]")
        self.sessions[name] = session = {
            "id": name,
            "object": "checkout.session",
            "url": f"{self.url}/pay/{name}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(price["unit_amount"]),
            "currency": price["currency"],
            "client_reference_id": fields["client_reference_id"],
            "customer_email": fields["customer_email"],
            "success_url": fields["success_url"],
            "cancel_url": fields["cancel_url"],
            "metadata": _marks(fields, marks[0]),
            "_intent_metadata": _marks(fields, marks[1]),
            "_capture": fields.get("payment_intent_data[capture_method]", "automatic"),
        }
        return 200, json.dumps(_shown(session)).encode()

    def _pass_on(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        data = body if method == "POST" else None
        request = urllib.request.Request(self._behind + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def _once(self, key: str, body: bytes, answer: tuple[int, bytes] | None) -> tuple[int, bytes] | None:
        """Remember what was answered to a key; the same key with another body is an error."""
        with self._lock:
            before = self.answers.get(key)
            if before is None:
                if answer is not None and answer[0] < 500:
                    self.answers[key] = (body, *answer)
                return answer
        if before[0] != body:
            return 400, b'{"error": {"type": "idempotency_error", "message": "another request had this key"}}'
        return before[1], before[2]

    def _handler(peer) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve("GET")

            def do_POST(self) -> None:
                self._serve("POST")

            def _serve(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                peer.calls.append((method, self.path))
                key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
                known = peer._once(key, body, None) if key else None
                status, text = known or peer._answer(method, self.path, body)
                if key and known is None:
                    peer._once(key, body, (status, text))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        return Handler


def _card(number: str) -> dict[str, str]:
    return {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}


def _marks(fields: dict[str, str], prefix: str) -> dict[str, str]:
    return {key.rpartition("[")[2].rstrip("]"): value for key, value in fields.items() if key.startswith(prefix)}


def _shown(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if not name.startswith("_")}
