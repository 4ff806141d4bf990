"""Short messages leave once, signed as their carriers want it, and say nothing to whoever has the database alone."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from storefront.config import BadConfiguration, SmsSetup, read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.short_messages import SMS_KINDS
from storefront.sms import jobs, queries, sending, services
from storefront.sms.aliyun import AliyunSender
from storefront.sms.errors import SmsNotSent
from storefront.sms.message import Message
from storefront.sms.models import OutboxSms
from storefront.sms.sealing import seal, unseal
from storefront.sms.services import Note
from storefront.sms.states import PARAMETERS, SmsKind
from storefront.sms.tencent import TencentSender
from storefront.sms.words import WORDS
from tests.fresh_process import SHOP, modules_after
from tests.gateways.sms import KEY_ID, SECRET, Carrier, aliyun, tencent

FACTS = {"code": "012345", "minutes": "5"}
TEMPLATES = {"code": "T-zh", "code_en": "T-en", "sent": "S-zh"}
SETUP = SmsSetup("", KEY_ID, SECRET, "1400", "自营店 Shop & Co", TEMPLATES)
CARRIERS = [(tencent, TencentSender), (aliyun, AliyunSender)]

Peer = Callable[[], AbstractContextManager[Carrier]]


def message(phone: str = "+8613800138000", locale: str = "zh") -> Message:
    return Message(phone, locale, "012345 ...", FACTS)


@pytest.mark.parametrize(("peer", "sender"), CARRIERS)
def test_a_carrier_accepts_what_is_signed_with_its_key(peer: Peer, sender: type[TencentSender]) -> None:
    with peer() as carrier:
        sender(dataclasses.replace(SETUP, url=carrier.url)).send(message())
        sender(dataclasses.replace(SETUP, url=carrier.url)).send(message("+447400123456", "en"))
    chinese, english = carrier.sent
    if sender is TencentSender:
        assert (chinese["PhoneNumberSet"], chinese["TemplateParamSet"]) == (["+8613800138000"], ["012345", "5"])
        assert (chinese["SmsSdkAppId"], chinese["SignName"]) == ("1400", "自营店 Shop & Co")
        assert (chinese["TemplateId"], english["TemplateId"]) == ("T-zh", "T-en")
    else:
        assert (chinese["PhoneNumbers"], english["PhoneNumbers"]) == ("13800138000", "447400123456")
        assert (chinese["SignName"], chinese["TemplateParam"]) == ("自营店 Shop & Co", '{"code": "012345"}')
        assert (chinese["TemplateCode"], english["TemplateCode"]) == ("T-zh", "T-en")


@pytest.mark.parametrize(("peer", "sender"), CARRIERS)
def test_news_about_an_order_fill_in_the_template_of_their_kind(peer: Peer, sender: type[TencentSender]) -> None:
    facts = {"number": "7KQM-3XPD", "carrier": "顺丰速运", "tracking": "SF123"}
    with peer() as carrier:
        news = Message("+8613800138000", "en", "...", facts, SmsKind.SENT)
        sender(dataclasses.replace(SETUP, url=carrier.url)).send(news)
        with pytest.raises(SmsNotSent, match="no template") as refused:
            unknown = dataclasses.replace(news, kind=SmsKind.DELIVERED)
            sender(dataclasses.replace(SETUP, url=carrier.url)).send(unknown)
    assert refused.value.permanent
    [told] = carrier.sent
    if sender is TencentSender:
        assert (told["TemplateId"], told["TemplateParamSet"]) == ("S-zh", ["7KQM-3XPD", "顺丰速运", "SF123"])
    else:
        assert (told["TemplateCode"], json.loads(told["TemplateParam"])) == ("S-zh", facts)


@pytest.mark.parametrize(("peer", "sender"), CARRIERS)
def test_a_wrong_key_is_refused_for_good(peer: Peer, sender: type[TencentSender]) -> None:
    with peer() as carrier:
        wrong = dataclasses.replace(SETUP, url=carrier.url, secret="another secret")
        with pytest.raises(SmsNotSent, match="Signature") as refused:
            sender(wrong).send(message())
    assert refused.value.permanent
    assert carrier.sent == []


@pytest.mark.parametrize(
    ("peer", "sender", "refusal", "permanent"),
    [
        (tencent, TencentSender, "LimitExceeded.PhoneNumberDailyLimit", True),
        (tencent, TencentSender, "FailedOperation.InsufficientBalanceInSmsPackage", False),
        (tencent, TencentSender, "!RequestLimitExceeded", False),
        (tencent, TencentSender, "!FailedOperation.SignatureIncorrectOrUnapproved", True),
        (aliyun, AliyunSender, "isv.BUSINESS_LIMIT_CONTROL", True),
        (aliyun, AliyunSender, "isp.SYSTEM_ERROR", False),
        (aliyun, AliyunSender, "isv.MOBILE_NUMBER_ILLEGAL", True),
    ],
)
def test_a_refusal_says_whether_another_try_helps(
    peer: Peer, sender: type[TencentSender], refusal: str, permanent: bool
) -> None:
    with peer() as carrier:
        carrier.refusal = refusal
        with pytest.raises(SmsNotSent, match=refusal.strip("!")) as refused:
            sender(dataclasses.replace(SETUP, url=carrier.url)).send(message())
    assert refused.value.permanent is permanent


@pytest.mark.parametrize("sender", [TencentSender, AliyunSender])
def test_a_carrier_that_does_not_answer_is_asked_again(sender: type[TencentSender]) -> None:
    with pytest.raises(SmsNotSent) as refused:
        sender(dataclasses.replace(SETUP, url="http://127.0.0.1:1")).send(message())
    assert not refused.value.permanent


def put_in(app: Flask, reference: str = "1", *, minutes: int = 5) -> int:
    with app.app_context(), transaction():
        note = Note(SmsKind.CODE, "+8613800138000", "zh", reference, FACTS)
        return services.put_in(note=note, expires_at=now() + timedelta(minutes=minutes), at=now()).id  # type: ignore[union-attr]


def fate(app: Flask, sms_id: int) -> tuple[str, int, bool]:
    with app.app_context():
        sms = queries.get_sms(sms_id)
        return sms.status, sms.attempts, bool(sms.sealed)


def test_a_message_leaves_after_the_commit_and_its_words_are_forgotten(phones: Flask) -> None:
    sms_id = put_in(phones)
    assert fate(phones, sms_id) == ("sent", 1, False)
    [file] = phones.config["SHOP"].sms_dir.glob("8613800138000-*")
    assert "012345" in file.read_text()
    assert "验证码" in file.read_text()


def test_what_is_rolled_back_is_not_sent(phones: Flask) -> None:
    with phones.app_context(), pytest.raises(RuntimeError), transaction():
        note = Note(SmsKind.CODE, "+8613800138000", "zh", "1", FACTS)
        services.put_in(note=note, expires_at=now() + timedelta(minutes=5), at=now())
        raise RuntimeError
    assert not list(phones.config["SHOP"].sms_dir.glob("*"))
    with phones.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(OutboxSms)) == 0


def test_a_lost_first_try_is_swept_up_and_one_that_is_too_late_is_not_sent(
    phones: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "publish", lambda fact: None)
    waiting, late = put_in(phones), put_in(phones, "2", minutes=-1)
    assert fate(phones, waiting) == ("queued", 0, True)
    with phones.app_context():
        assert "012345" not in db.session.scalars(db.select(OutboxSms.sealed).order_by(OutboxSms.id)).first()
    jobs.sweep_sms.call_local()
    assert fate(phones, waiting) == ("sent", 1, False)
    assert fate(phones, late) == ("failed", 1, False)
    jobs.send_sms.call_local(waiting)
    assert fate(phones, waiting) == ("sent", 1, False)


@pytest.mark.parametrize(("permanent", "status"), [(True, "failed"), (False, "queued")])
def test_a_message_that_was_refused_waits_or_is_given_up(
    phones: Flask, monkeypatch: pytest.MonkeyPatch, permanent: bool, status: str
) -> None:
    class Refusing:
        def send(self, message: Message) -> None:
            raise SmsNotSent("no", permanent=permanent)

    monkeypatch.setattr(sending, "sender_for", lambda config: Refusing())
    assert fate(phones, put_in(phones)) == (status, 1, not permanent)


def test_a_fault_of_a_sender_counts_as_a_try(phones: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "sender_for", lambda config: None)
    assert fate(phones, put_in(phones)) == ("queued", 1, True)


def test_sealed_words_open_with_their_own_secret_alone() -> None:
    sealed = seal(FACTS, ["a secret"])
    assert unseal(sealed, ["a new one", "a secret"]) == FACTS
    with pytest.raises(SmsNotSent, match="another SECRET_KEY") as refused:
        unseal(sealed, ["another"])
    assert refused.value.permanent


def test_the_environment_names_the_carrier(tmp_path: Path) -> None:
    def read(**environ: str) -> SmsSetup:
        return read_config({"DATA_DIR": str(tmp_path), **environ}).sms

    production = {"PRODUCTION": "1", "SECRET_KEY": "x" * 40, "PUBLIC_URL": "https://shop.example"}
    assert read().sender == "console"
    assert read(SMS_SENDER="none").sender == ""
    assert read(**production).sender == "", "in production nobody is asked for codes that only a log would show"
    assert read(**production, SMS_SENDER="console").sender == "console"
    for environ, words in (
        ({"SMS_SENDER": "pigeon"}, "must be one of"),
        ({"SMS_SENDER": "tencent", "SMS_ID": "x"}, "SMS_SECRET, SMS_APP, SMS_SIGN, SMS_TEMPLATE is missing"),
        ({"SMS_COUNTRIES": "China"}, "two-letter"),
    ):
        with pytest.raises(BadConfiguration, match=words):
            read(**environ)
    with pytest.raises(BadConfiguration, match="SMS_TEMPLATE_PAYED names no message"):
        read(SMS_TEMPLATE_PAYED="1")
    named = {
        "SMS_TEMPLATE": "1",
        "SMS_TEMPLATE_EN": "2",
        "SMS_TEMPLATE_PAID": "3",
        "SMS_TEMPLATE_RETURN_APPROVED_EN": "4",
    }
    assert read(**named).templates == {"code": "1", "code_en": "2", "paid": "3", "return_approved_en": "4"}
    assert read(SMS_COUNTRIES="cn, HK").countries == {"CN", "HK"}
    with pytest.raises(RuntimeError, match="no SMS_SENDER"):
        sending.sender_for(read_config({"SMS_SENDER": "none", "DATA_DIR": str(tmp_path)})).send(message())


def test_a_web_worker_pays_for_no_carriers_library() -> None:
    """The libraries are loaded when a message goes out, or somebody signs in that way."""
    assert not {"tencentcloud", "authlib", "requests", "joserfc"} & modules_after(SHOP)


def test_what_no_carrier_has_a_template_for_is_not_put_in(phones: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = dataclasses.replace(SETUP, sender="aliyun")
    monkeypatch.setitem(phones.config, "SHOP", dataclasses.replace(phones.config["SHOP"], sms=setup))
    facts = {"number": "7KQM-3XPD", "amount": "$1"}
    with phones.app_context(), transaction():
        note = Note(SmsKind.PAID, "+8613800138000", "zh", "1", facts)
        assert services.put_in(note=note, expires_at=now() + timedelta(days=1), at=now()) is None
    told = phones.test_cli_runner().invoke(args=["sms", "status"]).output
    assert "carrier: aliyun" in told
    assert re.search(r"sent +zh +S-zh", told)
    assert re.search(r"paid +zh +not sent: no template", told)


def test_a_trial_says_what_became_of_it(phones: Flask) -> None:
    done = phones.test_cli_runner().invoke(args=["sms", "try", "+8613800138000", "--kind", "sent"])
    assert "The message has left." in done.output
    [file] = phones.config["SHOP"].sms_dir.glob("8613800138000-*")
    assert "SF1234567890123" in file.read_text()


def test_every_kind_has_words_and_parameters_that_they_say() -> None:
    assert set(WORDS) == set(PARAMETERS) == set(SmsKind) == {SmsKind(kind) for kind in SMS_KINDS}
    for kind, words in WORDS.items():
        assert set(re.findall(r"%\((\w+)\)s", words)) - {"shop"} == set(PARAMETERS[kind])


def test_messages_of_long_ago_are_deleted(phones: Flask) -> None:
    put_in(phones)
    jobs.forget_old_sms.call_local()
    with phones.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(OutboxSms)) == 1
        db.session.execute(db.update(OutboxSms).values(created_at=now() - timedelta(days=31)))
        db.session.connection().commit()
    jobs.forget_old_sms.call_local()
    with phones.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(OutboxSms)) == 0
