"""The search report as a merchant sees it."""

from __future__ import annotations

import csv
import itertools
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from admin.analytics.figures import Kind, figures_of
from admin.analytics.periods import EARLIEST, MOST_POINTS, marks_every, points_of, span_of
from storefront.accounts.permissions import Role
from storefront.analytics.events import (
    AddedToCart,
    GoodsBought,
    ResultClicked,
    ResultsShown,
    SearchMade,
    Sold,
    SuggestionChosen,
)
from storefront.analytics.recording import record_for
from storefront.analytics.reports import Day, Figures, Span
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of

URL = "/admin/search/report"
TODAY = date(2026, 5, 20)


def figures(**values: int) -> Figures:
    zero = dict.fromkeys(("searches", "searchers", "without", "clicked", "clicks", "ranks", "carted", "adds"), 0)
    revenue = Money(values.pop("revenue", 0), "USD")
    return Figures(**{**zero, **values}, revenue=revenue)


@pytest.fixture
def told(any_app: Flask) -> Flask:
    """A dozen searches for tea and a cup, of which one was clicked and bought; before that, fewer."""
    with any_app.app_context():
        for number in range(15):
            words = ("tea", "cup", "=1+1")[number % 3] if number != 1 else "tea"
            days = 0 if number < 12 else 40
            with time_machine.travel(now() - timedelta(days=days), tick=False):
                search = SearchMade(search=f"{number:016}", text=words, language="en", total=3 * (words == "tea"))
                record_for(f"{number:022}", search, ResultsShown(search.search, (7, 8, 9)))
        visitor = f"{0:022}"
        record_for(visitor, ResultClicked(f"{0:016}", 8), AddedToCart(8, 2, f"{0:016}"))
        record_for(visitor, GoodsBought("N1", (Sold(8, 2, 2_400),)), SuggestionChosen("term", 1, "te"))
        record_for(visitor, SearchMade(search="z" * 16, text="tea pot", language="en", total=0))
        record_for(f"{4:022}", SearchMade(search="y" * 16, text="mug", language="en", total=2))
    return any_app


def figure(page: Page, label: str) -> str:
    found = [box for box in page.all(".figure") if box.dt and box.dt.get_text().startswith(f"{label}.")]
    assert len(found) == 1
    return " ".join(found[0].select("dd")[0].get_text(" ").split())


def table(page: Page) -> list[list[str]]:
    return [
        [" ".join(str(cell.find(string=True)).split()) for cell in row.select("th, td")]
        for row in page.all("#words tbody tr")
    ]


def test_the_figures_of_the_days_stand_beside_those_before(told: Flask) -> None:
    page = at_work(told).get(URL)
    assert figure(page, "Searches") == "14"
    assert figure(page, "Searchers") == "12"
    assert figure(page, "Without results") == "57.1%"
    assert figure(page, "Click rate") == "7.1%"
    assert figure(page, "Mean click rank") == "2.0"
    assert figure(page, "Add-to-cart rate") == "7.1%"
    assert figure(page, "Suggestions chosen") == "1"
    assert figure(page, "Revenue per search") == "$1.71"
    assert "▲ 367% Before: 3" in page.said
    assert all(box["title"] in box.get_text() for box in page.all(".figure dt"))


def test_top_searches_say_what_came_of_them(told: Flask) -> None:
    page = at_work(told).get(URL)
    assert table(page)[0] == ["tea", "5", "3", "1", "20.0%", "2.0", "1", "$4.80"]
    assert {row[0] for row in table(page)} == {"tea", "cup", "=1+1", "tea pot", "mug"}
    links = {str(link["href"]) for link in page.all("#words tbody a")}
    assert {"/search?q=tea+pot", "/search?q=%3D1%2B1"} <= links or {"/search?q=tea%20pot"} <= links
    assert any(link.startswith("/admin/search/synonyms/new?words=tea") for link in links)


def test_the_other_lists_show_what_needs_care(told: Flask) -> None:
    browser = at_work(told)
    assert {row[0] for row in table(browser.get(f"{URL}?list=nothing"))} == {"cup", "=1+1", "tea pot"}
    assert table(browser.get(f"{URL}?list=reworded")) == [["cup", "mug", "1", "2", "0", "0.0%", "–", "0", "$0.00"]]
    page = browser.get(f"{URL}?list=unclicked")
    assert table(page) == []
    assert "Nothing here in these days" in page.said
    assert "Searched at least 10 times and found something, but fewer than 20% clicked." in page.said
    assert "Nobody searched for that" in browser.get(f"{URL}?q=nonesuch").said


