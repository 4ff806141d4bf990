"""kuaidi100.com: asks about parcels (poll/query.do), subscribes to them (poll), and reads what it pushes.

Its interface signs with MD5 in upper case, as it documents: a query over `param + key + customer`, a push over
`param + salt`, where the salt is one that the subscription named. Its times are those of China.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from zoneinfo import ZoneInfo

from storefront.config import Kuaidi100Account
from storefront.fulfilment.carriers.manual import ManualCarrier
from storefront.fulfilment.carriers.protocol import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    BadPush,
    CarrierError,
    News,
    Report,
    Waybill,
)
from storefront.fulfilment.states import TrackingStatus

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
LARGEST_ANSWER = 1024 * 1024
CHINA = ZoneInfo("Asia/Shanghai")
STATES: Mapping[str, TrackingStatus] = {
    "0": TrackingStatus.ON_THE_WAY,
    "1": TrackingStatus.ON_THE_WAY,
    "2": TrackingStatus.TROUBLE,
    "3": TrackingStatus.DELIVERED,
    "4": TrackingStatus.RETURNED,
    "5": TrackingStatus.OUT_FOR_DELIVERY,
    "6": TrackingStatus.RETURNING,
    "7": TrackingStatus.ON_THE_WAY,
    "8": TrackingStatus.ON_THE_WAY,
    "14": TrackingStatus.TROUBLE,
}
"""Its numbers: on the way, collected, trouble, signed for, return signed for, being delivered, going back, handed on,
at the customs, refused."""
NOTHING_YET = frozenset({"500", "400"})
"""It knows the number, or will; there is only nothing to tell."""
ALREADY_SUBSCRIBED = "501"
KEYS_ARE_WRONG = frozenset({"503", "601", "600", "700", "701"})


class _Stay(HTTPRedirectHandler):
    """The account's keys go to the one address of the configuration and are led nowhere else."""

    def redirect_request(self, *_asked: Any) -> None:
        return None


_opener = build_opener(_Stay)


def signature(*parts: str) -> str:
    """Return the signature over these parts, as kuaidi100 makes it."""
    return md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


@dataclass(frozen=True, slots=True)
class Kuaidi100Carrier:
    """A carrier that kuaidi100 knows as `company`."""

    manual: ManualCarrier
    company: str
    account: Kuaidi100Account
    is_followed: bool = True

    @property
    def code(self) -> str:
        """The shop's code for it."""
        return self.manual.code

    @property
    def name(self) -> str:
        """What people call it."""
        return self.manual.name

    def link(self, tracking_number: str) -> str:
        """Return the carrier's own page."""
        return self.manual.link(tracking_number)

    def subscribe(self, waybill: Waybill, callback_url: str) -> None:
        """Ask to be told; being told already is as good."""
        parameters = {"callbackurl": callback_url, "salt": self.account.salt, "resultv2": "4", "phone": waybill.phone}
        asked = {
            "company": self.company,
            "number": waybill.tracking_number,
            "key": self.account.key,
            "parameters": parameters,
        }
        answer = self._post("/poll", {"schema": "json", "param": _json(asked)})
        code = str(answer.get("returnCode", ""))
        if answer.get("result") is not True and code != ALREADY_SUBSCRIBED:
            raise CarrierError(f"kuaidi100 refused a subscription: {code}", permanent=code in KEYS_ARE_WRONG)

    def poll(self, waybill: Waybill) -> Sequence[News]:
        """Ask where a parcel is; nothing known yet is no news."""
        param = _json(
            {"com": self.company, "num": waybill.tracking_number, "phone": waybill.phone, "resultv2": "4", "show": "0"}
        )
        sign = signature(param, self.account.key, self.account.customer)
        answer = self._post("/poll/query.do", {"customer": self.account.customer, "sign": sign, "param": param})
        code = str(answer.get("returnCode", ""))
        if answer.get("result") is False or code:
            if code in NOTHING_YET:
                return ()
            raise CarrierError(f"kuaidi100 refused a query: {code}", permanent=code in KEYS_ARE_WRONG)
        if str(answer.get("nu", "")).upper() != waybill.tracking_number:
            raise CarrierError("kuaidi100 answered about another parcel", permanent=False)
        return read_result(answer)

    def read_push(self, form: Mapping[str, str]) -> Report:
        """Read what kuaidi100 pushed."""
        return read_push(self.account, form)

    def _post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        request = Request(self.account.url + path, urlencode(form).encode(), method="POST")  # noqa: S310
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                answer = json.loads(response.read(LARGEST_ANSWER))
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise CarrierError(f"kuaidi100 did not answer: {type(error).__name__}", permanent=False) from error
        if not isinstance(answer, dict):
            raise CarrierError("kuaidi100 answered something else", permanent=False)
        return answer


def read_push(account: Kuaidi100Account, form: Mapping[str, str]) -> Report:
    """Read a push once it is signed with our salt; raises BadPush."""
    param, sign = form.get("param", ""), form.get("sign", "")
    if not param or not hmac.compare_digest(signature(param, account.salt).encode(), sign.upper().encode()):
        raise BadPush
    try:
        told = json.loads(param)
        result = told.get("lastResult") or {}
        company, number = str(told.get("comNew") or result.get("com", "")), str(result.get("nu", ""))
        return Report(company.lower(), number.upper(), read_result(result))
    except (ValueError, AttributeError, TypeError):
        raise BadPush from None


def read_result(result: Mapping[str, Any]) -> Sequence[News]:
    """Return the news in an answer, the oldest first; what has no time or no words is left out.

    The whole answer's state belongs to its newest piece of news, where that has none of its own.
    """
    rows = [row for row in result.get("data") or () if isinstance(row, dict)]
    found = [news for row in rows if (news := _news(row)) is not None]
    found.sort(key=lambda news: news.at)
    overall = STATES.get(str(result.get("state", "")), TrackingStatus.NEWS)
    if found and found[-1].status in {TrackingStatus.NEWS, TrackingStatus.ON_THE_WAY}:
        last = found[-1]
        found[-1] = News(last.at, last.text, overall, last.place)
    return tuple(found)


def _news(row: Mapping[str, Any]) -> News | None:
    text = str(row.get("context", "")).strip()[:LONGEST_TEXT]
    try:
        at = datetime.strptime(str(row.get("ftime") or row.get("time", "")), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    if not text:
        return None
    code = str(row.get("statusCode", ""))
    status = STATES.get(code) or STATES.get(code[:1] if len(code) > 2 else "", TrackingStatus.NEWS)
    return News(at.replace(tzinfo=CHINA), text, status, str(row.get("areaName") or "")[:LONGEST_PLACE])


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
