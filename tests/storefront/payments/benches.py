"""Each provider as the same few deeds, so that one suite puts all of them through the same life."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from storefront.payments.models import Payment
from storefront.payments.providers.alipay import number_of
from tests.gateways import alipay_peer, paypal_peer, stripe_peer, wechat_peer
from tests.gateways.alipay_peer import AlipayPeer
from tests.gateways.paypal_peer import PayPalPeer
from tests.gateways.server import private_pem, public_pem
from tests.gateways.stripe_peer import StripePeer
from tests.gateways.wechat_peer import WeChatPeer


@dataclass(frozen=True)
class Message:
    """What a provider posts."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class AlipayBench:
    code: ClassVar[str] = "alipay"
    currency: ClassVar[str] = "CNY"
    says_currency: ClassVar[bool] = False

    def __init__(self, peer: AlipayPeer) -> None:
        self.peer = peer

    @property
    def keys(self) -> dict[str, str]:
        return {
            "ALIPAY_APP_ID": alipay_peer.APP_ID,
            "ALIPAY_PRIVATE_KEY": private_pem("shop"),
            "ALIPAY_PUBLIC_KEY": public_pem("alipay"),
            "ALIPAY_GATEWAY": self.peer.gateway,
        }

    def pay(self, payment: Payment) -> None:
        self.peer.open(payment.continue_url)
        self.peer.pay(payment.handle)

    def close(self, payment: Payment) -> Message:
        trade = self.peer.trades.get(payment.handle) or self.peer.open(payment.continue_url)
        trade["trade_status"] = "TRADE_CLOSED"
        return Message(self.peer.notification(payment.handle))

    def told_paid(self, payment: Payment, *, minor: int = 2500, reference: str = "") -> Message:
        number = number_of(reference) if reference else payment.handle
        changed = {"total_amount": f"{minor / 100:.2f}", "out_trade_no": number}
        return Message(self.peer.notification(payment.handle, trade_status="TRADE_SUCCESS", **changed))

    def forgeries(self, payment: Payment) -> list[Message]:
        genuine = self.peer.notification(payment.handle)
        return [
            Message(self.peer.notification(payment.handle, whom="somebody")),
            Message(genuine.replace(b"25.00", b"0.01")),
            Message(genuine.replace(b"RSA2", b"RSA")),
            Message(genuine.partition(b"&sign=")[0]),
            Message(self.peer.notification(payment.handle, app_id="2021000000000002")),
            Message(b"sign=%FF&out_trade_no=1"),
            Message(b""),
        ]

    def refunds_made(self, payment: Payment) -> list[int]:
        return list(self.peer.trades[payment.handle]["went_back"].values())

    def told_refund(self, payment: Payment) -> Message:
        return Message(self.peer.notification(payment.handle))

    def refund_elsewhere(self, payment: Payment, minor: int) -> Message:
        assert self.peer.give_back(payment.handle, minor, "made-by-hand-1") == ""
        return self.told_refund(payment)


