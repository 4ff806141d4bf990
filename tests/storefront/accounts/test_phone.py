"""Signing in, and up, with a code to a phone; a phone as a way in; customers without an e-mail."""

from __future__ import annotations

import dataclasses
import re
import threading

import pytest
import time_machine
from flask import Flask

from storefront.accounts import codes, queries
from storefront.accounts.models import Customer, PhoneCode
from storefront.accounts.phones import masked, read_mobile
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.sms.models import OutboxSms
from tests.browser import Page, Shopper
from tests.storefront.accounts.people import PASSWORD, add, codes_sent, customer, enter, kinds

PHONE, TYPED = "+8613800138000", "138 0013 8000"
CHINESE = "+86 " + TYPED


def ask(app: Flask, typed: str = CHINESE, **more: str) -> Shopper:
    shopper = Shopper(app)
    page = shopper.submit(shopper.get("/sign-in/phone"), "form[action='/sign-in/phone']", phone=typed, **more)
    assert "+86 ··· 8000" in page.said
    return shopper


def give(shopper: Shopper, code: str) -> Page:
    page = shopper.get("/sign-in/phone/code")
    return shopper.submit(page, "form[action='/sign-in/phone/code']", code=code)


def test_a_code_opens_an_account_and_lets_its_owner_in_again(phones: Flask) -> None:
    page = give(ask(phones), codes_sent(phones)[0])
    assert page.words("h1") == "Your account"
    assert "Your account is open" in page.said
    with phones.app_context(), time_machine.travel(now().timestamp() + 61):
        page = give(ask(phones), codes_sent(phones)[-1])
        assert page.words("h1") == "Your account"
        assert "Your account is open" not in page.said
    with phones.app_context():
        [row] = db.session.scalars(db.select(Customer)).all()
        assert (row.email, row.verified_phone, row.password_hash) == (None, PHONE, None)


def test_the_field_is_one_that_phones_fill_in(phones: Flask) -> None:
    field = ask(phones).get("/sign-in/phone/code").one("#code")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    field = Shopper(phones).get("/sign-in/phone").one("#phone")
    assert (field["autocomplete"], field["inputmode"], field["type"]) == ("tel", "tel", "tel")


def test_after_the_code_one_is_where_one_wanted_to_be(phones: Flask) -> None:
    shopper = Shopper(phones)
    page = shopper.get("/sign-in?next=/account/addresses")
    link = next(str(link["href"]) for link in page.all(".ways a") if "/sign-in/phone" in str(link["href"]))
    shopper.submit(shopper.get(link), "form[action='/sign-in/phone']", phone=CHINESE)
    page = shopper.post("/sign-in/phone/code", {"code": codes_sent(phones)[0]})
    assert page.location == "/account/addresses"


def test_a_code_works_once_and_spaces_do_not_matter(phones: Flask) -> None:
    first = ask(phones)
    second = Shopper(phones)
    with second.client.session_transaction() as session:
        session["phone"] = PHONE
    code = codes_sent(phones)[0]
    assert give(first, f" {code[:3]} {code[3:]} ").status == 200
    page = second.post("/sign-in/phone/code", {"code": code})
    assert page.status == 422
    assert "not right or no longer good" in page.said


def test_a_code_is_good_for_five_minutes(phones: Flask) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z"):
        shopper = ask(phones)
    with time_machine.travel("2026-05-01T12:05:01Z"):
        assert shopper.post("/sign-in/phone/code", {"code": codes_sent(phones)[0]}).status == 422


def test_five_wrong_tries_end_a_code(phones: Flask) -> None:
    shopper = ask(phones)
    code = codes_sent(phones)[0]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(codes.MOST_TRIES):
        assert shopper.post("/sign-in/phone/code", {"code": wrong}).status == 422
    assert shopper.post("/sign-in/phone/code", {"code": code}).status == 422
    with phones.app_context():
        assert db.session.scalar(db.select(PhoneCode.tries)) == codes.MOST_TRIES


def test_a_new_code_ends_the_one_before(phones: Flask) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z"):
        shopper = ask(phones)
    with time_machine.travel("2026-05-01T12:02:00Z"):
        page = shopper.submit(shopper.get("/sign-in/phone/code"), "form[action='/sign-in/phone']")
        assert page.words("h1") == "Enter the code"
        first, second = codes_sent(phones)
        if first != second:
            assert shopper.post("/sign-in/phone/code", {"code": first}).status == 422
        assert shopper.post("/sign-in/phone/code", {"code": second}).status == 303


