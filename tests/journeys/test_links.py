"""No link of the shop leads nowhere: a walk over everything that a guest and a customer can reach."""

from __future__ import annotations

from collections import deque
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from tests.browser import Shopper

ENOUGH = 120
PASSWORD = "three green apples"


def _walk(shopper: Shopper, start: str) -> dict[str, int]:
    """Follow links breadth-first; of each kind of page (the first two path segments) a few are enough."""
    answers: dict[str, int] = {}
    seen_kinds: dict[tuple[str, ...], int] = {}
    waiting = deque([start])
    while waiting and len(answers) < ENOUGH:
        path = waiting.popleft()
        kind = (urlsplit(path).path.strip("/").split("/")[0], *sorted(urlsplit(path).query.split("=")[:1]))
        if path in answers or seen_kinds.get(kind, 0) >= 6:
            continue
        seen_kinds[kind] = seen_kinds.get(kind, 0) + 1
        page = shopper.get(path)
        answers[path] = page.status
        for link in page.tree.css("a[href]"):
            target = urldefrag(urljoin(path, link.attributes["href"] or "")).url
            if target.startswith("/") and target not in answers:
                waiting.append(target)
    return answers


def test_a_guest_finds_no_dead_link(demo_shopper: Shopper) -> None:
    answers = _walk(demo_shopper, "/")
    assert len(answers) > 25
    assert {path: status for path, status in answers.items() if status not in {200, 302, 303}} == {}


@pytest.mark.parametrize("path", ["/account", "/admin/"])
def test_somebody_signed_in_finds_no_dead_link(demo_shopper: Shopper, path: str) -> None:
    who, door = ("shopper", "/sign-in") if path == "/account" else ("super-admin", "/admin/sign-in")
    demo_shopper.post(door, {"email": f"{who}@example.com", "password": PASSWORD})
    answers = _walk(demo_shopper, path)
    assert len(answers) > 10
    assert {path: status for path, status in answers.items() if status not in {200, 302, 303}} == {}
