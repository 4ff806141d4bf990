"""Who wants which letters: marketing goes to nobody who did not agree or said no, and one click ends it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from storefront.accounts import passwords
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import choices, jobs, queries, services
from storefront.mail.models import MailChoice, OutboxMail
from storefront.mail.services import Letter
from storefront.mail.states import CONSENT_VERSION, MailStatus, Source, Topic
from tests.browser import Shopper
from tests.factories import make_customer

EMAIL, PASSWORD = "ada@example.com", "three green apples"


def write(app: Flask, topic: Topic, reference: str = "1") -> OutboxMail | None:
    with app.app_context(), transaction():
        letter = Letter("mail/trial", EMAIL, "en", reference, {}, topic=topic)
        mail_id = services.put_in(letter=letter, at=now())
        return None if mail_id is None else queries.get_mail(mail_id)


def say(app: Flask, topic: Topic, *, wanted: bool) -> None:
    with app.app_context(), transaction():
        choices.choose(email=EMAIL, wanted={topic: wanted}, source=Source.ACCOUNT, at=now())


def link_of(mail: OutboxMail | None) -> str:
    assert mail is not None
    found = re.search(r"/unsubscribe/\S+", mail.text)
    assert found
    return found[0]


def wants(app: Flask, topic: Topic) -> bool:
    with app.app_context():
        return choices.wants(email=EMAIL, topic=topic)


def signed_in(app: Flask) -> Shopper:
    with app.app_context(), transaction():
        make_customer(EMAIL, password_hash=passwords.hash_password(PASSWORD))
    shopper = Shopper(app)
    assert shopper.post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status == 303
    return shopper


def test_news_go_to_those_alone_who_said_yes(any_app: Flask) -> None:
    assert write(any_app, Topic.NEWS) is None
    say(any_app, Topic.NEWS, wanted=True)
    assert write(any_app, Topic.NEWS) is not None
    say(any_app, Topic.NEWS, wanted=False)
    assert write(any_app, Topic.NEWS, "2") is None


def test_coupons_are_told_until_somebody_says_no(app: Flask) -> None:
    assert write(app, Topic.COUPONS) is not None
    say(app, Topic.COUPONS, wanted=False)
    assert write(app, Topic.COUPONS, "2") is None


def test_marketing_carries_the_headers_of_one_click(app: Flask) -> None:
    mail = write(app, Topic.COUPONS)
    with app.app_context():
        assert mail is not None
        message = services.as_message(mail)
        assert f"{link_of(mail)}>" in message["List-Unsubscribe"]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        with transaction():
            plain = services.put_in(letter=Letter("mail/trial", EMAIL, "en", "9", {}), at=now())
        assert plain is not None
        written = queries.get_mail(plain)
        assert services.as_message(written)["List-Unsubscribe"] is None
        assert "unsubscribe" not in written.text


def test_one_click_of_a_mail_program_ends_it_without_sign_in(app: Flask) -> None:
    link = link_of(write(app, Topic.COUPONS))
    machine = app.test_client()
    answer = machine.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example.net"})
    assert answer.status_code == 200
    assert not wants(app, Topic.COUPONS)


def test_looking_at_the_link_ends_nothing(app: Flask, shopper: Shopper) -> None:
    link = link_of(write(app, Topic.COUPONS))
    page = shopper.get(link)
    assert wants(app, Topic.COUPONS)
    assert EMAIL not in page.text
    assert "You are unsubscribed" in shopper.submit(page, f"form[action='{link}']").said
    assert not wants(app, Topic.COUPONS)


def test_the_link_in_an_old_letter_lives_as_long_as_the_secret_that_signed_it(
    app: Flask, shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, config = link_of(write(app, Topic.COUPONS)), app.config["SHOP"]
    for fallbacks, status in (((), 404), ((config.secret_key,), 200)):
        changed = replace(config, secret_key="another secret of the same shop", secret_fallbacks=fallbacks)
        monkeypatch.setitem(app.config, "SHOP", changed)
        assert shopper.get(link).status == status


def test_a_forged_link_ends_nothing(app: Flask, shopper: Shopper) -> None:
    link = link_of(write(app, Topic.COUPONS))
    assert shopper.post(f"{link}x").status == 404
    assert shopper.get("/unsubscribe/nonsense").status == 404
    assert wants(app, Topic.COUPONS)


def test_a_customer_chooses_on_a_page(app: Flask) -> None:
    shopper = signed_in(app)
    page = shopper.get("/account/letters")
    ticked = [box["value"] for box in page.all("[name=topic]") if box.has_attr("checked")]
    assert ticked == ["coupons"]
    shopper.post("/account/letters", {"topic": "news"})
    assert wants(app, Topic.NEWS)
    assert not wants(app, Topic.COUPONS)
    assert "You said yes on" in shopper.get("/account/letters").said


def test_the_box_at_sign_up_is_empty_and_a_yes_is_kept_with_its_words(app: Flask, shopper: Shopper) -> None:
    page = shopper.get("/register")
    assert not page.one("[name=news]").has_attr("checked")
    typed = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
    assert shopper.submit(page, "form[action='/register']", **typed, news="y", follow=False).status == 303
    with app.app_context():
        told = db.session.scalars(db.select(MailChoice)).one()
        assert (told.topic, told.is_wanted, told.version, told.source) == ("news", True, CONSENT_VERSION, "sign_up")


def test_an_empty_box_at_sign_up_says_nothing(app: Flask, shopper: Shopper) -> None:
    shopper.post("/register", {"email": EMAIL, "password": PASSWORD, "name": "Ada"})
    assert not wants(app, Topic.NEWS)


def test_a_complaint_ends_all_marketing(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "suppress", EMAIL])
    assert result.exit_code == 0, result.output
    assert not wants(app, Topic.COUPONS)


def test_what_waits_does_not_leave_after_a_no(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lost:
        lost.setattr(services, "publish", lambda fact: None)
        mail = write(any_app, Topic.COUPONS)
        with any_app.app_context(), transaction():
            plain = services.put_in(letter=Letter("mail/trial", EMAIL, "en", "order", {}), at=now())
    assert mail is not None
    assert plain is not None
    say(any_app, Topic.COUPONS, wanted=False)
    jobs.sweep_outbox.call_local()
    with any_app.app_context():
        assert queries.get_mail(mail.id).status == MailStatus.UNWANTED
        assert queries.get_mail(plain).status == MailStatus.SENT
    jobs.sweep_outbox.call_local()
    with any_app.app_context():
        assert queries.get_mail(mail.id).attempts == 1, "it is not tried again"


def move(app: Flask, before: str, email: str) -> None:
    with app.app_context(), transaction():
        choices.move(before=before, email=email, at=now())


def wanted_by(app: Flask, email: str, topic: Topic = Topic.COUPONS) -> bool:
    with app.app_context():
        return choices.wants(email=email, topic=topic)


def test_choices_follow_to_another_address_with_the_words_that_were_agreed_to(app: Flask) -> None:
    say(app, Topic.NEWS, wanted=True)
    say(app, Topic.COUPONS, wanted=False)
    with app.app_context(), transaction():
        db.session.execute(db.update(MailChoice).values(version="2020-01"))
    move(app, EMAIL, "new@example.com")
    assert wanted_by(app, "new@example.com", Topic.NEWS)
    assert not wanted_by(app, "new@example.com", Topic.COUPONS)
    assert not wanted_by(app, EMAIL, Topic.NEWS), "nobody writes to the old one any more"
    with app.app_context():
        found = choices.find_choice(email="new@example.com", topic=Topic.NEWS)
        assert found is not None
        assert (found.version, found.source) == ("2020-01", Source.MOVED)


def test_a_no_of_the_new_address_stands(app: Flask) -> None:
    say(app, Topic.NEWS, wanted=True)
    with app.app_context(), transaction():
        choices.choose(email="new@example.com", wanted={Topic.NEWS: False}, source=Source.LINK, at=now())
    move(app, EMAIL, "new@example.com")
    assert not wanted_by(app, "new@example.com", Topic.NEWS)


def test_a_link_to_the_old_address_ends_letters_to_the_new_ones_and_says_so(app: Flask) -> None:
    link = link_of(write(app, Topic.COUPONS))
    for before, email in ((EMAIL, "second@example.com"), ("second@example.com", "third@example.com")):
        move(app, before, email)
    assert wanted_by(app, "third@example.com")
    page = Shopper(app).submit(Shopper(app).get(link), "form[action^='/unsubscribe']")
    assert "an address that your account no longer uses" in page.said
    assert not wanted_by(app, "third@example.com")
    assert "no longer uses" in Shopper(app).post(link).said, "twice is the same"


def test_moving_there_and_back_ends_somewhere(app: Flask) -> None:
    link = link_of(write(app, Topic.COUPONS))
    move(app, EMAIL, "new@example.com")
    move(app, "new@example.com", EMAIL)
    assert wanted_by(app, EMAIL)
    Shopper(app).post(link)
    assert not wanted_by(app, EMAIL)


def test_who_gets_the_old_address_later_begins_anew(app: Flask) -> None:
    say(app, Topic.COUPONS, wanted=False)
    move(app, EMAIL, "new@example.com")
    assert wanted_by(app, EMAIL), "the one before said no, and not this one"
    say(app, Topic.COUPONS, wanted=False)
    say(app, Topic.COUPONS, wanted=True)
    with app.app_context(), transaction():
        choices.choose(email="new@example.com", wanted={Topic.COUPONS: True}, source=Source.ACCOUNT, at=now())
    Shopper(app).post(link_of(write(app, Topic.COUPONS)))
    assert wanted_by(app, "new@example.com"), "the link is the new owner's"
