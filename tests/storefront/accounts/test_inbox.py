"""Letters with links: a forgotten password, another e-mail, what was ordered as a guest."""

from __future__ import annotations

import re
import threading

import pytest
import time_machine
from flask import Flask

from storefront.accounts import inbox, links
from storefront.accounts.errors import EmailTaken, LinkOver
from storefront.accounts.models import Customer, OneTimeLink
from storefront.accounts.states import Purpose
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.mail import choices
from storefront.mail.states import Source, Topic
from tests.browser import Shopper
from tests.storefront.accounts.people import PASSWORD, add, customer, enter, kinds, letters, link_in

NEW = "a wholly other phrase"


def ask(app: Flask, email: str = "ada@example.com") -> Shopper:
    shopper = Shopper(app)
    page = shopper.submit(shopper.get("/password-reset"), "form[action='/password-reset']", email=email)
    assert page.words("h1") == "Look into your inbox"
    return shopper


def test_a_forgotten_password_is_set_anew_by_the_link_in_a_letter(post: Flask) -> None:
    ada = add(post)
    elsewhere, shopper = enter(post), ask(post, "Ada@Example.com ")
    page = shopper.get(link_in(letters(post)[0]))
    assert "ada@example.com" in page.said
    page = shopper.submit(page, "form[action^='/password-reset/']", password=NEW)
    assert page.words("h1") == "Hello, Ada Shopper"
    assert elsewhere.get("/account").status == 303, "every session of before has ended"
    assert enter(post, password=NEW).get("/account").status == 200
    assert customer(post, ada).email_verified_at is not None
    assert kinds(post) == [("reset", "ada@example.com"), ("changed", "ada@example.com")]


def test_a_link_works_once_and_ends_the_others(post: Flask) -> None:
    add(post)
    ask(post)
    ask(post)
    first, second = (link_in(letter) for letter in letters(post))
    assert Shopper(post).post(second, {"password": NEW}).status == 303
    for link in (first, second):
        page = Shopper(post).get(link)
        assert page.status == 409
        assert "no longer works" in page.said
        assert page.one("form[action='/password-reset']")
        assert Shopper(post).post(link, {"password": "one more phrase"}).status == 409
    assert enter(post, password=NEW).get("/account").status == 200


def test_a_link_is_over_after_an_hour_and_a_forged_one_never_works(post: Flask) -> None:
    add(post)
    with time_machine.travel("2026-05-01T12:00:00Z"):
        ask(post)
    link = link_in(letters(post)[0])
    with time_machine.travel("2026-05-01T12:59:00Z"):
        assert Shopper(post).get(link).status == 200
    with time_machine.travel("2026-05-01T13:01:00Z"):
        assert Shopper(post).post(link, {"password": NEW}).status == 409
    assert Shopper(post).get("/password-reset/" + "x" * 43).status == 409
    assert Shopper(post).get("/confirmations/" + "x" * 43).status == 409


def test_a_weak_password_uses_nothing_up(post: Flask) -> None:
    add(post)
    ask(post)
    link = link_in(letters(post)[0])
    for weak in ("short", "password123", "ada@example.com"):
        assert Shopper(post).post(link, {"password": weak}).status == 422
    assert Shopper(post).post(link, {"password": NEW}).status == 303


def test_nobody_learns_who_has_an_account(post: Flask) -> None:
    add(post)
    add(post, "closed@example.com", is_active=False)
    answers, rows = set(), []
    for email in ("ada@example.com", "closed@example.com", "nobody@example.com"):
        page = Shopper(post).post("/password-reset", {"email": email})
        answers.add((page.status, page.location, page.text, page.response.headers.get("Set-Cookie")))
        with post.app_context():
            rows.append(db.session.scalar(db.select(db.func.count()).select_from(OneTimeLink)))
    assert len(answers) == 1
    assert rows == [1, 2, 3], "the same is written for everybody"
    assert [kind for kind, _ in kinds(post)] == ["reset", "nobody", "nobody"]
    assert "/password-reset/" not in letters(post)[2].text


def test_neither_database_nor_outbox_keeps_a_link(app: Flask) -> None:
    """The letter has left: what opens the door is in the inbox alone."""
    add(app)
    ask(app)
    [letter] = letters(app)
    assert (letter.status, letter.text, letter.html) == ("sent", "", "")
    with app.app_context():
        kept = db.session.scalars(db.select(OneTimeLink.token_hash)).one()
        files = app.config["SHOP"].mail_dir.glob("*reset*")
        newest = max(files, key=lambda path: path.stat().st_mtime).read_text()
    token = re.search(r"/password-reset/(?:=\n)?([\w=\n-]{43,})", newest)
    assert token
    assert kept not in newest


def test_letters_are_not_for_writing_to_the_whole_world(post: Flask) -> None:
    answers = [Shopper(post).post("/password-reset", {"email": "ada@example.com"}).status for _ in range(6)]
    assert answers == [303, 303, 303, 303, 429, 429]
    assert Shopper(post).post("/password-reset", {"email": "not an address"}).status == 422


def test_of_two_who_follow_a_link_at_once_one_gets_in(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    ada = add(any_app)
    with any_app.app_context(), transaction():
        token = links.make_link(purpose=Purpose.RESET, customer_id=ada, email="ada@example.com", at=now())
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def follow() -> None:
        with any_app.app_context():
            barrier.wait()
            try:
                with transaction():
                    links.use_link(token, purpose=Purpose.RESET, at=now())
                outcomes.append("in")
            except LinkOver:
                outcomes.append("over")

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "over", "over", "over"]