def test_codes_are_not_sent_again_and_again(phones: Flask) -> None:
    def send(typed: str, place: str) -> int:
        return Shopper(phones).post("/sign-in/phone", {"phone": typed}, environ_base={"REMOTE_ADDR": place}).status

    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        assert send(CHINESE, "203.0.113.1") == 303
        assert send(CHINESE, "203.0.113.2") == 429, "the number rings once a minute, whoever asks"
        for _ in range(5):
            clock.shift(61)
            assert send(CHINESE, "203.0.113.3") == 303
        clock.shift(61)
        assert send(CHINESE, "203.0.113.4") == 429, "and six times an hour"
        others = [send(f"+86 138 0013 80{number:02}", "203.0.113.5") for number in range(1, 9)]
        assert others == [303] * 6 + [429] * 2, "one address asks for few numbers"
    assert len(codes_sent(phones)) == 12


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "fill this in"),
        ("12", "does not look right"),
        ("+86 10 6552 9988", "only be sent to a mobile phone"),
        ("+1 900 555 1234", "look right"),
        ("not a number", "does not look right"),
    ],
)
def test_a_number_that_no_code_can_reach_is_refused(phones: Flask, typed: str, words: str) -> None:
    page = Shopper(phones).post("/sign-in/phone", {"phone": typed})
    assert page.status == 422
    assert words in page.said or "mobile" in page.said
    assert codes_sent(phones) == []


def test_the_merchant_says_to_which_countries_codes_are_sent() -> None:
    assert read_mobile(TYPED, country="CN", served=frozenset({"CN"})) == PHONE
    with pytest.raises(Invalid, match="numbers of this country"):
        read_mobile("+44 7400 123456", country="CN", served=frozenset({"CN", "HK"}))
    assert masked("nonsense") == "···"


def test_where_nobody_carries_messages_no_page_speaks_of_codes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    config = app.config["SHOP"]
    silent = dataclasses.replace(config, sms=dataclasses.replace(config.sms, sender=""))
    monkeypatch.setitem(app.config, "SHOP", silent)
    assert Shopper(app).get("/sign-in/phone").status == 404
    assert Shopper(app).post("/sign-in/phone", {"phone": CHINESE}).status == 404
    assert "phone" not in Shopper(app).get("/sign-in").one("main").get_text().lower()
    add(app)
    assert "Phone to sign in with" not in enter(app).get("/account/security").said


def test_neither_code_nor_words_are_kept(phones: Flask) -> None:
    ask(phones)
    code = codes_sent(phones)[0]
    with phones.app_context():
        row = db.session.scalars(db.select(PhoneCode)).one()
        sms = db.session.scalars(db.select(OutboxSms)).one()
    assert code not in row.code_hash
    assert (sms.status, sms.sealed) == ("sent", "")


