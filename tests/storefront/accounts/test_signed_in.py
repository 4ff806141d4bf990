"""Where somebody is signed in: known by a row, ended alone, seen now and then."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from storefront.accounts import signed_in
from storefront.accounts.signed_in import Owner
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.people import PASSWORD, at_work
from tests.browser import Shopper

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0"


def rows(app: Flask, owner: Owner) -> list[int]:
    with app.app_context():
        return [row.id for row in signed_in.list_open(owner, since=now() - timedelta(days=30))]


def two_browsers(app: Flask) -> tuple[Shopper, Shopper]:
    first, second = Shopper(app), Shopper(app)
    first.post("/register", {"name": "Ada", "email": "ada@example.com", "password": PASSWORD})
    second.post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}, headers={"User-Agent": CHROME})
    return first, second


def test_one_session_is_ended_and_the_other_stays(app: Flask) -> None:
    first, second = two_browsers(app)
    latest, oldest = rows(app, Owner("customer", 1))
    with app.app_context(), transaction():
        seen = signed_in.list_open(Owner("customer", 1), since=now() - timedelta(days=1))[0]
        assert (seen.device, seen.way, seen.address) == ("Chrome, Windows", "password", "127.0.0.*")
        signed_in.end(owner=Owner("customer", 1), session_id=latest, at=now())
    assert second.get("/account").location.startswith("/sign-in")
    assert first.get("/account").status == 200
    assert rows(app, Owner("customer", 1)) == [oldest]


def test_whoever_signs_out_leaves_no_cookie_that_works(app: Flask) -> None:
    browser = at_work(app)
    stolen = Shopper(app)
    with browser.client.session_transaction() as kept:
        cookie = dict(kept)
    with stolen.client.session_transaction() as session:
        session.update(cookie)
    assert stolen.get("/admin/").status == 200
    browser.post("/admin/sign-out", {})
    assert stolen.get("/admin/").location.startswith("/admin/sign-in")


def test_a_session_of_staff_without_a_row_is_none(app: Flask) -> None:
    browser = at_work(app)
    with browser.client.session_transaction() as session:
        session["_user_id"] = "staff:1:1"
    assert browser.get("/admin/").location.startswith("/admin/sign-in")


def test_a_session_is_noted_as_seen_every_few_minutes_and_not_each_time(app: Flask) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        browser = at_work(app)
        begun = now()
        for minutes, expected in ((4, begun), (2, begun + timedelta(minutes=6))):
            clock.shift(timedelta(minutes=minutes))
            assert browser.get("/admin/").status == 200
            with app.app_context():
                row = signed_in.list_open(Owner("staff", 1), since=begun - timedelta(minutes=1))[0]
            assert row.last_seen_at == expected