def test_another_email_counts_once_its_inbox_confirms(post: Flask) -> None:
    add(post)
    here, elsewhere = enter(post), enter(post)
    form = {"email": "Ada.New@example.com", "password": PASSWORD}
    page = here.post("/account/email", form, follow=True)
    assert "We have written to ada.new@example.com" in page.said
    assert "Now: ada@example.com" in page.said, "nothing has changed yet"
    page = here.submit(here.get(link_in(letters(post)[-1])), "form[action^='/confirmations/']")
    assert "Your e-mail is ada.new@example.com now." in page.said
    assert "Confirmed" in page.said
    assert elsewhere.get("/account").status == 303
    assert enter(post, "ada.new@example.com").get("/account").status == 200
    assert kinds(post) == [("confirm", "ada.new@example.com"), ("changed", "ada@example.com")]


def test_what_somebody_wants_to_read_follows_them_to_another_email(post: Flask) -> None:
    add(post)
    with post.app_context(), transaction():
        choices.choose(email="ada@example.com", wanted={Topic.NEWS: True}, source=Source.SIGN_UP, at=now())
    here = enter(post)
    here.post("/account/email", {"email": "new@example.com", "password": PASSWORD})
    here.post(link_in(letters(post)[0]))
    page = here.get("/account/letters")
    assert "new@example.com" in page.said
    assert page.one("input[value=news]").has_attr("checked")


def test_another_email_needs_the_password(post: Flask) -> None:
    add(post)
    page = enter(post).post("/account/email", {"email": "new@example.com", "password": "wrong horse"})
    assert page.status == 422
    assert "not your current password" in page.said
    assert letters(post) == []


def test_a_taken_email_is_answered_like_a_free_one_and_its_owner_is_told(post: Flask) -> None:
    add(post)
    add(post, "bob@example.com")
    here = enter(post)
    said = []
    for email in ("bob@example.com", "new@example.com"):
        page = here.post("/account/email", {"email": email, "password": PASSWORD}, follow=True)
        said.append(page.said.replace(email, "…"))
    assert said[0] == said[1]
    assert kinds(post) == [("taken", "bob@example.com"), ("confirm", "new@example.com")]
    assert "/confirmations/" not in letters(post)[0].text + letters(post)[0].html


def test_a_confirmation_counts_for_who_asked_for_it_alone(post: Flask) -> None:
    """Else whoever asks could have a stranger confirm, and take over what the stranger ordered."""
    add(post)
    add(post, "eve@example.com")
    enter(post, "eve@example.com").post("/account/email", {"email": "ada.two@example.com", "password": PASSWORD})
    link = link_in(letters(post)[0])
    assert Shopper(post).get(link).location == f"/sign-in?next={link}"
    assert Shopper(post).post(link).status == 303
    assert enter(post).get(link).status == 409
    assert enter(post).post(link).status == 409
    assert enter(post, "eve@example.com").post(link).status == 303


def test_two_who_want_one_address_at_once_are_told_apart(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    add(any_app, "taken@example.com")
    ada = add(any_app)
    with any_app.app_context():
        facts = {"email": "taken@example.com"}
        with transaction():
            token = links.make_link(
                purpose=Purpose.EMAIL, customer_id=ada, email="taken@example.com", facts=facts, at=now()
            )
        monkeypatch.setattr("storefront.accounts.queries.find_customer_by_email", lambda email: None)
        with pytest.raises(EmailTaken), transaction():
            inbox.confirm_email(token=token, customer_id=ada, at=now())
    assert customer(any_app, ada).email == "ada@example.com"


def test_an_account_without_a_password_gets_one_by_letter(post: Flask) -> None:
    add(post)
    here = enter(post)
    with post.app_context(), transaction():
        db.session.get_one(Customer, 1).password_hash = None
    page = here.get("/account/security")
    page = here.submit(page, "form[action='/account/password/letter']")
    assert "We have written to ada@example.com" in page.said
    assert Shopper(post).post(link_in(letters(post)[0]), {"password": NEW}).status == 303
    assert enter(post, password=NEW).get("/account").status == 200


def test_the_same_email_again_is_said_to_be_ones_own(post: Flask) -> None:
    ada = add(post, email_verified_at=now())
    with post.app_context(), pytest.raises(Invalid, match="your e-mail already"), transaction():
        inbox.ask_email(customer_id=ada, email="ADA@example.com", locale="en", at=now())


def test_every_letter_speaks_both_languages(post: Flask) -> None:
    ada = add(post)
    for locale in ("en", "zh"):
        with post.app_context(), transaction():
            inbox.ask_reset(email="ada@example.com", locale=locale, at=now())
            inbox.ask_reset(email="nobody@example.com", locale=locale, at=now())
            inbox.ask_email(customer_id=ada, email="new@example.com", locale=locale, at=now())
            inbox.ask_orders(customer_id=ada, email="ada@example.com", locale=locale, at=now())
    written = letters(post)
    english, chinese = written[:4], written[4:]
    assert not any(re.search(r"[\u4e00-\u9fff]", letter.subject + letter.text) for letter in english)
    assert all(re.search(r"[\u4e00-\u9fff]", letter.subject) for letter in chinese)
    assert all(letter.html.count("<h1") == 1 and "{{" not in letter.text for letter in written)


def test_guesses_in_a_session_left_open_are_slowed_down(post: Flask) -> None:
    add(post)
    here = enter(post)
    form = {"current": "wrong horse", "new": NEW}
    answers = [here.post("/account/password", form).status for _ in range(8)]
    assert answers == [422] * 6 + [429] * 2
    page = here.post("/account/email", {"email": "new@example.com", "password": PASSWORD})
    assert page.status == 429
    assert "Too many tries" in page.said
    assert letters(post) == []
