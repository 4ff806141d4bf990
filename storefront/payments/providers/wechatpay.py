"""WeChat Pay (微信支付), version 3: a code to scan on a computer, the app on a phone, its own sheet inside WeChat.

Keys: WECHATPAY_MCH_ID, WECHATPAY_APP_ID, WECHATPAY_PRIVATE_KEY and WECHATPAY_SERIAL_NO (of the merchant's certificate),
WECHATPAY_API_V3_KEY. What WeChat signs is verified with WECHATPAY_PUBLIC_KEY and WECHATPAY_PUBLIC_KEY_ID; a merchant
that has none is verified by platform certificates, which are fetched. WECHATPAY_APP_SECRET (of the official account)
lets those pay who read the shop inside WeChat: its sign-in names them first. WECHATPAY_H5=no where WeChat has not
granted payments from a phone's browser, which then shows the code. WECHATPAY_API_BASE, WECHATPAY_SIGN_IN_PAGE and
WECHATPAY_SIGN_IN_API name other servers than WeChat's own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, ClassVar
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.providers.pem import read_pem
from storefront.payments.providers.protocol import Notification, Online, Outcome, RefundRequest, Request, Start
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

API_BASE = "https://api.mch.weixin.qq.com"
SIGN_IN_PAGE = "https://open.weixin.qq.com/connect/oauth2/authorize"
SIGN_IN_API = "https://api.weixin.qq.com"
CURRENCY = "CNY"
TIMEOUT_SECONDS = 10
TOLERANCE_SECONDS = 300
BEIJING = ZoneInfo("Asia/Shanghai")
NEEDED = (
    *("WECHATPAY_MCH_ID", "WECHATPAY_APP_ID", "WECHATPAY_PRIVATE_KEY", "WECHATPAY_SERIAL_NO"),
    "WECHATPAY_API_V3_KEY",
)
OPTIONAL = ("WECHATPAY_PUBLIC_KEY", "WECHATPAY_PUBLIC_KEY_ID", "WECHATPAY_API_BASE")
UNKNOWN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
ENDED = UNKNOWN | {"ORDER_CLOSED", "ORDERCLOSED", "ORDER_PAID", "ORDERPAID", "ORDERREVERSED"}
REFUSED_FOR_GOOD = UNKNOWN | {"PARAM_ERROR", "INVALID_REQUEST", "USER_ACCOUNT_ABNORMAL"}
"""Whatever else WeChat answers is asked again; after many tries a person looks."""
_REFUND_ENDS = {
    "SUCCESS": TransactionResult.SUCCESS,
    "CLOSED": TransactionResult.FAILURE,
    "ABNORMAL": TransactionResult.FAILURE,
}


class WeChatPay(Online):
    """A code for WeChat's scanner, or WeChat itself on a phone."""

    code: ClassVar[str] = "wechatpay"
    name: ClassVar[str] = N_("WeChat Pay")
    description: ClassVar[str] = N_("You pay in WeChat: on a computer, scan a code with your phone.")

    def is_offered(self, settings: ShopSettings) -> bool:
        return settings.currency == CURRENCY and all(map(self.key, NEEDED))

    def start(self, request: Request) -> Start:
        if request.device.is_in_wechat and self.key("WECHATPAY_APP_SECRET"):
            return Start(url=self._sign_in_page(request), handle=request.reference)
        if request.device.is_mobile and self.key("WECHATPAY_H5") != "no":
            scene = {"payer_client_ip": request.device.address, "h5_info": {"type": "Wap"}}
            made = self._ask("POST", "/v3/pay/transactions/h5", self._order(request) | {"scene_info": scene})
            back = quote(request.return_url, safe="")
            return Start(url=f"{made['h5_url']}&redirect_url={back}", handle=request.reference)
        made = self._ask("POST", "/v3/pay/transactions/native", self._order(request))
        return Start(qr=made["code_url"], handle=request.reference)

    def open_sheet(self, request: Request, code: str) -> Mapping[str, str]:
        """Return what WeChat's own sheet is opened with, inside WeChat, for whom a code of its sign-in names.

        Asked again, it is the same order.
        """
        payer, app = {"openid": self._openid_of(code)}, self.key("WECHATPAY_APP_ID")
        made = self._ask("POST", "/v3/pay/transactions/jsapi", self._order(request) | {"payer": payer})
        stamp, nonce, package = str(int(now().timestamp())), secrets.token_hex(16), f"prepay_id={made['prepay_id']}"
        signature = self._core().sign([app, stamp, nonce, package])
        facts = {"appId": app, "timeStamp": stamp, "nonceStr": nonce, "package": package}
        return facts | {"signType": "RSA", "paySign": signature}

    def withdraw(self, request: Request) -> None:
        """Close an order; one that has ended is left alone: if it was paid just now, its money is told of."""
        path = f"/v3/pay/transactions/out-trade-no/{request.reference}/close"
        self._ask("POST", path, {"mchid": self.key("WECHATPAY_MCH_ID")}, fine=ENDED)

    def query(self, request: Request) -> Outcome | None:
        path = f"/v3/pay/transactions/out-trade-no/{request.reference}?mchid={self.key('WECHATPAY_MCH_ID')}"
        found = self._ask("GET", path, fine=UNKNOWN)
        return _of_transaction(found) if found else None

    def refund(self, refund: RefundRequest) -> Outcome:
        amount = {"refund": _fen(refund.amount), "total": _fen(refund.payment.amount), "currency": CURRENCY}
        wanted = {
            "out_trade_no": refund.payment.reference,
            "out_refund_no": refund.key,
            "notify_url": refund.payment.notify_url,
            "amount": amount,
        }
        made = self._ask("POST", "/v3/refund/domestic/refunds", wanted)
        return _of_refund(made, str(made["status"]))

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        found = self._ask("GET", f"/v3/refund/domestic/refunds/{refund.key}", fine=UNKNOWN)
        outcome = _of_refund(found, str(found["status"])) if found else None
        return None if outcome is None or outcome.result is TransactionResult.REQUEST else outcome

    def handle_notification(self, notification: Notification) -> Sequence[Outcome]:
        kind, told = self._verified(notification)
        if told.get("mchid") != self.key("WECHATPAY_MCH_ID"):
            raise BadSignature
        if kind.startswith("TRANSACTION."):
            outcome = _of_transaction(told)
            return () if outcome is None else (outcome,)
        if kind.startswith("REFUND."):
            return (_of_refund(told, str(told["refund_status"])),)
        return ()

    def _order(self, request: Request) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "appid": self.key("WECHATPAY_APP_ID"),
            "mchid": self.key("WECHATPAY_MCH_ID"),
            "description": request.description[:127],
            "out_trade_no": request.reference,
            "notify_url": request.notify_url,
            "amount": {"total": _fen(request.amount), "currency": CURRENCY},
        }
        if request.expires_at is not None:
            wanted["time_expire"] = request.expires_at.astimezone(BEIJING).isoformat(timespec="seconds")
        return wanted

    def _sign_in_page(self, request: Request) -> str:
        """Return where WeChat tells us who its reader is; it asks them nothing, and wants the parts in this order."""
        asked = {
            "appid": self.key("WECHATPAY_APP_ID"),
            "redirect_uri": f"{request.return_url.rpartition('/')[0]}/wechat",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": "pay",
        }
        return f"{self.key('WECHATPAY_SIGN_IN_PAGE') or SIGN_IN_PAGE}?{urlencode(asked)}#wechat_redirect"

    def _openid_of(self, code: str) -> str:
        requests, server = import_module("requests"), self.key("WECHATPAY_SIGN_IN_API") or SIGN_IN_API
        asked = {
            "appid": self.key("WECHATPAY_APP_ID"),
            "secret": self.key("WECHATPAY_APP_SECRET"),
            "code": code,
            "grant_type": "authorization_code",
        }
        try:
            address = f"{server}/sns/oauth2/access_token"
            answer = requests.get(address, params=asked, timeout=TIMEOUT_SECONDS, allow_redirects=False)
            said = answer.json()
            return str(said["openid"])
        except requests.RequestException as error:
            raise ProviderFailed("WeChat's sign-in does not answer", permanent=False) from error
        except (ValueError, LookupError, TypeError) as error:
            raise ProviderFailed("WeChat's sign-in names nobody", permanent=False) from error

    def _verified(self, notification: Notification) -> tuple[str, Mapping[str, Any]]:
        """Return the kind of a message and what was sealed in it, once WeChat has signed it, not long ago."""
        signed_at = notification.headers.get("wechatpay-timestamp", "")
        arrived_at = notification.received_at.timestamp()
        if not signed_at.isdecimal() or abs(arrived_at - int(signed_at)) > TOLERANCE_SECONDS:
            raise BadSignature
        core, requests = self._core(), import_module("requests")
        try:
            message = core.callback(notification.headers, notification.body)
        except requests.RequestException as error:
            raise ProviderFailed(f"platform certificates: {error}", permanent=False) from error
        except Exception as error:
            raise BadSignature from error
        if not isinstance(message, dict) or not isinstance(message.get("resource"), dict):
            raise BadSignature
        return str(message.get("event_type", "")), message["resource"]

    def _ask(
        self, method: str, path: str, data: Mapping[str, Any] | None = None, *, fine: frozenset[str] = frozenset()
    ) -> Mapping[str, Any]:
        """Return what WeChat answers and has signed; nothing where it refuses for a reason that is `fine`."""
        core, kinds = self._core(), import_module("wechatpayv3.type").RequestType
        try:
            status, text = core.request(path, method=kinds[method], data=data)
            answer = json.loads(text) if text else {}
        except Exception as error:
            raise ProviderFailed(f"{path}: {error}", permanent=False) from error
        if status < 300:
            return dict(answer)
        code = str(answer.get("code", status)) if isinstance(answer, dict) else str(status)
        if code in fine:
            return {}
        words = answer.get("message", "") if isinstance(answer, dict) else ""
        raise ProviderFailed(f"{code}: {words}", permanent=code in REFUSED_FOR_GOOD and 400 <= status < 500)

    def _core(self) -> Any:
        try:
            return _core(tuple(self.key(name) for name in (*NEEDED, *OPTIONAL)))
        except ProviderFailed:
            raise
        except Exception as error:
            raise ProviderFailed(f"the keys of WeChat Pay do not serve: {error}", permanent=False) from error


