"""The report of shelves as a merchant sees it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from admin.analytics.figures import Kind
from admin.analytics.shelf_figures import shelf_figures, shelf_points
from storefront.accounts.permissions import Role
from storefront.analytics.events import (
    AddedToCart,
    GoodsBought,
    RecommendationClicked,
    RecommendationsShown,
    RecommendationsViewed,
    Sold,
)
from storefront.analytics.recording import record_for
from storefront.analytics.services import forget_shelves_before
from storefront.analytics.shelf_reports import ShelfDay, ShelfFigures
from storefront.analytics.shelf_sums import ShelfSums
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of

URL = "/admin/recommendations/report"
ITEMS = ((7, "habit"), (8, "taste"), (9, "popular"))


@pytest.fixture
def told(any_app: Flask) -> Flask:
    """A dozen shelves of which nine were seen, two clicked and one bought from, and a few weeks before."""
    with any_app.app_context():
        for number in range(15):
            with time_machine.travel(now() - timedelta(days=0 if number < 12 else 40), tick=False):
                request = f"{number:016}"
                shelf, version = (("home", "m2"), ("cart", ""))[number % 2]
                items = () if number == 11 else ITEMS
                record_for(
                    f"{number % 5:022}",
                    RecommendationsShown(request=request, shelf=shelf, model_version=version, items=items),
                )
                if number % 4:
                    record_for(f"{number % 5:022}", RecommendationsViewed(request))
        visitor, request = f"{1:022}", f"{6:016}"
        record_for(visitor, RecommendationClicked(request, 8), RecommendationClicked(request, 9))
        record_for(f"{0:022}", RecommendationClicked(f"{5:016}", 7), AddedToCart(7, 1, request=f"{5:016}"))
        record_for(visitor, GoodsBought("N1", (Sold(8, 2, 2_400), Sold(70, 1, 7_600))))
    return any_app


def figure(page: Page, label: str) -> str:
    found = [box for box in page.all(".figure") if box.dt and box.dt.get_text().startswith(f"{label}.")]
    assert len(found) == 1
    return " ".join(found[0].select("dd")[0].get_text(" ").split())


def table(page: Page) -> list[list[str]]:
    return [
        [" ".join(str(cell.find(string=True)).split()) for cell in row.select("th, td")]
        for row in page.all("#lines tbody tr")
    ]


def test_the_figures_of_the_days_stand_beside_those_before(told: Flask) -> None:
    page = at_work(told).get(URL)
    found = {
        label: figure(page, label)
        for label in ("Shown", "Seen", "Nothing to show", "Click rate", "Visitors who clicked")
    }
    assert found == {
        "Shown": "11",
        "Seen": "8",
        "Nothing to show": "1",
        "Click rate": "25.0%",
        "Visitors who clicked": "2",
    }
    assert figure(page, "Mean click rank") == "2.0"
    assert figure(page, "Added to cart") == "1"
    assert figure(page, "Attributed revenue") == "$24.00"
    assert figure(page, "Share of revenue") == "24.0%"
    assert "Before: 3" in page.said
    assert "only an experiment can" in page.said


def test_each_shelf_model_and_source_has_a_line(told: Flask) -> None:
    browser = at_work(told)
    page = browser.get(URL)
    assert table(page) == [
        ["Goes well with your cart", "5", "1", "5", "1", "20.0%", "1.0", "1", "0", "$0.00", "0.0%"],
        ["Picked for you", "6", "0", "3", "2", "33.3%", "2.5", "0", "1", "$24.00", "24.0%"],
    ]
    assert len(page.all("#lines td .muted")) == 2, "both click rates have a range"
    versions = table(browser.get(f"{URL}?list=versions"))
    assert [row[:2] for row in versions] == [
        ["Goes well with your cart", "No model: best sellers"],
        ["Picked for you", "m2"],
    ]
    sources = table(browser.get(f"{URL}?list=sources&sort=-revenue"))
    assert sources[0] == [
        *("Picked for you", "What customers alike buy", "6", "3", "1", "33.3%", "2.0", "0", "1", "$24.00", "24.0%"),
    ]
    assert len(sources) == 6


def test_one_shelf_can_be_looked_at_alone_and_days_are_kept(told: Flask) -> None:
    browser = at_work(told)
    page = browser.get(f"{URL}?days=90&list=versions&shelf=home")
    assert figure(page, "Shown") == "8"
    assert [row[0] for row in table(page)] == ["Picked for you"]
    assert page.one(".chip[aria-current=true]").get_text() == "Picked for you"
    for link in page.all("#lines .segments a, .search-report > nav a.chip"):
        assert "days=90" in str(link["href"])
        assert browser.get(str(link["href"])).status == 200
    form = page.one("form[action='/admin/recommendations/report'][aria-label]")
    kept = {str(field["name"]): field["value"] for field in form.select("input[type=hidden]")}
    assert kept == {"list": "versions", "shelf": "home"}
    assert "shelf=home" in str(page.one("a[download]")["href"])
    seven = next(link for link in page.all(".segments a") if link.get_text() == "7 days")
    assert "shelf=home" in str(seven["href"])


def test_a_first_day_after_the_last_is_told(told: Flask) -> None:
    browser = at_work(told, Role.MERCHANDISER)
    page = browser.get(f"{URL}?at_from=2026-01-20&at_to=2026-01-10")
    assert page.status == 200
    assert "“From” lies after “To”, so they were exchanged." in page.said
    assert [str(page.one(f"[name={name}]")["value"]) for name in ("at_from", "at_to")] == ["2026-01-10", "2026-01-20"]
    assert "lies after" not in browser.get(f"{URL}?at_from=2026-01-10&at_to=2026-01-20").said


def test_the_report_is_there_when_the_rows_have_gone(told: Flask) -> None:
    browser = at_work(told)
    before = [table(browser.get(f"{URL}?days=90&list={name}")) for name in ("shelves", "versions", "sources")]
    with told.app_context():
        assert forget_shelves_before((now() - timedelta(days=20)).date()) == 3
    after = [table(browser.get(f"{URL}?days=90&list={name}")) for name in ("shelves", "versions", "sources")]
    assert before == after


def test_whatever_is_asked_is_answered(told: Flask) -> None:
    browser = at_work(told)
    odd = (
        *("list=x", "days=-1", "at_from=x", "at_from=9999-12-31", "at_to=0001-01-01", "page=99", "shelf=nonesuch"),
        *("at_from=1970-01-01", "sort=-rank", "sort=x;--", "list=sources&sort=-empty", "shelf=discover"),
    )
    for query in odd:
        assert browser.get(f"{URL}?{query}").status == 200, query
        assert browser.get(f"{URL}.csv?{query}").status == 200, query


def test_a_list_goes_into_a_spreadsheet(told: Flask) -> None:
    browser = at_work(told)
    answer = browser.get(f"{URL}.csv").response
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert lines[0][:4] == ["Shelf", "Shown", "Nothing to show", "Seen"]
    assert lines[2][:7] == ["home", "6", "0", "3", "1", "2", "0.3333"]
    assert 0 <= float(lines[2][7]) < 1 / 3 < float(lines[2][8]) <= 1
    assert lines[2][9:] == ["2.5000", "0", "1", "24.00", "0.2400"]
    for name, width in (("versions", 15), ("sources", 11)):
        text = browser.get(f"{URL}.csv?list={name}").response.get_data(as_text=True)
        assert {len(line) for line in csv.reader(StringIO(text))} == {width}


def test_who_may_see_the_search_report_may_see_this_one(told: Flask) -> None:
    page = at_work(told, Role.ANALYST).get(URL)
    assert page.one(f".admin-side a[href='{URL}'][aria-current]")
    assert at_work(told, Role.FINANCE).get(URL).status == 403
    assert at_work(told, Role.FINANCE, "Second").get(f"{URL}.csv").status == 403
    assert Shopper(told).get(URL).location.startswith("/admin/sign-in")


def test_the_report_is_written_in_chinese_too(told: Flask) -> None:
    browser = at_work(told)
    browser.post("/language", {"lang": "zh", "next": "/"})
    page = browser.get(f"{URL}?list=sources")
    assert page.words("h1") == "推荐位报表"
    assert "热销榜" in page.said


def test_the_report_costs_few_queries(told: Flask) -> None:
    browser = at_work(told)
    browser.get(URL)
    with queries_of(told) as asked:
        browser.get(URL)
    assert len([statement for statement in asked if "behaviour" in statement]) == 9
    assert len(asked) <= 13


def test_an_empty_shop_has_a_report(any_app: Flask) -> None:
    page = at_work(any_app).get(URL)
    assert figure(page, "Click rate") == "–"
    assert "What shoppers are recommended appears here" in page.said


def test_points_of_a_chart_hold_every_day_once() -> None:
    days = [ShelfDay(date(2026, 1, 1) + timedelta(days=number), 10 * number, number) for number in range(100)]
    points = shelf_points(days)
    assert sum(point.viewed for point in points) == sum(day.viewed for day in days)
    assert points[-1].per_mille == 100
    assert shelf_points([ShelfDay(date(2026, 1, 1), 0, 0)])[0].per_mille == 0


def test_a_change_is_welcome_or_not() -> None:
    def read(**sums: int) -> ShelfFigures:
        return ShelfFigures(ShelfSums(**sums), Money(10_000, "USD"))

    made = shelf_figures(
        read(requests=10, empty=4, viewed=5, clicked=2, clicks=2, ranks=8, revenue_minor=100),
        read(requests=10, empty=2, viewed=5, clicked=1, clicks=1, ranks=2, revenue_minor=200),
    )
    found = {one.label: (one.change, one.is_better) for one in made}
    assert found["Nothing to show"] == (1.0, False)
    assert found["Click rate"] == (pytest.approx(0.2), True)
    assert found["Mean click rank"] == (1.0, False)
    assert found["Attributed revenue"] == (-0.5, False)
    assert {one.kind for one in made} == set(Kind)
