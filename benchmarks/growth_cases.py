"""The requests that `growth` sends to both shops; run as a program it counts the statements that each of them sends."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.pages import first_match
from benchmarks.queries import statements_of
from benchmarks.server import Server
from storefront.config import read_config

STAFF, PASSWORD = "super-admin@example.com", "three green apples"
LISTS_TOLD = ("orders",)
"""Lists of which every case is told; of the others the first page and the slowest."""
MOST_OPTIONS = 4
REPORTS = ("sales", "customers", "products", "categories", "stock", "offers", "visitors")
SEARCHES = {
    "orders": ("household000123", "7KQM-3XPD", "ring twice"),
    "products": ("chocolate", "MU-0000077", "zzzz"),
    "customers": ("household0001", "Ada", "zzzz"),
    "payments": ("demo-",),
}


CART = ("MU-0000001", "MU-0000002", "MU-0000003")


@dataclass(frozen=True)
class Case:
    """One kind of request."""

    group: str
    name: str
    path: str
    body: str = ""
    jar: str = ""
    worst_of: str = ""
    """The list whose slowest case is told, if this is it."""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    def ask(self, shop: Server) -> float:
        """Send it; return how many seconds the answer took."""
        began = time.perf_counter()
        status, _content = shop.fetch(self.method, self.path, self.body, self.jar)
        if status != (303 if self.body else 200):
            raise RuntimeError(f"{self.method} {self.path} answered {status}")
        return time.perf_counter() - began

    def as_json(self) -> dict[str, str]:
        """Return it as values that another process reads."""
        return asdict(self)


def make_ready(shop: Server) -> None:
    """Sign a member of staff in, and fill a guest's cart."""
    asked = [("/admin/sign-in", {"email": STAFF, "password": PASSWORD}, "staff")]
    asked += [("/cart/lines", {"sku": sku, "quantity": "1"}, "guest") for sku in CART]
    for path, form, jar in asked:
        status, _content = shop.fetch("POST", path, urlencode(form), jar=jar)
        if status != 303:
            raise RuntimeError(f"POST {path} answered {status}")


def shop_cases(shop: Server) -> list[Case]:
    """Return what shoppers ask for; categories and goods are those that this shop shows first."""
    home = shop.fetch("GET", "/", Accept_Encoding="identity")[1].decode()
    top = first_match(r'href="(/categories/[a-z0-9-]+)"', home)
    listing = shop.fetch("GET", top, Accept_Encoding="identity")[1].decode()
    product = first_match(r'href="(/products/[a-z0-9-]+)', listing)
    sku = first_match(r'<article[^>]*data-sku="([^"]+)"', listing)
    words = {
        "home": "/",
        "all categories": "/categories",
        "department": top,
        "department, page 5": f"{top}?page=5",
        "department, cheapest first": f"{top}?sort=price",
        "category": "/categories/soft-drinks",
        "product": product,
        "search": "/search?q=chocolate",
        "search of two words": "/search?q=" + quote("organic apple"),
        "search in Chinese": "/search?q=" + quote("巧克力"),
        "search that finds nothing": "/search?q=qqqqqq",
        "suggestions": "/search/suggestions?q=choc",
        "sitemap": "/sitemap.xml",
        "health": "/healthz",
    }
    line = urlencode({"sku": sku, "quantity": 1})
    return [
        *(Case("Storefront", name, path) for name, path in words.items()),
        Case("Storefront", "add to cart, a new guest each time", "/cart/lines", line),
        Case("Storefront", "cart of 3 lines", "/cart", jar="guest"),
        Case("Storefront", "checkout", "/checkout", jar="guest"),
    ]


def admin_cases(folder: str) -> list[Case]:
    """Return what staff ask for: every list in every order and with every filter, reports, and single pages."""
    from wsgi import create_app  # noqa: PLC0415

    app = create_app(read_config({**os.environ, "DATA_DIR": folder}))
    with app.test_request_context("/admin/"):
        from admin.listings import LISTINGS  # noqa: PLC0415

        lists = [case for listing in LISTINGS.values() for case in _list_cases(listing)]
    pages = {
        "dashboard": "/admin/",
        "waiting for me": "/admin/checks",
        "search of everything": "/admin/search?q=household",
        "a product": "/admin/products/1",
        "a promotion": "/admin/promotions/1",
        "calendar of promotions": "/admin/promotions/calendar",
        "a customer": "/admin/customers/1",
        "what does not agree": "/admin/payments/differences",
        "what comes back": "/admin/returns/report",
        "points owed": "/admin/loyalty",
        "taxes": "/admin/taxes/report",
    }
    reports = [
        Case("Reports", f"{name}, {words}", f"/admin/reports/{name}?days={days}", jar="staff")
        for name in REPORTS
        for days, words in (("30", "30 days"), ("365", "a year"))
    ]
    single = [Case("Back office", name, path, jar="staff") for name, path in pages.items()]
    return [*single, *lists, *reports]


def _list_cases(listing: Any) -> list[Case]:
    table = listing.table()
    is_told = listing.name in LISTS_TOLD
    group = f"List of {listing.name}" if is_told else "Other lists"
    asked = {"first page": {}, "page 50": {"page": "50"}}
    for column in table.columns:
        if column.sort:
            asked |= {f"by {column.sort}": {"sort": column.sort}, f"by -{column.sort}": {"sort": f"-{column.sort}"}}
    for filter_ in table.filters:
        for value, _words in getattr(filter_, "options", ())[:MOST_OPTIONS]:
            asked[f"{filter_.key} {value}"] = {filter_.key: value}
        if not hasattr(filter_, "options"):
            asked[f"{filter_.key} of a month"] = {
                f"{filter_.key}_from": "2026-03-01",
                f"{filter_.key}_to": "2026-03-31",
            }
    for text in SEARCHES.get(listing.name, ("zzzz",) if table.search_label else ()):
        asked[f"search {text}"] = {"q": text}
    return [
        Case(
            group,
            what if is_told else f"{listing.name}: {what}",
            f"{table.url}?{urlencode(values)}",
            jar="staff",
            worst_of="" if is_told or what == "first page" else listing.name,
        )
        for what, values in asked.items()
    ]


def count_statements(cases: list[Case]) -> list[int]:
    """Return how many statements each case sends the second time."""
    from wsgi import create_app  # noqa: PLC0415

    app = create_app()
    sent = statements_of(app)
    clients = {"": app.test_client(), "guest": app.test_client(), "staff": app.test_client()}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    signed = urlencode({"email": STAFF, "password": PASSWORD})
    clients["staff"].post("/admin/sign-in", data=signed, headers=headers)
    for sku in ("MU-0000001", "MU-0000002", "MU-0000003"):
        clients["guest"].post("/cart/lines", data=urlencode({"sku": sku, "quantity": 1}), headers=headers)
    counts = []
    for case in cases:
        for _ in range(2):
            sent.clear()
            client = app.test_client() if case.body else clients[case.jar]
            client.open(case.path, method=case.method, data=case.body or None, headers=headers if case.body else {})
        counts.append(len(sent))
    return counts


if __name__ == "__main__":
    print(json.dumps(count_statements([Case(**each) for each in json.load(sys.stdin)])))
