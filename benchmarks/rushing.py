"""Many buyers at once: nothing is sold twice, nobody is turned away by a lock."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.buyer import Answer, Browser, Buyer, Unexpected, skus_in
from benchmarks.copies import stock_in
from benchmarks.server import Server, serving

BUYERS, PIECES = 64, 40
RUSH = 6
"""How many orders each of the buyers places where there is enough for all."""


def goods_of(shop: Server, most: int = 3) -> tuple[list[str], list[str]]:
    """Return the pages that a buyer walks through, and SKUs on the last."""
    home = Browser(shop.port).fetch("GET", "/").text
    for path in dict.fromkeys(re.findall(r'href="(/categories/[a-z0-9-]+)"', home)):
        listing = Browser(shop.port).fetch("GET", path).text
        found = skus_in(listing)
        product = re.search(r'href="(/products/[a-z0-9-]+)', listing)
        if len(found) >= most and product:
            return ["/", path, product.group(1)], found[:most]
    raise RuntimeError("no category of this shop has enough products")


@dataclass(frozen=True)
class Rush:
    """What became of many buyers at once."""

    orders: int
    refused: int
    failed: list[str]
    seconds: float

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds


def at_once(work: Sequence[Callable[[], bool]]) -> Rush:
    """Do all of it at the same time, a thread each; what raises has failed."""
    done: list[bool] = []
    failed: list[str] = []
    barrier = threading.Barrier(len(work) + 1)

    def run(one: Callable[[], bool]) -> None:
        barrier.wait()
        try:
            done.append(one())
        except Exception as problem:
            failed.append(str(problem))

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return Rush(sum(done), len(done) - sum(done), failed, time.perf_counter() - started)


def with_cart(port: int, sku: str, number: int) -> Callable[[], bool]:
    """Return the rest of a purchase that is ready to be ordered: True for an order, False for "sold out"."""
    browser = Browser(port)
    prepared: dict[str, str] = {}

    def send(name: str, method: str, path: str, body: str) -> Answer:
        if name == "place the order":
            prepared["body"] = body
            return Answer(409, b"")
        return browser.fetch(method, path, body)

    buyer = Buyer(send, f"rush-{number}@example.com")
    if not buyer.add(sku):
        return lambda: False
    buyer.order()

    def place() -> bool:
        answer = browser.fetch("POST", "/checkout", prepared["body"])
        browser.close()
        if answer.status not in {303, 409}:
            raise Unexpected(f"placing the order answered {answer.status}")
        return answer.status == 303

    return place


def rush(environ: dict[str, str], bare_environ: dict[str, str]) -> tuple[Rush, Rush, Rush]:
    """Let 64 buyers order at once: more than there is, then what there is plenty of; then insert bare rows so."""
    stock = stock_in(environ)
    with serving("wsgi:app", workers=2, **environ) as shop:
        _, skus = goods_of(shop)
        scarce, plenty = skus[:2]
        before = stock(scarce, PIECES)
        few = at_once([with_cart(shop.port, scarce, number) for number in range(BUYERS)])
        spoken_for = stock(scarce, None) - before
        if spoken_for != few.orders:
            few.failed.append(f"{spoken_for} pieces are spoken for by {few.orders} orders")
        stock(plenty, BUYERS * RUSH * 2)
        carts = [[with_cart(shop.port, plenty, n * BUYERS + m) for n in range(1, RUSH + 1)] for m in range(BUYERS)]
        many = at_once([_one_after_another(mine) for mine in carts])
    with serving("benchmarks.bare:app", workers=2, **bare_environ) as bare:
        inserts = at_once([_one_after_another([_insert(bare.port)] * RUSH) for _ in range(BUYERS)])
    return few, _scaled(many, RUSH), _scaled(inserts, RUSH)


def _one_after_another(work: Sequence[Callable[[], bool]]) -> Callable[[], bool]:
    def run() -> bool:
        for one in work:
            if not one():
                raise Unexpected("an order was refused though there was enough for all")
        return True

    return run


def _insert(port: int) -> Callable[[], bool]:
    return lambda: Browser(port).fetch("POST", "/rows", "x=1").status == 303


def _scaled(rush_: Rush, each: int) -> Rush:
    return Rush(rush_.orders * each, rush_.refused * each, rush_.failed, rush_.seconds)


def flows(environ: dict[str, str], count: int, clients: int = 8) -> tuple[Rush, float]:
    """Let clients buy and pay until `count` orders are paid; return what became of them and the memory of a worker."""
    stock = stock_in(environ)
    with serving("wsgi:app", workers=2, **environ) as shop:
        _, skus = goods_of(shop)
        for sku in skus:
            stock(sku, count * 2)

        def client(number: int) -> Callable[[], bool]:
            def work() -> bool:
                for each in range(count // clients):
                    browser = Browser(shop.port)
                    buyer = Buyer.with_browser(browser, f"flow-{number}-{each}@example.com")
                    if not buyer.buy([skus[each % len(skus)]]):
                        raise Unexpected("an order was refused though there was enough for all")
                    browser.close()
                return True

            return work

        found = at_once([client(number) for number in range(clients)])
        return _scaled(found, count // clients), shop.memory_mb()
