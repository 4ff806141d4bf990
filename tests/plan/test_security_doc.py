"""docs/security.md says nothing that is not so: its tests, limits and secrets are there, no requirement is left out."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from storefront.accounts import throttle
from storefront.cart import trying
from storefront.cart.paces import FILLING
from storefront.checkout.views.pages import PLACING
from storefront.discovery.paces import SEARCHES, SUGGESTIONS
from storefront.payments.views import PAYING
from tests.plan.test_house import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|(?: `([^|`]+)` \|| \|)$", re.MULTILINE)
STATES = {"met", "n/a", "deployment", "open"}
ROWS = {
    **{1: 38, 2: 53, 3: 18, 4: 9, 5: 30, 6: 13, 7: 12, 8: 15, 9: 7, 10: 5, 11: 8, 12: 15, 13: 13, 14: 23},
}
"""How many requirements of levels 1 and 2 each chapter of ASVS 4.0.3 has."""
OPEN_AT_THE_TOP = DOCUMENT.partition("## What is open")[2].partition("\n## ")[0]


@cache
def functions_of(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"^def (test_\w+)", (ROOT / "tests" / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_requirement_has_a_state() -> None:
    rows = ROW.findall(DOCUMENT)
    assert Counter(number for number, *_ in rows).most_common(1)[0][1] == 1
    assert Counter(int(number.partition(".")[0]) for number, *_ in rows) == ROWS
    assert {state for _number, _what, state, *_ in rows} <= STATES
    assert [number for number, _what, state, _how, test in rows if state == "met" and not test] == []


def test_every_test_that_is_named_exists() -> None:
    named = [test for *_row, test in ROW.findall(DOCUMENT) if test]
    assert len(named) > 150
    missing = {test for test in named if test.partition("::")[2] not in functions_of(test.partition("::")[0])}
    assert missing == set()


def test_what_is_open_is_said_at_the_top_and_nothing_else_is() -> None:
    open_rows = {number for number, _what, state, *_ in ROW.findall(DOCUMENT) if state == "open"}
    assert set(re.findall(r"\d+\.\d+\.\d+", OPEN_AT_THE_TOP)) == open_rows


@pytest.mark.parametrize(
    "name",
    [
        "SIGN_IN",
        "JOINING",
        "OWN_DEVICE",
        "STAFF",
        "FACTOR",
        "LETTERS",
        "TICKETS",
        "SMS_AGAIN",
        "SMS",
        "CODES",
        "COUPONS",
    ],
)
def test_limits_are_those_of_the_code(name: str) -> None:
    limit = trying.CODES if name == "COUPONS" else getattr(throttle, name)
    told = f"| `{name}` | {limit.together} | {limit.from_address} | {limit.by_person} | {limit.minutes} |"
    assert told in DOCUMENT


def test_paces_are_those_of_the_code() -> None:
    paces = {"SEARCHES": SEARCHES, "SUGGESTIONS": SUGGESTIONS, "FILLING": FILLING, "PLACING": PLACING, "PAYING": PAYING}
    for name, pace in paces.items():
        assert f"| `{name}` | {pace.alone} | {pace.network} | {pace.minutes} |" in DOCUMENT


def test_every_secret_of_the_environment_is_in_the_document() -> None:
    files = (ROOT / "storefront" / name for name in ("config.py", "databases.py", "short_messages.py"))
    config = "\n".join(path.read_text(encoding="utf-8") for path in files)
    names = set(re.findall(r"\"([A-Z][A-Z0-9_]*(?:_KEY|_SECRET|_SALT|_URL|_TOKEN|_FALLBACKS))\"", config))
    names -= {"PUBLIC_URL", "KUAIDI100_URL", "SMS_URL"}
    assert {"SECRET_KEY", "DATABASE_URL", "MAIL_URL", "KUAIDI100_SALT"} < names
    rotation = DOCUMENT.partition("## Secrets and their rotation")[2].partition("\n## ")[0]
    assert {name for name in names if f"`{name}`" not in rotation} == set()
