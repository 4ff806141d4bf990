"""Providers for the tests of payments: their servers, keys and libraries are made once, so tests that meet them are one
group of the suite (`xdist_group("providers")`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from storefront.payments import views
from storefront.web.limits import Limit
from tests.gateways.alipay_peer import AlipayPeer
from tests.gateways.paypal_peer import PayPalPeer
from tests.gateways.stripe_peer import KEY, SECRET, StripePeer
from tests.gateways.wechat_peer import WeChatPeer
from tests.storefront.payments.benches import AlipayBench, PayPalBench, StripeBench, WeChatBench

BENCHES = ("alipay", "wechatpay", "paypal", "stripe")


@contextmanager
def with_keys(app: Flask, **keys: str) -> Iterator[Flask]:
    """Run a block with keys of providers in the environment."""
    before = app.config["SHOP"]
    app.config["SHOP"] = dataclasses.replace(before, payment_keys={**before.payment_keys, **keys})
    try:
        yield app
    finally:
        app.config["SHOP"] = before


@pytest.fixture(scope="session")
def _stripe_server() -> Iterator[StripePeer]:
    peer = StripePeer()
    yield peer
    peer.close()


@pytest.fixture(autouse=True)
def _no_forgeries_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FORGERIES", Limit(60, seconds=600))


@pytest.fixture
def peer(_stripe_server: StripePeer) -> Iterator[StripePeer]:
    """Stripe on this machine."""
    yield _stripe_server
    _stripe_server.is_down = False


@pytest.fixture
def stripe_keys(peer: StripePeer) -> dict[str, str]:
    """What a shop with Stripe has in its environment."""
    return {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": peer.url}


@pytest.fixture
def stripe_shop(any_app: Flask, stripe_keys: dict[str, str]) -> Iterator[Flask]:
    """A shop that takes cards, on each database."""
    with with_keys(any_app, **stripe_keys):
        yield any_app


@pytest.fixture(scope="session")
def _alipay_server() -> Iterator[AlipayPeer]:
    peer = AlipayPeer()
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def _wechat_server() -> Iterator[WeChatPeer]:
    peer = WeChatPeer()
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def _paypal_server() -> Iterator[PayPalPeer]:
    peer = PayPalPeer()
    yield peer
    peer.close()


@pytest.fixture
def alipay_bench(_alipay_server: AlipayPeer) -> Iterator[AlipayBench]:
    """Alipay on this machine."""
    yield AlipayBench(_alipay_server)
    _alipay_server.well()


@pytest.fixture
def wechatpay_bench(_wechat_server: WeChatPeer) -> Iterator[WeChatBench]:
    """WeChat Pay on this machine."""
    yield WeChatBench(_wechat_server)
    _wechat_server.well()


@pytest.fixture
def paypal_bench(_paypal_server: PayPalPeer) -> Iterator[PayPalBench]:
    """PayPal on this machine."""
    yield PayPalBench(_paypal_server)
    _paypal_server.well()


@pytest.fixture
def stripe_bench(peer: StripePeer) -> StripeBench:
    """Stripe on this machine."""
    return StripeBench(peer)
