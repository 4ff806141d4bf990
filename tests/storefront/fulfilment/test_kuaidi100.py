"""kuaidi100, from the subscription to the doorstep, against a gateway that signs and verifies with its own keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.config import BadConfiguration, Kuaidi100Account, read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import jobs, queries, services, tracking
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.carriers.protocol import CarrierError, Waybill
from storefront.fulfilment.models import Parcel, TrackingEvent
from storefront.fulfilment.rules import Label
from storefront.kernel.clock import now
from tests.browser import Page, Shopper
from tests.gateways import kuaidi100
from tests.gateways.kuaidi100 import Kuaidi100, row
from tests.storefront.fulfilment.parcels import books_are_in_order, buy, kinds_of, order_of, send, states_of, status_of

NUMBER = "SF1234567890"
TODAY = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
COLLECTED = row("2026-03-10 13:00:00", "快件已由上海浦东揽收", code="1", place="上海,浦东新区")
MOVING = row("2026-03-11 08:30:00", "快件已到达北京转运中心", code="0", place="北京")
OUT = row("2026-03-12 09:00:00", "快件正在派送", code="5", place="北京")
SIGNED = row("2026-03-12 11:20:00", "已签收，签收人：本人", code="3", place="北京")


@pytest.fixture
def gateway(any_app: Flask) -> Iterator[Kuaidi100]:
    """kuaidi100, and a shop that has an account there."""
    before = any_app.config["SHOP"]
    with kuaidi100.serving() as served:
        account = Kuaidi100Account(kuaidi100.CUSTOMER, kuaidi100.KEY, kuaidi100.SALT, served.url)
        any_app.config["SHOP"] = replace(before, kuaidi100=account)
        yield served
    any_app.config["SHOP"] = before


@pytest.fixture
def number(any_app: Flask, gateway: Kuaidi100) -> Iterator[str]:
    """An order whose parcel has left with a carrier that kuaidi100 knows."""
    with time_machine.travel(TODAY, tick=False):
        number = buy(any_app)
        with any_app.app_context():
            send(number, Label("sf", NUMBER))
        yield number


def push(app: Flask, form: dict[str, str]) -> Page:
    return Shopper(app).post("/tracking/kuaidi100", form, headers={"Sec-Fetch-Site": "none"})


def told(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(TrackingEvent.text).order_by(TrackingEvent.at)))


def test_a_parcel_is_subscribed_to_when_it_leaves(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    asked = gateway.subscriptions[NUMBER]
    assert (asked["company"], asked["number"]) == ("shunfeng", NUMBER)
    assert asked["parameters"]["salt"] == kuaidi100.SALT
    assert asked["parameters"]["callbackurl"].endswith("/tracking/kuaidi100")
    assert asked["parameters"]["phone"] == "12125550123"


def test_pushes_are_kept_once_in_any_order_until_the_parcel_arrives(
    any_app: Flask, gateway: Kuaidi100, number: str
) -> None:
    with time_machine.travel(TODAY + timedelta(days=3), tick=False):
        gateway.knows(NUMBER, [MOVING, COLLECTED])
        early = gateway.push(NUMBER)
        page = push(any_app, early)
        assert (page.status, page.response.json) == (200, {"result": True, "returnCode": "200", "message": "成功"})
        assert told(any_app) == [COLLECTED["context"], MOVING["context"]]
        gateway.knows(NUMBER, [SIGNED, OUT, MOVING, COLLECTED], state="3")
        late = gateway.push(NUMBER)
        for form in (late, late, early):
            assert push(any_app, form).status == 200
        assert len(told(any_app)) == 4
        with any_app.app_context():
            order = order_of(number)
            assert (states_of(number), order.fulfillment_status) == (["delivered"], "delivered")
            assert order.delivered_at == datetime(2026, 3, 12, 3, 20, tzinfo=UTC)
            assert kinds_of(number).count("delivered") == 1
            assert books_are_in_order()


def test_what_is_signed_with_another_salt_is_refused(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    gateway.knows(NUMBER, [SIGNED], state="3")
    right = gateway.push(NUMBER)
    wrong = gateway.push(NUMBER, salt="somebody else's")
    changed = {**right, "param": right["param"].replace("本人", "别人")}
    for form in (wrong, changed, {"param": right["param"]}, {"sign": right["sign"]}, {}):
        page = push(any_app, form)
        assert page.status == 403
        assert page.response.json is not None
        assert page.response.json["result"] is False
    assert told(any_app) == []
    with any_app.app_context():
        assert status_of(number) == "fulfilled"


@pytest.mark.parametrize("param", ["not json", "[]", '{"lastResult": 3}', '"text"', '{"lastResult": {"data": 5}}'])
def test_what_is_signed_but_makes_no_sense_is_refused(
    any_app: Flask, gateway: Kuaidi100, number: str, param: str
) -> None:
    sign = hashlib.md5((param + kuaidi100.SALT).encode()).hexdigest().upper()
    assert push(any_app, {"param": param, "sign": sign}).status == 403
    assert told(any_app) == []


def test_a_push_about_a_parcel_of_somebody_else_is_acknowledged_and_forgotten(
    any_app: Flask, gateway: Kuaidi100, number: str
) -> None:
    gateway.knows("SF9999999999", [SIGNED], state="3")
    assert push(any_app, gateway.push("SF9999999999")).status == 200
    gateway.knows(NUMBER, [SIGNED], state="3", company="yuantong")
    assert push(any_app, gateway.push(NUMBER)).status == 200
    assert told(any_app) == []


def test_without_an_account_nobody_listens(app: Flask) -> None:
    assert push(app, {"param": "{}", "sign": ""}).status == 404


def test_the_clock_asks_about_parcels_on_their_way(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    with any_app.app_context():
        gateway.knows(NUMBER, [COLLECTED])
        with time_machine.travel(TODAY + timedelta(minutes=10), tick=False):
            assert jobs.ask_carriers.call_local() == 1
            assert jobs.ask_carriers.call_local() == 0, "not again before it is due"
        assert gateway.queries == [
            {"com": "shunfeng", "num": NUMBER, "phone": "12125550123", "resultv2": "4", "show": "0"}
        ]
        gateway.knows(NUMBER, [SIGNED, COLLECTED], state="3")
        with time_machine.travel(TODAY + timedelta(days=3), tick=False):
            assert jobs.ask_carriers.call_local() == 1
            assert status_of(number) == "delivered"
            assert jobs.ask_carriers.call_local() == 0, "what has arrived is not asked about"
        assert told(any_app) == [COLLECTED["context"], SIGNED["context"]]


def test_a_carrier_that_says_no_or_nothing_keeps_nobody_waiting(
    any_app: Flask, gateway: Kuaidi100, number: str
) -> None:
    with any_app.app_context(), time_machine.travel(TODAY + timedelta(days=1), tick=False):
        carrier = choosing.carrier_for("sf")
        assert carrier.poll(Waybill("UNKNOWN12345")) == ()
        gateway.refuses = "601"
        with pytest.raises(CarrierError) as refused:
            carrier.poll(Waybill(NUMBER))
        assert refused.value.permanent
        assert jobs.ask_carriers.call_local() == 0
        db.session.rollback()
        assert tracking.list_due(now(), most=10) == []


def test_a_carrier_that_is_down_is_asked_later(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    shop = any_app.config["SHOP"]
    any_app.config["SHOP"] = replace(shop, kuaidi100=replace(shop.kuaidi100, url="http://127.0.0.1:9"))
    with any_app.app_context(), time_machine.travel(TODAY + timedelta(days=1), tick=False):
        with pytest.raises(CarrierError) as down:
            choosing.carrier_for("sf").poll(Waybill(NUMBER))
        assert not down.value.permanent
        assert jobs.ask_carriers.call_local() == 0
        assert states_of(number) == ["shipped"]


def test_a_parcel_that_was_sent_back_comes_back(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    back = row("2026-03-14 10:00:00", "退回件已签收", code="4")
    gateway.knows(NUMBER, [back, MOVING], state="4")
    with time_machine.travel(TODAY + timedelta(days=5), tick=False):
        push(any_app, gateway.push(NUMBER))
    with any_app.app_context():
        assert (states_of(number), status_of(number)) == (["returned"], "fulfilled")
        assert books_are_in_order()


def test_a_parcel_cannot_arrive_before_it_has_left(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    gateway.knows(NUMBER, [row("2020-01-01 00:00:00", "已签收", code="3")], state="3")
    push(any_app, gateway.push(NUMBER))
    with any_app.app_context():
        parcel = db.session.scalars(db.select(Parcel)).one()
        assert parcel.delivered_at == parcel.shipped_at


def test_a_mended_number_is_followed_instead(any_app: Flask, gateway: Kuaidi100, number: str) -> None:
    with any_app.app_context(), transaction():
        parcel = queries.list_parcels(order_of(number).id)[0]
        services.correct_label(parcel=parcel, label=Label("yto", "YT0001112223"), by="staff:1", at=now())
    assert gateway.subscriptions["YT0001112223"]["company"] == "yuantong"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"KUAIDI100_CUSTOMER": "A"}, "missing: KUAIDI100_KEY, KUAIDI100_SALT"),
        ({**kuaidi100.ENVIRON, "KUAIDI100_URL": "http://evil.example"}, "https://"),
    ],
)
def test_half_an_account_is_refused(environ: dict[str, str], said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        read_config(environ)


def test_an_account_is_read_from_the_environment() -> None:
    assert read_config({}).kuaidi100 is None
    account = read_config(kuaidi100.ENVIRON).kuaidi100
    assert account is not None
    assert (account.customer, account.url) == (kuaidi100.CUSTOMER, "https://poll.kuaidi100.com")
