"""Redis stops and workers die while people shop: they go on, their carts with them, and what was to be done is done."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from storefront.database.base import db
from tests.redis_server import RedisServer
from tests.storefront.checkout.desk import TYPED, open_shop
from tests.storefront.lifecycle.mortal import Browser, Processes
from tests.storefront.lifecycle.test_rush import hidden_in


@pytest.fixture
def shop(app: Flask, worker_dir: Path, tmp_path: Path, redis_server: RedisServer) -> Iterator[Processes]:
    """Two workers that answer, one that does jobs, and a Redis between them."""
    open_shop(app, stock=100)
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    shutil.copy(worker_dir / "shop.db", tmp_path / "shop.db")
    shop = Processes(tmp_path, {"REDIS_URL": redis_server.url, "WEB_WORKERS": "2"})
    yield shop
    shop.close()


def fill_cart(shop: Processes) -> Browser:
    browser = Browser(shop.port)
    assert browser.submit("/cart/lines", {"sku": "LAMP", "quantity": "2"})[0] == 303
    return browser


def order(browser: Browser, email: str) -> None:
    form = hidden_in(browser.insist("GET", "/checkout")[2])
    status, _, page = browser.submit("/checkout", {**form, **TYPED, "email": email, "payment_provider": "cod"})
    assert status == 303, page


def letters(shop: Processes, email: str) -> int:
    return sum(email in path.read_text(errors="ignore") for path in (shop.data_dir / "mail").glob("*"))


def soon(condition: Callable[[], object]) -> bool:
    for _ in range(300):
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.redis
@pytest.mark.long
def test_shoppers_notice_neither_a_redis_that_stops_nor_workers_that_die(
    shop: Processes, redis_server: RedisServer
) -> None:
    shop.open()
    order(fill_cart(shop), "anna@example.com")
    assert soon(lambda: letters(shop, "anna@example.com")), "queued by one process, done by another"

    ben = fill_cart(shop)
    for worker in shop.web_workers():
        os.kill(worker, signal.SIGKILL)
    assert "LAMP" in ben.insist("GET", "/cart")[2] or "Lamp" in ben.insist("GET", "/cart")[2]

    redis_server.stop()
    begun = time.monotonic()
    order(ben, "ben@example.com")
    assert Browser(shop.port).insist("GET", "/")[0] == 200
    order(fill_cart(shop), "cleo@example.com")
    print(f"two orders and four pages without Redis in {time.monotonic() - begun:.1f} s")
    assert letters(shop, "ben@example.com") == 0

    redis_server.start()
    shop.kill("jobs")
    for email in ("ben@example.com", "cleo@example.com"):
        assert soon(lambda email=email: letters(shop, email)), "the sweep found what nobody could queue"
