"""Alipay (支付宝): its own page on a computer, its app on a phone; notifications signed with RSA2, queries, refunds.

Keys: ALIPAY_APP_ID, ALIPAY_PRIVATE_KEY (the shop's), ALIPAY_PUBLIC_KEY (Alipay's, not the shop's), each as PEM, as bare
base64, or as the path of a file; ALIPAY_GATEWAY for another server than Alipay's own, say its sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from http.client import HTTPException
from importlib import import_module
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.providers.pem import read_pem
from storefront.payments.providers.protocol import Notification, Online, Outcome, RefundRequest, Request, Start
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

GATEWAY = "https://openapi.alipay.com/gateway.do"
CURRENCY = "CNY"
TIMEOUT_SECONDS = 10
NEEDED = ("ALIPAY_APP_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY")
BEIJING = ZoneInfo("Asia/Shanghai")
DONE = "10000"
PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
NEVER_OPENED = "ACQ.TRADE_NOT_EXIST"
"""A trade begins when its shopper signs in on Alipay's page; before that Alipay knows nothing of it."""
REFUSED_FOR_GOOD = frozenset(
    {
        "ACQ.TRADE_HAS_FINISHED",
        "ACQ.TRADE_STATUS_ERROR",
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
        "ACQ.REASON_TRADE_REFUND_FEE_ERR",
        "ACQ.TRADE_NOT_ALLOW_REFUND",
        "ACQ.REFUND_FEE_ERROR",
        "ACQ.INVALID_PARAMETER",
        "ACQ.REASON_TRADE_STATUS_INVALID",
        "ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND",
        NEVER_OPENED,
    }
)
"""Whatever else Alipay answers is asked again; after many tries a person looks."""
_ESCAPES = {"_": "_u", "-": "_h"}
_NAMES = {name: sign for sign, name in _ESCAPES.items()}


def number_of(reference: str) -> str:
    """Return one of our references as Alipay allows it: letters, digits and underscores."""
    return re.sub("[-_]", lambda found: _ESCAPES[found[0]], reference)


def reference_of(number: str) -> str:
    """Return what `number_of` was made of; a number that is none of ours stays as it is."""
    return re.sub("_[uh]", lambda found: _NAMES[found[0]], number)


class Alipay(Online):
    """Alipay's page or app."""

    code: ClassVar[str] = "alipay"
    name: ClassVar[str] = N_("Alipay")
    description: ClassVar[str] = N_("You pay in the Alipay app or on its page and come back here.")
    acknowledgement: ClassVar[tuple[str, str]] = ("success", "text/plain")

    def is_offered(self, settings: ShopSettings) -> bool:
        return settings.currency == CURRENCY and all(map(self.key, NEEDED))

    def start(self, request: Request) -> Start:
        content = {
            "out_trade_no": number_of(request.reference),
            "total_amount": _amount(request.amount),
            "subject": re.sub("[/=&]", " ", request.description)[:256],
        }
        if request.expires_at is not None:
            content["time_expire"] = _beijing(request.expires_at)
        if request.device.is_mobile:
            method, more = "alipay.trade.wap.pay", {"product_code": "QUICK_WAP_WAY", "quit_url": request.cancel_url}
        else:
            method, more = "alipay.trade.page.pay", {"product_code": "FAST_INSTANT_TRADE_PAY"}
        addresses = {"return_url": request.return_url, "notify_url": request.notify_url}
        signed = self._client().client_api(method, content | more, timestamp=_beijing(now()), **addresses)
        return Start(url=f"{self.key('ALIPAY_GATEWAY') or GATEWAY}?{signed}", handle=content["out_trade_no"])

    def withdraw(self, request: Request) -> None:
        """Close a trade; one that nobody opened, or that was paid just now, is left alone: its money is told of."""
        answer = self._ask("alipay.trade.close", {"out_trade_no": number_of(request.reference)})
        if answer["code"] != DONE and answer.get("sub_code") not in REFUSED_FOR_GOOD:
            raise _failure(answer)

    def query(self, request: Request) -> Outcome | None:
        answer = self._ask("alipay.trade.query", {"out_trade_no": number_of(request.reference)})
        if answer.get("sub_code") == NEVER_OPENED:
            return None
        return _of_trade(_done(answer), was_paid="send_pay_date" in answer)

    def refund(self, refund: RefundRequest) -> Outcome:
        wanted = {
            "out_trade_no": number_of(refund.payment.reference),
            "refund_amount": _amount(refund.amount),
            "out_request_no": number_of(refund.key),
        }
        answer = _done(self._ask("alipay.trade.refund", wanted))
        if answer.get("fund_change") == "Y":
            return _refunded(refund.payment.reference, answer["trade_no"], wanted["out_request_no"], refund.amount)
        return self.query_refund(refund) or _asked(refund)

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        return self._find_refund(number_of(refund.payment.reference), number_of(refund.key))

    def handle_notification(self, notification: Notification) -> Sequence[Outcome]:
        """Read a notification. It tells how much of a trade went back in all, so each refund is asked about by name."""
        message = self._verified(notification)
        number, status = message.get("out_trade_no", ""), message.get("trade_status", "")
        if message.get("notify_type") != "trade_status_sync" or not number:
            return ()
        went_back = message.get("refund_fee", "") not in {"", "0", "0.00"}
        told = [_of_trade({**message, "trade_status": status}, was_paid="gmt_payment" in message or went_back)]
        if went_back:
            refund = self._find_refund(number, message.get("out_biz_no") or number)
            if refund is None:
                raise ProviderFailed("Alipay tells of a refund that it does not know of yet", permanent=False)
            told.append(refund)
        return [outcome for outcome in told if outcome is not None]

    def _find_refund(self, number: str, request_no: str) -> Outcome | None:
        wanted = {"out_trade_no": number, "out_request_no": request_no}
        answer = _done(self._ask("alipay.trade.fastpay.refund.query", wanted))
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return None
        return _refunded(reference_of(number), answer["trade_no"], request_no, _money(answer["refund_amount"]))

    def _verified(self, notification: Notification) -> dict[str, str]:
        """Return the fields of a form that Alipay has signed for this app."""
        try:
            message = dict(parse_qsl(notification.body.decode(), keep_blank_values=True, errors="strict"))
            signature, covered = message.pop("sign"), dict(message)
            genuine = self._client().verify(covered, signature)
        except (ValueError, LookupError, import_module("alipay.exceptions").AliPayException) as error:
            raise BadSignature from error
        if not genuine or message.get("app_id") != self.key("ALIPAY_APP_ID"):
            raise BadSignature
        return message

    def _ask(self, method: str, content: dict[str, str]) -> Mapping[str, Any]:
        """Return what Alipay answers and has signed, be it a refusal."""
        client, errors = self._client(), import_module("alipay.exceptions")
        try:
            answer = client.server_api(method, content, timestamp=_beijing(now()))
        except HTTPError as error:
            error.close()
            raise ProviderFailed(f"{method}: {error}", permanent=False) from error
        except (OSError, HTTPException, errors.AliPayException) as error:
            raise ProviderFailed(f"{method}: {error}", permanent=False) from error
        except (errors.AliPayValidationError, ValueError, LookupError, AttributeError) as error:
            raise ProviderFailed(f"{method}: an answer that Alipay did not sign", permanent=False) from error
        if not isinstance(answer, dict) or "code" not in answer:
            raise ProviderFailed(f"{method}: an answer that says nothing", permanent=False)
        return answer

    def _client(self) -> Any:
        return _client(*(self.key(name) for name in (*NEEDED, "ALIPAY_GATEWAY")))


