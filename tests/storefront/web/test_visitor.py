"""Who is counted, how often, and what is left for after the answer."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.web import limits
from storefront.web.afterwards import afterwards
from storefront.web.limits import Limit
from storefront.web.visitor import is_ahead, is_robot

ROBOTS = (
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "facebookexternalhit/1.1",
    "python-requests/2.32",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
    "Wget/1.21",
    "",
)
PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130 Mobile MicroMessenger/8.0.61 NetType/WIFI",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 YaBrowser/25.8 Safari/537.36",
)


def test_robots_are_known_by_what_they_call_themselves(app: Flask) -> None:
    for names, expected in ((ROBOTS, True), (PEOPLE, False)):
        for name in names:
            with app.test_request_context("/", headers={"User-Agent": name}):
                assert is_robot() is expected, name


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"Sec-Purpose": "prefetch"}, True), ({"Sec-Purpose": "prefetch;prerender"}, True), ({}, False)],
)
def test_what_is_fetched_ahead_is_known(app: Flask, headers: dict[str, str], expected: bool) -> None:
    with app.test_request_context("/", headers=headers):
        assert is_ahead() is expected


def test_a_limit_counts_each_key_by_itself_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, 1.0, 59.0, 59.9, 60.0))
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    limit = Limit(2, seconds=60.0)
    assert [limit.allows(key) for key in "aaaba"] == [True, True, False, True, True]


def test_a_limit_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    limit = Limit(5, seconds=60.0)
    assert [limit.allows(key) for key in "abcda"] == [True, True, True, False, True]


def test_a_limit_counts_right_from_many_threads() -> None:
    limit, allowed = Limit(100, seconds=60.0), []
    threads = [threading.Thread(target=lambda: allowed.extend(limit.allows("a") for _ in range(50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 100


def test_what_is_left_for_afterwards_is_done_after_the_answer_even_if_some_of_it_fails(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("nobody is waiting")

    with app.test_request_context("/"):
        for work in (lambda: done.append("first"), fail, lambda: done.append("last")):
            afterwards(work)
        response = app.process_response(app.make_response("hello"))
    assert done == []
    response.close()
    assert done == ["first", "last"]
    assert "nobody is waiting" in caplog.text