def _of_transaction(told: Mapping[str, Any]) -> Outcome | None:
    """Return what a transaction's state says; REFUND is one that was paid, of which something went back since."""
    state, name, reference = told.get("trade_state"), str(told.get("transaction_id", "")), str(told["out_trade_no"])
    if state in {"SUCCESS", "REFUND"}:
        kind, result, key = TransactionKind.CAPTURE, TransactionResult.SUCCESS, f"wechatpay-{name}-captured"
    elif state == "PAYERROR":
        kind, result, key = TransactionKind.CAPTURE, TransactionResult.FAILURE, f"wechatpay-{reference}-failed"
    elif state in {"CLOSED", "REVOKED"}:
        kind, result, key = TransactionKind.VOID, TransactionResult.SUCCESS, f"wechatpay-{reference}-closed"
    else:
        return None
    return Outcome(reference, kind, result, _money(told.get("amount", {}), "total"), name, key, {})


def _of_refund(told: Mapping[str, Any], status: str) -> Outcome:
    result, name = _REFUND_ENDS.get(status, TransactionResult.REQUEST), str(told["refund_id"])
    return Outcome(
        reference=str(told["out_trade_no"]),
        kind=TransactionKind.REFUND,
        result=result,
        amount=_money(told["amount"], "refund"),
        psp_reference=name,
        idempotency_key=f"wechatpay-{name}-{status.lower()}",
        facts={"reason": status.lower()} if result is TransactionResult.FAILURE else {},
        refund=str(told["out_refund_no"]),
    )


