"""The web server and the job worker are killed while people order and pay: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from storefront.database.base import db
from tests.gateways.alipay_peer import AlipayPeer
from tests.storefront.checkout.desk import TYPED, open_shop
from tests.storefront.lifecycle.mortal import Browser, Processes
from tests.storefront.lifecycle.test_rush import hidden_in
from tests.storefront.payments.benches import AlipayBench

KILLS, SEED = int(os.environ.get("KILLS", "3")), int(os.environ.get("KILL_SEED", "6"))
"""How often something is killed; KILLS=40 takes minutes. Who and when follows from the seed."""
SHOPPERS = 2


@dataclass
class Crowd:
    """People who order and pay, one order after the other, until the shop closes for the day."""

    shop: Processes
    bench: AlipayBench
    is_closing: threading.Event = field(default_factory=threading.Event)
    tokens: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    """References of payments of which the provider says that they succeeded."""
    faults: list[BaseException] = field(default_factory=list)

    def run(self, chance: random.Random) -> None:
        """Let people in, kill a few times, and let everybody finish what they have begun."""
        threads = [threading.Thread(target=self._shop, args=(place,)) for place in range(SHOPPERS)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.2, 1.5))
                whom = chance.choice(["web", "jobs", "all"])
                self.shop.kill(whom)
                if whom == "all":
                    self.shop.open()
                else:
                    self.shop.wait()
        finally:
            self.is_closing.set()
            for thread in threads:
                thread.join()

    def _shop(self, place: int) -> None:
        try:
            while not (self.is_closing.is_set() or self.faults):
                self._buy("sandbox" if (len(self.tokens) + place) % 2 else "alipay")
        except BaseException as fault:
            self.faults.append(fault)

    def _buy(self, provider: str) -> None:
        browser = Browser(self.shop.port)
        status, _, _ = browser.submit("/cart/lines", {"sku": "LAMP", "quantity": "1"})
        assert status == 303
        form = hidden_in(browser.insist("GET", "/checkout")[2])
        fields = {**form, **TYPED, "payment_provider": provider}
        status, place, page = browser.submit("/checkout", fields)
        assert status == 303, page
        assert place.startswith("/payments/"), place
        self.tokens.append(form["token"])
        reference = place.removeprefix("/payments/")
        if provider == "sandbox":
            message = {"amount": "1500", "currency": "CNY", "decision": "approve"}
            assert browser.submit(place, message)[0] == 303
            self.paid.append(reference)
        else:
            self._pay_with_alipay(browser, reference)

    def _pay_with_alipay(self, browser: Browser, reference: str) -> None:
        (row,) = self.ask("SELECT handle, continue_url FROM payment WHERE reference = ?", reference)
        payment: Any = SimpleNamespace(handle=row[0], continue_url=row[1])
        self.bench.pay(payment)
        self.paid.append(reference)
        message = self.bench.told_paid(payment, minor=1500)
        assert browser.insist("POST", "/payments/webhooks/alipay", message.body)[0] == 200

    def ask(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask the shop's database."""
        connection = sqlite3.connect(f"file:{self.shop.data_dir / 'shop.db'}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()


@pytest.fixture
def crowd(app: Flask, worker_dir: Path, tmp_path: Path) -> Iterator[Crowd]:
    """A shop with many lamps in a directory of its own, and a provider beside it."""
    open_shop(app, stock=100_000, currency="CNY")
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    shutil.copy(worker_dir / "shop.db", tmp_path / "shop.db")
    bench = AlipayBench(AlipayPeer())
    shop = Processes(tmp_path, bench.keys)
    try:
        yield Crowd(shop, bench)
    finally:
        shop.close()
        bench.peer.close()


@pytest.mark.long
@pytest.mark.timeout(240 + 60 * KILLS)
def test_whatever_is_killed_no_payment_is_lost_and_no_order_doubled(crowd: Crowd) -> None:
    crowd.shop.open()
    crowd.run(random.Random(SEED))
    assert crowd.faults == []
    assert crowd.paid
    verified = crowd.shop.flask("shop", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    placed = [row[0] for row in crowd.ask('SELECT idempotency_key FROM "order"')]
    assert sorted(placed) == sorted(crowd.tokens)
    through = crowd.ask(
        'SELECT p.reference FROM payment p JOIN "order" o ON o.id = p.order_id '
        "WHERE p.state = 'captured' AND o.payment_status = 'paid' AND o.status = 'open'"
    )
    assert sorted(row[0] for row in through) == sorted(crowd.paid)
    print(f"{KILLS} kills, {len(placed)} orders, {len(crowd.paid)} paid")
