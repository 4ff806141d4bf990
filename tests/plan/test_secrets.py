"""Secrets come from the environment alone: none is in a tracked file, and none is printed."""

from __future__ import annotations

import json
import logging
import re
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

import pytest
from flask import Flask

from storefront.config import BadConfiguration, Config, read_config
from storefront.telemetry.logs import JsonFormatter
from tests.plan.test_house import ROOT

LOOKS_LIKE_A_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/]{40}"
    r"|\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bLTAI[A-Za-z0-9]{16,}|\bAKID[A-Za-z0-9]{30,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{35}|\bnpm_[A-Za-z0-9]{36}"
    r"|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
    r"|(?:(?i:secret|password|token)|KEY|key)[\"']? ?[:=] ?[\"'](?=[^\"'-]*[0-9])[\w+/]{40,}={0,2}[\"']"
)
SECRETS = {
    "SECRET_KEY": "a-secret-of-the-shop-number-one-and-only",
    "DATABASE_URL": "postgresql://shop:dbsecret@db/shop",
    "REDIS_URL": "redis://:redissecret@redis/0",
    "MAIL_URL": "smtp://shop:mailsecret@mail.example:587?tls=1",
    "SEARCH_BACKEND": "postgresql://shop:searchsecret@db/search",
    "SMS_SENDER": "aliyun",
    "SMS_ID": "sms-id",
    "SMS_SECRET": "smssecret",
    "SMS_SIGN": "Shop",
    "SMS_TEMPLATE": "SMS_1",
    "OIDC_GOOGLE_ID": "google-id",
    "OIDC_GOOGLE_SECRET": "googlesecret",
    "KUAIDI100_CUSTOMER": "customer",
    "KUAIDI100_KEY": "kuaidikey",
    "KUAIDI100_SALT": "kuaidisalt",
    "STRIPE_SECRET_KEY": "stripesecret",
    "STRIPE_WEBHOOK_SECRET": "hooksecret",
    "ALIPAY_PRIVATE_KEY": "alipaysecret",
}
WORDS = ("secret-of-the-shop", "dbsecret", "redissecret", "mailsecret", "searchsecret", "smssecret", "googlesecret")
MORE_WORDS = ("kuaidikey", "kuaidisalt", "stripesecret", "hooksecret", "alipaysecret")


@pytest.fixture
def config() -> Config:
    return read_config(SECRETS)


def test_no_tracked_file_holds_what_looks_like_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no git here")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and not name.endswith((".lock", "package-lock.json", ".xz", ".png", ".webp")):
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {match[0][:30]}" for match in LOOKS_LIKE_A_SECRET.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        *("sk_live_" + "a1B2" * 6, "-----BEGIN RSA PRIVATE KEY-----\n" + "A" * 64, "AKIA" + "A1B2" * 4),
        'secret_key = "' + "a1B2" * 12 + '"',
    ],
)
def test_the_search_finds_what_it_is_for(planted: str) -> None:
    assert LOOKS_LIKE_A_SECRET.search(planted)


def test_the_configuration_prints_no_secret(config: Config) -> None:
    printed = repr(config) + str(config)
    assert [word for word in (*WORDS, *MORE_WORDS) if word in printed] == []


def test_a_refused_configuration_prints_no_secret() -> None:
    for name, value in (
        ("SEARCH_BACKEND", "mysql://shop:verysecret@db"),
        ("DATABASE_URL", "mysql://shop:verysecret@db"),
        ("MAIL_URL", "imap://shop:verysecret@mail"),
    ):
        with pytest.raises(BadConfiguration) as refused:
            read_config({name: value})
        assert "verysecret" not in str(refused.value)


def test_a_fault_shows_and_logs_neither_secrets_nor_what_was_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        password = "typed-by-somebody"  # noqa: F841
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(app.view_functions, "support.ask", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    handlers = app.error_handler_spec[None][None]
    from storefront.web.errors import _fault  # noqa: PLC0415

    monkeypatch.setitem(handlers, Exception, _fault)
    with caplog.at_level(logging.INFO):
        form = {"text": "typed-by-somebody"}
        answer = app.test_client().post("/contact?order=1", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 500
    shown = answer.get_data(as_text=True)
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("broken on purpose" in line for line in lines)
    assert "RuntimeError" not in shown
    assert "Traceback" not in shown
    for text in (shown, *lines):
        assert "typed-by-somebody" not in text
        assert app.config["SECRET_KEY"] not in text
    assert all("\n" not in line and json.loads(line) for line in lines)


def _audit() -> ModuleType:
    loader = SourceFileLoader("audit", str(ROOT / ".ci" / "audit"))
    spec = spec_from_loader("audit", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


FAULT = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], "description": ""}
NPM_FAULT = {"severity": "high", "url": "https://github.com/advisories/GHSA-1"}


@pytest.mark.parametrize(
    ("answer", "accepted", "expected"),
    [
        ("", "", None),
        ("not json", "", None),
        ({"error": {}}, "", None),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, "", (0, set())),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, "", (1, set())),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [FAULT]}]},
            "PYSEC-1\n# CVE-1 why",
            (1, {"a 1: PYSEC-1, mended in 2.0"}),
        ),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": [FAULT]}]}, "CVE-1 is not reached", (1, set())),
    ],
)
def test_pythons_audit_fails_for_faults_and_not_for_silence(answer: object, accepted: str, expected: object) -> None:
    audit = _audit()
    text = answer if isinstance(answer, str) else json.dumps(answer)
    assert audit.read_pip(text, audit.read_accepted(accepted)) == expected


@pytest.mark.parametrize(
    ("vulnerabilities", "expected"),
    [
        ({}, set()),
        ({"x": {"via": [NPM_FAULT]}}, {"x: https://github.com/advisories/GHSA-1 (high)"}),
        ({"x": {"via": [{**NPM_FAULT, "severity": "low"}]}, "y": {"via": ["x"]}}, set()),
    ],
)
def test_npms_audit_likewise(vulnerabilities: object, expected: set[str]) -> None:
    answer = {"vulnerabilities": vulnerabilities, "metadata": {"dependencies": {"total": 7}}}
    assert _audit().read_npm(json.dumps(answer), set()) == (7, expected)
    assert _audit().read_npm('{"error": {"code": "E405"}}', set()) is None
