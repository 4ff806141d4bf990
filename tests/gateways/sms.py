"""Carriers of short messages: Tencent Cloud (TC3-HMAC-SHA256) and Aliyun (ACS3-HMAC-SHA256), as their documents say.

Each knows one customer with one secret, builds the signature anew from what came over the wire, and compares.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.gateways.serving import Answer, Asked, serving

KEY_ID, SECRET = "a-key-of-the-shop", "a secret that only the shop and the carrier know"


@dataclass
class Carrier:
    """What a carrier has been given; `refusal` is what it says next instead of yes."""

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""


@contextmanager
def tencent() -> Iterator[Carrier]:
    """Tencent's SendSms of 2021-01-11."""
    carrier = Carrier()

    def answer(asked: Asked) -> Answer:
        if not _tc3_is_right(asked):
            return _tencent_error("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
        if carrier.refusal.startswith("!"):
            return _tencent_error(carrier.refusal[1:], "No.")
        told = json.loads(asked.body)
        code = carrier.refusal or "Ok"
        if code == "Ok":
            carrier.sent.append(told)
        status = {"Code": code, "Message": code, "PhoneNumber": told["PhoneNumberSet"][0], "SerialNo": "1", "Fee": 1}
        return Answer({"Response": {"SendStatusSet": [status], "RequestId": "1"}})

    with serving(answer) as url:
        carrier.url = url
        yield carrier


@contextmanager
def aliyun() -> Iterator[Carrier]:
    """Aliyun's SendSms of 2017-05-25."""
    carrier = Carrier()

    def answer(asked: Asked) -> Answer:
        if not _acs3_is_right(asked):
            return Answer({"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched."}, 400)
        if carrier.refusal:
            return Answer({"Code": carrier.refusal, "Message": "No."}, 200)
        carrier.sent.append(asked.query)
        return Answer({"Code": "OK", "Message": "OK", "BizId": "1", "RequestId": "1"})

    with serving(answer) as url:
        carrier.url = url
        yield carrier


def _tencent_error(code: str, message: str) -> Answer:
    return Answer({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "1"}})


def _tc3_is_right(asked: Asked) -> bool:
    found = re.fullmatch(
        r"TC3-HMAC-SHA256 Credential=([^/]+)/([\d-]+)/(\w+)/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?"
        r"Signature=([0-9a-f]{64})",
        asked.headers.get("authorization", ""),
    )
    if not found or found[1] != KEY_ID or found[3] != "sms":
        return False
    stamp = int(asked.headers["x-tc-timestamp"])
    if f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d}" != found[2] or asked.headers["x-tc-action"] != "SendSms":
        return False
    names = found[4].split(";")
    lines = "".join(f"{name}:{asked.headers[name].strip().lower()}\n" for name in names)
    payload = hashlib.sha256(asked.body).hexdigest()
    canonical = "\n".join((asked.method, asked.path, asked.raw_query, lines, found[4], payload))
    scope = f"{found[2]}/sms/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{SECRET}".encode()
    for part in (found[2], "sms", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), found[5])


def _acs3_is_right(asked: Asked) -> bool:
    found = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})",
        asked.headers.get("authorization", ""),
    )
    if not found or found[1] != KEY_ID:
        return False
    needed = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
    payload = hashlib.sha256(asked.body).hexdigest()
    names = found[2].split(";")
    if not needed <= set(names) or names != sorted(names) or asked.headers["x-acs-content-sha256"] != payload:
        return False
    if (asked.headers["x-acs-action"], asked.headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
        return False
    lines = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names)
    pairs = sorted(asked.query.items())
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
    canonical = "\n".join((asked.method, asked.path, query, lines, found[2], payload))
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.compare_digest(hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest(), found[3])
