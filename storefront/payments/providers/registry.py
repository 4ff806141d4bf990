"""Which providers there are, and which of them this shop offers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app

from storefront.payments.errors import UnknownProvider
from storefront.payments.providers.alipay import Alipay
from storefront.payments.providers.bank import BankTransfer
from storefront.payments.providers.cash import CashOnDelivery
from storefront.payments.providers.paypal import PayPal
from storefront.payments.providers.protocol import Provider
from storefront.payments.providers.sandbox import Sandbox
from storefront.payments.providers.stripe import Stripe
from storefront.payments.providers.wechatpay import WeChatPay
from storefront.shop.queries import get_settings

_KINDS: tuple[type[Provider], ...] = (Alipay, WeChatPay, Stripe, PayPal, Sandbox, BankTransfer, CashOnDelivery)
KNOWN: Mapping[str, type[Provider]] = {kind.code: kind for kind in _KINDS}
"""Every kind of provider by its code, in the order in which shoppers see them."""


def list_providers() -> list[Provider]:
    """Return the ways to pay that a shopper is offered."""
    settings = get_settings()
    return [provider for provider in map(_make, KNOWN.values()) if provider.is_offered(settings)]


def get_provider(code: str) -> Provider:
    """Return one of the ways to pay that are offered, or refuse with UnknownProvider."""
    for provider in list_providers():
        if provider.code == code:
            return provider
    raise UnknownProvider(field="payment_provider")


def find_provider(code: str) -> Provider | None:
    """Return a provider by its code, offered or not: it still speaks of payments that were made before."""
    return _make(KNOWN[code]) if code in KNOWN else None


def _make(kind: type[Provider]) -> Provider:
    return kind(current_app.config["SHOP"])
