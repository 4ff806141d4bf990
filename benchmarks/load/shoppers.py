"""What shoppers do, for Locust: they browse, search, fill carts, and now and then buy; between two pages they read.

locust -f benchmarks/load/shoppers.py --host http://127.0.0.1:8000 --headless -u 100 -r 10 -t 1m
"""

from __future__ import annotations

import random
import re
from typing import Any

from locust import FastHttpUser, between, task

from benchmarks.buyer import Answer, Buyer, Unexpected, skus_in

WORDS = (
    "chocolate",
    "milk",
    "tea",
    "bread",
    "coffee",
    "cheese",
    "soup",
    "rice",
    "apple juice",
    "diaper",
    "choclate",
    "牛奶",
)
DEPARTMENTS = re.compile(r'href="(/categories/[a-z0-9-]+)"')
PRODUCTS = re.compile(r'href="(/products/[a-z0-9-]+)')
HEADERS = {"Accept-Language": "en", "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
FINE, FINE_AFTER_POST = frozenset({200}), frozenset({303})
"""There is plenty of everything: nobody who does nothing wrong gets anything else."""


class Shopper(FastHttpUser):
    """Somebody with cookies of their own, who needs a few seconds for each page."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Come in by the front door."""
        self.number = random.randrange(10**9)
        self.departments = DEPARTMENTS.findall(self.see("home", "/")) or ["/categories"]
        self.listing = self.see("category", random.choice(self.departments))

    @task(30)
    def browse(self) -> None:
        """Look at a department and at something in it."""
        self.listing = self.see("category", random.choice(self.departments))
        self._wait_and_look()

    @task(10)
    def come_back(self) -> None:
        """Look at the front page again."""
        self.see("home", "/")

    @task(20)
    def search(self) -> None:
        """Type, look at suggestions, look at results."""
        word = random.choice(WORDS)
        self.see("suggestions", f"/search/suggestions?q={word[:3]}")
        self.see("search", f"/search?q={word}")

    @task(12)
    def fill_cart(self) -> None:
        """Put something into the cart and look at it."""
        if self.buyer().add(self._something()):
            self.see("cart", "/cart")

    @task(4)
    def buy(self) -> None:
        """Buy one or two things, pay, and come back as somebody else."""
        try:
            if not self.buyer().buy([self._something() for _ in range(random.randint(1, 2))]):
                raise Unexpected("the shop refused the order")
        except Unexpected as problem:
            self.environment.events.request.fire(
                request_type="BUY", name="a purchase", response_time=0, response_length=0, exception=problem, context={}
            )
        self.client.cookiejar.clear()

    def buyer(self) -> Buyer:
        """Return this person as a buyer."""
        return Buyer(self.send, f"load-{self.number}@example.com")

    def see(self, name: str, path: str) -> str:
        """Fetch a page; anything but 200 is a failure."""
        return self.send(name, "GET", path, "").text

    def send(self, name: str, method: str, path: str, body: str) -> Answer:
        """Send a request under a name; what somebody who does nothing wrong should never see is a failure."""
        options: dict[str, Any] = {"headers": dict(HEADERS), "allow_redirects": False, "name": name}
        if method == "POST":
            options["data"] = body
            options["headers"]["Content-Type"] = "application/x-www-form-urlencoded"
        with self.client.request(method, path, catch_response=True, **options) as response:
            status = response.status_code
            if status in (FINE_AFTER_POST if method == "POST" else FINE):
                response.success()
            else:
                response.failure(f"{status} {_said(response.text or '')}")
            return Answer(
                status, (response.text or "").encode(), response.headers.get("Location", "") if status else ""
            )

    def _wait_and_look(self) -> None:
        products = PRODUCTS.findall(self.listing)
        if products:
            self.see("product", random.choice(products))

    def _something(self) -> str:
        while not (found := skus_in(self.listing)):
            self.listing = self.see("category", random.choice(self.departments))
        return random.choice(found)


def _said(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    return re.sub(r"\s+", " ", found.group(1)).strip() if found else ""
