"""WeChat Pay on this machine, version 3 as its merchant platform documents it.

Every request carries an Authorization that signs method, path, time, nonce and body with the merchant's key; every
answer and message is signed with the platform's; what a message or a certificate says is sealed with AES-256-GCM.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.gateways.server import Answer, Call, Loopback, key_of

MERCHANT, APP = "1900000001", "wx0000000000000001"
APP_SECRET = "secret-of-the-official-account"
MERCHANT_SERIAL = "3F4A5B6C7D8E9F00112233445566778899AABBCC"
SEALING_KEY = "thirty-two-characters-for-apiv3!"
KEY_ID = "PUB_KEY_ID_0119000000012026112900000000000001"
SCHEME = "WECHATPAY2-SHA256-RSA2048"


@lru_cache(maxsize=1)
def certificate() -> x509.Certificate:
    """Return the platform's certificate."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key_of("wechat").public_key())
    today = datetime.now(UTC)
    made = made.serial_number(0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1)
    made = made.not_valid_before(today - timedelta(days=400)).not_valid_after(today + timedelta(days=1400))
    return made.sign(key_of("wechat"), SHA256())


def seal(text: str, kind: str, *, key: str = SEALING_KEY) -> dict[str, str]:
    """Seal a text as WeChat does."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), text.encode(), kind.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "associated_data": kind,
        "nonce": nonce,
        "ciphertext": b64encode(sealed).decode(),
    }


class WeChatPeer(Loopback):
    """A running WeChat Pay; `pay` is what a shopper does in WeChat."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.signs_as = "wechat"
        self.has_key_id = True
        self.is_slow_to_refund = False
        self.refuses: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self._nonces: set[str] = set()
        self._numbers = count(1)

    def pay(self, number: str) -> dict[str, Any]:
        """Pay an open order."""
        order = self.orders[number]
        assert order["trade_state"] == "NOTPAY", order["trade_state"]
        order |= {
            "trade_state": "SUCCESS",
            "transaction_id": f"42000000012026{next(self._numbers):014}",
            "success_time": "2026-11-29T10:00:00+08:00",
        }
        return order

    def message(self, kind: str, resource: dict[str, Any], *, key: str = SEALING_KEY) -> bytes:
        """Return a message's body; what it says is sealed."""
        original = "refund" if kind.startswith("REFUND") else "transaction"
        sealed = seal(json.dumps(resource, ensure_ascii=False), original, key=key) | {"original_type": original}
        told = {
            "id": f"EV-{next(self._numbers):032}",
            "create_time": "2026-11-29T10:00:00+08:00",
            "resource_type": "encrypt-resource",
            "event_type": kind,
            "summary": "支付成功",
            "resource": sealed,
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def headers(self, body: bytes, *, whom: str = "", at: float | None = None) -> dict[str, str]:
        """Sign a body as an answer or a message of WeChat's."""
        stamp, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(16)
        text = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        signature = key_of(whom or self.signs_as).sign(text, PKCS1v15(), SHA256())
        return {
            "Wechatpay-Serial": KEY_ID if self.has_key_id else f"{certificate().serial_number:X}",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": b64encode(signature).decode(),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def give_back(self, number: str, minor: int, out_refund_no: str) -> dict[str, Any]:
        """Send a part of an order back, once for each refund number."""
        order, before = self.orders[number], self.refunds.get(out_refund_no)
        if before is not None:
            return before
        self.refunds[out_refund_no] = made = {
            "refund_id": f"50000000012026{next(self._numbers):014}",
            "out_refund_no": out_refund_no,
            "transaction_id": order["transaction_id"],
            "out_trade_no": number,
            "status": "PROCESSING" if self.is_slow_to_refund else "SUCCESS",
            "amount": {"total": order["amount"]["total"], "refund": minor, "currency": "CNY"},
        }
        order["trade_state"] = "REFUND"
        return made

    def refund_told(self, out_refund_no: str) -> dict[str, Any]:
        """Return what a message says of a refund: its status has another name there, and the currency is left out."""
        made = self.refunds[out_refund_no]
        amount = {name: made["amount"][name] for name in ("total", "refund")}
        names = ("refund_id", "out_refund_no", "transaction_id", "out_trade_no")
        return {"mchid": MERCHANT, "refund_status": made["status"], "amount": amount} | {n: made[n] for n in names}

    def sign_in(self, page: str, openid: str) -> str:
        """Let a reader inside WeChat be named; return where WeChat sends them."""
        parts = urlsplit(page)
        asked = dict(parse_qsl(parts.query))
        order = ["appid", "redirect_uri", "response_type", "scope", "state"]
        assert (list(asked), parts.fragment) == (order, "wechat_redirect")
        assert (asked["appid"], asked["response_type"], asked["scope"]) == (APP, "code", "snsapi_base")
        code = secrets.token_hex(16)
        self.codes[code] = openid
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def is_sheet(self, facts: dict[str, str]) -> bool:
        """Say whether WeChat's own sheet would open."""
        text = f"{facts['appId']}\n{facts['timeStamp']}\n{facts['nonceStr']}\n{facts['package']}\n"
        try:
            signature = b64decode(facts["paySign"])
            key_of("shop").public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return facts["signType"] == "RSA"

    def answer(self, call: Call) -> Answer:
        if call.path == "/sns/oauth2/access_token":
            return self._name(dict(parse_qsl(call.query)))
        fault = self._fault_of(call)
        if fault:
            return self._signed(401, {"code": "SIGN_ERROR", "message": fault})
        for path, code in self.refuses.items():
            if path in call.path:
                return self._signed(403 if code == "NOT_ENOUGH" else 400, {"code": code, "message": "不行"})
        return self._signed(*self._say(call))

    def _say(self, call: Call) -> tuple[int, dict[str, Any] | None]:
        said = json.loads(call.body) if call.body else {}
        if call.path == "/v3/certificates":
            return 200, {"data": [self._own_certificate()]}
        if call.method == "POST" and re.fullmatch("/v3/pay/transactions/(native|h5|jsapi)", call.path):
            return self._make(call.path.rpartition("/")[2], said)
        if found := re.fullmatch("/v3/pay/transactions/out-trade-no/([^/]+)(/close)?", call.path):
            order = self.orders.get(found[1])
            if order is None:
                return 404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
            if found[2]:
                if order["trade_state"] != "NOTPAY":
                    return 400, {"code": "ORDERPAID", "message": "订单已支付"}
                order["trade_state"] = "CLOSED"
                return 204, None
            return 200, order
        if call.method == "POST" and call.path == "/v3/refund/domestic/refunds":
            return self._refund(said)
        if found := re.fullmatch("/v3/refund/domestic/refunds/([^/]+)", call.path):
            made = self.refunds.get(found[1])
            return (200, made) if made else (404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
        return 404, {"code": "NOT_FOUND", "message": call.path}

    def _make(self, kind: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        number = said.get("out_trade_no", "")
        if not re.fullmatch(r"[\w|*-]{6,32}", number, re.ASCII) or said["amount"]["total"] < 1:
            return 400, {"code": "PARAM_ERROR", "message": "参数错误"}
        if said["mchid"] != MERCHANT or said["appid"] != APP or not said["notify_url"]:
            return 400, {"code": "APPID_MCHID_NOT_MATCH", "message": "不匹配"}
        if datetime.fromisoformat(said["time_expire"]).timestamp() < time.time() + 60:
            return 400, {"code": "PARAM_ERROR", "message": "time_expire"}
        if kind == "h5" and said["scene_info"]["h5_info"]["type"] != "Wap":
            return 400, {"code": "PARAM_ERROR", "message": "scene_info"}
        self.orders.setdefault(
            number,
            {
                "mchid": MERCHANT,
                "appid": APP,
                "out_trade_no": number,
                "trade_type": {"native": "NATIVE", "h5": "MWEB", "jsapi": "JSAPI"}[kind],
                "trade_state": "NOTPAY",
                "amount": {"total": said["amount"]["total"], "currency": said["amount"]["currency"]},
                "payer": said.get("payer", {}),
            },
        )
        if kind == "native":
            return 200, {"code_url": f"weixin://wxpay/bizpayurl?pr={number[:9]}"}
        if kind == "h5":
            return 200, {"h5_url": f"{self.url}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{number}&package=1"}
        return 200, {"prepay_id": f"wx{number}"}

    def _name(self, asked: dict[str, str]) -> Answer:
        """Tell whom a code names, once."""
        openid = self.codes.pop(asked.get("code", ""), "")
        if not openid or asked["secret"] != APP_SECRET or asked["appid"] != APP:
            return Answer(200, b'{"errcode":40029,"errmsg":"invalid code"}', {"Content-Type": "text/plain"})
        told = {"access_token": "t", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
        return Answer(200, json.dumps(told).encode(), {"Content-Type": "text/plain"})

    def _refund(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        order, minor = self.orders.get(said["out_trade_no"]), said["amount"]["refund"]
        if order is None or order["trade_state"] not in {"SUCCESS", "REFUND"}:
            return 404, {"code": "RESOURCE_NOT_EXISTS", "message": "订单不存在"}
        if said["amount"]["total"] != order["amount"]["total"]:
            return 400, {"code": "PARAM_ERROR", "message": "订单金额不一致"}
        mine = [each for each in self.refunds.values() if each["out_trade_no"] == said["out_trade_no"]]
        others = sum(each["amount"]["refund"] for each in mine if each["out_refund_no"] != said["out_refund_no"])
        if others + minor > order["amount"]["total"]:
            return 400, {"code": "INVALID_REQUEST", "message": "退款金额大于支付金额"}
        return 200, self.give_back(said["out_trade_no"], minor, said["out_refund_no"])

    def _own_certificate(self) -> dict[str, Any]:
        own = certificate()
        return {
            "serial_no": f"{own.serial_number:X}",
            "effective_time": own.not_valid_before_utc.isoformat(),
            "expire_time": own.not_valid_after_utc.isoformat(),
            "encrypt_certificate": seal(own.public_bytes(Encoding.PEM).decode(), "certificate"),
        }

    def _fault_of(self, call: Call) -> str:
        """Return what is wrong with a request's Authorization, "" for nothing."""
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        told = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if scheme != SCHEME or told.get("mchid") != MERCHANT or told.get("serial_no") != MERCHANT_SERIAL:
            return "scheme, merchant or serial"
        if abs(int(told["timestamp"]) - time.time()) > 300 or told["nonce_str"] in self._nonces:
            return "too old, or seen before"
        self._nonces.add(told["nonce_str"])
        path = f"{call.path}?{call.query}" if call.query else call.path
        text = f"{call.method}\n{path}\n{told['timestamp']}\n{told['nonce_str']}\n".encode() + call.body + b"\n"
        try:
            key_of("shop").public_key().verify(b64decode(told["signature"]), text, PKCS1v15(), SHA256())
        except InvalidSignature:
            return "signature"
        return ""

    def _signed(self, status: int, thing: dict[str, Any] | None) -> Answer:
        body = b"" if thing is None else json.dumps(thing, ensure_ascii=False).encode()
        return Answer(status, body, self.headers(body))
