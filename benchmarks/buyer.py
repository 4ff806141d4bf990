"""A shopper with a browser of their own: looks around, fills a cart, orders and pays, over HTTP as people do."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

IDLE = 15.0
"""Seconds after which the server may have closed a connection that nobody used."""
TYPED = {
    "country": "US",
    "name": "Ada Shopper",
    "phone": "(212) 555-0123",
    "street": "1 Main Street",
    "city": "New York",
    "region": "NY",
    "postcode": "10001",
}
_HIDDEN = re.compile(r'<input[^>]*\bname="(token|quote|seen|amount|currency)"[^>]*\bvalue="([^"]*)"')
_METHOD = re.compile(r'name="shipping_method"[^>]*value="([^"]+)"')
_REFUSAL = re.compile(r'role="alert"[^>]*>(.*?)</', re.S)


class Unexpected(RuntimeError):
    """The shop answered what nobody would expect who does nothing wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str = ""

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """One keep-alive connection with cookies; asks for compressed answers, as browsers do, where `encoding` says so."""

    def __init__(self, port: int, *, encoding: str = "") -> None:
        self.cookies: dict[str, str] = {}
        self._port, self._encoding = port, encoding
        self._connection: http.client.HTTPConnection | None = None
        self._used_at = 0.0

    def fetch(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        """Send one request."""
        if self._connection is None or time.monotonic() - self._used_at > IDLE:
            self.close()
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        self._used_at = time.monotonic()
        sent = {"Accept-Language": "en", **{key.replace("_", "-"): value for key, value in headers.items()}}
        if self._encoding:
            sent.setdefault("Accept-Encoding", self._encoding)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        self._connection.request(method, path, body=body or None, headers=sent)
        response = self._connection.getresponse()
        content = response.read()
        for header, value in response.getheaders():
            if header.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.split(";")[0]
        return Answer(response.status, content, response.getheader("Location", ""))

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._connection = None


Send = Callable[[str, str, str, str], Answer]
"""Name of the step, method, path, form -> answer."""


class Buyer:
    """What a shopper does, step by step; `send` carries it, so that whoever measures may look at each step."""

    def __init__(self, send: Send, email: str) -> None:
        self._send, self.email = send, email

    @classmethod
    def with_browser(cls, browser: Browser, email: str) -> Buyer:
        """Return a buyer whom nobody watches."""
        return cls(lambda _name, method, path, body: browser.fetch(method, path, body), email)

    def look(self, name: str, path: str) -> str:
        """Fetch a page and return it."""
        return self._expect(name, "GET", path, 200).text

    def add(self, sku: str, quantity: int = 1) -> bool:
        """Put something into the cart; say whether there was any."""
        answer = self._send("add to cart", "POST", "/cart/lines", urlencode({"sku": sku, "quantity": quantity}))
        if answer.status not in {303, 409, 422}:
            raise Unexpected(f"adding {sku} answered {answer.status}")
        return answer.status == 303

    def order(self, *, provider: str = "sandbox") -> str:
        """Order what is in the cart; return where the shop leads then, "" where it says that something ran out."""
        page = self._send("checkout", "GET", "/checkout", "")
        if page.status == 302:
            return ""
        if page.status != 200:
            raise Unexpected(f"checkout answered {page.status}")
        method = _METHOD.search(page.text)
        form = {**_hidden(page.text), **TYPED, "email": self.email, "payment_provider": provider}
        form["shipping_method"] = method.group(1) if method else ""
        placed = self._send("place the order", "POST", "/checkout", urlencode(form))
        if placed.status == 409:
            return ""
        if placed.status != 303:
            said = _REFUSAL.search(placed.text)
            raise Unexpected(f"placing the order answered {placed.status}: {said.group(1).strip() if said else ''}")
        return placed.location

    def pay(self, path: str) -> str:
        """Pay on the sandbox's page; return where the order is."""
        page = self._expect("payment page", "GET", path, 200)
        form = urlencode({**_hidden(page.text), "decision": "approve"})
        return self._expect("pay", "POST", path, 303, form).location

    def buy(self, skus: Sequence[str]) -> str:
        """Fill the cart, look at it, order, pay, and read the receipt; return the order's path, "" if goods ran out."""
        added = [sku for sku in skus if self.add(sku)]
        if not added:
            return ""
        self.look("cart", "/cart")
        paying = self.order()
        if not paying:
            return ""
        receipt = self.pay(paying)
        self.look("receipt", receipt)
        return receipt

    def _expect(self, name: str, method: str, path: str, status: int, body: str = "") -> Answer:
        answer = self._send(name, method, path, body)
        if answer.status != status:
            raise Unexpected(f"{method} {path} answered {answer.status}, not {status}")
        return answer


def skus_in(listing: str) -> list[str]:
    """Return what a list of products offers to put into the cart."""
    return re.findall(r'<article[^>]*data-sku="([^"]+)"', listing)


def _hidden(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _HIDDEN.findall(page)}
