"""Who wants which letters: marketing goes to nobody who did not agree or said no, and one click ends it."""

from __future__ import annotations

import re

from flask import Flask

from storefront.accounts import passwords
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import choices, services
from storefront.mail.models import MailChoice, OutboxMail
from storefront.mail.services import Letter
from storefront.mail.states import CONSENT_VERSION, Source, Topic
from tests.browser import Shopper
from tests.factories import make_customer

EMAIL, PASSWORD = "ada@example.com", "three green apples"


def write(app: Flask, topic: Topic, reference: str = "1") -> OutboxMail | None:
    with app.app_context(), transaction():
        letter = Letter("mail/trial", EMAIL, "en", reference, {}, topic=topic)
        return services.put_in(letter=letter, at=now())


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
        assert services.as_message(plain)["List-Unsubscribe"] is None
        assert "unsubscribe" not in plain.text


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
