"""The shopper's side of parcels: the order page, "I have received it", and letters."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services, tracking
from storefront.fulfilment.carriers.protocol import News
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label
from storefront.fulfilment.states import TrackingStatus
from storefront.inventory.models import Warehouse
from storefront.kernel.clock import now
from storefront.mail import queries as mail
from tests.browser import Shopper
from tests.storefront.fulfilment.parcels import STAFF, buy, order_of, pack_all, send, status_of

NUMBER = "1Z999AA10123456784"


def key_of(app: Flask, number: str) -> str:
    with app.app_context():
        return order_of(number).access_token


def opened(app: Flask, number: str, *, language: str = "en") -> Shopper:
    shopper = Shopper(app, language=language)
    shopper.get(f"/orders/{number}?key={key_of(app, number)}", follow=True)
    return shopper


def test_the_page_shows_where_each_parcel_is(app: Flask) -> None:
    number = buy(app, units=5, here=3, elsewhere=4)
    with app.app_context():
        parcel_id = send(number, Label("ups", NUMBER)).id
        with transaction():
            tracking.take_news(
                parcel_id=parcel_id,
                news=[News(now(), "Arrived in <Springfield>", TrackingStatus.ON_THE_WAY, "Springfield")],
                at=now(),
            )
        north = db.session.scalars(db.select(Warehouse.id).where(Warehouse.code == "NORTH")).one()
        pack_all(number, north)
    page = opened(app, number).get(f"/orders/{number}")
    assert "Part of your order is on its way" in page.said
    first, second = page.all(".parcel")
    assert "UPS" in first.get_text()
    assert NUMBER in first.get_text()
    assert "3 × Thing" in first.get_text()
    assert "Springfield: Arrived in <Springfield>" in first.get_text()
    assert first.select_one(f"a[href='https://www.ups.com/track?tracknum={NUMBER}']") is not None
    assert first.select_one("form[action$=receipt]") is not None
    assert "2 × Thing" in second.get_text()
    assert second.select_one("form") is None
    assert f"On its way with UPS, number {NUMBER}" in page.said


def test_an_order_without_parcels_speaks_of_none(app: Flask) -> None:
    number = buy(app)
    page = opened(app, number).get(f"/orders/{number}")
    assert page.all(".parcel") == []


def test_a_shopper_says_that_it_is_there(app: Flask) -> None:
    number = buy(app)
    with app.app_context():
        send(number, Label("ups", NUMBER))
    shopper = opened(app, number)
    page = shopper.submit(shopper.get(f"/orders/{number}"), "form[action$=receipt]")
    assert "Thank you! We are glad that it has arrived." in page.said
    assert "Your order has arrived" in page.said
    again = shopper.post(f"/orders/{number}/parcels/{number}-1/receipt")
    assert again.status == 303
    with app.app_context():
        assert [event.kind for event in order_of(number).events].count("delivered") == 1
        assert order_of(number).events[-1].actor == "guest"


def test_only_the_reader_of_an_order_confirms_its_parcels(app: Flask) -> None:
    mine, other = buy(app), buy(app)
    with app.app_context():
        send(mine)
        send(other)
    assert Shopper(app).post(f"/orders/{mine}/parcels/{mine}-1/receipt").status == 404
    shopper = opened(app, mine)
    assert shopper.post(f"/orders/{mine}/parcels/{other}-1/receipt").status == 404
    assert shopper.post(f"/orders/{mine}/parcels/nonsense/receipt").status == 404
    with app.app_context():
        assert (status_of(mine), status_of(other)) == ("fulfilled", "fulfilled")


def test_what_is_not_on_its_way_cannot_be_confirmed(app: Flask) -> None:
    number = buy(app)
    with app.app_context():
        pack_all(number)
    assert opened(app, number).post(f"/orders/{number}/parcels/{number}-1/receipt").status == 409


@pytest.mark.parametrize(
    ("locale", "sent", "arrived", "link"),
    [
        ("en", "Your order {} is on its way", "Your order {} has arrived", "Follow it at the carrier"),
        ("zh", "您的订单 {} 已发货", "您的订单 {} 已送达", "查看快递官网物流"),
    ],
)
def test_letters_say_that_a_parcel_left_and_arrived(
    app: Flask, locale: str, sent: str, arrived: str, link: str
) -> None:
    number = buy(app)
    with app.app_context():
        with transaction():
            order_of(number).locale = locale
        parcel = send(number, Label("ups", NUMBER))
        with transaction():
            services.arrive(parcel=parcel, by=STAFF, at=now())
        first, second = mail.list_mails_about(f"{number}-1")
        assert (first.subject, second.subject) == (sent.format(number), arrived.format(number))
        for part in (first.text, first.html):
            assert NUMBER in part
            assert f"https://www.ups.com/track?tracknum={NUMBER}" in part
            assert "3 × Thing" in " ".join(part.split())
            assert link in part
            assert f"/orders/{number}?key=" in part
        assert "3 × Thing" in second.text


def test_a_part_of_an_order_is_said_to_be_one(app: Flask) -> None:
    number = buy(app, units=5, here=3, elsewhere=4)
    with app.app_context():
        parcel = send(number)
        with transaction():
            services.arrive(parcel=parcel, by=STAFF, at=now())
        first, second = mail.list_mails_about(f"{number}-1")
        assert first.subject == f"A parcel of your order {number} is on its way"
        assert second.subject == f"A parcel of your order {number} has arrived"


def test_what_is_handed_over_at_once_is_told_once(any_app: Flask) -> None:
    number = buy(any_app)
    with any_app.app_context():
        with transaction():
            services.deliver_order(order=order_of(number), by=STAFF, at=now())
        assert [letter.template for letter in mail.list_mails_about(f"{number}-1")] == ["fulfilment/mail/arrived"]
        assert db.session.scalars(db.select(Parcel.state)).one() == "delivered"
