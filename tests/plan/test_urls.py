"""No URL vanishes, and every URL is a kebab-case noun."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

KNOWN = Path(__file__).with_name("urls.txt")
SEGMENT = re.compile(r"^(<[a-z_:]+>|[a-z0-9]+|-)+(\.[a-z]+)?$")


def _rules(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_no_url_vanishes(app: Flask) -> None:
    """Removing a line from urls.txt breaks somebody's bookmark: redirect it instead. New URLs are added to the file."""
    known = set(KNOWN.read_text().split("\n")) - {""}
    rules = _rules(app)
    assert known - rules == set(), "vanished"
    assert rules - known == set(), "not written down"


def test_urls_are_kebab_case_nouns(app: Flask) -> None:
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if any(segment and not SEGMENT.match(segment) for segment in rule.rule.strip("/").split("/"))
    ]
    assert odd == []


def test_the_contract_of_urls_stands(app: Flask) -> None:
    wanted = {
        *("GET /", "GET /categories/<slug>", "GET /products/<slug>", "GET /search", "GET /cart", "POST /cart/lines"),
        *("GET /checkout", "GET /orders/<number>", "GET /sign-in", "GET /register", "GET /account", "GET /admin/"),
        *("GET /healthz", "GET /sitemap.xml", "GET /robots.txt"),
    }
    plain = {re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"<\1>", rule) for rule in _rules(app)}
    assert wanted - plain == set()
