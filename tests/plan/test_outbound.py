"""Whom the server calls: modules that are named here, at addresses of the configuration, never at a typed one."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from storefront.accounts.errors import NotFinished, NotReachable
from storefront.accounts.oauth import asking
from storefront.config import Kuaidi100Account
from storefront.fulfilment.carriers.kuaidi100 import Kuaidi100Carrier
from storefront.fulfilment.carriers.manual import ManualCarrier
from storefront.fulfilment.carriers.protocol import CarrierError, Waybill
from tests.plan.test_house import ROOT, SOURCES

CLIENTS = (
    *("requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "socket", "smtplib"),
    *("authlib.integrations", "stripe", "alipay", "wechatpayv3", "paypalserversdk", "tencentcloud"),
)
"""Libraries that open connections by addresses."""
MAY_CALL = {
    "storefront/accounts/oauth/asking.py": "sign-in providers: fixed, or OIDC_*_URL",
    "storefront/fulfilment/carriers/kuaidi100.py": "kuaidi100: fixed, or KUAIDI100_URL",
    "storefront/mail/delivery.py": "the mail server: MAIL_URL",
    "storefront/payments/providers/alipay.py": "Alipay: fixed, or ALIPAY_GATEWAY",
    "storefront/payments/providers/paypal.py": "PayPal: fixed, or PAYPAL_*",
    "storefront/payments/providers/stripe.py": "Stripe: fixed, or STRIPE_*",
    "storefront/payments/providers/wechatpay.py": "WeChat Pay: fixed, or WECHATPAY_*",
    "storefront/serving/answering.py": "the socket that it was handed",
    "storefront/serving/forking.py": "the line to the supervisor",
    "storefront/serving/health.py": "the shop itself, on loopback",
    "storefront/serving/notices.py": "systemd: NOTIFY_SOCKET",
    "storefront/serving/processes.py": "lines to processes of its own",
    "storefront/serving/supervising.py": "the port that it opens",
    "storefront/sms/aliyun.py": "the carrier: fixed, or SMS_URL",
    "storefront/sms/tencent.py": "the carrier: fixed, or SMS_URL",
}
RUNS_PROGRAMS = {
    "storefront/serving/processes.py",
    "storefront/serving/supervising.py",
    "storefront/demo/fetching.py",
    "storefront/operations/postgres.py",
    "storefront/operations/restoring.py",
}
"""What starts the web server and the worker; a package manager, for the demo alone; pg_dump, pg_restore and our own
commands, at the hand of an operator."""


@cache
def named_in(path: Path) -> set[str]:
    """Every module that is imported, by statement or by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            found |= {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and str(part.value)}
    return found


@cache
def import_lines(path: Path) -> str:
    return "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if "import" in line)


def who_uses(*names: str) -> set[str]:
    roots = [name.partition(".")[0] for name in names]
    return {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(root in import_lines(path) for root in roots)
        and any(module == name or str(module).startswith(f"{name}.") for module in named_in(path) for name in names)
    }


def who_says(pattern: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))}


def test_only_these_modules_open_connections() -> None:
    assert who_uses(*CLIENTS) == set(MAY_CALL)


def test_nobody_runs_a_program_or_reads_what_could_be_code() -> None:
    assert who_uses("subprocess", "os.system", "pty") <= RUNS_PROGRAMS
    assert who_uses("pickle", "marshal", "shelve", "dill", "yaml") == set()
    assert who_says(r"(?<![.\w])(eval|exec|compile|__import__)\(") == set()


def test_certificates_are_checked_everywhere() -> None:
    assert who_says(r"verify ?= ?False|CERT_NONE|_create_unverified_context|check_hostname ?= ?False") == set()


def test_templates_come_from_files_alone() -> None:
    """A letter or a banner that staff edit is text with named places, never a template."""
    assert who_says("from_string\\(|_template_string") == set()


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that sends everybody on, and the paths that it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/inside")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_whoever_carries_keys_is_led_nowhere_else(elsewhere: tuple[str, list[str]]) -> None:
    url, asked = elsewhere
    carrier = Kuaidi100Carrier(ManualCarrier("x", "X", ""), "x", Kuaidi100Account("c", "k", "s", url))
    with pytest.raises(CarrierError):
        carrier.poll(Waybill("SF1", "+8613800000000"))
    with pytest.raises((NotFinished, NotReachable)), asking.refusing("X"):
        asking.read(asking.open_session("id", "secret"), f"{url}/token")
    assert asked == ["/poll/query.do", "/token"]
