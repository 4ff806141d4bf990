"""Aliyun's SMS: one call, signed by the public rules of ACS3-HMAC-SHA256.

The official library would bring some 25 packages for it; the signature is a dozen lines.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from storefront.config import SmsSetup
from storefront.kernel.clock import now
from storefront.sms.errors import SmsNotSent
from storefront.sms.message import Message
from storefront.sms.states import SmsKind

ALGORITHM = "ACS3-HMAC-SHA256"
ADDRESS = "https://dysmsapi.aliyuncs.com"
TIMEOUT_SECONDS = 10
TRY_AGAIN = ("Throttling", "ServiceUnavailable", "InternalError", "isv.AMOUNT_NOT_ENOUGH", "isp.")
"""Codes whose cause passes, by their beginning; the brake on one number (`isv.BUSINESS_LIMIT_CONTROL`) is none."""


@dataclass(frozen=True, slots=True)
class AliyunSender:
    """Sends by templates whose places have names, such as ${code} and ${number}."""

    setup: SmsSetup

    def send(self, message: Message) -> None:
        import requests  # noqa: PLC0415

        query = {
            "PhoneNumbers": _number(message.phone),
            "SignName": self.setup.sign,
            "TemplateCode": message.template_of(self.setup),
            "TemplateParam": json.dumps(_parameters(message), ensure_ascii=False),
        }
        address = self.setup.url or ADDRESS
        headers = _headers(query, host=urlsplit(address).netloc, setup=self.setup)
        try:
            answer = requests.post(
                f"{address}/?{urlencode(query, quote_via=quote, safe='~')}",
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
            told = answer.json()
            code, words = str(told.get("Code", answer.status_code)), str(told.get("Message", ""))
        except (requests.RequestException, ValueError, AttributeError) as error:
            raise SmsNotSent(repr(error), permanent=False) from error
        if code != "OK":
            passes = answer.status_code >= 500 or code.startswith(TRY_AGAIN)
            raise SmsNotSent(f"{code}: {words}", permanent=not passes)


def _parameters(message: Message) -> dict[str, str]:
    """A template for codes has the one place ${code}: the carrier refuses others in it."""
    told = message.parameters()
    return {"code": told["code"]} if message.kind is SmsKind.CODE else told


def _headers(query: Mapping[str, str], *, host: str, setup: SmsSetup) -> dict[str, str]:
    body = hashlib.sha256(b"").hexdigest()
    signed = {
        "host": host,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": body,
        "x-acs-date": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2017-05-25",
    }
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    asked = "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
    canonical = "\n".join(("POST", "/", asked, lines, names, body))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(setup.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    proof = f"{ALGORITHM} Credential={setup.key_id},SignedHeaders={names},Signature={signature}"
    return {**signed, "Authorization": proof}


def _number(phone: str) -> str:
    """Chinese numbers go without their country's code, all others with it and without the plus."""
    return phone.removeprefix("+86") if phone.startswith("+86") else phone.removeprefix("+")
