"""Alipay on this machine: its gateway, its page, and the notifications that it signs.

As its open platform documents them: RSA2 over the sorted parameters, a response signed as the very text that is sent,
refunds that are one for each `out_request_no`, and a notification that tells what went back in all.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.gateways.server import Answer, Call, Loopback, key_of

APP_ID = "2021000000000001"
SELLER = "2088000000000001"
PRODUCTS = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}
BEIJING = timezone(timedelta(hours=8))


class BadRequest(Exception):
    """What Alipay's page would show instead of a way to pay."""


def sign(text: str, whom: str = "alipay") -> str:
    return b64encode(key_of(whom).sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(text: str, signature: str, whom: str) -> bool:
    try:
        key_of(whom).public_key().verify(b64decode(signature), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def sorted_text(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields))


class AlipayPeer(Loopback):
    """A running Alipay; `open` and `pay` are what a shopper does there."""

    def __init__(self) -> None:
        super().__init__()
        self.trades: dict[str, dict[str, Any]] = {}
        self.signs_as = "alipay"
        self.is_slow_to_refund = False
        self.refuses: dict[str, str] = {}
        self._numbers = count(1)

    @property
    def gateway(self) -> str:
        return f"{self.url}/gateway.do"

    def open(self, url: str) -> dict[str, Any]:
        """Open the page that a shop sends its shopper to; the trade begins once they are signed in there."""
        fields = self._read(urlsplit(url).query)
        content = json.loads(fields["biz_content"])
        if content["product_code"] != PRODUCTS.get(fields["method"]):
            raise BadRequest("INVALID_PARAMETER")
        until = content.get("time_expire")
        if until and datetime.strptime(until, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp() < time.time():
            raise BadRequest("TRADE_EXPIRED")
        number = content["out_trade_no"]
        if not number.replace("_", "a").isalnum() or len(number) > 64 or set(content["subject"]) & set("/=&"):
            raise BadRequest("INVALID_PARAMETER")
        trade = self.trades.setdefault(
            number,
            {
                "trade_no": f"20261129220014{next(self._numbers):014}",
                "out_trade_no": number,
                "total_amount": content["total_amount"],
                "trade_status": "WAIT_BUYER_PAY",
                "went_back": {},
                "method": fields["method"],
                "return_url": fields["return_url"],
                "notify_url": fields["notify_url"],
            },
        )
        if trade["trade_status"] == "TRADE_CLOSED":
            raise BadRequest("TRADE_HAS_CLOSE")
        return trade

    def pay(self, number: str) -> dict[str, Any]:
        """Pay an open trade."""
        trade = self.trades[number]
        if trade["trade_status"] != "WAIT_BUYER_PAY":
            raise BadRequest(trade["trade_status"])
        trade.update(trade_status="TRADE_SUCCESS", gmt_payment=_now())
        return trade

    def notification(self, number: str, *, whom: str = "alipay", **changed: str) -> bytes:
        """Return the form that Alipay posts about a trade."""
        trade = self.trades[number]
        fields = {
            "notify_type": "trade_status_sync",
            "notify_id": f"n{next(self._numbers)}",
            "notify_time": _now(),
            "charset": "utf-8",
            "version": "1.0",
            "app_id": APP_ID,
            "seller_id": SELLER,
            "subject": "灯与灯罩 + 订单",
            "body": "",
            **{name: trade[name] for name in ("trade_no", "out_trade_no", "total_amount", "trade_status")},
        }
        if "gmt_payment" in trade:
            fields["gmt_payment"] = trade["gmt_payment"]
        if trade["went_back"]:
            last, everything = list(trade["went_back"])[-1], sum(trade["went_back"].values())
            fields |= {"gmt_refund": _now(), "refund_fee": _yuan(everything), "out_biz_no": last}
        fields |= changed
        return urlencode({**fields, "sign": sign(sorted_text(fields), whom), "sign_type": "RSA2"}).encode()

    def give_back(self, number: str, minor: int, request_no: str) -> str:
        """Send a part of a trade back, once for each request number; return the fault, "" for none."""
        trade = self.trades.get(number)
        if trade is None:
            return "ACQ.TRADE_NOT_EXIST"
        before = trade["went_back"].get(request_no)
        if before is not None:
            return "" if before == minor else "ACQ.DISCORDANT_REPEAT_REQUEST"
        if trade["trade_status"] != "TRADE_SUCCESS":
            return "ACQ.TRADE_STATUS_ERROR"
        total = round(float(trade["total_amount"]) * 100)
        if sum(trade["went_back"].values()) + minor > total:
            return "ACQ.REASON_TRADE_REFUND_FEE_ERR"
        trade["went_back"][request_no] = minor
        if sum(trade["went_back"].values()) == total:
            trade["trade_status"] = "TRADE_CLOSED"
        return ""

    def answer(self, call: Call) -> Answer:
        try:
            fields = self._read(call.query)
        except BadRequest as fault:
            said = {"code": "40002", "msg": "Invalid Arguments", "sub_code": f"isv.{fault}", "sub_msg": "无效签名"}
            return Answer(200, json.dumps({"error_response": said}).encode())
        method = fields["method"]
        said = {"code": "10000", "msg": "Success", **self._say(method, json.loads(fields["biz_content"]))}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        name = method.replace(".", "_") + "_response"
        return Answer(200, f'{{"{name}":{text},"sign":"{sign(text, self.signs_as)}"}}'.encode())

    def _say(self, method: str, content: dict[str, str]) -> dict[str, str]:
        number = content["out_trade_no"]
        trade = self.trades.get(number)
        if method in self.refuses:
            return _fault(self.refuses[method])
        if trade is None:
            return _fault("ACQ.TRADE_NOT_EXIST")
        known = {"trade_no": trade["trade_no"], "out_trade_no": number}
        if method == "alipay.trade.query":
            paid = {"send_pay_date": trade["gmt_payment"]} if "gmt_payment" in trade else {}
            return known | paid | {name: trade[name] for name in ("total_amount", "trade_status")}
        if method == "alipay.trade.close":
            if trade["trade_status"] != "WAIT_BUYER_PAY":
                return _fault("ACQ.TRADE_STATUS_ERROR")
            trade["trade_status"] = "TRADE_CLOSED"
            return known
        request_no = content["out_request_no"]
        if method == "alipay.trade.refund":
            was_known = request_no in trade["went_back"]
            fault = self.give_back(number, round(float(content["refund_amount"]) * 100), request_no)
            if fault:
                return _fault(fault)
            everything = _yuan(sum(trade["went_back"].values()))
            changed = "N" if was_known or self.is_slow_to_refund else "Y"
            return known | {"fund_change": changed, "refund_fee": everything}
        if method == "alipay.trade.fastpay.refund.query":
            minor = trade["went_back"].get(request_no)
            if minor is None or self.is_slow_to_refund:
                return known
            done = {"refund_status": "REFUND_SUCCESS", "refund_amount": _yuan(minor)}
            return known | done | {"out_request_no": request_no, "total_amount": trade["total_amount"]}
        return _fault("isv.invalid-method")

    def _read(self, query: str) -> dict[str, str]:
        """Return the parameters of a request that the shop signed."""
        fields = dict(parse_qsl(query, keep_blank_values=True))
        signature = fields.pop("sign", "")
        if fields.get("sign_type") != "RSA2" or not is_signed(sorted_text(fields), signature, "shop"):
            raise BadRequest("invalid-signature")
        if fields.get("app_id") != APP_ID:
            raise BadRequest("invalid-app-id")
        sent_at = datetime.strptime(fields["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        if abs(sent_at.timestamp() - time.time()) > 24 * 3600:
            raise BadRequest("invalid-timestamp")
        return fields


def _fault(code: str) -> dict[str, str]:
    kind = "20000" if code.startswith("aop.") else "40004"
    return {"code": kind, "msg": "Business Failed", "sub_code": code, "sub_msg": "交易{出错}了"}


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _now() -> str:
    return datetime.fromtimestamp(time.time(), BEIJING).strftime("%Y-%m-%d %H:%M:%S")
