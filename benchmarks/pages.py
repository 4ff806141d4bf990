"""The pages that are measured, found in the shop itself, and one measuring of them."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from benchmarks.server import Server

ROUNDS = 7
PER_ROUND = 60
WARM_UP = 30
CUSTOMER, PASSWORD = "shopper@example.com", "three green apples"


@dataclass(frozen=True)
class Visit:
    """One kind of request and what it is compared with."""

    name: str
    path: str
    baseline: str
    goal: str
    body: str = ""
    status: int = 200
    jar: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass
class Figures:
    """What a visit cost, round by round."""

    cpu_ms: list[float]
    wall_ms: list[float]
    size: int = 0

    @property
    def cpu(self) -> float:
        """Median CPU milliseconds per request."""
        return statistics.median(self.cpu_ms)

    @property
    def p95(self) -> float:
        """95th percentile of the time one client waited, in milliseconds."""
        return statistics.quantiles(self.wall_ms, n=20)[-1]

    @property
    def per_second(self) -> float:
        """Requests per second of one client on one worker."""
        return 1000 / statistics.mean(self.wall_ms)


def find_visits(shop: Server) -> list[Visit]:
    """Pick a category, a product and a search that the shop really has; fill a guest's and a customer's cart."""
    home = shop.fetch("GET", "/", Accept_Encoding="identity")[1].decode()
    category = first_match(r'href="(/categories/[a-z0-9-]+)"', home)
    listing = shop.fetch("GET", category, Accept_Encoding="identity")[1].decode()
    product = first_match(r'href="(/products/[a-z0-9-]+)', listing)
    skus = re.findall(r'<article[^>]*data-sku="([^"]+)"', listing)[:5]
    shop.fetch("POST", "/sign-in", urlencode({"email": CUSTOMER, "password": PASSWORD}), jar="customer")
    for jar in ("guest", "customer"):
        for sku in skus:
            shop.fetch("POST", "/cart/lines", urlencode({"sku": sku, "quantity": 1}), jar=jar)
    line = urlencode({"sku": skus[0], "quantity": 1})
    return [
        Visit("home", "/", "page", "<= 0.5 warm"),
        Visit("category", category, "page", "<= 0.5 warm"),
        Visit("product", product, "page", "<= 0.5 warm"),
        *(
            Visit(f"{name}, cold", f"{path}?cold={{n}}", "page", "<= 2")
            for name, path in (("home", "/"), ("category", category), ("product", product))
        ),
        Visit("search", "/search?q=chocolate", "page", "<= 2"),
        Visit("home, signed in with a cart", "/", "page", "<= 1.5", jar="customer"),
        Visit("category, signed in with a cart", category, "page", "<= 1.5", jar="customer"),
        Visit("add to cart, a new guest each time", "/cart/lines", "insert", "<= 3", line, 303),
        Visit("cart of 5 lines", "/cart", "page", "", jar="guest"),
        Visit("suggestions", "/search/suggestions?q=choc", "page", ""),
    ]


def first_match(pattern: str, text: str) -> str:
    """Return what a pattern catches first in a page of the shop."""
    found = re.search(pattern, text)
    if not found:
        raise RuntimeError(f"the shop shows nothing like {pattern}")
    return found.group(1)


BASELINES = (Visit("page", "/page", "page", ""), Visit("insert", "/insert", "insert", "", "sku=1&quantity=1", 303))


def measure(bare: Server, shop: Server, visits: list[Visit]) -> dict[str, Figures]:
    """Measure every visit in turn, round after round, so that a slow moment of the machine falls on all alike."""
    runs = [(bare, visit) for visit in BASELINES] + [(shop, visit) for visit in visits]
    figures = {visit.name: Figures([], []) for _, visit in runs}
    for server, visit in runs:
        for _ in range(WARM_UP):
            send(server, visit)
    for _ in range(ROUNDS):
        for server, visit in runs:
            before = server.cpu_seconds()
            for _ in range(PER_ROUND):
                start = time.perf_counter()
                size = send(server, visit)
                figures[visit.name].wall_ms.append((time.perf_counter() - start) * 1000)
            figures[visit.name].cpu_ms.append((server.cpu_seconds() - before) * 1000 / PER_ROUND)
            figures[visit.name].size = size
    return figures


_numbers = count()


def send(server: Server, visit: Visit) -> int:
    """Fetch a page; `{n}` in an address is another number each time, so that no kept page answers."""
    path = visit.path.replace("{n}", str(next(_numbers)))
    status, content = server.fetch(visit.method, path, visit.body, visit.jar)
    if status != visit.status:
        raise RuntimeError(f"{visit.method} {path} answered {status}, not {visit.status}")
    return len(content)
