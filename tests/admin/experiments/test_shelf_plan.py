"""An experiment on a shelf as it is planned in the back office."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.discovery.recommending import holder
from tests.admin.people import at_work
from tests.storefront.discovery.trade import open_trade, train

NEW = "/admin/experiments/new?surface=shelf:similar"


@pytest.fixture
def untaught(app: Flask) -> Iterator[Flask]:
    """A shop whose recommender has not learnt yet."""
    for name in ("recommender", "experiments"):
        app.extensions.pop(name, None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield app
    app.extensions.pop("recommender", None)


def test_a_shelf_is_planned_with_what_it_may_be_filled_with(untaught: Flask) -> None:
    browser = at_work(untaught, Role.MERCHANDISER)
    assert "Shelves: Similar products" in browser.get("/admin/experiments/new").said
    few = {str(option["value"]) for option in browser.get(NEW).all("select[name='v-1-model'] option")}
    assert few == {"", "own", "best-sellers-near", "best-sellers", "hidden"}
    open_trade(untaught)
    train(untaught)
    untaught.extensions.pop("recommender", None)
    page = browser.get(NEW)
    options = {str(option["value"]): option.get_text() for option in page.all("select[name='v-1-model'] option")}
    assert options["bought-together"] == "As “Often bought together”"
    assert options["both:bought-together"] == "Interleaved with: As “Often bought together”"
    typed = {"name": "Complements", "v-1-name": "What goes with it", "v-1-model": "bought-together"}
    written = browser.submit(page, "form[action='/admin/experiments']", **typed)
    assert written.words("h1") == "Complements"
    started = browser.submit(written, "form[action$='/start']", coverage="100")
    assert "The experiment runs." in started.said


def test_fillings_speak_chinese(untaught: Flask) -> None:
    browser = at_work(untaught, Role.MERCHANDISER)
    browser.language = "zh-CN"
    browser.post("/language", {"lang": "zh"})
    page = browser.get(NEW)
    assert "推荐栏的填充方式" in page.said
    assert "分类热销" in page.said
    assert "Hidden" not in page.said