def _money(amount: Mapping[str, Any], part: str) -> Money:
    minor = amount.get(part, 0)
    if type(minor) is not int:
        raise ProviderFailed(f"WeChat speaks of {minor!r}", permanent=True)
    return Money(minor, str(amount.get("currency", CURRENCY)))


def _fen(amount: Money) -> int:
    if amount.currency != CURRENCY:
        raise ProviderFailed(f"WeChat Pay takes {CURRENCY} and not {amount.currency}", permanent=True)
    return amount.minor


@lru_cache(maxsize=4)
def _core(keys: tuple[str, ...]) -> Any:
    """Return the part of WeChat's library that signs, verifies and unseals, speaking to a server of our choice.

    It is imported here, so that only a shop with WeChat Pay carries it. The library sets its server's address before it
    fetches platform certificates, and leaves no other way to name another one.
    """
    merchant, _app, private_key, serial, sealing_key, public_key, key_id, base = keys
    library = import_module("wechatpayv3.core")
    server = property(lambda _core: (base or API_BASE).rstrip("/"), lambda _core, _address: None)
    kind = type("Core", (library.Core,), {"_gate_way": server})
    return kind(
        mchid=merchant,
        cert_serial_no=serial,
        private_key=read_pem(private_key, "PRIVATE KEY"),
        apiv3_key=sealing_key,
        timeout=TIMEOUT_SECONDS,
        public_key=read_pem(public_key, "PUBLIC KEY") if public_key else None,
        public_key_id=key_id or None,
    )
