"""Letters leave once, are tried again when they must be, and are given up in the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from flask import Flask

from storefront.config import BadConfiguration
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import jobs, queries, services
from storefront.mail.delivery import SmtpDelivery
from storefront.mail.rules import MOST_TRIES, gives_up, wait_after
from storefront.mail.services import Letter
from storefront.shop.services import change_settings
from tests.storefront.mail.smtp_server import MailServer, mail_server


@pytest.fixture
def post(app: Flask) -> Iterator[MailServer]:
    """A mail server that the shop uses."""
    before = app.config["SHOP"]
    with mail_server() as server:
        app.config["SHOP"] = dataclasses.replace(before, mail_url=server.url, mail_from="shop@shop.example.com")
        yield server
    app.config["SHOP"] = before


def write(app: Flask, reference: str = "1", locale: str = "en") -> int:
    with app.app_context(), transaction():
        letter = Letter("mail/trial", "ada@example.com", locale, reference, {})
        mail_id = services.put_in(letter=letter, at=now())
        assert mail_id is not None
        return mail_id


def fate(app: Flask, mail_id: int) -> tuple[str, int]:
    with app.app_context():
        mail = queries.get_mail(mail_id)
        return mail.status, mail.attempts


def test_a_letter_leaves_right_after_the_commit_by_smtp(app: Flask, post: MailServer) -> None:
    with app.app_context(), transaction():
        change_settings(values={"name": "Bücher & Ähren, Inc."}, at=now())
    mail_id = write(app)
    assert fate(app, mail_id) == ("sent", 1)
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert letter["To"] == "ada@example.com"
    assert letter["From"].addresses[0].display_name == "Bücher & Ähren, Inc."
    assert letter["From"].addresses[0].addr_spec == "shop@shop.example.com"
    assert letter["Subject"] == "A trial e-mail from Bücher & Ähren, Inc."
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "mail leaves the shop" in text.get_content()
    assert "Bücher &amp; Ähren, Inc." in html.get_content()


def test_without_a_mail_server_letters_become_files(app: Flask) -> None:
    mail_id = write(app, "as-file")
    assert fate(app, mail_id) == ("sent", 1)
    (file,) = app.config["SHOP"].mail_dir.glob("mail-trial.as-file*.eml")
    assert b"To: ada@example.com" in file.read_bytes()


def test_the_same_letter_about_the_same_thing_is_one_letter(app: Flask, post: MailServer) -> None:
    assert write(app, "7") == write(app, "7")
    assert write(app, "8") != write(app, "7")
    assert len(post.letters) == 2


def test_nothing_leaves_when_the_fact_was_rolled_back(app: Flask, post: MailServer) -> None:
    with pytest.raises(ZeroDivisionError), app.app_context(), transaction():
        services.put_in(letter=Letter("mail/trial", "ada@example.com", "en", "1", {}), at=now())
        1 / 0  # noqa: B018
    assert post.letters == []


def test_a_server_that_is_busy_is_asked_again_later(app: Flask, post: MailServer) -> None:
    post.answers["RCPT"] = "451 try later"
    mail_id = write(app)
    assert fate(app, mail_id) == ("queued", 1)
    with app.app_context():
        jobs.sweep_outbox.call_local()
    assert fate(app, mail_id) == ("queued", 1), "it is not due yet"
    del post.answers["RCPT"]
    with time_machine.travel(now() + timedelta(minutes=2)), app.app_context():
        jobs.sweep_outbox.call_local()
    assert fate(app, mail_id) == ("sent", 2)
    assert len(post.letters) == 1


def test_an_address_that_does_not_exist_is_given_up_at_once(app: Flask, post: MailServer) -> None:
    post.answers["RCPT"] = "550 nobody here"
    mail_id = write(app)
    assert fate(app, mail_id) == ("failed", 1)
    with app.app_context():
        assert "nobody here" in queries.get_mail(mail_id).error


def test_after_many_tries_a_letter_is_given_up(app: Flask, post: MailServer) -> None:
    post.answers["DATA"] = "452 full"
    mail_id = write(app)
    moment = now()
    for _ in range(MOST_TRIES + 3):
        moment += timedelta(hours=7)
        with time_machine.travel(moment), app.app_context():
            jobs.sweep_outbox.call_local()
    assert fate(app, mail_id) == ("failed", MOST_TRIES)
    assert post.letters == []


def test_a_server_that_is_down_loses_nothing(app: Flask, post: MailServer) -> None:
    app.config["SHOP"] = dataclasses.replace(app.config["SHOP"], mail_url="smtp://127.0.0.1:1")
    mail_id = write(app)
    assert fate(app, mail_id) == ("queued", 1)


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    torn, whole = write(any_app, "torn"), write(any_app, "whole")
    with any_app.app_context(), transaction():
        queries.get_mail(torn).recipient = "Ada\r\nBcc: all@example.com"
    with any_app.app_context():
        jobs.sweep_outbox.call_local()
    assert fate(any_app, torn) == ("queued", 1)
    assert fate(any_app, whole) == ("sent", 1)


def test_a_fault_of_the_configuration_counts_as_a_try(app: Flask, post: MailServer) -> None:
    app.config["SHOP"] = dataclasses.replace(app.config["SHOP"], mail_url="nonsense")
    first, second = write(app, "first"), write(app, "second")
    assert fate(app, first) == fate(app, second) == ("queued", 1)
    with app.app_context():
        assert "MAIL_URL must look like" in queries.get_mail(first).error


def test_two_senders_send_one_letter(app: Flask, post: MailServer) -> None:
    mail_id = write(app)
    with app.app_context():
        jobs.deliver(mail_id)
        with transaction():
            assert services.claim(mail_id=mail_id, at=now()) is None
    assert len(post.letters) == 1


def test_a_sender_that_died_lets_another_try(app: Flask, post: MailServer) -> None:
    post.answers["RCPT"] = "451 later"
    mail_id = write(app)
    del post.answers["RCPT"]
    due = now() + timedelta(minutes=2)
    with app.app_context(), transaction():
        assert services.claim(mail_id=mail_id, at=due) is not None
        assert services.claim(mail_id=mail_id, at=due) is None
    with time_machine.travel(due + services.LEASE), app.app_context():
        jobs.sweep_outbox.call_local()
    assert fate(app, mail_id) == ("sent", 3)


def test_a_letter_speaks_its_readers_language(app: Flask, post: MailServer) -> None:
    with app.app_context():
        mail = queries.get_mail(write(app, locale="zh"))
        assert 'lang="zh-Hans"' in mail.html


def test_the_command_says_whether_mail_leaves(app: Flask, post: MailServer) -> None:
    runner = app.test_cli_runner()
    assert "has left" in runner.invoke(args=["mail", "try", "ada@example.com"]).output
    assert len(post.letters) == 1
    post.answers["MAIL"] = "550 not you"
    result = runner.invoke(args=["mail", "try", "ada@example.com"])
    assert result.exit_code == 1
    assert "not you" in result.output


@pytest.mark.parametrize(
    ("url", "delivery"),
    [
        ("smtp://mx", SmtpDelivery("mx", 25)),
        ("smtp://mx:2525", SmtpDelivery("mx", 2525)),
        ("smtp://ada:p%40ss@mx?tls=1", SmtpDelivery("mx", 587, "ada", "p@ss", start_tls=True)),
        ("smtps://mx", SmtpDelivery("mx", 465, wrapped=True)),
    ],
)
def test_mail_urls(url: str, delivery: SmtpDelivery) -> None:
    assert SmtpDelivery.from_url(url) == delivery


@pytest.mark.parametrize("url", ["http://mx", "smtp://", "mx:25", "smtp://mx:99999", "smtp://mx:0", "smtp://[mx"])
def test_mail_urls_that_say_nothing(url: str) -> None:
    with pytest.raises(BadConfiguration, match="MAIL_URL"):
        SmtpDelivery.from_url(url)


def test_waits_grow_and_end() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=6)
    assert gives_up(1, permanent=True)
    assert not gives_up(MOST_TRIES - 1, permanent=False)
