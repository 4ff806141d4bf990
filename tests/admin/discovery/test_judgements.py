"""Rating what searches find, and what is measured by the ratings."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import NoReturn

import pytest
from flask import Flask

from admin.discovery.figures import chart_of
from search import IndexProblem
from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, judging
from storefront.discovery.models import JudgedQuery, Judgement, SearchEvaluation
from storefront.discovery.searching import forget_desk
from storefront.kernel.clock import now
from tests import factories as make
from tests.admin.people import at_work
from tests.browser import Page, Shopper

URL = "/admin/search/judgements"


@pytest.fixture
def shop(app: Flask) -> Iterator[SimpleNamespace]:
    """Two teas with an index of their own."""

    def clear() -> None:
        shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
        with app.app_context():
            forget_desk()

    clear()
    with app.app_context():
        with transaction():
            green = make.make_product("Green tea", sku="GT-1", popularity=9, translations={"zh": {"name": "绿茶"}})
            black = make.make_product("Black tea", sku="BT-1", translations={"zh": {"name": "红茶"}})
            ids = (green.id, black.id)
        indexing.rebuild()
    yield SimpleNamespace(app=app, green=ids[0], black=ids[1])
    clear()


def ratings(app: Flask) -> list[tuple[str, str, int, int]]:
    with app.app_context():
        rows = db.session.execute(
            db.select(JudgedQuery.query, JudgedQuery.language, Judgement.product_id, Judgement.rating)
            .join(Judgement, Judgement.query_id == JudgedQuery.id)
            .order_by(JudgedQuery.id, Judgement.product_id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def send(browser: Shopper, content: bytes, do: str = "import") -> Page:
    data = {"file": (io.BytesIO(content), "ratings.csv"), "do": do}
    return browser.post(f"{URL}/import", data, content_type="multipart/form-data")


def test_a_search_is_typed_and_its_results_are_rated(shop: SimpleNamespace) -> None:
    browser = at_work(shop.app)
    page = browser.submit(browser.get(f"{URL}?query=teas"), "main form.panel", language="en")
    assert page.words("#progress") == "0 of 2 rated"
    assert [str(name.get_text()) for name in page.all(".judged__name a")] == ["Green tea", "Black tea"]
    page = browser.submit(page, "main form[hx-post]", **{f"rating-{shop.green}": "3"})
    assert page.words("#progress") == "1 of 2 rated"
    assert "1 / 2" in browser.get(URL).said
    number = page.response.request.path
    part = browser.post(number, {f"rating-{shop.green}": "2", f"rating-{shop.black}": "0"}, htmx=True)
    assert part.words("#progress") == "2 of 2 rated · Saved."
    assert ratings(shop.app) == [("teas", "en", shop.green, 2), ("teas", "en", shop.black, 0)]
    assert not browser.get(f"{URL}?state=open").all("td a")
    assert browser.get(f"{URL}?state=done").all("td a")
    assert "Results rated" in browser.get("/admin/audit").said


def test_chinese_readers_rate_chinese_results(shop: SimpleNamespace) -> None:
    browser = at_work(shop.app)
    page = browser.post(URL, {"query": "绿茶", "language": "zh"}, follow=True)
    assert str(page.all(".judged__name a")[0].get_text()) == "绿茶"


def test_the_next_search_that_is_not_rated_comes_up(shop: SimpleNamespace) -> None:
    with shop.app.app_context(), transaction():
        first, second = (
            judging.add_query(text=text, language="en", by="staff:1", at=now()).id for text in ("tea", "pot")
        )
    browser = at_work(shop.app)
    page = browser.post(f"{URL}/{first}", {"do": "next", f"rating-{shop.green}": "3"})
    assert page.location == f"{URL}/{second}"
    assert browser.get(f"{URL}/{second}").one(f".admin-head a[href='{URL}/{first}']")


@pytest.mark.parametrize("rating", ["4", "-1", "x", "", "²", "33"])
def test_a_rating_off_the_scale_is_refused(shop: SimpleNamespace, rating: str) -> None:
    with shop.app.app_context(), transaction():
        number = judging.add_query(text="tea", language="en", by="staff:1", at=now()).id
    browser = at_work(shop.app)
    assert browser.post(f"{URL}/{number}", {f"rating-{shop.green}": rating}).status == 422
    assert (
        browser.post(f"{URL}/{number}", {"rating-999999": "3", "rating-x": "3", "rating-" + "9" * 40: "3"}).status
        == 303
    )
    assert ratings(shop.app) == []


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("!!!", "en"), ("x" * 300, "en"), ("tea", "fr")])
def test_a_search_without_a_word_is_not_put_on_the_list(app: Flask, query: str, language: str) -> None:
    assert at_work(app).post(URL, {"query": query, "language": language}).status == 422


def test_a_search_that_finds_nothing_offers_a_synonym(shop: SimpleNamespace) -> None:
    page = at_work(shop.app).post(URL, {"query": "kangaroo", "language": "en"}, follow=True)
    assert page.one("main a[href='/admin/search/synonyms/new?words=kangaroo']")


def test_without_an_index_the_page_says_so(app: Flask) -> None:
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()
    page = at_work(app).post(URL, {"query": "tea", "language": "en"}, follow=True)
    assert "There is no search index" in page.said


def test_a_search_that_fails_just_now_is_said_and_loses_no_rating(
    shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at_work(shop.app)
    page = browser.post(URL, {"query": "tea", "language": "en"}, follow=True)
    number = page.response.request.path
    with monkeypatch.context() as patched:
        patched.setattr(judging, "first_ids", fail)
        failing = browser.get(number)
        assert (failing.status, "There is no search index that answers" in failing.said) == (200, True)
        assert browser.post(number, {f"rating-{shop.green}": "3"}).status == 303
    assert browser.get(number).words("#progress") == "1 of 2 rated"
    assert browser.get(f"{URL}?state=open").all("td a"), "the other one still waits"


def fail(*_given: object, **_named: object) -> NoReturn:
    raise IndexProblem("the server is away")


def test_taking_a_search_off_the_list_deletes_its_ratings(shop: SimpleNamespace) -> None:
    send(browser := at_work(shop.app), b"query,sku,rating\ntea,GT-1,3\n")
    browser.submit(browser.get(str(browser.get(URL).one("td a")["href"])), "form[action$='/deletion']")
    assert ratings(shop.app) == []
    assert not browser.get(URL).all("td a")


def test_a_list_is_checked_imported_and_exported(shop: SimpleNamespace) -> None:
    browser = at_work(shop.app)
    content = "query,sku,rating,language\nTea,gt-1,3,\ntea,BT-1,0,en\n红茶,BT-1,3,zh\n".encode("utf-8-sig")
    assert "3 lines are new" in send(browser, content, "check").said
    assert ratings(shop.app) == []
    assert send(browser, content).status == 303
    assert ratings(shop.app) == [
        ("tea", "en", shop.green, 3),
        ("tea", "en", shop.black, 0),
        ("红茶", "zh", shop.black, 3),
    ]
    exported = browser.get(f"{URL}.csv")
    assert exported.text.splitlines()[1:] == ["tea,GT-1,3,en", "tea,BT-1,0,en", "红茶,BT-1,3,zh"]
    assert send(browser, exported.response.get_data()).status == 303


def test_what_would_run_as_a_formula_is_neutralised(shop: SimpleNamespace) -> None:
    browser = at_work(shop.app)
    assert send(browser, b'query,sku,rating\n"=HYPERLINK(""x"")",GT-1,1\n').status == 303
    exported = browser.get(f"{URL}.csv")
    assert exported.text.splitlines()[1].startswith("\"'=hyperlink(")
    assert send(browser, exported.response.get_data()).status == 303
    assert len(ratings(shop.app)) == 1


def test_lines_that_are_wrong_are_named_and_nothing_is_stored(shop: SimpleNamespace) -> None:
    content = (
        b"query,sku,rating,language\ntea,NONE,3,\ntea,GT-1,5,\ntea,GT-1,3,fr\n!!!,GT-1,3,\nteas,GT-1,1,\nTEAS,GT-1,2,\n"
    )
    page = send(at_work(shop.app), content)
    assert page.status == 422
    for line in (
        "Line 2: There is no article “NONE”",
        "Line 3: “5” is not a rating",
        "Line 4: “fr”",
        "Line 5: ",
        "Line 7: Line 6",
    ):
        assert line in page.said
    assert ratings(shop.app) == []


def test_ten_thousand_ratings_are_taken_over(app: Flask) -> None:
    with app.app_context(), transaction():
        for number in range(20):
            make.make_product(sku=f"P{number}")
    lines = "".join(f"query {number // 20},P{number % 20},{number % 4}\n" for number in range(10_000))
    assert send(at_work(app), f"query,sku,rating\n{lines}".encode("utf-16")).status == 303
    assert len(ratings(app)) == 10_000


def test_the_ranking_is_measured_at_a_button_and_shown_as_chart_and_table(shop: SimpleNamespace) -> None:
    browser = at_work(shop.app)
    assert not browser.get("/admin/search/evaluations").all("form[action='/admin/search/evaluations']")
    send(browser, b"query,sku,rating\ntea,BT-1,3\ntea,GT-1,0\nblack,BT-1,3\n")
    page = browser.submit(browser.get("/admin/search/evaluations"), "main form[action='/admin/search/evaluations']")
    assert page.words(".figure:first-child dd:nth-of-type(1)") == "81.5%"
    assert len(page.all("svg rect")) == 1
    assert page.all(".data")[0].select("tbody tr")
    worst = page.all("[aria-labelledby=worst-title] tbody a")
    assert [str(link.get_text()) for link in worst] == ["tea"]
    assert browser.get(str(worst[0]["href"])).words("h1") == "“tea”"


def test_an_evaluation_that_runs_is_asked_for_once_and_watched(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(SearchEvaluation(status="waiting", asked_by="staff:1", asked_at=now()))
    browser = at_work(app)
    page = browser.get("/admin/search/evaluations")
    assert page.one("#evaluations[hx-trigger='every 2s']")
    page = browser.post("/admin/search/evaluations", follow=True)
    assert "under way" in page.words("#flash")


def test_one_that_failed_says_so(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(
            SearchEvaluation(status="failed", asked_by="x", asked_at=now(), ended_at=now(), error="<disk full>")
        )
    page = at_work(app).get("/admin/search/evaluations")
    assert "<disk full>" in page.said
    assert chart_of([]) is None


def test_who_may_only_look_cannot_rate(shop: SimpleNamespace) -> None:
    send(at_work(shop.app), b"query,sku,rating\ntea,GT-1,3\n")
    browser = at_work(shop.app, Role.ANALYST)
    page = browser.get(str(browser.get(URL).one("td a")["href"]))
    assert page.all("fieldset[disabled] input[checked]")
    assert not page.all("main form button")
    assert "GT-1" in browser.get(f"{URL}.csv").text
