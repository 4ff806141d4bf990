"""Trainings in the back office: what was measured, one more now, and going back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask

from recommend.artifacts import exclusive
from storefront.accounts.permissions import Role
from storefront.database.transaction import transaction
from storefront.discovery import publishing, trainings
from storefront.discovery.recommending import health, holder
from storefront.discovery.trainings import Result
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.storefront.discovery.trade import open_trade, train

URL = "/admin/recommendations/trainings"
METRICS = {"home": {"model": {"ndcg": 0.41}, "best sellers": {"ndcg": 0.24}, "incumbent": {"ndcg": 0.4}}}


@pytest.fixture(autouse=True)
def _no_model(app: Flask) -> Iterator[None]:
    app.extensions.pop("recommender", None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield
    app.extensions.pop("recommender", None)


def keep_record(app: Flask, **more: object) -> None:
    values = {
        "version": "v1",
        "reasons": (),
        "remarks": (),
        "counts": {"lines": 1234},
        "metrics": METRICS,
        "cpu_seconds": 7.5,
    }
    with app.app_context(), transaction():
        number = trainings.begin_training(run_id=0, by="system", as_of=now(), at=now())
        trainings.end_training(run_id=number, result=Result(**{**values, **more}), at=now())  # type: ignore[arg-type]


def test_before_the_first_training_the_page_says_so(app: Flask) -> None:
    page = at_work(app).get(URL)
    assert "No training yet" in page.said
    assert "every shelf shows best sellers" in page.said


def test_a_training_begins_at_the_press_of_a_button_and_its_result_is_listed(app: Flask) -> None:
    open_trade(app)
    browser = at_work(app)
    page = browser.post(URL, follow=True)
    assert "The training has begun" in page.said
    assert "Published" in page.said
    assert "Served now" in page.said
    with app.app_context():
        assert health().version in page.text


def test_there_is_one_training_at_a_time(app: Flask) -> None:
    with app.app_context(), transaction():
        trainings.ask_for_training(by="staff:1", at=now())
    browser = at_work(app)
    page = browser.get(URL)
    assert page.one("#trainings")["hx-trigger"] == "every 3s"
    assert page.all("main form button[disabled]")
    assert "under way" in browser.post(URL, follow=True).said


def test_figures_are_drawn_and_stand_in_a_table_with_what_was_served_before(app: Flask) -> None:
    keep_record(app)
    keep_record(app, version="", reasons=("home: nDCG@10 0.2000 is clearly below",), counts={})
    page = at_work(app).get(URL)
    assert len(page.all("svg circle")) == 4
    assert "0.410" in page.said
    assert "before 0.400" in page.said
    assert "best sellers 0.240" in page.said
    assert "1,234" in page.said
    assert "was not published" in page.said
    assert "clearly below" in page.said


def test_a_failure_is_shown_with_its_words(app: Flask) -> None:
    with app.app_context(), transaction():
        number = trainings.begin_training(run_id=0, by="system", as_of=now(), at=now())
        trainings.fail_training(run_id=number, error="<b>no space left</b>", at=now())
    page = at_work(app).get(URL)
    assert "came to nothing" in page.said
    assert "<b>no space left</b>" in page.said


def test_an_older_version_is_served_again_after_a_question(app: Flask) -> None:
    open_trade(app)
    train(app)
    train(app)
    with app.app_context():
        newer, older = (one.name for one in publishing.list_versions())
    browser = at_work(app)
    page = browser.get(URL)
    assert "Roll back to it" in page.said
    page = browser.submit(page, f'form[action="/admin/recommendations/versions/{older}/publication"]')
    assert f"{older} is served from now on." in page.said
    assert "Serve it again" in page.said
    with app.app_context():
        assert health().version == older
    with app.app_context():
        directory = holder().directory
    with exclusive(directory):
        busy = browser.post(f"/admin/recommendations/versions/{newer}/publication", follow=True)
    assert "A training is at work" in busy.said


def test_a_version_that_is_gone_or_damaged_is_refused(app: Flask) -> None:
    open_trade(app)
    train(app)
    train(app)
    with app.app_context():
        older = publishing.list_versions()[-1].name
        (holder().directory / older / "popular.npy").write_bytes(b"half")
    browser = at_work(app)
    assert "cannot be used" in browser.post("/admin/recommendations/versions/nope/publication", follow=True).said
    assert "cannot be used" in browser.post(f"/admin/recommendations/versions/{older}/publication", follow=True).said
    assert "Cannot be used" in browser.get(URL).said


def test_who_may_only_look_has_no_buttons(app: Flask) -> None:
    open_trade(app)
    train(app)
    train(app)
    analyst = at_work(app, Role.ANALYST)
    page = analyst.get(URL)
    assert not page.all("main form[method=post]")
    assert analyst.post(URL).status == 403
