"""The second factor: set up with a check, asked for at the door, used once; recovery codes; asked again."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import time_machine
from flask import Flask

from storefront.accounts import factors
from storefront.accounts.models import RecoveryCode, Staff
from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from tests.admin.people import PASSWORD, at_work
from tests.browser import Shopper

START = "2026-05-04T08:00:00+00:00"
DOOR = "form[action='/admin/sign-in/code']"


def code_for(secret: str) -> str:
    return pyotp.TOTP(secret).at(now())


def set_up(browser: Shopper) -> tuple[str, list[str]]:
    """Set up a second factor as a person would, and return its secret and the recovery codes."""
    page = browser.get("/admin/second-factor")
    secret = page.one(".factor-setup__key").get_text().replace(" ", "")
    shown = browser.submit(page, "form.factor-setup", code=code_for(secret))
    assert shown.status == 200, shown.said
    return secret, [code.get_text() for code in shown.all(".recovery-codes code")]


def at_the_door(app: Flask, email: str) -> Shopper:
    browser = Shopper(app)
    assert browser.post("/admin/sign-in", {"email": email, "password": PASSWORD}).location == "/admin/sign-in/code"
    return browser


def test_a_code_of_the_app_is_asked_for_and_works_once(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        secret, codes = set_up(at_work(app, Role.FINANCE))
        assert len(codes) == len(set(codes)) == factors.RECOVERY_CODES
        clock.shift(30)
        first, second = (at_the_door(app, "finance@example.com") for _ in range(2))
        assert first.get("/admin/payments").location.startswith("/admin/sign-in"), "the password alone is not enough"
        code = code_for(secret)
        assert first.submit(first.get("/admin/sign-in/code"), DOOR, code="000000").status == 422
        assert first.submit(first.get("/admin/sign-in/code"), DOOR, follow=False, code=code).status == 303
        assert first.get("/admin/payments").status == 200
        assert second.submit(second.get("/admin/sign-in/code"), DOOR, code=code).status == 422, "a replay"
        clock.shift(30)
        assert second.submit(second.get("/admin/sign-in/code"), DOOR, follow=False, code=code_for(secret)).status == 303


def test_a_clock_may_be_half_a_minute_off_and_no_more() -> None:
    secret = pyotp.random_base32()
    with time_machine.travel(START, tick=False):
        step = int(now().timestamp()) // 30
        for offset, is_right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
            code = pyotp.HOTP(secret).at(step + offset)
            found = factors.step_of(secret, code, after=0, at=now())
            assert (found == step + offset) if is_right else found is None
        code = pyotp.TOTP(secret).at(now())
        assert factors.step_of(secret, code, after=step, at=now()) is None
        assert factors.step_of(secret, f"{code[:3]} {code[3:]}", after=0, at=now()) == step
        for nonsense in ("", "12345", "1234567", "١٢٣٤٥٦", "abcdef"):
            assert factors.step_of(secret, nonsense, after=0, at=now()) is None


def test_the_password_counts_for_five_minutes_until_the_code_comes(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        secret, _ = set_up(at_work(app))
        browser = at_the_door(app, "super-admin@example.com")
        clock.shift(timedelta(minutes=5, seconds=1))
        answer = browser.post("/admin/sign-in/code", {"code": code_for(secret)})
        assert answer.location == "/admin/sign-in"
        assert browser.get("/admin/").location.startswith("/admin/sign-in")


def test_guessing_codes_has_an_end(app: Flask) -> None:
    secret, _ = set_up(at_work(app))
    browser = at_the_door(app, "super-admin@example.com")
    answers = [browser.post("/admin/sign-in/code", {"code": f"00000{each}"}).status for each in range(8)]
    assert answers == [422] * 6 + [429] * 2
    with app.app_context():
        told = db.session.scalars(db.select(OutboxMail.template)).all()
    assert told.count("accounts/mail/staff_locked") == 1, "whose password is known elsewhere should know"
    assert browser.post("/admin/sign-in/code", {"code": code_for(secret)}).status == 429


def test_a_recovery_code_works_once_and_only_digests_are_kept(app: Flask) -> None:
    _, codes = set_up(at_work(app))
    with app.app_context():
        kept = [row.code_hash for row in db.session.scalars(db.select(RecoveryCode))]
        stored = db.session.scalar(db.select(Staff.factor_secret)) or ""
    assert not any(code in kept for code in codes)
    assert len(stored) > 60, "enciphered"
    typed = codes[0].upper().replace("-", " ")
    assert at_the_door(app, "super-admin@example.com").post("/admin/sign-in/code", {"code": typed}).status == 303
    assert at_the_door(app, "super-admin@example.com").post("/admin/sign-in/code", {"code": typed}).status == 422


def test_codes_are_downloaded_while_they_are_shown_and_made_anew(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        browser = at_work(app)
        secret, codes = set_up(browser)
        file = browser.post("/admin/second-factor/recovery-codes.txt", {"codes": " ".join(codes)})
        assert all(code in file.text for code in codes)
        assert "attachment" in file.response.headers["Content-Disposition"]
        wrong = {"codes": "aaaa-bbbb-cccc-dddd"}
        assert browser.post("/admin/second-factor/recovery-codes.txt", wrong).status == 404
        clock.shift(30)
        question = browser.submit(browser.get("/admin/own"), "form[action$='/recovery-codes']")
        assert question.status == 428
        shown = browser.submit(question, "form.form--narrow", **{"proof-of-who": code_for(secret)})
        renewed = {code.get_text() for code in shown.all(".recovery-codes code")}
        assert len(renewed) == factors.RECOVERY_CODES
        assert not renewed & set(codes)
        door = at_the_door(app, "super-admin@example.com")
        assert door.post("/admin/sign-in/code", {"code": codes[1]}).status == 422


def test_who_needs_a_factor_sets_it_up_before_anything_else(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.FINANCE)
    page = admin.get("/admin/staff-roles")
    admin.submit(page, "form[action$='/second-factor']", who="chosen", roles=["finance"])
    assert worker.get("/admin/payments").location == "/admin/second-factor"
    assert worker.post("/admin/orders/X/refunds", {}).location == "/admin/second-factor"
    assert admin.get("/admin/payments").status == 200
    assert "Your role needs" in worker.get("/admin/second-factor").said
    assert worker.get("/admin/second-factor").one(".factor-setup__picture")["src"].startswith("data:image/svg+xml")
    set_up(worker)
    assert worker.get("/admin/payments").status == 200
    assert worker.post("/admin/second-factor/removal", {}).status == 422, "and keeps it"
    admin.submit(admin.get("/admin/staff-roles"), "form[action$='/second-factor']", who="all")
    assert admin.get("/admin/payments").location == "/admin/second-factor"


def test_a_super_admin_takes_a_lost_factor_away(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.FINANCE)
    set_up(worker)
    admin.submit(admin.get("/admin/staff/2"), "form[action$='/factor/removal']")
    assert worker.get("/admin/payments").location.startswith("/admin/sign-in")
    again = Shopper(app)
    assert again.post("/admin/sign-in", {"email": "finance@example.com", "password": PASSWORD}).location == "/admin/"
    assert "Second factor taken away" in admin.get("/admin/staff/2").said


def test_the_most_dangerous_doings_ask_once_more_and_lose_nothing(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        admin = at_work(app)
        invite = {"email": "new@example.com", "name": "Nora & Co", "role": "finance"}
        clock.shift(timedelta(minutes=16))
        question = admin.post("/admin/staff/invitations", invite)
        assert question.status == 428
        assert question.one("#proof")["type"] == "password"
        wrong = admin.submit(question, "form.form--narrow", **{"proof-of-who": "wrong"})
        assert wrong.status == 422
        done = admin.submit(wrong, "form.form--narrow", **{"proof-of-who": PASSWORD})
        assert "new@example.com" in done.said
        assert admin.post("/admin/staff-roles", {"name": "Buyer", "like": ""}).status == 303, "and then not for a while"


def test_a_page_that_asks_again_leads_there_afterwards(app: Flask) -> None:
    admin = at_work(app)
    page = admin.get("/admin/confirmation?next=/admin/staff")
    assert (
        admin.submit(page, "form.form--narrow", follow=False, **{"proof-of-who": PASSWORD}).location == "/admin/staff"
    )
    elsewhere = admin.post("/admin/confirmation?next=https://evil.example", {"proof-of-who": PASSWORD})
    assert elsewhere.location == "/admin/"


def test_a_lone_super_admin_whose_phone_is_lost_is_helped_at_the_machine(app: Flask) -> None:
    set_up(at_work(app))
    run = app.test_cli_runner()
    assert run.invoke(args=["accounts", "forget-factor", "nobody@example.com"]).exit_code != 0
    assert "password alone" in run.invoke(args=["accounts", "forget-factor", "Super-Admin@example.com"]).output
    door = Shopper(app).post("/admin/sign-in", {"email": "super-admin@example.com", "password": PASSWORD})
    assert door.location == "/admin/"
