"""Trying a promotion on past orders: who may, what is asked, how far it is, what was found."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from admin.simulation.days import read_day
from storefront.accounts.permissions import Role
from storefront.audit.queries import list_entries_about
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.promotions.models import Promotion
from storefront.simulation import jobs, queries, services
from storefront.simulation.models import Simulation
from storefront.simulation.queries import Window
from storefront.simulation.rules import Conflict, Figures, Month
from storefront.simulation.states import SILENT, RunStatus
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.factories import make_promotion
from tests.storefront.checkout.desk import buy, open_shop

TEN_OFF = {"kind": "amount_off", "amount_minor": 1000}
DAYS = {"first_day": "2020-01-01", "last_day": "2100-01-01"}


@pytest.fixture
def sold(any_app: Flask) -> Flask:
    """A shop with one order, and two drafts that take 10.00 off."""
    open_shop(any_app)
    buy(any_app)
    with any_app.app_context(), transaction():
        for name in ("Ten off", "Another"):
            make_promotion(conditions=[], benefits=[TEN_OFF], name=name, is_active=False)
    return any_app


def ask(app: Flask, promotion_id: int = 1) -> int:
    """A run that waits."""
    day = now().date()
    with app.app_context(), transaction():
        draft = queries.draft_of(db.session.get_one(Promotion, promotion_id))
        assert draft is not None
        window = Window(day - timedelta(days=1), day + timedelta(days=1))
        return services.ask(draft=draft, window=window, by="staff:1", at=now()).id


def end(app: Flask, run_id: int, status: RunStatus, **values: Any) -> None:
    with app.app_context(), transaction():
        db.session.execute(db.update(Simulation).where(Simulation.id == run_id).values(status=status, **values))


def rich_figures() -> Figures:
    figures = Figures("USD", orders=1000, touched=124, customers=100, given=300_000, cost=248_000, sales=2_000_000)
    figures.costed, figures.costed_cost, figures.margin, figures.near = 62, 124_000, 1_124_000, 7
    figures.months["2025-12"] = Month(400, 24, 48_000)
    figures.months["2026-01"] = Month(600, 100, 200_000)
    figures.displaced["another"] = Conflict(20, 52_000)
    figures.kept_out["gone-for-good"] = Conflict(3, 900)
    figures.kept_out[""] = Conflict(2, 100)
    figures.reasons.update(threshold=800, excluded_by=76)
    return figures


def test_only_who_may_change_promotions_may_start_a_run(sold: Flask) -> None:
    analyst = at_work(sold, Role.ANALYST)
    page = analyst.get("/admin/promotions/1/simulations")
    assert page.status == 200
    assert page.all("main form[method=post]") == []
    assert analyst.post("/admin/promotions/1/simulations", DAYS).status == 403
    run_id = ask(sold)
    assert "Stop" not in analyst.get(f"/admin/promotions/1/simulations/{run_id}").words("#run")
    assert analyst.post(f"/admin/promotions/1/simulations/{run_id}/stop").status == 403


def test_a_run_is_started_from_the_page_of_a_promotion_and_shows_what_it_found(sold: Flask) -> None:
    browser = at_work(sold, Role.MERCHANDISER, "Mo")
    assert "Try on past orders" in browser.get("/admin/promotions/1").words(".promotion-links")
    page = browser.get("/admin/promotions/1/simulations")
    assert page.one("#first_day")["value"] == page.one("#last_day")["value"]
    done = browser.submit(page, "main form[method=post]")
    assert done.status == 200
    figures = done.words(".figures")
    assert "It would have cost $10.00" in figures
    assert "Orders touched 1 100% of 1 orders" in figures
    assert "Behaviour unchanged: the same people buy the same things." in done.words(".run-note")
    assert done.all("main [hx-trigger]") == []
    listed = browser.get("/admin/promotions/1/simulations")
    assert "Done" in listed.words("tbody")
    assert "Mo" in listed.words("tbody")
    with sold.app_context():
        assert [each.action for each in list_entries_about("promotion", "1")] == ["promotion.simulate"]
    assert "Promotion tried on past orders" in at_work(sold, Role.FINANCE).get("/admin/audit").said


def test_a_run_under_way_says_how_far_it_is_and_asks_again(sold: Flask) -> None:
    browser, run_id = at_work(sold), ask(sold)
    url = f"/admin/promotions/1/simulations/{run_id}"
    waiting = browser.get(url)
    assert "Waiting" in waiting.words("#run")
    assert waiting.one("#run")["hx-trigger"] == "every 2s"
    assert waiting.one("a.without-script")["href"] == url
    with sold.app_context(), transaction():
        services.begin(run_id=run_id, at=now())
        services.progress(run_id=run_id, done=1, at=now())
    fragment = browser.get(url, htmx=True)
    assert fragment.all("html") == []
    assert "1 of 1 orders" in fragment.words("#run")
    assert (fragment.one("progress")["value"], fragment.one("progress")["max"]) == ("1", "1")
    with sold.app_context(), transaction():
        services.finish(run_id=run_id, figures=rich_figures(), at=now())
    finished = browser.get(url, htmx=True)
    assert not finished.one("#run").has_attr("hx-trigger")
    assert "$2,480.00" in finished.words(".figures")


def test_a_finished_run_says_it_all_in_plain_words(sold: Flask) -> None:
    browser, run_id = at_work(sold), ask(sold)
    with sold.app_context(), transaction():
        db.session.execute(db.update(Promotion).where(Promotion.id == 2).values(key="another"))
    end(sold, run_id, RunStatus.DONE, figures=rich_figures().to_data())
    page = browser.get(f"/admin/promotions/1/simulations/{run_id}")
    tiles = page.words(".figures")
    assert "Orders touched 124 12.4% of 1,000 orders" in tiles
    assert "$20.00" in tiles
    assert "$11,240.00 → $10,000.00 before → after, for the 62 of 124 orders" in tiles
    assert "It gives $3,000.00." in tiles
    assert "Just short of it 7" in tiles
    assert "it would have to bring 12.4% more orders like these" in page.words(".run-verdict")
    assert [len(chart.select("rect")) for chart in page.all(".chart svg")] == [2, 2]
    assert page.one("#cost-desc").get_text().startswith("One bar a month, Dec 2025 to Jan 2026")
    assert "Dec 2025 400 24 $480.00" in page.said
    assert page.one("section[aria-labelledby=displaced-title] a")["href"] == "/admin/promotions/2"
    kept_out = page.words("section[aria-labelledby=kept-out-title]")
    assert "gone-for-good 3 $9.00" in kept_out
    assert "Several together 2 $1.00" in kept_out
    assert "was not reached. 800 80%" in page.words("section[aria-labelledby=reasons-title]")
    chinese = Shopper(sold, language="zh")
    chinese.client = browser.client
    assert "要回本" in chinese.get(f"/admin/promotions/1/simulations/{run_id}").words(".run-verdict")


def test_a_promotion_with_a_code_says_that_everybody_is_taken_to_have_used_it(sold: Flask) -> None:
    browser, said = at_work(sold), []
    for needs_code in (False, True):
        with sold.app_context(), transaction():
            db.session.get_one(Promotion, 1).requires_code = needs_code
        run_id = ask(sold)
        end(sold, run_id, RunStatus.DONE, figures=rich_figures().to_data())
        page = browser.get(f"/admin/promotions/1/simulations/{run_id}")
        said.append("as if its customer had used one" in page.words(".run-note"))
    assert said == [False, True]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"touched": 0}, "No order would have got it"),
        ({"costed": 0}, "Not known"),
        ({"margin": 100_000}, "would lose money"),
        ({"costed_cost": 0}, "costs nothing on top"),
    ],
)
def test_whether_it_pays_is_said_for_every_case(sold: Flask, values: dict[str, int], words: str) -> None:
    figures = rich_figures()
    for name, value in values.items():
        setattr(figures, name, value)
    run_id = ask(sold)
    end(sold, run_id, RunStatus.DONE, figures=figures.to_data())
    assert words in at_work(sold).get(f"/admin/promotions/1/simulations/{run_id}").words(".run-verdict")


def test_a_run_is_stopped_once(sold: Flask) -> None:
    browser, run_id = at_work(sold), ask(sold)
    url = f"/admin/promotions/1/simulations/{run_id}"
    page = browser.submit(browser.get(url), "#stop-form")
    assert "This run was stopped." in page.words("#run")
    again = browser.post(f"{url}/stop", follow=True)
    assert "It had ended already." in again.said
    with sold.app_context():
        jobs.replay_orders.call_local(run_id)
    assert "This run was stopped." in browser.get(url).words("#run")


@pytest.mark.parametrize(
    ("error", "words"), [(SILENT, "quarter of an hour"), ("KeyError('x')", "Something went wrong")]
)
def test_a_run_that_failed_says_what_to_do(sold: Flask, error: str, words: str) -> None:
    run_id = ask(sold)
    end(sold, run_id, RunStatus.FAILED, error=error)
    page = at_work(sold).get(f"/admin/promotions/1/simulations/{run_id}")
    assert words in page.words("#run")
    assert "Try again" in page.words("#run")


def test_months_can_be_taken_to_a_spreadsheet(sold: Flask) -> None:
    run_id = ask(sold)
    end(sold, run_id, RunStatus.DONE, figures=rich_figures().to_data())
    sheet = at_work(sold).get(f"/admin/promotions/1/simulations/{run_id}/months.csv")
    assert sheet.response.mimetype == "text/csv"
    assert sheet.text.splitlines()[1:] == ["2025-12,400,24,480.00", "2026-01,600,100,2000.00"]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"first_day": "2026-05-03", "last_day": "2026-05-02"}, "last_day", "cannot be before the first"),
        ({"first_day": "1999-01-01", "last_day": "2026-05-02"}, "first_day", "such as 2026-05-03"),
        ({"first_day": "2001-01-01", "last_day": "2001-01-02"}, "first_day", "no orders in these days"),
        ({"first_day": "tomorrow", "last_day": "2026-02-30"}, "last_day", "such as 2026-05-03"),
        ({}, "first_day", "such as 2026-05-03"),
    ],
)
def test_days_that_make_no_sense_are_said_beside_their_field(
    sold: Flask, typed: dict[str, str], field: str, words: str
) -> None:
    page = at_work(sold).post("/admin/promotions/1/simulations", typed)
    assert page.status == 422
    assert words in page.words(f"#{field}-error")
    assert page.one(f"#{field}")["value"] == typed.get(field, "")
    with sold.app_context():
        assert queries.list_runs(1) == []


def test_days_are_read_as_people_write_them(sold: Flask) -> None:
    wanted = date(2026, 5, 3)
    for text in ("2026-05-03", "２０２６－０５－０３", "2026/5/3", " 2026.05.03 ", "20260503", "2026年5月3日"):
        assert read_day(text) == wanted, text
    for text in ("", "03/05/2026", "2026-13-01", "2026-5", "1026-05-03", "2026-05-03-04"):
        with pytest.raises(ValueError):  # noqa: PT011 - the day's own words vary
            read_day(text)
    typed = {"first_day": "２０２０年１月１日", "last_day": "2100/1/1"}
    assert at_work(sold).post("/admin/promotions/1/simulations", typed).status == 303


def test_a_promotion_that_is_being_tried_is_not_tried_twice(sold: Flask) -> None:
    browser, run_id = at_work(sold), ask(sold)
    page = browser.post("/admin/promotions/1/simulations", DAYS)
    assert page.status == 409
    assert "being tried already" in page.words("[role=alert]")
    assert page.one("[role=alert] a")["href"] == f"/admin/promotions/1/simulations/{run_id}"


def test_two_clicks_at_once_make_one_run(sold: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.simulation.views.enqueue_after_commit", lambda *_: None)
    browsers = [at_work(sold, name=name) for name in ("Ann", "Bob")]
    gate, found = threading.Barrier(2), []

    def click(browser: Shopper) -> None:
        gate.wait()
        found.append(browser.post("/admin/promotions/1/simulations", DAYS).status)

    threads = [threading.Thread(target=click, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [303, 409]
    with sold.app_context():
        assert len(queries.list_runs(1)) == 1


def test_runs_are_laid_side_by_side(sold: Flask) -> None:
    browser = at_work(sold, Role.ANALYST)
    for promotion_id in (1, 2):
        end(sold, ask(sold, promotion_id), RunStatus.DONE, figures=rich_figures().to_data())
    page = browser.get("/admin/promotions/1/simulations")
    assert [box["value"] for box in page.all("input[name=run]")] == ["1", "2"]
    both = browser.submit(page, "form[method=get][action='/admin/promotions/simulations']", run=["1", "2"])
    assert both.status == 200
    assert [cell.get_text() for cell in both.all("thead th")] == ["Ten off", "Another"]
    assert "It would have cost $2,480.00 $2,480.00" in both.said
    assert "More orders to pay for itself +12.4% +12.4%" in both.said
    for asked in ("run=1", "", "run=1&run=99", "run=x&run=1"):
        few = browser.get(f"/admin/promotions/simulations?{asked}")
        assert few.status == 422
        assert "two or three" in few.said


def test_a_shop_that_has_sold_nothing_says_so(app: Flask) -> None:
    with app.app_context(), transaction():
        make_promotion(conditions=[], benefits=[TEN_OFF], name="Ten off", is_active=False)
    page = at_work(app).get("/admin/promotions/1/simulations")
    assert "There are no past orders yet" in page.said
    assert page.all("#first_day") == []


def test_a_run_of_another_promotion_is_not_found(sold: Flask) -> None:
    browser, run_id = at_work(sold), ask(sold)
    assert browser.get(f"/admin/promotions/2/simulations/{run_id}").status == 404
    assert browser.post(f"/admin/promotions/2/simulations/{run_id}/stop").status == 404
    assert browser.get("/admin/promotions/1/simulations/99").status == 404
    assert browser.get("/admin/promotions/99/simulations").status == 404