def test_what_filters_left_nothing_of_is_kept_apart(told: Flask) -> None:
    with told.app_context():
        red = SearchMade(search="x" * 16, text="kettle", language="en", total=0, filters=(("a.color", "red"),))
        record_for(f"{90:022}", red)
    browser = at_work(told)
    page = browser.get(URL)
    assert (figure(page, "Without results"), figure(page, "Nothing under filters")) == ("53.3%", "6.7%")
    assert "kettle" not in {row[0] for row in table(browser.get(f"{URL}?list=nothing"))}
    assert [row[:3] for row in table(browser.get(f"{URL}?list=filtered"))] == [["kettle", "1", "1"]]


def test_days_lists_words_and_orders_are_kept_from_link_to_link(told: Flask) -> None:
    browser = at_work(told)
    page = browser.get(f"{URL}?days=90&list=nothing&q=UP&sort=clicks")
    assert [row[0] for row in table(page)] == ["cup"]
    assert page.one(".segments [aria-current=true]").get_text() == "90 days"
    assert page.one(".segments [aria-current=page]").get_text() == "Without results"
    for link in page.all("#words .segments a"):
        assert "days=90" in str(link["href"])
        assert "q=UP" in str(link["href"])
        assert "sort" not in str(link["href"])
        assert browser.get(str(link["href"])).status == 200
    assert "days=90" in str(page.one("a[download]")["href"])
    seven = next(link for link in page.all(".segments a") if link.get_text() == "7 days")
    assert "list=nothing" in str(seven["href"])


def test_days_of_ones_own(told: Flask) -> None:
    browser, day = at_work(told), (now() - timedelta(days=40)).date()
    page = browser.get(f"{URL}?at_from={day}&at_to={day}")
    assert figure(page, "Searches") == "3"
    assert len(page.all(".days tbody tr")) == 1
    assert page.all(".segments [aria-current=true]") == []
    form = browser.submit(page, "form[action='/admin/search/report'][aria-label]", at_to=str(day + timedelta(days=1)))
    assert len(form.all(".days tbody tr")) == 2


def test_whatever_is_asked_is_answered(told: Flask) -> None:
    browser = at_work(told)
    odd = (
        *("list=x", "days=-1", "days=999999999", "at_from=x", "at_from=9999-12-31", "at_to=0001-01-01", "page=99"),
        *("at_from=2199-01-01&at_to=1971-01-01", "at_from=1970-01-01", "sort=revenue", "sort=-rank", "sort=x;--"),
        *("q=%25", "q=" + "x" * 5_000, "q=%F0%9F%8D%B5", "list=reworded&sort=-missed", "list=unclicked&sort=-missed"),
    )
    for query in odd:
        assert browser.get(f"{URL}?{query}").status == 200, query
        assert browser.get(f"{URL}.csv?{query}").status == 200, query


def test_a_list_goes_into_a_spreadsheet_as_text(told: Flask) -> None:
    answer = at_work(told).get(f"{URL}.csv?list=top").response
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert lines[0][:2] == ["Searched for", "Searches"]
    assert lines[1] == ["tea", "5", "0", "0", "3", "1", "0.200", "2.000", "1", "24.00"]
    assert "'=1+1" in {line[0] for line in lines}
    reworded = at_work(told, name="Second").get(f"{URL}.csv?list=reworded").response.get_data(as_text=True)
    assert "cup,mug,1" in reworded


def test_who_may_not_steer_sees_no_way_to(told: Flask) -> None:
    page = at_work(told, Role.ANALYST).get(URL)
    assert page.all("a[href^='/search?q=']")
    assert page.all("a[href^='/admin/search/synonyms/new']") == []
    assert at_work(told, Role.FINANCE).get(URL).status == 403
    assert page.one(".admin-side a[href='/admin/search/report'][aria-current]")


def test_words_are_shown_as_words(any_app: Flask) -> None:
    with any_app.app_context():
        record_for("", SearchMade(search="x" * 16, text="<script>alert(1)</script>", language="en", total=0))
        record_for("", SearchMade(search="w" * 16, text="牛" * 200, language="zh", total=0))
    page = at_work(any_app).get(URL)
    assert "<script>alert" not in page.text
    assert "<script>alert(1)</script>" in page.said