def test_of_many_guesses_at_once_five_are_looked_at(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.sms.services.publish", lambda fact: None)
    monkeypatch.setattr("storefront.accounts.codes.secrets.randbelow", lambda most: 424242)
    with any_app.app_context(), transaction():
        codes.send_code(phone=PHONE, purpose=codes.SIGN_IN, locale="en", address="203.0.113.1", at=now())
    barrier, right = threading.Barrier(8), []

    def guess(number: int) -> None:
        with any_app.app_context():
            barrier.wait()
            typed = "424242" if number >= 6 else "000000"
            with transaction():
                if codes.take_code(phone=PHONE, purpose=codes.SIGN_IN, code=typed, address="203.0.113.1", at=now()):
                    right.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_app.app_context():
        tries = db.session.scalars(db.select(PhoneCode.tries)).one()
    assert tries <= codes.MOST_TRIES
    assert len(right) <= 1


def test_a_phone_is_set_with_a_code_and_ends_other_sessions(post: Flask, phones: Flask) -> None:
    ada = add(phones)
    here, elsewhere = enter(phones), enter(phones)
    assert here.post("/account/phone", {"phone": CHINESE, "password": "wrong horse"}).status == 422
    page = here.submit(here.get("/account/security"), "form[action='/account/phone']", phone=CHINESE, password=PASSWORD)
    code = codes_sent(phones)[-1]
    assert here.post("/account/phone/code", {"code": f"{(int(code) + 1) % 10**6:06}"}).status == 422
    page = here.submit(here.get("/account/phone/code"), "form[action='/account/phone/code']", code=code)
    assert "You can sign in with a code to this phone now." in page.said
    assert elsewhere.get("/account").status == 303
    assert customer(phones, ada).verified_phone == PHONE
    assert kinds(phones) == [("changed", "ada@example.com")]
    page = here.submit(page, "form[action='/account/phone/removal']")
    assert "no longer signs you in" in page.said
    assert customer(phones, ada).verified_phone is None


def test_a_code_for_one_purpose_serves_no_other(phones: Flask) -> None:
    add(phones)
    here = enter(phones)
    here.post("/account/phone", {"phone": CHINESE, "password": PASSWORD})
    stranger = Shopper(phones)
    with stranger.client.session_transaction() as session:
        session["phone"] = PHONE
    assert stranger.post("/sign-in/phone/code", {"code": codes_sent(phones)[0]}).status == 422


def test_anothers_phone_cannot_be_taken_even_with_its_code(phones: Flask) -> None:
    add(phones, "bob@example.com", verified_phone=PHONE)
    ada = add(phones)
    here = enter(phones)
    assert here.post("/account/phone", {"phone": CHINESE, "password": PASSWORD}).status == 303
    page = here.post("/account/phone/code", {"code": codes_sent(phones)[0]}, follow=True)
    assert "belongs to another account" in page.said
    assert customer(phones, ada).verified_phone is None


def test_the_last_way_in_cannot_be_removed(phones: Flask) -> None:
    add(phones, None, verified_phone=PHONE, password_hash=None)
    shopper = ask(phones)
    give(shopper, codes_sent(phones)[0])
    page = shopper.get("/account/security")
    assert not page.all("form[action='/account/phone/removal']")
    page = shopper.post("/account/phone/removal")
    assert page.status == 409
    assert "only way into your account" in page.said


def test_closed_accounts_stay_closed(phones: Flask) -> None:
    add(phones, None, verified_phone=PHONE, is_active=False)
    page = give(ask(phones), codes_sent(phones)[0])
    assert page.status == 422
    assert "could not open an account" in page.said


def test_whoever_has_no_email_adds_one(post: Flask, phones: Flask) -> None:
    shopper = ask(phones)
    give(shopper, codes_sent(phones)[0])
    assert "There is none yet" in shopper.get("/account/details").said
    assert "Add an e-mail first" in shopper.get("/account/security").said
    assert shopper.post("/account/password/letter").location == "/account/details"
    page = shopper.submit(shopper.get("/account/details"), "form[action='/account/email']", email="new@example.com")
    assert "We have written to new@example.com" in page.said


def test_pages_say_where_one_came_in(phones: Flask) -> None:
    add(phones)
    browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    shopper = Shopper(phones)
    for _ in range(12):
        form = {"email": "ada@example.com", "password": PASSWORD}
        shopper.post("/sign-in", form, headers={"User-Agent": browser})
    page = shopper.get("/account/security")
    rows = [" ".join(row.get_text(" ").split()) for row in page.all("details ul li")]
    assert len(rows) == 10
    assert re.match(r"Chrome, Windows Password · ", rows[0])
    assert len(page.all("#sessions li")) == 1, "a browser that comes in anew has left before"


def test_one_signs_out_everywhere_else(phones: Flask) -> None:
    add(phones)
    here, elsewhere = enter(phones), enter(phones)
    page = here.submit(here.get("/account/security"), "form[action='/account/sessions/removal']")
    assert page.status == 200
    assert elsewhere.get("/account").status == 303


def test_staff_find_customers_by_either(phones: Flask) -> None:
    add(phones, None, verified_phone=PHONE)
    add(phones)
    with phones.app_context():
        by_phone = queries.find_customer_by_contact(TYPED, country="CN")
        by_email = queries.find_customer_by_contact("ADA@example.com", country="CN")
        assert by_phone is not None
        assert by_email is not None
        assert (by_phone.known_as, by_email.known_as) == (PHONE, "ada@example.com")
