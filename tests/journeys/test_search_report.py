"""A shopper who searches, in a real browser, and a merchant who reads what came of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.conftest import Visit, Visitor

pytestmark = pytest.mark.browser

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def figures(visitor: Visitor, words: str) -> list[str]:
    """Return what the report says of some words: searches, results, clicks, click rate, rank, additions, revenue."""
    visitor.sign_in("analyst@example.com", "/admin/sign-in")
    page = visitor.open(f"/admin/search/report?days=7&q={words}")
    return [cell.inner_text() for cell in page.locator("#words tbody tr").first.locator("td").all()]


def posts(page: Page) -> list[Request]:
    """Return a list that fills with what the page posts: a beacon's answer comes when its page is gone."""
    told: list[Request] = []
    page.on("request", lambda request: told.append(request) if request.method == "POST" else None)
    return told


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_comes_of_a_search_is_in_the_report(visit: Visit, script: bool) -> None:
    words = "milk" if script else "bread"
    with visit(script=script, user_agent=PERSON) as visitor:
        page = visitor.open(f"/search?q={words}")
        visitor.touch(page.locator(".card__add button").first)
        page = visitor.open(f"/search?q={words}")
        visitor.press(page.locator(".card__name a").nth(1))
        page.wait_for_load_state("networkidle")
    with visit() as merchant:
        searches, _results, clicks, rate, rank, added, _revenue = figures(merchant, words)
    assert (searches, clicks, rate, rank, added) == ("1", "1", "100.0%", "2.0", "1")


def test_a_beacon_tells_of_clicks_and_suggestions(visit: Visit) -> None:
    with visit(user_agent=PERSON) as visitor:
        page = visitor.open("/")
        told = posts(page)
        page.locator("[data-search-field]").press_sequentially("chee")
        page.locator(".suggestions a").first.wait_for()
        visitor.press(page.locator(".suggestions a").first)
        page = visitor.open("/search?q=cheese")
        visitor.press(page.locator(".card__name a").first)
        for _ in range(50):
            if len(told) < 2:
                page.wait_for_timeout(100)
    assert [request.url.removeprefix(visitor.base) for request in told] == ["/search/choices", "/search/clicks"]
    assert told[0].post_data_json["position"] == 1
    assert told[0].post_data_json["typed"] == "chee"
    with visit() as merchant:
        assert figures(merchant, "cheese")[2] == "1"


def test_a_browser_that_wants_no_trace_gets_no_number(visit: Visit) -> None:
    with visit(user_agent=PERSON, extra_http_headers={"Sec-GPC": "1"}) as visitor:
        page = visitor.open("/search?q=yogurt")
        assert page.locator("#listing[data-search]").count() == 1
        assert [cookie["name"] for cookie in page.context.cookies()] == []