class WeChatBench:
    code: ClassVar[str] = "wechatpay"
    currency: ClassVar[str] = "CNY"
    says_currency: ClassVar[bool] = True

    def __init__(self, peer: WeChatPeer) -> None:
        self.peer = peer

    @property
    def keys(self) -> dict[str, str]:
        return {
            "WECHATPAY_MCH_ID": wechat_peer.MERCHANT,
            "WECHATPAY_APP_ID": wechat_peer.APP,
            "WECHATPAY_PRIVATE_KEY": private_pem("shop"),
            "WECHATPAY_SERIAL_NO": wechat_peer.MERCHANT_SERIAL,
            "WECHATPAY_API_V3_KEY": wechat_peer.SEALING_KEY,
            "WECHATPAY_PUBLIC_KEY": public_pem("wechat"),
            "WECHATPAY_PUBLIC_KEY_ID": wechat_peer.KEY_ID,
            "WECHATPAY_API_BASE": self.peer.url,
        }

    def signed(self, body: bytes, **options: Any) -> Message:
        return Message(body, self.peer.headers(body, **options) | {"Content-Type": "application/json"})

    def pay(self, payment: Payment) -> None:
        self.peer.pay(payment.reference)

    def close(self, payment: Payment) -> Message:
        told = self.peer.orders[payment.reference] | {"trade_state": "PAYERROR"}
        return self.signed(self.peer.message("TRANSACTION.FAIL", told))

    def told_paid(self, payment: Payment, *, minor: int = 2500, currency: str = "CNY", reference: str = "") -> Message:
        told = self.peer.orders[payment.reference] | {
            "trade_state": "SUCCESS",
            "amount": {"total": minor, "payer_total": minor, "currency": currency, "payer_currency": currency},
            "out_trade_no": reference or payment.reference,
        }
        return self.signed(self.peer.message("TRANSACTION.SUCCESS", told))

    def forgeries(self, payment: Payment) -> list[Message]:
        told = self.peer.orders[payment.reference] | {"trade_state": "SUCCESS"}
        genuine = self.signed(self.peer.message("TRANSACTION.SUCCESS", told))
        other = self.peer.message("TRANSACTION.SUCCESS", told, key="another-key-of-thirty-two-chars!")
        stranger = self.peer.message("TRANSACTION.SUCCESS", told | {"mchid": "1900000002"})
        return [
            self.signed(genuine.body, whom="somebody"),
            self.signed(genuine.body, at=0),
            Message(genuine.body.replace(b"EV-", b"EW-"), genuine.headers),
            Message(genuine.body, dict(genuine.headers) | {"Wechatpay-Timestamp": "1"}),
            Message(genuine.body, dict(genuine.headers) | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/abc"}),
            Message(genuine.body, dict(genuine.headers) | {"Wechatpay-Serial": "nonsense"}),
            Message(genuine.body),
            self.signed(other),
            self.signed(stranger),
            self.signed(b"[]"),
        ]

    def refunds_made(self, payment: Payment) -> list[int]:
        mine = [each for each in self.peer.refunds.values() if each["out_trade_no"] == payment.reference]
        return [each["amount"]["refund"] for each in mine]

    def told_refund(self, payment: Payment) -> Message:
        mine = [name for name, each in self.peer.refunds.items() if each["out_trade_no"] == payment.reference]
        return self.signed(self.peer.message("REFUND.SUCCESS", self.peer.refund_told(mine[-1])))

    def refund_elsewhere(self, payment: Payment, minor: int) -> Message:
        self.peer.give_back(payment.reference, minor, f"by-hand-{payment.reference}")
        return self.told_refund(payment)


class PayPalBench:
    code: ClassVar[str] = "paypal"
    currency: ClassVar[str] = "USD"
    says_currency: ClassVar[bool] = True

    def __init__(self, peer: PayPalPeer) -> None:
        self.peer = peer

    @property
    def keys(self) -> dict[str, str]:
        return {
            "PAYPAL_CLIENT_ID": paypal_peer.CLIENT,
            "PAYPAL_CLIENT_SECRET": paypal_peer.SECRET,
            "PAYPAL_WEBHOOK_ID": paypal_peer.WEBHOOK,
            "PAYPAL_API_BASE": self.peer.url,
        }

    def signed(self, body: bytes, **options: str) -> Message:
        return Message(body, self.peer.headers(body, **options) | {"Content-Type": "application/json"})

    def pay(self, payment: Payment) -> None:
        """Approve, and let the money be taken, as when the answer to the capture was lost."""
        self.peer.approve(payment.handle)
        self.peer.capture(payment.handle)

    def close(self, payment: Payment) -> Message:
        capture = self.peer.orders[payment.handle]["purchase_units"][0] | {"id": f"D-{payment.handle}"}
        return self.signed(self.peer.event("PAYMENT.CAPTURE.DECLINED", capture | {"status": "DECLINED"}))

    def capture_of(self, payment: Payment) -> dict[str, Any]:
        found = self.peer.orders[payment.handle]["purchase_units"][0]["payments"]["captures"][0]
        return dict(found)

    def told_paid(self, payment: Payment, *, minor: int = 2500, currency: str = "USD", reference: str = "") -> Message:
        changed = {
            "status": "COMPLETED",
            "amount": {"value": f"{minor / 100:.2f}", "currency_code": currency},
            "custom_id": reference or payment.reference,
        }
        return self.signed(self.peer.event("PAYMENT.CAPTURE.COMPLETED", self.capture_of(payment) | changed))

    def forgeries(self, payment: Payment) -> list[Message]:
        genuine = self.told_paid(payment)
        again = json.dumps(json.loads(genuine.body)).encode()
        return [
            self.signed(genuine.body, whom="somebody"),
            self.signed(genuine.body, webhook="of-another-shop"),
            Message(genuine.body.replace(b"25.00", b"0.01"), genuine.headers),
            Message(again, genuine.headers),
            Message(genuine.body),
            self.signed(b'{}, "webhook_id": "x"'),
            self.signed(b"[]"),
        ]

    def refunds_made(self, payment: Payment) -> list[int]:
        name = self.capture_of(payment)["id"]
        mine = [each for each in self.peer.refunds.values() if each["links"][1]["href"].endswith(name)]
        return [round(float(each["amount"]["value"]) * 100) for each in mine]

    def told_refund(self, payment: Payment) -> Message:
        name = self.capture_of(payment)["id"]
        mine = [each for each in self.peer.refunds.values() if each["links"][1]["href"].endswith(name)]
        return self.signed(self.peer.event("PAYMENT.CAPTURE.REFUNDED", mine[-1]))

    def refund_elsewhere(self, payment: Payment, minor: int) -> Message:
        amount = {"value": f"{minor / 100:.2f}", "currency_code": "USD"}
        self.peer.give_back(self.capture_of(payment)["id"], amount)
        return self.told_refund(payment)


class StripeBench:
    code: ClassVar[str] = "stripe"
    currency: ClassVar[str] = "USD"
    says_currency: ClassVar[bool] = True

    def __init__(self, peer: StripePeer) -> None:
        self.peer = peer

    @property
    def keys(self) -> dict[str, str]:
        return {
            "STRIPE_SECRET_KEY": stripe_peer.KEY,
            "STRIPE_WEBHOOK_SECRET": stripe_peer.SECRET,
            "STRIPE_API_BASE": self.peer.url,
        }

    def signed(self, kind: str, thing: dict[str, Any]) -> Message:
        body = self.peer.event(kind, thing)
        return Message(body, {"Stripe-Signature": stripe_peer.signature(body), "Content-Type": "application/json"})

    def pay(self, payment: Payment) -> None:
        self.peer.pay(payment.handle)

    def close(self, payment: Payment) -> Message:
        session = self.peer.sessions[payment.handle] | {"status": "expired"}
        return self.signed("checkout.session.async_payment_failed", session)

    def told_paid(self, payment: Payment, *, minor: int = 2500, currency: str = "USD", reference: str = "") -> Message:
        changed = {
            "amount_total": minor,
            "currency": currency.lower(),
            "client_reference_id": reference or payment.reference,
        }
        return self.signed("checkout.session.completed", self.peer.sessions[payment.handle] | changed)

    def forgeries(self, payment: Payment) -> list[Message]:
        genuine = self.told_paid(payment)
        return [
            Message(genuine.body, {"Stripe-Signature": stripe_peer.signature(genuine.body, secret="whsec_x")}),
            Message(genuine.body + b" ", genuine.headers),
            Message(genuine.body, {"Stripe-Signature": stripe_peer.signature(genuine.body, at=0)}),
            Message(genuine.body),
        ]

    def refunds_made(self, payment: Payment) -> list[int]:
        return [each["amount"] for each in reversed(self._refunds(payment))]

    def told_refund(self, payment: Payment) -> Message:
        return self.signed("refund.updated", self._refunds(payment)[0])

    def refund_elsewhere(self, payment: Payment, minor: int) -> Message:
        intent = self.peer.sessions[payment.handle]["payment_intent"]
        made = self.peer.ask("POST", "/v1/refunds", {"payment_intent": intent, "amount": str(minor)})
        return self.signed("refund.created", made)

    def _refunds(self, payment: Payment) -> list[dict[str, Any]]:
        intent = self.peer.sessions[payment.handle]["payment_intent"]
        return list(self.peer.ask("GET", f"/v1/refunds?payment_intent={intent}")["data"])


Bench = AlipayBench | WeChatBench | PayPalBench | StripeBench