def test_the_report_is_written_in_chinese_too(told: Flask) -> None:
    browser = at_work(told)
    browser.post("/language", {"lang": "zh", "next": "/"})
    page = browser.get(f"{URL}?list=unclicked")
    assert page.words("h1") == "搜索报表"
    assert "至少搜索过 10 次" in page.said


def test_the_report_costs_few_queries(told: Flask) -> None:
    browser = at_work(told)
    browser.get(URL)
    with queries_of(told) as asked:
        browser.get(URL)
    assert len([statement for statement in asked if "behaviour" in statement]) == 7
    assert len(asked) <= 9


def test_an_empty_shop_has_a_report(any_app: Flask) -> None:
    page = at_work(any_app).get(URL)
    assert figure(page, "Click rate") == "–"
    assert "What shoppers search for appears here" in page.said
    assert Shopper(any_app).get(URL).location.startswith("/admin/sign-in")


@pytest.mark.parametrize(
    ("first", "last", "days", "expected"),
    [
        (None, None, 7, Span(date(2026, 5, 14), TODAY)),
        (date(2026, 5, 1), date(2026, 5, 3), 7, Span(date(2026, 5, 1), date(2026, 5, 3))),
        (date(2026, 5, 3), date(2026, 5, 1), 7, Span(date(2026, 5, 1), date(2026, 5, 3))),
        (date(2027, 1, 1), date(2026, 5, 18), 7, Span(date(2026, 5, 18), TODAY)),
        (date(2026, 5, 15), None, 30, Span(date(2026, 5, 15), TODAY)),
        (None, date(2026, 5, 10), 7, Span(date(2026, 5, 4), date(2026, 5, 10))),
        (date(2027, 1, 1), date(2027, 2, 1), 7, Span(TODAY, TODAY)),
        (date(1971, 1, 1), None, 7, Span(TODAY - timedelta(days=399), TODAY)),
        (None, date(1, 1, 5), 30, Span(EARLIEST - timedelta(days=29), EARLIEST)),
        (date(1, 1, 1), date(1, 12, 31), 7, Span(EARLIEST - timedelta(days=399), EARLIEST)),
    ],
)
def test_a_span_makes_sense_whatever_is_asked(first: date | None, last: date | None, days: int, expected: Span) -> None:
    assert span_of(first, last, days, TODAY) == expected
    before = expected.before()
    assert (before.days, before.last) == (expected.days, expected.first - timedelta(days=1))


@pytest.mark.parametrize("count", [1, 7, 30, MOST_POINTS, MOST_POINTS + 1, 365, 400])
def test_points_of_a_chart_hold_every_day_once(count: int) -> None:
    days = [Day(TODAY + timedelta(days=number), number, number // 2) for number in range(count)]
    points = points_of(days)
    assert len(points) <= MOST_POINTS
    assert sum(point.searches for point in points) == sum(day.searches for day in days)
    assert (points[0].first, points[-1].last) == (days[0].day, days[-1].day)
    assert all((second.first - first.last).days == 1 for first, second in itertools.pairwise(points))
    assert all(0 <= point.per_mille <= 1_000 for point in points)
    assert len(points) / marks_every(len(points)) <= 7


def test_a_change_is_welcome_or_not() -> None:
    made = figures_of(
        figures(searches=10, searchers=5, without=2, clicked=5, clicks=5, ranks=15, revenue=1000),
        figures(searches=5, searchers=5, without=0, clicked=2, clicks=2, ranks=4, revenue=1000),
    )
    found = {figure.label: (figure.change, figure.is_better) for figure in made}
    assert found["Searches"] == (1.0, True)
    assert found["Searchers"] == (0.0, None)
    assert found["Without results"] == (0.2, False)
    assert found["Click rate"] == (pytest.approx(0.1), True)
    assert found["Mean click rank"] == (0.5, False)
    assert found["Revenue per search"] == (-0.5, False)
    assert found["Suggestions chosen"] == (None, None)
    assert {figure.kind for figure in made} == set(Kind)
    assert all(figure.value is None for figure in figures_of(figures(), figures()) if figure.kind is not Kind.COUNT)