def _of_trade(trade: Mapping[str, Any], *, was_paid: bool) -> Outcome | None:
    """Return what a trade's status says; closed is either what nobody paid, or what was paid and went back whole."""
    status, name = trade.get("trade_status"), str(trade.get("trade_no", ""))
    reference, amount = reference_of(str(trade["out_trade_no"])), _money(str(trade["total_amount"]))
    if status in PAID or (status == "TRADE_CLOSED" and was_paid):
        kind, key = TransactionKind.CAPTURE, f"alipay-{name}-captured"
    elif status == "TRADE_CLOSED":
        kind, key = TransactionKind.VOID, f"alipay-{name}-closed"
    else:
        return None
    return Outcome(reference, kind, TransactionResult.SUCCESS, amount, name, key, {})


def _refunded(reference: str, trade_no: str, request_no: str, amount: Money) -> Outcome:
    name = f"{trade_no}-{request_no}"
    return Outcome(
        reference=reference,
        kind=TransactionKind.REFUND,
        result=TransactionResult.SUCCESS,
        amount=amount,
        psp_reference=name,
        idempotency_key=f"alipay-{name}",
        facts={},
        refund=reference_of(request_no),
    )


def _asked(refund: RefundRequest) -> Outcome:
    """Return that a refund has no end yet. It gets no name, so that it is asked for again, which Alipay wants."""
    reference, key = refund.payment.reference, f"alipay-{refund.key}-asked"
    kind, result = TransactionKind.REFUND, TransactionResult.REQUEST
    return Outcome(reference, kind, result, refund.amount, "", key, {}, refund.key)


def _done(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if answer["code"] != DONE:
        raise _failure(answer)
    return answer


def _failure(answer: Mapping[str, Any]) -> ProviderFailed:
    code = str(answer.get("sub_code") or answer["code"])
    return ProviderFailed(f"{code}: {answer.get('sub_msg') or answer.get('msg')}", permanent=code in REFUSED_FOR_GOOD)


def _amount(amount: Money) -> str:
    if amount.currency != CURRENCY:
        raise ProviderFailed(f"Alipay takes {CURRENCY} and not {amount.currency}", permanent=True)
    return f"{amount.decimal:.2f}"


def _money(text: str) -> Money:
    try:
        return Money.parse(text, CURRENCY)
    except ValueError as error:
        raise ProviderFailed(f"Alipay speaks of {text!r}", permanent=True) from error


def _beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=4)
def _client(app_id: str, private_key: str, public_key: str, gateway: str) -> Any:
    """Return Alipay's library, made ready; it is imported here, so that only a shop with Alipay carries it."""
    alipay, settings = import_module("alipay"), import_module("alipay.utils")
    try:
        client = alipay.AliPay(
            appid=app_id,
            app_private_key_string=read_pem(private_key, "PRIVATE KEY"),
            alipay_public_key_string=read_pem(public_key, "PUBLIC KEY"),
            sign_type="RSA2",
            config=settings.AliPayConfig(timeout=TIMEOUT_SECONDS),
        )
    except (ValueError, IndexError, TypeError) as error:
        raise ProviderFailed("ALIPAY_PRIVATE_KEY or ALIPAY_PUBLIC_KEY is no key", permanent=False) from error
    if gateway:
        client._gateway = gateway
    return client
