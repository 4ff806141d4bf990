"""Every letter, in both languages, with samples of everything that it tells."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import services as mail
from storefront.mail.errors import MailNotSent
from storefront.mail.models import OutboxMail
from storefront.mail.previewing import list_letters, preview
from storefront.mail.services import Letter
from storefront.sms import services as sms
from storefront.sms.errors import SmsNotSent
from storefront.sms.services import Note
from storefront.sms.states import SmsKind
from tests.admin.people import at_work
from tests.browser import Shopper

LINK = re.compile(r'href="([^"]+)"')


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_letter_is_whole(app: Flask, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a sample fails here: add it to the `previews.py` of the room that writes the letter."""
    monkeypatch.setattr(app.jinja_env, "undefined", StrictUndefined)
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    with app.test_request_context():
        for key in list_letters():
            subject, text, html = preview(key, locale=locale)
            assert subject, key
            assert "\n" not in subject, key
            assert re.findall(r"</?[a-z]+[ >]", subject + text) == [], f"{key}: a text has no tags"
            assert f'lang="{"zh-Hans" if locale == "zh" else "en"}"' in html, key
            assert "<script" not in html, key
            assert re.findall(r"<(?:p|td|h1|a)(?![^>]*style=)[ >]", html) == [], key
            links = {link for link in LINK.findall(html) if "/sample" in link or "/orders/" in link}
            assert all(link in text for link in links if "#" not in link), key
    app.jinja_env.cache.clear()  # type: ignore[union-attr]


def test_letters_of_every_room_are_found(app: Flask) -> None:
    with app.test_request_context():
        found = list_letters()
    assert {"orders-placed", "payments-refunded", "fulfilment-sent", "promotions-given", "privacy-copy"} <= set(found)


def test_messages_to_phones_are_shown_in_both_languages_with_their_templates(app: Flask) -> None:
    page = at_work(app).get("/admin/letters")
    assert "Our shop: Order 7KQM-3XPD is on its way. SF Express, tracking number SF1234567890123." in page.said
    assert "订单 7KQM-3XPD 已发货" in page.said
    assert "SMS_TEMPLATE_SENT_EN" in page.said
    assert "While developing they go into the log and a folder." in page.said


def test_staff_look_at_a_letter_and_send_themselves_a_trial(app: Flask) -> None:
    browser = at_work(app)
    assert "orders-placed" in browser.get("/admin/letters").said
    page = browser.get("/admin/letters/orders-placed?locale=zh")
    assert "Blue cup" in page.words("pre")
    assert len(page.all("iframe")) == 2
    body = browser.client.get(str(page.all("iframe")[0]["src"]))
    assert "frame-ancestors 'self'" in body.headers["Content-Security-Policy"]
    assert browser.get("/admin/letters/nothing-here").status == 404
    browser.submit(page, "form[action$='/trial']")
    with app.app_context():
        mail = db.session.scalars(db.select(OutboxMail)).one()
        assert mail.template == "orders/mail/placed"
        assert mail.locale == "zh"


def test_what_never_left_is_shown_with_its_reason(app: Flask) -> None:
    browser = at_work(app)
    assert "Never left" not in browser.get("/admin/letters").said
    with app.app_context(), transaction():
        letter = mail.put_in(letter=Letter("mail/trial", "ada@example.com", "en", "7KQM-3XPD", {}), at=now())
        note = Note(SmsKind.PAID, "+8613800138000", "zh", "8KQM-4XPD.paid", {"number": "8KQM-4XPD", "amount": "$1"})
        message = sms.put_in(note=note, expires_at=now() + timedelta(days=1), at=now())
        assert letter is not None
        assert message is not None
        mail.record_failure(mail_id=letter, error=MailNotSent("no such mailbox", permanent=True), at=now())
        sms.record_failure(sms_id=message.id, error=SmsNotSent("isv.MOBILE_NUMBER_ILLEGAL", permanent=True), at=now())
    page = browser.get("/admin/letters")
    for words in ("Never left", "7KQM-3XPD no such mailbox", "sms/paid 8KQM-4XPD.paid isv.MOBILE_NUMBER_ILLEGAL"):
        assert words in page.said


def test_the_list_of_letters_has_words_of_its_own_in_chinese(app: Flask) -> None:
    browser = at_work(app)
    with app.app_context(), transaction():
        mail.put_in(letter=Letter("mail/trial", "ada@example.com", "en", "7KQM-3XPD", {}), at=now())
        db.session.execute(db.update(OutboxMail).values(status="sent", sent_at=now()))
    chinese = Shopper(app, language="zh")
    chinese.client = browser.client
    page = chinese.get("/admin/letters/sent")
    heads = page.words("thead")
    assert "收件人" in heads
    assert "发出时间" in heads
    assert "已发出" in page.words("tbody")
