"""Where a customer is signed in: each browser by itself, told when it is new, and out when it is sent out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts import jobs
from storefront.accounts.devices import network_of
from storefront.accounts.models import SignInRecord, SignInSession
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.browser import Shopper
from tests.counting import queries_of
from tests.storefront.accounts.people import PASSWORD, add, enter, letters

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def come(app: Flask, agent: str, shopper: Shopper | None = None, address: str = "203.0.113.77") -> Shopper:
    """Come in with a browser of this name."""
    shopper = shopper or Shopper(app)
    form = {"email": "ada@example.com", "password": PASSWORD}
    place = {"REMOTE_ADDR": address}
    assert shopper.post("/sign-in", form, headers={"User-Agent": agent}, environ_base=place).status == 303
    return shopper


def rows(app: Flask) -> list[SignInSession]:
    """The sessions that have not ended."""
    statement = db.select(SignInSession).where(SignInSession.ended_at.is_(None)).order_by(SignInSession.id)
    with app.app_context():
        return list(db.session.scalars(statement))


def told(app: Flask) -> list[str]:
    return [letter.text for letter in letters(app) if letter.template == "accounts/mail/new_device"]


def test_each_device_is_listed_and_signed_out_by_itself(any_app: Flask) -> None:
    add(any_app)
    desk, phone = come(any_app, WINDOWS), come(any_app, PHONE, address="2001:db8:1:2::7")
    page = desk.get("/account/security")
    shown = [" ".join(row.get_text(" ").split()) for row in page.all("#sessions li")]
    assert len(shown) == 2
    assert "Safari, iPhone" in shown[0]
    assert "network 2001:db8:1:*" in shown[0]
    assert "This device" not in shown[0]
    assert "Chrome, Windows This device" in shown[1]
    assert "network 203.0.113.*" in shown[1]
    on_phone = rows(any_app)[1].id
    page = desk.submit(page, f"form[action='/account/sessions/{on_phone}/removal']")
    assert "That device is signed out." in page.said
    assert phone.get("/account").location.startswith("/sign-in")
    assert desk.get("/account").status == 200


def test_ending_the_session_here_signs_out_here(app: Flask) -> None:
    add(app)
    desk = come(app, WINDOWS)
    [row] = rows(app)
    assert desk.post(f"/account/sessions/{row.id}/removal").location == "/"
    assert desk.get("/account").status == 303
    assert rows(app) == []


def test_nobody_ends_the_session_of_another(app: Flask) -> None:
    add(app)
    add(app, "bob@example.com")
    ada = come(app, WINDOWS)
    [row] = rows(app)
    assert enter(app, "bob@example.com").post(f"/account/sessions/{row.id}/removal").status == 404
    assert ada.get("/account").status == 200


def test_signing_out_ends_the_session_so_that_a_kept_cookie_opens_nothing(app: Flask) -> None:
    add(app)
    desk, thief = come(app, WINDOWS), Shopper(app)
    cookie = desk.client.get_cookie("session")
    assert cookie is not None
    thief.client.set_cookie("session", cookie.value)
    assert thief.get("/account").status == 200
    desk.post("/sign-out")
    assert thief.get("/account").status == 303


def test_a_new_device_is_told_and_a_known_one_is_not(app: Flask) -> None:
    add(app)
    desk = come(app, WINDOWS)
    assert told(app) == [], "the first one is where the account began"
    come(app, PHONE)
    [words] = told(app)
    for each in ("Safari, iPhone", "203.0.113.*", "Password", "/account/security"):
        assert each in words
    assert "203.0.113.77" not in words
    desk.post("/sign-out")
    come(app, WINDOWS, desk)
    assert len(told(app)) == 1, "its browser is known again"
    come(app, WINDOWS)
    assert len(told(app)) == 2, "another browser of the same name is another one"


def test_devices_from_before_browsers_were_known_are_known_by_name(app: Flask) -> None:
    ada = add(app)
    with app.app_context(), transaction():
        db.session.add(SignInRecord(customer_id=ada, way="password", device="Chrome, Windows", at=now()))
    come(app, WINDOWS)
    assert told(app) == []
    come(app, PHONE)
    assert len(told(app)) == 1


def test_a_session_from_before_rows_were_kept_goes_on_until_all_are_ended(app: Flask) -> None:
    add(app)
    old, desk = come(app, WINDOWS), come(app, WINDOWS)
    with old.client.session_transaction() as kept:
        kept["_user_id"] = str(kept["_user_id"]).rpartition(":")[0]
    assert old.get("/account").status == 200
    desk.post("/account/sessions/removal")
    assert old.get("/account").status == 303
    assert desk.get("/account").status == 200


def test_an_ended_session_stays_ended_whatever_numbers_the_database_gives_anew(app: Flask) -> None:
    add(app)
    desk, thief = come(app, WINDOWS), come(app, PHONE)
    desk.post(f"/account/sessions/{rows(app)[1].id}/removal")
    come(app, PHONE)
    assert thief.get("/account").status == 303


def test_who_is_asking_costs_one_query_and_use_is_noted_once_an_hour(app: Flask) -> None:
    add(app)
    desk = come(app, WINDOWS)
    with queries_of(app) as asked:
        desk.get("/account/addresses")
    assert sum("sign_in_session" in query for query in asked) == 1
    [row] = rows(app)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        desk.get("/account/addresses")
        [seen] = rows(app)
        assert seen.last_seen_at - row.last_seen_at >= timedelta(hours=2)
    with time_machine.travel(seen.last_seen_at + timedelta(minutes=59), tick=False):
        desk.get("/account/addresses")
        assert rows(app)[0].last_seen_at == seen.last_seen_at


def test_sessions_that_are_over_are_forgotten(app: Flask) -> None:
    add(app)
    come(app, WINDOWS)
    with time_machine.travel(now() + timedelta(days=32), tick=False):
        jobs.forget_old_proofs.call_local()
    assert rows(app) == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.*"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:*"),
        ("::1", "0:0:0:*"),
        ("::ffff:203.0.113.77", "203.0.113.*"),
        ("fe80::1%eth0", "fe80:0:0:*"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_a_network_is_an_address_without_its_end(address: str, network: str) -> None:
    assert network_of(address) == network
