"""Two hundred shoppers press the button at once, and there are fifty lamps."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from storefront.database.base import db
from storefront.inventory.models import StockLevel
from storefront.orders.models import Order
from tests.storefront.checkout.desk import TYPED, open_shop
from tests.storefront.lifecycle import looking

SHOPPERS, LAMPS = 200, 50
HEADERS = {"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Rush:
    """Browsers, each with a cart and a filled form of its own, which all press at the same moment."""

    app: Flask
    start: threading.Barrier = field(default_factory=lambda: threading.Barrier(SHOPPERS))
    answers: list[tuple[int, str, str]] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            ready = list(pool.map(self._fill, range(SHOPPERS)))
        threads = [threading.Thread(target=self._press, args=each) for each in ready]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _fill(self, place: int) -> tuple[FlaskClient, dict[str, str]]:
        client = self.app.test_client()
        with client.post("/cart/lines", data={"sku": "LAMP", "quantity": "1"}, headers=HEADERS) as added:
            assert added.status_code == 303
        with client.get("/checkout", headers=HEADERS) as page:
            form = hidden_in(page.get_data(as_text=True))
        way = {"email": f"shopper{place}@example.com", "payment_provider": "cod" if place % 4 else "sandbox"}
        return client, {**form, **TYPED, **way}

    def _press(self, client: FlaskClient, typed: dict[str, str]) -> None:
        self.start.wait()
        try:
            with client.post("/checkout", data=typed, headers=HEADERS) as answer:
                told = answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)
                self.answers.append(told)
        except BaseException as fault:
            self.faults.append(fault)


@pytest.mark.long
@pytest.mark.timeout(240)
def test_fifty_of_two_hundred_get_a_lamp_and_the_others_are_told(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(any_app, stock=LAMPS)
    with any_app.app_context():
        monkeypatch.setattr(db.engine.pool, "_timeout", 200)  # how fast a machine is decides no test
    rush = Rush(any_app)
    rush.run()
    assert rush.faults == []
    assert Counter(status for status, _, _ in rush.answers) == {303: LAMPS, 409: SHOPPERS - LAMPS}
    assert len({location for status, location, _ in rush.answers if status == 303}) == LAMPS
    for status, _, page in rush.answers:
        if status == 409:
            assert "“Lamp” has just sold out." in _words(page)
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == LAMPS
        (level,) = db.session.scalars(db.select(StockLevel))
        assert (level.on_hand, level.allocated + level.reserved) == (LAMPS, LAMPS)
        assert looking.discrepancies() == []


def hidden_in(page: str) -> dict[str, str]:
    """Return what the checkout page's form hides from the shopper."""
    form = BeautifulSoup(page, "html.parser").select_one("#checkout-form")
    assert form is not None, page[:2000]
    fields = form.select("input[type=hidden]") + form.select("input[type=radio][checked]")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}


def _words(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
